"""`carte database`: migrations, and the check that tables and migrations agree on both engines."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import create_engine, text

from pathway.casework import schema
from pathway.cli import testing
from pathway.cli.french import REFUSED, FrenchCommand, FrenchGroup
from pathway.cli.opening import settings
from pathway.cli.output import facts, say
from pathway.kernel.clock import SystemClock
from pathway.store import migrate
from pathway.store.engine import engine_url
from pathway.store.opening import base_exists, prepare_instance

DECLARED = schema.__all__  # importing them is what makes their tables known to the comparison
AGREED = "tables et migrations d’accord"


@click.group("database", cls=FrenchGroup, short_help="Met la base à jour, vérifie ses tables.")
def command() -> None:
    """Met la base à jour et vérifie que les tables et les migrations sont d’accord.

    \b
    Exemples :
      ./carte database upgrade
      ./carte database check
    """


@command.command("upgrade", cls=FrenchCommand, short_help="Crée la base ou la met à jour.")
def upgrade() -> None:
    """Crée la base et le trousseau s’ils n’existent pas encore ; sinon, met la base à jour.

    \b
    Exemple :
      ./carte database upgrade
    """
    prepare_instance(settings(), now=SystemClock().now())
    say("La base est à jour.")


@command.command("check", cls=FrenchCommand, short_help="Compare tables et migrations, sur les deux moteurs.")
@click.pass_context
def check(ctx: click.Context) -> None:
    """Compare les tables du programme à ce que font les migrations, sur SQLite et sur PostgreSQL.

    La base configurée est comparée telle qu’elle est ; le reste l’est sur des bases jetables.

    \b
    Exemple :
      ./carte database check
    """
    found = {**_sqlite(), **_postgresql(), **_configured()}
    facts([(place, "; ".join(drifts) or AGREED) for place, drifts in found.items()])
    if any(found.values()):
        ctx.exit(REFUSED)


def _configured() -> dict[str, list[str]]:
    chosen = settings()
    return {"Base configurée": migrate.drift(chosen.url)} if base_exists(chosen) else {}


def _sqlite() -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory(prefix="carte-") as folder:
        return {"SQLite": _drift_once_migrated(f"sqlite:///{folder}/carte.sqlite")}


def _postgresql() -> dict[str, list[str]]:
    with _server() as address:
        if not address:
            say("PostgreSQL n’a pas été vérifié : ni TEST_DATABASE_URL, ni programmes de PostgreSQL sur cette machine.")
            return {}
        with _throw_away(address) as url:
            return {"PostgreSQL": _drift_once_migrated(url)}


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("TEST_DATABASE_URL", "")
    binaries = None if given else testing.postgres_binaries(install=False)
    if binaries is None:
        yield given
        return
    with testing.cluster(binaries) as address:
        yield address


@contextmanager
def _throw_away(address: str) -> Iterator[str]:
    engine = create_engine(engine_url(address), isolation_level="AUTOCOMMIT")  # CREATE DATABASE refuses a transaction
    name = f"carte_{secrets.token_hex(8)}"
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield engine.url.set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


def _drift_once_migrated(url: str) -> list[str]:
    migrate.upgrade(url)
    return migrate.drift(url)
