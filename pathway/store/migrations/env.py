"""Runs the revisions on the engine handed over by pathway.store.migrate."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=SQLModel.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Open one connection; on SQLite, rebuilding a parent table must not delete its children."""
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            _run(connection)
            return
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        _run(connection)
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        driver.execute("PRAGMA foreign_keys=ON")
        if broken:
            raise RuntimeError(f"foreign keys broken after migration: {broken[:5]}")


run()
