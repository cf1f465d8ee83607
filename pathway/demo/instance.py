"""Where the town lives: built once on an instance of its own, complete or not at all, never over real people."""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, func, inspect, select
from sqlalchemy.exc import DatabaseError, OperationalError

from pathway.demo.agenda import Report
from pathway.demo.seed import COMPLETE, seed
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Refused, Unavailable
from pathway.kernel.settings import Settings
from pathway.store import migrate
from pathway.store.columns import table_of
from pathway.store.engine import engine_url, make_engine
from pathway.store.opening import Store, base_exists, mark_as_demo, open_store, prepare_instance, read_marks
from pathway.store.tables import JournalEntry

_ASIDE = ".demo-"
_FOREIGN = (
    "Cette base n’est pas une démonstration : rien n’y a été touché. "
    "Pour essayer, choisissez un autre dossier : CARTE_INSTANCE=/un/autre/dossier ./carte demo."
)
_SERVED = (
    "La démonstration est ouverte par un autre programme, par exemple « ./carte demo ». "
    "Arrêtez-le (Ctrl-C), puis recommencez."
)
_NO_SERVER = "La base est injoignable. Vérifiez DATABASE_URL et que le serveur PostgreSQL répond."


class BaseState(Choice):
    """What stands at the address of the base."""

    NOTHING = "nothing", "Rien encore"
    COMPLETE = "complete", "Une démonstration complète"
    UNFINISHED = "unfinished", "Une démonstration inachevée"
    FOREIGN = "foreign", "Une base qui n’est pas une démonstration"


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A demonstration ready to be served: the day its two years end, and whether it was built just now."""

    seeded_on: date
    is_new: bool


@contextmanager
def throw_away_store(now: datetime) -> Iterator[Store]:
    """An empty base for invented people in a temporary folder, deleted at the end. No configured instance is read."""
    with tempfile.TemporaryDirectory(prefix="carte-simulation-") as folder:
        settings = Settings.model_construct(instance=Path(folder) / "instance", territory="simulation")
        prepare_instance(settings, now=now)
        store = open_store(settings)
        try:
            with store.engine.begin() as connection:
                mark_as_demo(connection)
            yield replace(store, is_demo=True)
        finally:
            store.engine.dispose()
            store.readers.dispose()


def ready_demo(
    settings: Settings,
    *,
    now: datetime,
    report: Report,
    say: Callable[[str], None],
    is_reseeded: bool = False,
    password_hash: str = "",
) -> Ready:
    """The demonstration of that instance, built if there is none. `Refused` on a base that is not a demonstration.

    A run that was cut short leaves nothing behind on SQLite; on PostgreSQL its tables are removed and built again.
    """
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(settings.instance):
        state, seeded_on = look_at(settings)
        if state is BaseState.FOREIGN:
            raise Refused(_FOREIGN)
        if state is BaseState.COMPLETE and seeded_on and not is_reseeded:
            migrate.upgrade(settings.url)
            open_store(settings).engine.dispose()  # says at once if its keyring is gone
            return Ready(seeded_on=seeded_on, is_new=False)
        if state is BaseState.UNFINISHED:
            say("La démonstration précédente a été interrompue : elle est refaite depuis le début.")
        return Ready(seeded_on=_build(settings, now, report, password_hash, state), is_new=True)


def look_at(settings: Settings) -> tuple[BaseState, date | None]:
    """What stands there, and the day a complete demonstration was seeded. Creates nothing; opens no sealed content."""
    if not base_exists(settings):
        return BaseState.NOTHING, None
    engine = make_engine(settings.url)
    try:
        with engine.connect() as connection:
            return _state_of(connection)
    except DatabaseError as error:
        raise Unavailable(_NO_SERVER if isinstance(error, OperationalError) else _FOREIGN) from error
    finally:
        engine.dispose()


def _state_of(connection: Connection) -> tuple[BaseState, date | None]:
    tables = inspect(connection).get_table_names()
    if "mark" not in tables:
        return (BaseState.FOREIGN if set(tables) - {"alembic_version"} else BaseState.NOTHING), None
    marks = read_marks(connection)
    if marks.get("demo") == "yes":
        day = marks.get(COMPLETE)
        return (BaseState.COMPLETE, date.fromisoformat(day)) if day else (BaseState.UNFINISHED, None)
    # Tables made by « database upgrade » in which nobody ever wrote may become a demonstration.
    written = connection.execute(select(func.count()).select_from(table_of(JournalEntry))).scalar_one()
    return (BaseState.FOREIGN if written else BaseState.NOTHING), None


def _build(settings: Settings, now: datetime, report: Report, password_hash: str, state: BaseState) -> date:
    url = engine_url(settings.url)
    if url.get_backend_name() == "sqlite":
        return _build_aside(settings, Path(url.database or ""), now, report, password_hash)
    if state is not BaseState.NOTHING:
        migrate.remove(settings.url)
    prepare_instance(settings, now=now)
    return _seed(settings, now, report, password_hash, is_aside=False)


def _build_aside(settings: Settings, base: Path, now: datetime, report: Report, password_hash: str) -> date:
    """Build in a file beside, then put it in place at once: a run cut short leaves no half town."""
    _refuse_open(base)
    for leftover in base.parent.glob(f"{_ASIDE}*/"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_ASIDE, dir=base.parent) as folder:
        aside = settings.model_copy(update={"database_url": f"sqlite:///{folder}/{base.name}"})
        prepare_instance(aside, now=now)
        seeded_on = _seed(aside, now, report, password_hash, is_aside=True)
        _refuse_open(base)
        _put_in_place(Path(folder) / base.name, base)
    return seeded_on


def _seed(settings: Settings, now: datetime, report: Report, password_hash: str, *, is_aside: bool) -> date:
    store = open_store(settings)
    try:
        if is_aside:
            hurry(store.engine)
        return seed(store, now=now, report=report, password_hash=password_hash).today
    finally:
        store.engine.dispose()


def hurry(engine: Engine) -> None:
    """A file that is thrown away if the power fails need not be written to the disk at each step."""
    engine.dispose()
    event.listen(engine, "connect", _do_not_wait)


def _do_not_wait(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _refuse_open(base: Path) -> None:
    """Whoever has the file open would go on reading and writing the one that is taken away.

    SQLite leaves its WAL mode only when nobody else has the base open.
    """
    if not base.is_file():
        return
    with closing(sqlite3.connect(base, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise Refused(_SERVED) from None


def _put_in_place(made: Path, base: Path) -> None:
    with made.open("rb") as file:
        os.fsync(file.fileno())
    for ending in ("", "-wal", "-shm"):
        base.with_name(base.name + ending).unlink(missing_ok=True)
    made.replace(base)


@contextmanager
def _alone(instance: Path) -> Iterator[None]:
    """One demonstration is built at a time: a second run waits, then finds it made."""
    with (instance / ".demo.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
