"""How right the rules of alerts are in one’s own structure: what became of what they opened; nobody is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.outcomes import outcomes
from pathway.casework.alerts.policy import MEANINGS
from pathway.casework.alerts.precision import Outcome, RulePrecision, Sparing, over_all, precision
from pathway.casework.sharing.permissions import Permission
from pathway.casework.usage.actions import charge_rows
from pathway.kernel.calendar import add_months
from pathway.kernel.wording import counted, said_month
from pathway.store.transaction import Transaction
from pathway.web.drafts import unkept
from pathway.web.files import attached
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, fresh, gate
from pathway.web.sheets import Cell, Format, sheet
from pathway.web.supervisor.narrowing import Narrowing

PERIODS = (3, 6, 12)
COUNTS = ("Ouvertes", "Suivies d’un geste en 7 jours", "Pas pertinentes", "Effacées d’elles-mêmes", "Autres")
_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


@dataclass(frozen=True, kw_only=True)
class Flagged:
    """One rule with too many needless alerts, and what would have spared them: `spared` is empty when no threshold
    would have done."""

    rule: str
    said: str
    spared: str


@dataclass(frozen=True, kw_only=True)
class PrecisionPage:
    """The rules over the period, the flagged ones, the same by month; `bars`: (short month, acted on, not relevant)."""

    months: int
    since: str
    periods: list[Narrowing]
    opened: int
    flagged: list[Flagged]
    rules: list[list[Cell]]
    by_month: list[list[Cell]]
    bars: list[tuple[str, int, int]]


@allow(Permission.ALERTS_PRECISION)
def view() -> ResponseReturnValue:
    """Show the last months."""
    months = _months(request.args.get("mois", ""))
    with gate().reading() as tx:
        page = _page(tx, months)
        tx.journal("read_precision", months=months)
    return render_template("supervisor/precision.html", page=page, head=COUNTS, form=CarteForm(formdata=None))


@allow(Permission.ALERTS_PRECISION)
@fresh
@unkept
def file_view() -> ResponseReturnValue:
    """The same by month and rule, as a CSV: counts, no name. Asked by GET (after one proved who one is): the page."""
    months = _months(request.values.get("mois", ""))
    if request.method == "GET":
        return redirect(url_for("supervisor.precision", mois=months), 303)
    with gate().writing() as tx:
        lines, day = precision(_found(tx, months)), tx.today
        charge_rows(tx, len(lines), budgets=current_app.extensions["carte_budgets"])
        tx.journal("export_precision", rows=len(lines), months=months)
    rows: list[list[Cell]] = [
        [one.month.strftime("%Y-%m") if one.month else "", one.rule.value, one.rule.label, *_cells(one)]
        for one in lines
    ]
    content = sheet(Format.CSV, title="Justesse des alertes", head=("Mois", "Code", "Règle", *COUNTS), rows=rows)
    return attached(content, name=f"justesse-des-alertes-{day.isoformat()}.csv", media_type=Format.CSV.media_type)


def _months(said: str) -> int:
    return int(said) if said in {str(one) for one in PERIODS} else PERIODS[1]


def _since(tx: Transaction, months: int) -> date:
    return add_months(tx.today.replace(day=1), 1 - months)


def _found(tx: Transaction, months: int) -> list[Outcome]:
    return outcomes(tx, since=_since(tx, months), structure_id=tx.actor.structure_id)


def _page(tx: Transaction, months: int) -> PrecisionPage:
    found, since = _found(tx, months), _since(tx, months)
    whole, monthly = over_all(found), precision(found)
    days = [add_months(since, later) for later in range(months)]
    return PrecisionPage(
        months=months,
        since=said_month(since),
        periods=[
            Narrowing(
                label=f"{one} derniers mois", href=url_for("supervisor.precision", mois=one), current=one == months
            )
            for one in PERIODS
        ],
        opened=len(found),
        flagged=[_flagged(one) for one in whole if one.is_flagged],
        rules=[[one.rule.label, one.opened, *_shares(one)] for one in whole],
        by_month=[[said_month(one.month), one.rule.label, *_cells(one)] for one in monthly if one.month],
        bars=[_bar(day, monthly) for day in days],
    )


def _bar(day: date, monthly: Sequence[RulePrecision]) -> tuple[str, int, int]:
    here = [one for one in monthly if one.month == day]
    return _SHORT[day.month - 1], sum(one.acted for one in here), sum(one.not_relevant for one in here)


def _cells(one: RulePrecision) -> list[Cell]:
    """In the order of COUNTS: the first is the sum of the four others."""
    return [one.opened, one.acted, one.not_relevant, one.cleared, one.other]


def _shares(one: RulePrecision) -> list[Cell]:
    """« 7 sur 19 »: a share of few things says less than the things."""
    return [f"{number} sur {one.opened}" for number in (one.acted, one.not_relevant, one.cleared, one.other)]


def _flagged(one: RulePrecision) -> Flagged:
    found = one.sparing
    return Flagged(
        rule=one.rule.label,
        said=f"{one.not_relevant} alertes sur {one.opened} n’étaient pas pertinentes.",
        spared=_spared(found) if found else "",
    )


def _spared(found: Sparing) -> str:
    meaning = MEANINGS[found.threshold].partition(" (R")[0]  # the words of the operator's screen
    what = meaning[:1].upper() + meaning[1:]
    left = counted(found.opened, "alerte serait venue", "alertes seraient venues")
    return (
        f"Avec {counted(found.days, 'jour')} au lieu de {found.present} au seuil « {what} », {left}, "
        f"dont {counted(found.not_relevant, 'pas pertinente', 'pas pertinentes')}."
    )
