"""Weeks, delays and lengths put into few classes: a distribution is told, never a mean alone. Pure arithmetic."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from pathway.casework.cockpit.vocabulary import Fate, Length, Wait
from pathway.casework.followup.rules import PointState
from pathway.casework.journey.rules import GAP_FROM_DAYS

WEEKS = 12
HELD_WITHIN = timedelta(days=7)  # then rule R02 says it
FEWEST_FOR_A_SHARE = 10  # below, « 3 sur 7 » says more than a percentage
_WAITS = ((3, Wait.DAYS_3), (7, Wait.DAYS_7), (14, Wait.DAYS_14))
_LENGTHS = ((28, Length.DAYS_28), (60, Length.DAYS_60), (90, Length.DAYS_90))

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A time without any step: from the end of one to the next, or to today (`is_open`)."""

    record_id: str
    ended_on: date
    until_on: date
    is_open: bool

    @property
    def days(self) -> int:
        """Calendar days without a step."""
        return (self.until_on - self.ended_on).days


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def last_weeks(today: date, number: int = WEEKS) -> tuple[date, ...]:
    """The Mondays of the last weeks, the oldest first; the present week is the last."""
    this = monday_of(today)
    return tuple(this - timedelta(weeks=before) for before in reversed(range(number)))


def fate_of(*, due_on: date, state: PointState, closed_on: date | None) -> Fate:
    """What became of a point first due that day; « fait » is on time up to seven days later."""
    if state is PointState.NOT_DONE:
        return Fate.NOT_DONE
    if state is PointState.OPEN or closed_on is None:
        return Fate.WAITING
    return Fate.HELD if closed_on <= due_on + HELD_WITHIN else Fate.LATER


def wait_of(*, sent_on: date, reached_on: date | None, is_pending: bool) -> Wait:
    """The class of one relay: how long until it was reached, else whether that may still come."""
    if reached_on is None:
        return Wait.STILL if is_pending else Wait.NEVER
    days = (reached_on - sent_on).days
    return next((wait for most, wait in _WAITS if days <= most), Wait.LONGER)


def length_of(days: int) -> Length:
    """The class of a gap of that many days."""
    return next((length for most, length in _LENGTHS if days <= most), Length.LONGER)


def real_gaps(found: Iterable[Gap], quiet: Iterable[tuple[str, date]]) -> list[Gap]:
    """Those of 15 days or more, but after a lasting job, the end of a follow-up or a pause, as for rule R07.
    `quiet`: (record id, day) of those ends."""
    calm = frozenset(quiet)
    return [one for one in found if one.days >= GAP_FROM_DAYS and (one.record_id, one.ended_on) not in calm]


def spread(classes: Sequence[_Key], found: Iterable[_Key]) -> dict[_Key, int]:
    """How many of each class, in the order given; those without any are there, at zero."""
    counts = dict.fromkeys(classes, 0)
    for one in found:
        counts[one] += 1
    return counts


def by_week(weeks: Sequence[date], found: Iterable[tuple[date, Fate, int]]) -> dict[date, dict[Fate, int]]:
    """Monday → how many points of each fate, from (first due day, fate, number); other weeks are left out."""
    counts: dict[date, dict[Fate, int]] = {monday: dict.fromkeys(Fate, 0) for monday in weeks}
    for due_on, fate, number in found:
        week = counts.get(monday_of(due_on))
        if week is not None:
            week[fate] += number
    return counts


def share(number: int, whole: int) -> int | None:
    """The percentage, rounded; None when the whole is too small for one to mean anything."""
    return (200 * number + whole) // (2 * whole) if whole >= FEWEST_FOR_A_SHARE else None
