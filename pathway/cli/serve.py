"""`carte serve`: the configured base behind gunicorn."""

import click

from pathway.cli.french import FrenchCommand, Number
from pathway.cli.opening import settings
from pathway.cli.output import say
from pathway.cli.serving import LOOPBACK, check_free, check_may_serve, run_server

PORT = Number(1, 65535)


@click.command("serve", cls=FrenchCommand, short_help="Sert la base configurée.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port où écouter.")
@click.option("--host", default=LOOPBACK, show_default=True, metavar="ADRESSE", help="Adresse où écouter.")
@click.option("--workers", type=Number(1, 64), default=2, show_default=True, help="Nombre de processus.")
def command(port: int, host: str, workers: int) -> None:
    """Sert la base configurée (CARTE_INSTANCE, DATABASE_URL), par défaut pour cette machine seulement.

    Une base de démonstration n’est jamais servie au-delà de cette machine.

    \b
    Exemple :
      ./carte serve --port 8080 --workers 4
    """
    chosen = settings()
    check_may_serve(chosen, host=host)
    check_free(host, port)
    say(f"http://{host}:{port} (Ctrl-C pour arrêter)")
    run_server(chosen, host=host, port=port, workers=workers)
