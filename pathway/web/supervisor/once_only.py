"""The once-only meter of one's own structure: what was not asked again, by scheme and month; never by professional."""

from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.reports.queries import OnceOnly, once_only
from pathway.casework.reports.rules import Spared
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import said_month
from pathway.web.files import attached
from pathway.web.gate import allow, gate
from pathway.web.sheets import Cell, Format, sheet

COUNTS = (
    "Entrées",
    "Réponses utiles",
    "Reprises",
    "Questions posées",
    "Sans réponse",
    "Confirmées",
    "Déjà connues",
    "Refus",
)
_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


@dataclass(frozen=True, kw_only=True)
class OnceOnlyPage:
    """The totals, then the same by scheme and by month; `bars`: (short month, reused, asked)."""

    since: str
    total: Spared
    schemes: list[list[Cell]]
    months: list[list[Cell]]
    bars: list[tuple[str, int, int]]


@allow(Permission.ONCE_ONLY_READ)
def view() -> ResponseReturnValue:
    """Show twelve months."""
    with gate().reading() as tx:
        found = once_only(tx)
    return render_template("supervisor/once_only.html", page=_page(found), head=COUNTS)


@allow(Permission.ONCE_ONLY_READ)
def file_view() -> ResponseReturnValue:
    """The same by month and scheme, as a CSV: counts, no name."""
    with gate().reading() as tx:
        found, day = once_only(tx), tx.today
    rows = [[month.strftime("%Y-%m"), scheme, *_cells(one)] for (month, scheme), one in found.lines.items()]
    content = sheet(Format.CSV, title="Dites-le une fois", head=("Mois", "Dispositif", *COUNTS), rows=rows)
    return attached(content, name=f"dites-le-une-fois-{day.isoformat()}.csv", media_type=Format.CSV.media_type)


def _page(found: OnceOnly) -> OnceOnlyPage:
    return OnceOnlyPage(
        since=said_month(found.since),
        total=found.total,
        schemes=[[scheme, *_cells(one)] for scheme, one in found.schemes.items()],
        months=[[said_month(month), *_cells(one)] for month, one in reversed(found.months.items())],
        bars=[(_short(month), one.meter.reused, one.meter.asked) for month, one in found.months.items()],
    )


def _cells(one: Spared) -> list[Cell]:
    """In the order of COUNTS: what is needed is the sum of the three that follow it."""
    held = one.meter
    shared = [held.needed, held.reused, held.asked, held.unanswered]
    return [one.entries, *shared, held.confirmed, held.asked_again, held.refused]


def _short(month: date) -> str:
    return _SHORT[month.month - 1]
