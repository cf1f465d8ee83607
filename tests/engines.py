"""Gives tests a fresh migrated base on each engine: a template is migrated once, then copied for every test."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url

from pathway.cli import testing
from pathway.store import engine as engines
from pathway.store import migrate

_STATEMENTS = 5000  # all those of the product, as each test file asks for them


class Prepared:
    """One dialect and its compiled statements for all the engines of a run: each test has a base of its own, and
    compiling the same statements again for each took a third of the run. A served instance has one engine anyway."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.first: dict[str, Engine] = {}

    def __call__(self, url: URL, **options: Any) -> Engine:
        """An engine as the product makes it, which compiles what no other engine of the run has."""
        engine = create_engine(url, query_cache_size=_STATEMENTS, **options)
        first = self.first.get(engine.dialect.name)
        if first is not None:
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        elif engine.dialect.name == "sqlite":
            self.first["sqlite"] = create_engine("sqlite://", query_cache_size=_STATEMENTS)
            self.first["sqlite"].connect().close()  # a dialect knows its server from its first connection
            return self(url, **options)
        else:
            event.listen(engine, "engine_connect", partial(self._keep, engine), once=True)
        return engine

    def _keep(self, engine: Engine, _connection: Connection) -> None:
        self.first.setdefault(engine.dialect.name, engine)


engines.create_engine = Prepared()  # type: ignore[assignment, attr-defined]


@pytest.fixture(scope="session")
def pg_url() -> Iterator[str]:
    """The address of a PostgreSQL cluster where databases may be made; skips without one, fails in CI."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    binaries = None if given or _set_up_was_done() else testing.postgres_binaries(install=False)
    if binaries:
        with testing.cluster(binaries) as url:
            yield url
    else:
        yield given or _absent(testing.POSTGRES)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of a Chromium that starts; skips without one, fails in CI."""
    given = os.environ.get("CARTE_TEST_CHROMIUM", "")
    found = given if given or _set_up_was_done() else testing.browser(install=False)
    return found or _absent(testing.BROWSER)


def _set_up_was_done() -> bool:
    return "CARTE_TEST_READY" in os.environ


def _absent(what: str) -> str:
    reason = testing.absence(what)
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "carte.sqlite"
    migrate.upgrade(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the file alone is the whole base
    connection.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh migrated SQLite base."""
    path = tmp_path / "carte.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def pg_engine(pg_url: str) -> Iterator[Engine]:
    url = make_url(pg_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")  # CREATE DATABASE refuses a transaction
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def pg_template(pg_engine: Engine) -> Iterator[str]:
    with _database(pg_engine, "CREATE DATABASE {name}") as name:
        migrate.upgrade(_address(pg_engine, name))
        yield name


@pytest.fixture
def postgresql_url(pg_engine: Engine, pg_template: str) -> Iterator[str]:
    """The address of a fresh migrated PostgreSQL base, dropped at the end even when something is still connected."""
    with pg_copy(pg_engine, pg_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine_name: str) -> str:
    """The address of a fresh migrated base, on each engine in turn."""
    url = request.getfixturevalue(f"{engine_name}_url")
    assert isinstance(url, str)
    return url


@contextmanager
def pg_copy(engine: Engine, template: str) -> Iterator[str]:
    """The address of a copy of that PostgreSQL base, dropped at the end."""
    with _database(engine, f"CREATE DATABASE {{name}} TEMPLATE {template}{_copied_as(engine)}") as name:
        yield _address(engine, name)


@cache
def _copied_as(engine: Engine) -> str:
    """Copying files costs half of writing each page to the log, dropping the copy a third; since PostgreSQL 15."""
    with engine.connect() as connection:
        version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    return " STRATEGY file_copy" if version >= 150_000 else ""


@contextmanager
def _database(engine: Engine, creation: str) -> Iterator[str]:
    name = f"carte_{secrets.token_hex(8)}"  # drawn: several runs and workers may share one cluster
    with engine.connect() as connection:
        connection.execute(text(creation.format(name=name)))
    yield name
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _address(engine: Engine, database: str) -> str:
    return engine.url.set(database=database).render_as_string(hide_password=False)
