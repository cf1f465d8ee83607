from pathlib import Path
from traceback import format_exception

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pathway.kernel.errors import Unavailable
from pathway.store.engine import connect, engine_url, make_engine
from pathway.store.opening import Store
from tests.store.hands import reading


def pragma(store: Store, name: str, *, write: bool = True) -> object:
    with connect(store.engine, write=write) as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_postgresql_address_speaks_through_the_same_driver(scheme: str) -> None:
    assert engine_url(f"{scheme}://somebody@server/base").drivername == "postgresql+psycopg"


def test_an_address_of_sqlite_is_kept_as_it_is() -> None:
    assert engine_url("sqlite:////srv/carte.sqlite").database == "/srv/carte.sqlite"


@pytest.mark.parametrize(
    "address",
    [
        "nowhere",
        "mysql://somebody:rabbit@server/base",
        "postgresql://somebody@server:rabbit/base",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:////srv/carte.sqlite",
    ],
)
def test_any_other_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(Unavailable, match="DATABASE_URL") as refused:
        engine_url(address)
    assert "rabbit" not in "".join(format_exception(refused.value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 15000),
        ("secure_delete", 1),
        ("temp_store", 2),
    ],
)
def test_every_sqlite_connection_is_set_as_promised(sqlite_store: Store, name: str, value: object) -> None:
    assert pragma(sqlite_store, name) == value
    assert pragma(sqlite_store, name, write=False) == value


def test_a_connection_that_read_may_write_afterwards(sqlite_store: Store) -> None:
    assert pragma(sqlite_store, "query_only", write=False) == 1
    assert pragma(sqlite_store, "query_only") == 0


def test_only_sqlite_reads_on_connections_of_their_own(store: Store) -> None:
    assert (store.readers is store.engine) == (store.engine.dialect.name == "postgresql")


def test_a_snapshot_refuses_to_write(store: Store) -> None:
    with reading(store) as tx, pytest.raises(DBAPIError, match=r"read-?only"):
        tx.execute(text("DELETE FROM mark"))


def test_the_readers_are_disposed_of_with_their_engine(sqlite_store: Store) -> None:
    before = sqlite_store.readers.pool
    sqlite_store.engine.dispose()
    assert sqlite_store.readers.pool is not before


def test_readers_do_not_wait_for_the_writer(store: Store) -> None:
    with connect(store.engine, write=True) as writer:
        writer.execute(text("UPDATE mark SET value = 'elsewhere' WHERE name = 'territory'"))
        with connect(store.engine, write=False) as reader:
            kept = reader.execute(text("SELECT value FROM mark WHERE name = 'territory'")).scalar_one()
    assert kept == "valmer"


def test_a_snapshot_does_not_see_what_is_written_meanwhile(store: Store) -> None:
    count = text("SELECT count(*) FROM mark")
    with connect(store.engine, write=False) as reader:
        before = reader.execute(count).scalar_one()
        with store.engine.begin() as writer:
            writer.execute(text("INSERT INTO mark (name, value) VALUES ('later', '1')"))
        assert reader.execute(count).scalar_one() == before


def test_a_deleted_value_leaves_no_byte_in_the_file(sqlite_store: Store) -> None:
    secret = "f7c1-this-value-must-vanish-from-the-disk"
    with sqlite_store.engine.begin() as connection:
        connection.execute(text("INSERT INTO mark (name, value) VALUES ('gone', :it)"), {"it": secret})
    path = Path(sqlite_store.engine.url.database or "")
    checkpoint(path)
    assert secret.encode() in path.read_bytes()
    with sqlite_store.engine.begin() as connection:
        connection.execute(text("DELETE FROM mark WHERE name = 'gone'"))
    checkpoint(path)
    assert secret.encode() not in path.read_bytes()


def checkpoint(path: Path) -> None:
    engine = make_engine(f"sqlite:///{path}")
    raw = engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    engine.dispose()
