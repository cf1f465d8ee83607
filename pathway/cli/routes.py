"""`carte routes`: every path of the application."""

import tempfile
from pathlib import Path

import click

from pathway.cli.french import FrenchCommand
from pathway.kernel.clock import SystemClock
from pathway.kernel.settings import Settings
from pathway.store.opening import open_store, prepare_instance
from pathway.web.application import build


@click.command("routes", cls=FrenchCommand, short_help="Donne toutes les adresses de l’application.")
def command() -> None:
    """Donne toutes les adresses de l’application, une par ligne. Aucune base n’est nécessaire.

    \b
    Exemple :
      ./carte routes
    """
    for path in paths():
        click.echo(path)


def paths() -> list[str]:
    """The rule of every route, sorted, each once. Read on a throw-away base: they do not depend on what it holds."""
    with tempfile.TemporaryDirectory(prefix="carte-") as folder:
        there = {"instance": Path(folder), "database_url": f"sqlite:///{folder}/carte.sqlite", "root_key": ""}
        aside = Settings.model_construct(**{**Settings.model_construct().model_dump(), **there})
        prepare_instance(aside, now=SystemClock().now())
        store = open_store(aside)
        try:
            return sorted({rule.rule for rule in build(aside, store).url_map.iter_rules()})
        finally:
            store.engine.dispose()
