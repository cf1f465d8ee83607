"""Distributions and weeks as the cockpit and the territory draw them: a number with its whole, its share, its list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pathway.casework.cockpit.rules import share
from pathway.casework.reports.rules import Cell, Hidden, MaskedTable
from pathway.kernel.choice import Choice

_EACH_NAMED = 3  # one week in so many is named under the drawing
_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")

_Class = TypeVar("_Class", bound=Choice)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One class of a distribution. `share` is empty when the whole is small; `width`: of 100; `href`: its list."""

    label: str
    said: str
    share: str
    width: int
    href: str | None


def lines(counts: Mapping[_Class, int], href: Callable[[_Class], str]) -> list[Line]:
    """A distribution whose classes open their lists."""
    whole = sum(counts.values())
    return [
        Line(
            label=one.label,
            said=f"{number} sur {whole}",
            share=_share(number, whole),
            width=_width(number, whole),
            href=href(one) if number else None,
        )
        for one, number in counts.items()
    ]


def masked_lines(classes: Sequence[_Class], table: MaskedTable) -> list[Line]:
    """The same for a coordinator: what is hidden is said, not drawn."""
    return [
        Line(label=one.label, said=said_of(cell, table.total), share="", width=_width(cell, table.total), href=None)
        for one, cell in zip(classes, table.cells, strict=True)
    ]


def said(cell: Cell) -> str:
    """A count, or why it is not given."""
    return cell.label if isinstance(cell, Hidden) else str(cell)


def said_of(cell: Cell, total: Cell) -> str:
    """« 7 sur 19 », « 7 » when the whole is hidden, or why it is not given."""
    if isinstance(cell, Hidden) or isinstance(total, Hidden):
        return said(cell)
    return f"{cell} sur {total}"


def week_name(number: int, monday: date) -> str:
    """« 7 sept. » under one week in three, nothing under the others."""
    return f"{monday.day} {_SHORT[monday.month - 1]}" if number % _EACH_NAMED == 0 else ""


def drawn(cell: Cell) -> int:
    """The height of a bar: nothing when the count is hidden."""
    return 0 if isinstance(cell, Hidden) else cell


def _share(number: int, whole: int) -> str:
    found = share(number, whole)
    return "" if found is None else f"{found} %"


def _width(number: Cell, whole: Cell) -> int:
    if isinstance(number, Hidden) or isinstance(whole, Hidden) or not whole:
        return 0
    return 100 * number // whole
