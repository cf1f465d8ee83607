"""`carte doctor`: is this instance well."""

from typing import Any

import click

from pathway.cli.french import REFUSED, FrenchCommand
from pathway.cli.opening import settings
from pathway.cli.output import emit, facts
from pathway.jobs.doctor import Examination, examine

_COUNTS = {
    "people": "Personnes",
    "entries": "Entrées",
    "exits": "Sorties",
    "open_followups": "Points de suivi à faire",
    "orphan_exits": "Sorties sans suite",
    "open_alerts": "Alertes ouvertes",
}
_CHECKS = {
    "base": "Base",
    "keyring": "Trousseau",
    "journal": "Journal",
    "journal_heads": "En-tête du journal",
    "migrations": "Tables",
    "backups": "Sauvegardes",
    "tombstones": "Registre des effacements",
    "orphans": "Suites des sorties",
    "last_night": "Dernière nuit",
}


@click.command("doctor", cls=FrenchCommand, short_help="Examine l’instance.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Examine l’instance : base, trousseau, journal, suites des sorties. Ne crée et ne change rien.

    \b
    Exemple :
      ./carte doctor --json
    """
    found = examine(settings())
    if as_json:
        emit(_whole(found))
    else:
        _show(found)
    if not found.is_well:
        ctx.exit(REFUSED)


def _whole(found: Examination) -> dict[str, Any]:
    return {**found.counts, "checks": found.checks, "notes": found.notes}


def _show(found: Examination) -> None:
    facts([(_COUNTS.get(name, name), number) for name, number in found.counts.items()])
    facts([(_CHECKS.get(name, name), said) for name, said in found.checks.items()])
    facts([("Note", said) for said in found.notes.values()])
