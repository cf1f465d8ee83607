"""A throw-away base with the demonstration's town in it, and a copy of it that the floor reads and writes raw."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pathway.demo.town import Town, settle
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import Settings
from pathway.store.opening import open_store, prepare_instance

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_SINCE = date(2024, 1, 1)
_PRAGMAS = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete", "temp_store")


@contextmanager
def throw_away_town(address: str = "") -> Iterator[tuple[Town, Settings]]:
    """A settled town in a temporary folder, deleted at the end: on SQLite, or in the empty PostgreSQL base of that
    address. The configured instance is not read."""
    with TemporaryDirectory(prefix="carte-bench-") as folder:
        settings = instance_settings(Path(folder) / "instance", address)
        prepare_instance(settings, now=NOW)
        store = open_store(settings)
        try:
            yield settle(store, FixedClock(NOW), since=_SINCE), settings
        finally:
            store.engine.dispose()


@contextmanager
def raw_copy(town: Town) -> Iterator[sqlite3.Connection]:
    """A plain sqlite3 connection to a copy of the town's base, under the very pragmas the product runs with."""
    path = Path(str(town.store.engine.url.database))
    copy = path.with_name("floor.sqlite")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    with closing(sqlite3.connect(copy, isolation_level=None, check_same_thread=False)) as connection:
        for name, value in _pragmas(town).items():
            connection.execute(f"PRAGMA {name}={value}")
        yield connection


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table holds."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables}


def town_row_counts(town: Town) -> dict[str, int]:
    """The same for the product's own base."""
    with closing(sqlite3.connect(str(town.store.engine.url.database))) as connection:
        return row_counts(connection)


def instance_settings(instance: Path, address: str = "") -> Settings:
    """The settings of a throw-away instance in that folder; neither the environment nor a file is listened to."""
    values: dict[str, Any] = {
        "CARTE_INSTANCE": instance,
        "DATABASE_URL": address,
        "CARTE_TERRITORY": "valmer",
        "CARTE_ROOT_KEY": "",
        "CARTE_VAULT_ADDR": "",
        "CARTE_SECURE_COOKIES": False,
        "CARTE_TRUSTED_HOSTS": "",
        "CARTE_PROXY_HOPS": 0,
    }
    return Settings(**values)  # everything is given


def _pragmas(town: Town) -> dict[str, str]:
    with town.store.engine.connect() as connection:
        return {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()) for name in _PRAGMAS}
