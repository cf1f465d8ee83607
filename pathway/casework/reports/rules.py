"""Masking small counts so that nobody is recognised, nor found again by subtraction; adding up once-only meters."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pathway.casework.records.rules import Meter
from pathway.kernel.choice import Choice

SMALLEST_SHOWN = 5


class Hidden(Choice):
    """Why a count is not given."""

    SMALL = "small", "moins de 5"
    WITH_IT = "with_it", "non affiché"


Cell = int | Hidden


_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Spared:
    """What a number of entries were spared: how many entries, and their meters together."""

    entries: int
    meter: Meter


@dataclass(frozen=True, kw_only=True)
class MaskedTable:
    """The counts of a table as they may be shown, in the order given, and their total."""

    cells: tuple[Cell, ...]
    total: Cell


def mask(count: int) -> Cell:
    """One count that stands alone: itself from 5 on."""
    return count if count >= SMALLEST_SHOWN else Hidden.SMALL


def mask_table(counts: Sequence[int]) -> MaskedTable:
    """Counts whose total is shown. Source: product.md, Scope (counts under 5 masked, and their complements).

    Beside small counts, the smallest of the others are hidden too, until what is shown leaves each small one every
    value it could have. When hiding all of them is not enough, the total is hidden as well.
    """
    total = mask(sum(counts))
    order = sorted(range(len(counts)), key=lambda place: (counts[place], place))
    small = sum(count < SMALLEST_SHOWN for count in counts)
    if not small:
        return MaskedTable(cells=tuple(counts), total=total)
    for hidden in range(small, len(counts) + 1):
        if _is_safe(counts, order[small:hidden], order[hidden:]):
            return MaskedTable(cells=_cells(counts, order[:hidden]), total=total)
    return MaskedTable(cells=_cells(counts, order), total=total if total is Hidden.SMALL else Hidden.WITH_IT)


def add_up(parts: Iterable[Spared]) -> Spared:
    """Those entries together; all zero when there is none."""
    gathered = list(parts)
    meters = [one.meter for one in gathered]
    return Spared(
        entries=sum(one.entries for one in gathered),
        meter=Meter(
            needed=sum(one.needed for one in meters),
            reused=sum(one.reused for one in meters),
            confirmed=sum(one.confirmed for one in meters),
            asked=sum(one.asked for one in meters),
            asked_again=sum(one.asked_again for one in meters),
            refused=sum(one.refused for one in meters),
        ),
    )


def add_up_by(parts: Iterable[tuple[_Key, Spared]]) -> dict[_Key, Spared]:
    """The same for each key, in the order they are first met."""
    groups: dict[_Key, list[Spared]] = {}
    for key, one in parts:
        groups.setdefault(key, []).append(one)
    return {key: add_up(those) for key, those in groups.items()}


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def _cells(counts: Sequence[int], hidden: Sequence[int]) -> tuple[Cell, ...]:
    return tuple(
        Hidden.WITH_IT if place in hidden and count >= SMALLEST_SHOWN else mask(count)
        for place, count in enumerate(counts)
    )


def _is_safe(counts: Sequence[int], beside: Sequence[int], shown: Sequence[int]) -> bool:
    """Whether the total minus what is shown leaves a small count every value from 0 to 4, whoever knows the rule."""
    small = len(counts) - len(beside) - len(shown)
    largest = SMALLEST_SHOWN - 1
    left = sum(counts) - sum(counts[place] for place in shown)
    # What is hidden beside is at least 5, and at most the smallest count shown.
    lowest_beside = SMALLEST_SHOWN * len(beside)
    highest_beside = len(beside) * min((counts[place] for place in shown), default=left)
    reaches_none = left <= largest * (small - 1) + highest_beside
    reaches_all = left >= lowest_beside + largest
    return reaches_none and reaches_all
