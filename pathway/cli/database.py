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
from pathway.cli.opening import opened, settings
from pathway.cli.output import emit, facts, say
from pathway.kernel.clock import SystemClock
from pathway.kernel.errors import Refused
from pathway.store import migrate
from pathway.store.engine import connect, engine_url
from pathway.store.opening import base_exists, prepare_instance
from pathway.store.roles import role_state, roles_sql

DECLARED = schema.__all__  # importing them is what makes their tables known to the comparison
_NO_ROLES = "SQLite n’a pas de rôles : un fichier appartient à un compte du système. Ceci vaut pour PostgreSQL."
_MAY_REWRITE = (
    "Ce compte peut récrire le journal. Lancez le programme avec un autre : « ./carte database roles --sql » écrit "
    "comment."
)
AGREED = "tables et migrations d’accord"


@click.group("database", cls=FrenchGroup, short_help="Met la base à jour, vérifie ses tables.")
def command() -> None:
    """Met la base à jour et vérifie que les tables et les migrations sont d’accord.

    \b
    Exemples :
      ./carte database upgrade
      ./carte database check
      ./carte database roles --sql
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


@command.command("roles", cls=FrenchCommand, short_help="PostgreSQL : qui peut récrire le journal.")
@click.option("--sql", "as_sql", is_flag=True, help="Écrit les instructions qui font les deux rôles.")
@click.option("--program", default="carte_app", show_default=True, help="Rôle du programme.")
@click.option("--pruner", default="carte_prune", show_default=True, help="Rôle qui élague le journal.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def roles(as_sql: bool, program: str, pruner: str, as_json: bool) -> None:
    """Dit ce que le compte de DATABASE_URL peut faire du journal, ou écrit les instructions qui font deux rôles.

    Le rôle du programme lit et ajoute des lignes, sans jamais en changer ni en retirer ; l’autre n’élague que le
    journal. À jouer par le propriétaire des tables, et de nouveau après chaque « database upgrade ».

    \b
    Exemples :
      ./carte database roles
      ./carte database roles --sql | psql "$ADRESSE_DU_PROPRIÉTAIRE"
    """
    url = engine_url(settings().url)
    if url.get_backend_name() == "sqlite":
        raise Refused(_NO_ROLES)
    statements = roles_sql(program=program, pruner=pruner, database=str(url.database))
    if as_sql and not as_json:
        click.echo("".join(f"{one};\n" for one in statements), nl=False)
        return
    with opened() as store, connect(store.engine, write=False) as connection:
        state = role_state(connection)
    if as_json:
        emit({"role": state.name, "beyond": list(state.beyond), "sql": statements})
        return
    facts([("Compte de DATABASE_URL", state.name), ("Peut en plus", ", ".join(state.beyond) or "rien")])
    if state.beyond:
        say(_MAY_REWRITE)


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
