"""`carte shots`: a picture of every screen of the demonstration, to look at them all with one's own eyes."""

import subprocess
import sys
from pathlib import Path

import click

from pathway.cli.french import REFUSED, FrenchCommand
from pathway.kernel.settings import ROOT


@click.command("shots", cls=FrenchCommand, short_help="Prend une image de chaque écran de la démonstration.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DOSSIER")
@click.option("--guides", is_flag=True, help="Seulement les images des guides et du README.")
@click.pass_context
def command(ctx: click.Context, folder: Path, guides: bool) -> None:
    """Prend, dans un navigateur, une image de chaque écran, en 1280 et en 390 pixels de large.

    Les écrans sont ceux d’une ville inventée pour l’occasion : aucune base réglée n’est lue.

    \b
    Exemples :
      ./carte shots /tmp/ecrans
      ./carte shots docs/images --guides
    """
    line = [sys.executable, "-m", "tools.pictures", str(folder.absolute()), *(["--guides"] if guides else [])]
    if subprocess.run(line, cwd=ROOT, check=False).returncode:
        ctx.exit(REFUSED)
