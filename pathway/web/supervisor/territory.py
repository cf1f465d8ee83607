"""The territory in counts: nobody is named, small counts are masked with their complements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.cockpit.queries import MaskedSpreads, masked_cockpit
from pathway.casework.cockpit.vocabulary import Fate, Length, Towards, Wait
from pathway.casework.reports import queries
from pathway.casework.reports.rules import Cell, Hidden, MaskedTable
from pathway.casework.sharing.permissions import Permission
from pathway.web.gate import allow, gate
from pathway.web.supervisor.drawn import Line, drawn, masked_lines, said, said_of, week_name


@dataclass(frozen=True, kw_only=True)
class SpreadsPage:
    """The cockpit of the territory in words: late exits, weeks as a drawing and a table (without the `small` weeks of
    fewer than 5 points; empty when they would show no number), distributions, and by structure the points that nobody
    there holds."""

    late: str
    bars: list[tuple[str, int, int]]
    weeks: list[list[date | str]]
    small: int
    relays: Mapping[Towards, list[Line]]
    gaps: list[Line]
    unheld: list[list[str]]


@allow(Permission.TERRITORY_READ)
def view() -> ResponseReturnValue:
    """Show the masked figures."""
    with gate().reading() as tx:
        figures, found = queries.territory(tx), masked_cockpit(tx)
    return render_template("supervisor/territory.html", figures=figures, page=_page(found), fates=list(Fate))


def _page(found: MaskedSpreads) -> SpreadsPage:
    cells = [week.cells for week in found.weeks.values()]
    drawable = [] if _are_hidden(*cells) else list(found.weeks.items())
    told = [] if _are_hidden(*cells, [week.total for week in found.weeks.values()]) else list(found.weeks.items())
    shown = [(monday, week) for monday, week in told if week.total is not Hidden.SMALL]
    return SpreadsPage(
        late=said_of(found.exits.cells[0], found.exits.total),
        bars=[_bar(number, monday, week) for number, (monday, week) in enumerate(drawable)],
        weeks=[[monday, *(said(cell) for cell in (*week.cells, week.total))] for monday, week in reversed(shown)],
        small=len(told) - len(shown),
        relays={towards: masked_lines(list(Wait), table) for towards, table in (found.relays or {}).items()},
        gaps=masked_lines(list(Length), found.gaps),
        unheld=[*([name, said(cell)] for name, cell in found.unheld), ["Total", said(found.unheld_total)]],
    )


def _are_hidden(*rows: Sequence[Cell]) -> bool:
    return all(isinstance(cell, Hidden) for row in rows for cell in row)


def _bar(number: int, monday: date, week: MaskedTable) -> tuple[str, int, int]:
    held, *others = (drawn(cell) for cell in week.cells)
    return week_name(number, monday), held, sum(others)
