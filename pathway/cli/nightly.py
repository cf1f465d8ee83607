"""`carte nightly`: what is done once a day."""

from datetime import date
from typing import Any

import click

from pathway.casework.records.values import read_date
from pathway.cli.french import FrenchCommand
from pathway.cli.opening import opened, settings
from pathway.cli.output import emit, facts, progress
from pathway.jobs.nightly import Night, run_nights
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import counted, said_date

_STEPS = {
    "alerts": "Alertes",
    "relays": "Relais sans réponse",
    "supports": "Accompagnements finis",
    "links": "Cartes qui se ressemblent",
    "traces": "Traces anciennes",
    "journal_head": "En-tête du journal",
}
_COUNTS = {
    "candidates": "parcours regardés",
    "opened": "ouvertes",
    "updated": "mises à jour",
    "cleared": "effacées",
    "ended": "terminés",
    "back": "rendus à la structure d’envoi",
    "reminded": "rappelés",
    "forgotten": "oubliées",
    "renewed": "clés de recherche refaites",
    "compared": "comparées",
    "proposed": "à vérifier par une personne",
    "exported": "exporté",
    "failed": "non écrit",
}


class Day(click.ParamType[date]):
    """A day written 2026-11-20 or 20/11/2026."""

    name = "AAAA-MM-JJ"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a sentence."""
        if isinstance(value, date):
            return value
        try:
            return read_date(str(value))
        except Invalid as refusal:
            self.fail(refusal.sentence, param, ctx)


@click.command("nightly", cls=FrenchCommand, short_help="Fait le travail de la nuit : alertes, ménage.")
@click.option("--on", "on", type=Day(), default=None, help="Nuit à faire ; aujourd’hui sans cette option.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def command(on: date | None, as_json: bool) -> None:
    """Fait le travail de la nuit, après les nuits manquées. Peut être relancé sans risque.

    Une date à venir n’est acceptée que sur une base de démonstration, qui vit alors en avance.

    \b
    Exemples :
      ./carte nightly
      ./carte nightly --on 2026-12-24 --json
    """
    heads = settings().journal_heads
    with opened() as store, progress("Travail de la nuit") as report:
        night = run_nights(store, on=on, report=lambda _step, done, total: report(done, total), heads=heads)
    if as_json:
        caught_up = [day.isoformat() for day in night.caught_up]
        emit({"on": night.on.isoformat(), "steps": night.steps, "caught_up": caught_up})
    else:
        _show(night)


def _show(night: Night) -> None:
    missed = counted(len(night.caught_up), "nuit rattrapée", "nuits rattrapées")
    facts([("Nuit du", said_date(night.on)), ("Avant elle", missed)])
    facts([(_STEPS.get(name, name), _said(counts)) for name, counts in night.steps.items()])


def _said(counts: dict[str, int]) -> str:
    known = [(label, counts[name]) for name, label in _COUNTS.items() if name in counts]
    others = [(name, number) for name, number in sorted(counts.items()) if name not in _COUNTS]
    return ", ".join(f"{number} {label}" for label, number in [*known, *others])
