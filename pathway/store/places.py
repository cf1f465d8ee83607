"""Where a copy is put: a base beside, that serves nobody, thrown away or put in the place of the true one at once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from pathway.kernel.errors import Refused, Unavailable
from pathway.store.backups import sync
from pathway.store.dumps import restore_postgresql
from pathway.store.engine import engine_url, make_engine
from pathway.store.opening import RESTORING, set_mark

_MAINTENANCE = "postgres"
_SERVED = "La base sert encore. Arrêtez le service, le travail de nuit et l’envoi des lettres, puis recommencez."
_FULL = (
    "Une base est déjà là. Pour la remplacer par cette sauvegarde, ajoutez --replace : ce qui a été fait depuis la "
    "sauvegarde sera perdu."
)
_OTHER_ENGINE = "Cette sauvegarde est d’une base {kept}, les réglages disent {asked}. Corrigez DATABASE_URL."
_NO_RIGHT = (
    "Le compte de DATABASE_URL ne peut pas créer, renommer ou retirer une base sur ce serveur. Donnez-lui CREATEDB et "
    "la propriété de la base, ou lancez cette commande avec un autre compte."
)
_NO_SERVER = "Le serveur PostgreSQL ne répond pas. Vérifiez DATABASE_URL."
_ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, kw_only=True)
class Side:
    """A base beside the true one, at that address. `file`: where it lies, on SQLite."""

    url: str
    file: Path | None = None


def check_engine(url: str, kept: str) -> None:
    """`Refused` when a copy of that engine cannot go to that address."""
    asked = engine_url(url).get_backend_name()
    if asked != kept:
        raise Refused(_OTHER_ENGINE.format(kept=_ENGINES[kept], asked=_ENGINES[asked]))


def check_place(url: str, *, may_replace: bool) -> None:
    """`Refused` when a base with tables is there and may not be replaced."""
    if not may_replace and not _is_empty(engine_url(url)):
        raise Refused(_FULL)


@contextmanager
def beside(url: str, source: Path, *, is_thrown_away: bool) -> Iterator[Side]:
    """That copy in a base beside the one of that address, marked so that it serves nobody. Deleted at the end, unless
    it took the place of the true one meanwhile; one that a kill left is deleted first."""
    target = engine_url(url)
    if target.get_backend_name() == "sqlite":
        with _folder(Path(str(target.database)), is_thrown_away) as folder:
            yield _sqlite_side(folder / f"{Path(str(target.database)).name}.restoring", source)
        return
    side = target.set(database=f"{target.database}_{'drill' if is_thrown_away else 'restore'}")
    _as_maintenance(target, f"DROP DATABASE IF EXISTS {_quoted(side)}", f"CREATE DATABASE {_quoted(side)}")
    try:
        restore_postgresql(side, source)
        _mark(side)
        yield Side(url=side.render_as_string(hide_password=False))
    finally:
        _as_maintenance(target, f"DROP DATABASE IF EXISTS {_quoted(side)}")


def take_place(url: str, side: Side, *, may_replace: bool) -> None:
    """Put the base beside in the place of the one at that address; the one replaced is kept aside until that is done,
    then deleted. `Refused`, and nothing is changed, while anybody uses it."""
    check_place(url, may_replace=may_replace)
    target = engine_url(url)
    if side.file is not None:
        _take_file(Path(str(target.database)), side.file)
        return
    aside, taken = target.set(database=f"{target.database}_replaced"), engine_url(side.url)
    _as_maintenance(target, f"DROP DATABASE IF EXISTS {_quoted(aside)}")
    moves = [f"ALTER DATABASE {_quoted(taken)} RENAME TO {_quoted(target)}"]
    if _exists(target):
        moves.insert(0, f"ALTER DATABASE {_quoted(target)} RENAME TO {_quoted(aside)}")
    _as_maintenance(target, *moves, at_once=True)
    _as_maintenance(target, f"DROP DATABASE IF EXISTS {_quoted(aside)}")


@contextmanager
def _folder(base: Path, is_thrown_away: bool) -> Iterator[Path]:
    if is_thrown_away:
        with TemporaryDirectory(prefix="carte-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
        return
    base.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        yield base.parent
    finally:
        for left in base.parent.glob(f"{base.name}.restoring*"):
            left.unlink()


def _sqlite_side(file: Path, source: Path) -> Side:
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    file.touch(mode=0o600, exist_ok=False)
    copyfile(source, file)
    url = f"sqlite:///{file}"
    _mark(engine_url(url))
    return Side(url=url, file=file)


def _mark(url: URL) -> None:
    engine = make_engine(url.render_as_string(hide_password=False))
    try:
        with engine.begin() as connection:
            set_mark(connection, RESTORING, "copy")
    finally:
        engine.dispose()


def _is_empty(target: URL) -> bool:
    if target.get_backend_name() == "sqlite":
        if not Path(str(target.database)).exists():
            return True
    elif not _exists(target):
        return True
    engine = make_engine(target.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            return not inspect(connection).get_table_names()
    except DBAPIError:
        return False  # damaged, and there all the same
    finally:
        engine.dispose()


def _take_file(base: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as one:
        one.execute("PRAGMA journal_mode=DELETE")  # a single file, without a log beside it
    sync(file)
    aside = base.with_name(f"{base.name}.replaced")
    aside.unlink(missing_ok=True)
    if base.exists():
        _shut(base)
        aside.hardlink_to(base)
        for beside in ("-wal", "-shm"):
            base.with_name(base.name + beside).unlink(missing_ok=True)
    try:
        file.rename(base)  # at once: whoever looks finds the one or the other
    except OSError:
        _open_again(base)
        raise
    sync(base.parent)
    aside.unlink(missing_ok=True)


def _shut(base: Path) -> None:
    """Nobody has that base open, and nobody opens it any more: its log is in its file, and its mark says why."""
    with closing(sqlite3.connect(base, timeout=1, isolation_level=None)) as one:
        try:
            one.execute("PRAGMA journal_mode=DELETE")  # refused while anybody else has it open
            one.execute("BEGIN EXCLUSIVE")
            if one.execute("SELECT 1 FROM sqlite_schema WHERE name = 'mark'").fetchone():
                one.execute("INSERT OR REPLACE INTO mark (name, value) VALUES (?, 'replaced')", [RESTORING])
            one.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Refused(_SERVED) from error
            raise
        except sqlite3.DatabaseError:
            return  # damaged: this is why it is replaced


def _open_again(base: Path) -> None:
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(base)) as one, one:
        one.execute("DELETE FROM mark WHERE name = ?", [RESTORING])


def _exists(target: URL) -> bool:
    engine = _maintenance(target)
    try:
        with engine.connect() as connection:
            query = text("SELECT 1 FROM pg_database WHERE datname = :name")
            return connection.execute(query, {"name": target.database}).first() is not None
    except OperationalError as error:
        raise Unavailable(_NO_SERVER) from error
    finally:
        engine.dispose()


def _as_maintenance(target: URL, *statements: str, at_once: bool = False) -> None:
    """Run those beside the bases they are about: `at_once` in one transaction, where renaming may be."""
    engine = _maintenance(target)
    try:
        with engine.connect() as connection:
            if not at_once:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            with connection.begin():
                for statement in statements:
                    connection.exec_driver_sql(statement)
    except DBAPIError as error:
        raise _why(error) from error
    finally:
        engine.dispose()


def _maintenance(target: URL) -> Engine:
    return create_engine(target.set(database=_MAINTENANCE), connect_args={"prepare_threshold": None})


def _why(error: DBAPIError) -> Exception:
    state = getattr(error.orig, "sqlstate", None)
    if state == "55006":  # object_in_use
        return Refused(_SERVED)
    if state == "42501" or isinstance(error, ProgrammingError):
        return Refused(_NO_RIGHT)
    return Unavailable(_NO_SERVER)


def _quoted(url: URL) -> str:
    return '"' + str(url.database).replace('"', '""') + '"'
