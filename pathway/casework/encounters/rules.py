"""When an appointment may be planned, how it repeats, and what may follow from where it stands. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pathway.casework.encounters.vocabulary import AppointmentState, AppointmentWay, Every, NextStep
from pathway.kernel.calendar import Holidays, add_months, add_working_days, next_working_day, public_holidays
from pathway.kernel.clock import PARIS
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.languages import marked

__all__ = [
    "CORRECTED_WITHIN",
    "LONGEST_SUBJECT",
    "MOST_IN_SERIES",
    "AppointmentState",
    "AppointmentWay",
    "Every",
    "NextStep",
    "Slot",
    "call_again_on",
    "check_may_reopen",
    "check_minutes",
    "check_start",
    "check_step",
    "instants",
    "overlap",
    "series_days",
]

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 480
MOST_IN_SERIES = 26
FURTHEST_MONTHS = 12
LONGEST_SUBJECT = 200
CORRECTED_WITHIN = timedelta(hours=24)
_AGAIN_WORKING_DAYS = 2

# From where to where. One noted wrongly may be mended; one that was kept closed points of follow-up: it stays, unless
# it is taken back while it is fresh (`check_may_reopen`).
_STEPS = {
    AppointmentState.PLANNED: frozenset(AppointmentState) - {AppointmentState.PLANNED},
    AppointmentState.MISSED: frozenset({AppointmentState.ATTENDED, AppointmentState.EXCUSED}),
    AppointmentState.EXCUSED: frozenset({AppointmentState.ATTENDED}),
}


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What is asked for: the first day and hour of Paris, how long, how, and how often (`times` in all)."""

    day: date
    hour: time
    minutes: int
    way: AppointmentWay
    every: Every = Every.ONCE
    times: int = 1


def series_days(slot: Slot, holidays: Holidays = Holidays.FRANCE) -> list[date]:
    """The days of a series; one that falls on a public holiday goes to the next working day. `Invalid` by its length.

    The first day is kept as it was chosen. Saturdays are a matter for whoever plans.
    """
    times = 1 if slot.every is Every.ONCE else slot.times
    if not 1 <= times <= MOST_IN_SERIES or (slot.every is not Every.ONCE and times < 2):
        raise Invalid(f"Une série compte de 2 à {MOST_IN_SERIES} rendez-vous.", field="times")
    days = [slot.day, *(_nth(slot, rank) for rank in range(1, times))]
    moved = (_off_holiday(day, holidays) for day in days[1:])
    return [slot.day, *moved]


def instants(slot: Slot, *, now: datetime, holidays: Holidays = Holidays.FRANCE) -> list[datetime]:
    """The beginnings of a slot: the same hour of Paris each time, whatever the season. `Invalid` or `Refused` (fields
    `day`, `minutes`, `times`) by the rules."""
    check_minutes(slot.minutes)
    starts = [datetime.combine(day, slot.hour, PARIS) for day in series_days(slot, holidays)]
    check_start(starts[0], now=now)
    if starts[-1].date() > _furthest(now):
        raise Refused("Une série s’arrête au plus dans un an. Prévoyez moins de rendez-vous.", field="times")
    return starts


def check_start(starts_at: datetime, *, now: datetime) -> None:
    """`Refused` (field `day`) for a past instant, or one more than a year ahead."""
    if starts_at < now:
        raise Refused("Ce rendez-vous est dans le passé. Vérifiez le jour et l’heure.", field="day")
    if starts_at.astimezone(PARIS).date() > _furthest(now):
        raise Refused("Ce rendez-vous est dans plus d’un an. Vérifiez l’année.", field="day")


def check_minutes(minutes: int) -> None:
    """`Invalid` unless an appointment may last so long."""
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise Invalid(f"Un rendez-vous dure de {SHORTEST_MINUTES} minutes à 8 heures.", field="minutes")


def check_step(before: AppointmentState, after: AppointmentState, *, starts_at: datetime, now: datetime) -> None:
    """`Refused` when that does not follow, or not yet: « tenu » from that day on, « non tenu » once it has begun."""
    if after not in _STEPS.get(before, frozenset()):
        raise Refused(marked("La suite de ce rendez-vous est déjà notée. Rechargez la page."))
    if after is AppointmentState.ATTENDED and _day(starts_at) > _day(now):
        raise Refused("Ce rendez-vous n’a pas encore eu lieu.")
    if after is AppointmentState.MISSED and starts_at > now:
        raise Refused("L’heure de ce rendez-vous n’est pas encore passée.")


def check_may_reopen(state: AppointmentState, *, settled_at: datetime | None, is_own_word: bool, now: datetime) -> None:
    """`Refused` unless what was noted may be taken back: by the structure, within 24 hours, and never what she said
    herself (`is_own_word`) nor what was called off."""
    if settled_at is None or state is AppointmentState.CANCELLED:
        raise Refused("Rien n’est noté pour ce rendez-vous.")
    if is_own_word:
        raise Refused("La personne a prévenu elle-même de son absence : cela reste noté.")
    if now - settled_at > CORRECTED_WITHIN:
        raise Refused("C’était il y a plus de 24 heures : ce qui est noté reste.")


def overlap(starts_at: datetime, minutes: int, others: Iterable[tuple[datetime, int]]) -> bool:
    """Whether one of those others (beginning, minutes) takes some of the same time."""
    ends_at = starts_at + timedelta(minutes=minutes)
    return any(other < ends_at and starts_at < other + timedelta(minutes=long) for other, long in others)


def call_again_on(expected_on: date, *, today: date, holidays: Holidays) -> date:
    """When somebody whose appointment cannot be kept is called to plan another: the day she was expected, and two
    working days ahead at least."""
    soonest = add_working_days(today, _AGAIN_WORKING_DAYS, holidays)
    return max(soonest, next_working_day(expected_on, holidays))


def _nth(slot: Slot, rank: int) -> date:
    if slot.every is Every.MONTH:
        return add_months(slot.day, rank)
    return slot.day + timedelta(weeks=rank * (2 if slot.every is Every.TWO_WEEKS else 1))


def _off_holiday(day: date, holidays: Holidays) -> date:
    return next_working_day(day, holidays) if day in public_holidays(day.year, holidays) else day


def _furthest(now: datetime) -> date:
    return add_months(_day(now), FURTHEST_MONTHS)


def _day(at: datetime) -> date:
    return at.astimezone(PARIS).date()
