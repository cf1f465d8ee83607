"""`carte nightly`: what is done once a day."""

from dataclasses import asdict
from datetime import date
from typing import Any

import click

from pathway.casework.records.values import read_date
from pathway.casework.reports.vocabulary import said_counts, said_failure, said_step
from pathway.cli.french import REFUSED, FrenchCommand
from pathway.cli.opening import opened, settings
from pathway.cli.output import emit, facts, named_progress, say
from pathway.jobs.nightly import Night, run_nights
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import counted, said_date


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
@click.pass_context
def command(ctx: click.Context, on: date | None, as_json: bool) -> None:
    """Fait le travail de la nuit, après les nuits manquées. Peut être relancé sans risque.

    Ce qui échoue pour une personne, ou dans une étape, est compté et n’arrête rien d’autre. Code de retour 1 si
    quelque chose a échoué, si la base ne répond pas ou si une autre exécution est en cours.

    Une date à venir n’est acceptée que sur une base de démonstration, qui vit alors en avance.

    \b
    Exemples :
      ./carte nightly
      ./carte nightly --on 2026-12-24 --json
    """
    chosen = settings()
    with opened() as store, named_progress() as (name, report):
        night = run_nights(
            store,
            on=on,
            report=lambda _step, done, total: report(done, total),
            heads=chosen.journal_heads,
            settings=chosen,
            on_step=lambda day, step: name(f"Nuit du {said_date(day, with_year=False)} : {said_step(step)}"),
        )
    if as_json:
        emit(_whole(night))
    else:
        _show(night)
    if night.failures:
        _tell(night)
        ctx.exit(REFUSED)


def _whole(night: Night) -> dict[str, Any]:
    return {
        "on": night.on.isoformat(),
        "steps": night.steps,
        "caught_up": [day.isoformat() for day in night.caught_up],
        "failures": [{**asdict(one), "night": one.night.isoformat()} for one in night.failures],
    }


def _show(night: Night) -> None:
    missed = counted(len(night.caught_up), "nuit rattrapée", "nuits rattrapées")
    facts([("Nuit du", said_date(night.on)), ("Avant elle", missed)])
    facts([(said_step(name), said_counts(counts)) for name, counts in night.steps.items()])


def _tell(night: Night) -> None:
    for one in night.failures:
        why = said_failure(one.failed, one.failure, is_broken=one.is_broken)
        say(f"Nuit du {said_date(one.night)}, {said_step(one.step)} : {why}.")
    say("Tout le reste est fait. La nuit prochaine essaiera encore ; voyez docs/operations.md si cela se répète.")
