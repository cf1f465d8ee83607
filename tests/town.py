"""The small town every test lives in: a fresh store on each engine, the personas, and Amina's record."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from werkzeug.routing import Rule

from pathway.casework.accounts import passwords
from pathway.casework.accounts.sessions import start_session
from pathway.casework.factors.one_time import code_of, step_at
from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Identity, Way
from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town, settle
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import Settings
from pathway.store.actor import SYSTEM, Actor
from pathway.store.opening import Store, open_store, prepare_instance
from pathway.store.transaction import Transaction
from pathway.web.application import build
from tests.engines import pg_copy

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Compiled(BytecodeCache):
    """Templates compiled once for the thousands of applications of a run."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled from the same source."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()
_BUILDERS: dict[tuple[Any, ...], Any] = {}
_compile_builder = Rule._compile_builder


def _built_once(rule: Rule, append_unknown: bool = True) -> Any:
    """What writes the addresses of a route depends on the route alone: compiled once for all those applications."""
    fixed = tuple(sorted((rule.defaults or {}).items()))
    key = (rule.rule, tuple(rule._trace), fixed, append_unknown)
    if key not in _BUILDERS:
        _BUILDERS[key] = _compile_builder(rule, append_unknown)
    return _BUILDERS[key]


Rule._compile_builder = _built_once  # type: ignore[assignment, method-assign]  # a hundred milliseconds each time
AMINA = Identity(first_name="Amina", last_name="Benkacem", birth_date=date(1991, 4, 22))
AMINA_CLAIMS = {
    "phones": ["+33612345678"],
    "postcode": "35000",
    "city": "Rennes",
    "situation": "seeking_job",
}


@pytest.fixture
def clock() -> FixedClock:
    """A Friday morning that tests move as they need."""
    return FixedClock(FRIDAY)


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    # Argon2's cost is the library's promise; here hundreds of accounts sign in.
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


def instance(tmp_path: Path, url: str) -> Settings:
    """Settings of a throw-away instance."""
    return Settings(CARTE_INSTANCE=tmp_path / "instance", DATABASE_URL=url, CARTE_TERRITORY="valmer")


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Iterator[Store]:
    """A fresh store on each engine in turn."""
    here = opened(instance(tmp_path, database_url))
    yield here
    here.engine.dispose()


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_url: str) -> Iterator[Store]:
    """A fresh store on SQLite alone, for what does not depend on the engine."""
    here = opened(instance(tmp_path, sqlite_url))
    yield here
    here.engine.dispose()


def opened(settings: Settings) -> Store:
    """Prepare and open that instance."""
    prepare_instance(settings, now=FRIDAY)
    return open_store(settings)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A town settled once for a whole run: its base, its keys, and the names of what is in it."""

    base: str  # of PostgreSQL: the name of the database; of SQLite: the path of the file
    keyring: Path
    town: Town


@pytest.fixture(scope="session")
def sqlite_settled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """The settled town on SQLite, to be copied."""
    folder = tmp_path_factory.mktemp("settled")
    path = folder / "carte.sqlite"
    shutil.copyfile(sqlite_template, path)
    made = _settled(folder, f"sqlite:///{path}", str(path))
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made


@pytest.fixture(scope="session")
def pg_settled(pg_engine: Engine, pg_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settled]:
    """The settled town on PostgreSQL, to be copied."""
    with pg_copy(pg_engine, pg_template) as url:
        yield _settled(tmp_path_factory.mktemp("settled"), url, str(make_url(url).database))


@pytest.fixture
def town(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path, clock: FixedClock) -> Iterator[Town]:
    """The settled town on each engine in turn."""
    if "database_url" in request.fixturenames:  # the test wants the same base by another way too
        yield _settle(request.getfixturevalue("store"), clock)
    elif engine_name == "sqlite":
        yield request.getfixturevalue("sqlite_town")
    else:
        settled: Settled = request.getfixturevalue("pg_settled")
        with (
            pg_copy(request.getfixturevalue("pg_engine"), settled.base) as url,
            opened_copy(settled, tmp_path, url, clock) as town,
        ):
            yield town


@pytest.fixture
def sqlite_town(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Town]:
    """The settled town on SQLite alone."""
    if "sqlite_url" in request.fixturenames:
        yield _settle(request.getfixturevalue("sqlite_store"), clock)
    else:
        settled: Settled = request.getfixturevalue("sqlite_settled")
        path = tmp_path / "carte.sqlite"
        shutil.copyfile(settled.base, path)
        with opened_copy(settled, tmp_path, f"sqlite:///{path}", clock) as town:
            yield town


def _settled(folder: Path, url: str, base: str) -> Settled:
    settings = instance(folder, url)
    store = opened(settings)
    town = _settle(store, FixedClock(FRIDAY))
    store.engine.dispose()
    return Settled(base=base, keyring=settings.keyring_path, town=town)


def _settle(store: Store, clock: FixedClock) -> Town:
    return settle(store, clock, since=date(2024, 1, 1), password_hash=CHEAP.hash(PASSWORD))


@contextmanager
def opened_copy(settled: Settled, tmp_path: Path, url: str, clock: FixedClock) -> Iterator[Town]:
    """The settled town behind a copy of its base, with an instance of its own in that folder."""
    settings = instance(tmp_path, url)
    settings.instance.mkdir(mode=0o700)
    shutil.copy(settled.keyring, settings.keyring_path)  # with its mode: a keyring others may read is refused
    store = open_store(settings)
    kept = settled.town
    try:
        yield Town(
            store=store,
            clock=clock,
            structures=dict(kept.structures),
            schemes=dict(kept.schemes),
            accounts=dict(kept.accounts),
            cast=dict(kept.cast),
        )
    finally:
        store.engine.dispose()


def welcome(town: Town, by: str = "bruno", identity: Identity = AMINA) -> str:
    """A record created by that professional, who becomes the référent de parcours; gives its id."""
    person = NewPerson(identity=identity, claims=AMINA_CLAIMS)
    with town.acting(by) as tx:
        return create_records(tx, [person], way=Way.SAID, referent_id=tx.actor.account_id)[0]


def herself(town: Town, record_id: str, *, write: bool = True) -> Transaction:
    """A transaction of the person whose record that is, on an account of her own."""
    actor = Actor(role="jobseeker", account_id="j" * 26, record_id=record_id)
    return Transaction(town.store, actor=actor, clock=town.clock, door="web", write=write)


def web(town: Town) -> FlaskClient:
    """A browser on the town's application, with forms accepted without CSRF tokens."""
    # Tests knock at many shut doors in one hour; those of the budgets choose their own.
    app = build(Settings(CARTE_TERRITORY="valmer", CARTE_QUOTA_REFUSALS_PER_HOUR=100_000), town.store)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.jinja_env.bytecode_cache = COMPILED
    app.extensions["carte_clock"] = town.clock
    return app.test_client()


def signed_in(town: Town, persona: str) -> FlaskClient:
    """A browser signed in as that professional.

    The session is opened by the action that ends both steps of the real door (tests/web/account walks through them):
    at a clock that stands still, one code would serve once and no other would come.
    """
    client, actor = web(town), town.actor(persona)
    with Transaction(town.store, actor=SYSTEM, clock=town.clock, door="web") as tx:
        secret = start_session(
            tx,
            account_id=actor.account_id,
            role=town.cast[persona].role,
            structure_id=actor.structure_id,
            record_id="",
            tries_of="",
        )
    client.set_cookie("carte", secret)
    return client


def code_of_now(town: Town, persona: str, *, later: int = 0) -> str:
    """The code her telephone shows at the town's instant; `later`: so many steps of thirty seconds after."""
    return code_of(town.cast[persona].totp_secret, step_at(town.clock.now()) + later)
