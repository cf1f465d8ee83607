"""The two engines behind one face: SQLite embedded, PostgreSQL for many workers."""

from typing import Any

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from pathway.kernel.errors import Unavailable

WRITE = "carte_write"

_POSTGRESQL = "postgresql+psycopg"
_BAD_ADDRESS = (
    "DATABASE_URL n’est pas l’adresse d’une base PostgreSQL ni d’un fichier SQLite. "
    "Exemples : postgresql://compte@serveur/base, sqlite:////srv/carte/carte.sqlite."
)

# synchronous=FULL: an exit that was answered « enregistrée » must survive a power cut.
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)


def engine_url(address: str) -> URL:
    """The SQLAlchemy address; any `postgres…` scheme becomes psycopg 3's. `Unavailable` for any other kind of base."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise Unavailable(_BAD_ADDRESS) from None  # its own message could repeat the password
    if url.drivername.partition("+")[0] in ("postgres", "postgresql"):
        return url.set(drivername=_POSTGRESQL)
    if url.drivername != "sqlite" or url.database in (None, "", ":memory:"):
        raise Unavailable(_BAD_ADDRESS)
    return url


def make_engine(address: str) -> Engine:
    """An engine for that address, with what each needs: pragmas for SQLite, no server-side prepares for poolers."""
    url = engine_url(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(url, connect_args={"prepare_threshold": None}, pool_size=4, max_overflow=8, pool_pre_ping=True)


def readers_of(engine: Engine) -> Engine:
    """Where snapshots are read beside that engine, disposed of with it: connections of their own on SQLite, which
    prepares every statement of a connection again when it turns from reading to writing; the same on PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return engine
    readers = _sqlite(engine.url)
    event.listen(engine, "engine_disposed", lambda _engine: readers.dispose())
    return readers


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 15, "isolation_level": None})
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    # A deferred read that later writes fails with SQLITE_BUSY_SNAPSHOT: a writer says so at once.
    writes = connection.get_execution_options().get(WRITE, True)
    # A reader refuses to write, as PostgreSQL's does, rather than lose what it wrote at the end. Said only when it
    # changes: after this pragma SQLite prepares every statement of the connection again.
    if connection.info.get(WRITE) is not writes:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.info[WRITE] = writes
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def connect(engine: Engine, *, write: bool) -> Connection:
    """A connection whose transaction is a writer's, or a read-only snapshot."""
    connection = engine.connect()
    if engine.dialect.name == "sqlite":
        return connection.execution_options(**{WRITE: write})
    if write:
        return connection.execution_options(isolation_level="READ COMMITTED", postgresql_readonly=False)
    return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def begun(engine: Engine, *, write: bool) -> tuple[Connection, RootTransaction]:
    """Such a connection, its transaction begun; given back to the pool when it cannot begin."""
    connection = connect(engine, write=write)
    try:
        return connection, connection.begin()
    except DBAPIError:
        connection.close()
        raise
