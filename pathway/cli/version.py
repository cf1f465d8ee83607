"""`carte version`: which program this is."""

import click

from pathway import __version__
from pathway.cli.french import FrenchCommand


@click.command("version", cls=FrenchCommand, short_help="Donne la version du programme.")
def command() -> None:
    """Donne la version du programme.

    \b
    Exemple :
      ./carte version
    """
    click.echo(__version__)
