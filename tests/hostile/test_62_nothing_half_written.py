"""Check 62: disk full, base held, server cut or Vault down in the middle of a write: all or nothing, and closed."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from pathway.demo.town import Town
from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings
from pathway.store.opening import open_store, prepare_instance
from pathway.vault.keyring import KeyringRefused
from tests.casework.notes.scenes import texts
from tests.hostile.walk import snapshot
from tests.store.hands import broken, opened, sealed
from tests.town import FRIDAY, signed_in, welcome
from tests.vault.transit_server import KEY, TOKEN, Engine, serving

WORDS = "Elle cherche un poste de nuit. " * 100


def served(town: Town) -> FlaskClient:
    """A browser on the program as it is served: a failure is a page, not an exception of the test."""
    client = signed_in(town, "bruno")
    client.application.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    return client


def base_of(town: Town) -> Path:
    return Path(str(town.store.engine.url.database))


@contextmanager
def nothing_written(town: Town) -> Iterator[None]:
    """The base is afterwards as it was before."""
    before = snapshot(town)
    yield
    assert snapshot(town) == before


def refused(client: FlaskClient, ref: str) -> None:
    """One note is sent: the answer says that it was not kept."""
    answer = client.post(f"/dossiers/{ref}/note", data={"text": WORDS, "audience": "own"})
    assert answer.status_code == 503 and "Amina" not in answer.get_data(as_text=True)


def kept_again(town: Town, client: FlaskClient, ref: str) -> None:
    """Once the trouble is over, the same note is kept, and the chain holds."""
    assert client.post(f"/dossiers/{ref}/note", data={"text": WORDS, "audience": "own"}).status_code == 303
    assert texts(town, ref) == [WORDS.strip()] and broken(town.store) == []


@contextmanager
def full_disk(town: Town, *, spare: int) -> Iterator[None]:
    """The file of the base may take so many more pages, and no more, as on a disk that is full."""
    allowed = [spare]

    def bound(raw: sqlite3.Connection, *_: object) -> None:
        if allowed:
            pages = raw.execute("PRAGMA page_count").fetchone()[0]
            raw.execute(f"PRAGMA max_page_count={pages + allowed[0]}")

    town.store.engine.dispose()
    event.listen(town.store.engine, "connect", bound)
    yield
    event.remove(town.store.engine, "connect", bound)
    town.store.engine.dispose()


@pytest.mark.parametrize("spare", range(0, 3))
def test_a_full_disk_keeps_all_or_nothing(sqlite_town: Town, spare: int) -> None:
    ref = welcome(sqlite_town)
    client = served(sqlite_town)
    with full_disk(sqlite_town, spare=spare):
        statuses: list[int] = []
        before = snapshot(sqlite_town)
        while 503 not in statuses and len(statuses) < 30:
            before, counted = snapshot(sqlite_town), len(texts(sqlite_town, ref))
            typed = {"text": f"{len(statuses)} {WORDS}", "audience": "own"}
            statuses.append(client.post(f"/dossiers/{ref}/note", data=typed).status_code)
            assert len(texts(sqlite_town, ref)) == counted + (statuses[-1] == 303)
        assert statuses[-1] == 503 and set(statuses) <= {303, 503}
        assert snapshot(sqlite_town) == before
    assert broken(sqlite_town.store) == []
    assert client.post(f"/dossiers/{ref}/note", data={"text": "Place faite.", "audience": "own"}).status_code == 303
    assert "Place faite." in texts(sqlite_town, ref)


def test_a_base_held_by_another_writes_nothing(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = served(sqlite_town)

    def impatient(raw: sqlite3.Connection, *_: object) -> None:
        raw.execute("PRAGMA busy_timeout=50")

    sqlite_town.store.engine.dispose()
    event.listen(sqlite_town.store.engine, "connect", impatient)
    with nothing_written(sqlite_town):
        other = sqlite3.connect(base_of(sqlite_town), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused(client, ref)
        other.execute("ROLLBACK")
        other.close()
    kept_again(sqlite_town, client, ref)


@contextmanager
def struck(town: Town, blow: str, *, at: str) -> Iterator[list[str]]:
    """The server cuts the connection, or cancels the statement, before that statement of a transaction."""
    done: list[str] = []

    def strike(connection: object, cursor: object, statement: str, *_: object) -> None:
        if not done and statement.startswith(at):
            done.append(statement)
            pid = cursor.connection.info.backend_pid  # type: ignore[attr-defined]  # psycopg's own
            with town.store.engine.connect() as hand:
                hand.execute(text(f"SELECT {blow}(:pid)"), {"pid": pid})

    event.listen(town.store.engine, "before_cursor_execute", strike)
    yield done
    event.remove(town.store.engine, "before_cursor_execute", strike)


@pytest.mark.parametrize("statement", ["INSERT INTO note", "INSERT INTO journal_entry", "UPDATE journal_head"])
@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_connection_cut_by_the_server_writes_nothing(town: Town, engine_name: str, statement: str) -> None:
    ref = welcome(town)
    client = served(town)
    with struck(town, "pg_terminate_backend", at=statement) as blows, nothing_written(town):
        refused(client, ref)
    assert blows and engine_name == "postgresql"
    kept_again(town, client, ref)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_statement_cancelled_by_the_server_writes_nothing(town: Town, engine_name: str) -> None:
    ref = welcome(town)
    client = served(town)

    def hurried(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO journal_entry"):
            cursor.execute("SET LOCAL statement_timeout = 20; SELECT pg_sleep(5)")  # type: ignore[attr-defined]

    event.listen(town.store.engine, "before_cursor_execute", hurried)
    with nothing_written(town):
        refused(client, ref)
    event.remove(town.store.engine, "before_cursor_execute", hurried)
    kept_again(town, client, ref)


def test_a_vault_that_is_down_starts_nothing_and_cuts_nobody_s_write(database_url: str, tmp_path: Path) -> None:
    engine = Engine()
    with serving(engine) as vault:
        asked = {"CARTE_VAULT_ADDR": vault, "CARTE_VAULT_TOKEN": TOKEN, "CARTE_VAULT_KEY": KEY}
        where = {"CARTE_INSTANCE": tmp_path / "vaulted", "DATABASE_URL": database_url, "CARTE_TERRITORY": "valmer"}
        settings = Settings.model_validate({**where, **asked})
        prepare_instance(settings, now=FRIDAY)
        store = open_store(settings)
        first, ring = sealed(store), settings.keyring_path.read_bytes()
        engine.is_sealed = True
        settings.keyring_path.write_bytes(ring)  # looked at again by the running process, which cannot read it
        second = sealed(store)
        assert opened(store, first) == opened(store, second) == {"name": "Amina"}
        assert broken(store) == []
        with pytest.raises((KeyringRefused, Unavailable)):
            open_store(settings)
        assert settings.keyring_path.read_bytes() == ring
        store.engine.dispose()
