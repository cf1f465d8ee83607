"""Migrations: written against PostgreSQL, run on both engines, compared with the tables."""

from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlmodel import SQLModel

from pathway.store.engine import connect, make_engine

_FOLDER = Path(__file__).parent / "migrations"


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["engine"] = engine
    return config


def upgrade(url: str) -> None:
    """Bring the base at that address to the newest revision; safe to run again."""
    engine = make_engine(url)
    try:
        if current_revision(engine) != newest_revision():
            command.upgrade(_config(engine), "head")
    finally:
        engine.dispose()


def remove(url: str) -> None:
    """Take every table of ours out of the base at that address, with all it holds. For demonstrations only."""
    engine = make_engine(url)
    try:
        command.downgrade(_config(engine), "base")
    finally:
        engine.dispose()


@cache  # reading the revisions compiles each of them, and the program does not change while it runs
def newest_revision() -> str:
    """The revision the program expects."""
    return ScriptDirectory(str(_FOLDER)).get_current_head() or ""


def current_revision(engine: Engine) -> str:
    """The revision the base stands at; empty for a base without any table of ours."""
    with connect(engine, write=False) as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str:
    """The same, of the base at the end of that connection."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return MigrationContext.configure(connection).get_current_revision() or ""


@cache
def revisions() -> frozenset[str]:
    """Every revision the program knows."""
    return frozenset(one.revision for one in ScriptDirectory(str(_FOLDER)).walk_revisions())


def drift(url: str) -> list[str]:
    """Differences between the base and the tables the program declares, one sentence each; empty when they agree."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": engine.dialect.name != "sqlite"})
            return [_said(difference) for difference in compare_metadata(context, SQLModel.metadata)]
    finally:
        engine.dispose()


def write_revision(url: str, message: str) -> None:
    """Generate the next revision by comparing that (PostgreSQL) base with the tables. For maintainers."""
    engine = make_engine(url)
    try:
        number = len(list(ScriptDirectory(str(_FOLDER)).walk_revisions())) + 1
        command.revision(_config(engine), message=message, autogenerate=True, rev_id=f"{number:04d}")
    finally:
        engine.dispose()


def _said(difference: Any) -> str:
    return " ".join(str(part) for part in difference) if isinstance(difference, tuple) else str(difference)
