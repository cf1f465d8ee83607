"""When a message may make a telephone ring: by day, and not on a day of rest for what can wait."""

from datetime import UTC, date, datetime, time, timedelta

from pathway.kernel.calendar import public_holidays
from pathway.kernel.clock import PARIS, local_day

_FROM, _UNTIL = time(8), time(20)  # in Paris
_NEAR = timedelta(hours=24)
_BEFORE_LEAVING_HOME = timedelta(hours=1)
_SUNDAY = 6


def rings_from(now: datetime, meeting_at: datetime | None = None) -> datetime:
    """The first instant (UTC), from `now` on, at which a message may arrive: between 8 and 20 h in Paris, and on a
    Sunday or a public holiday only about an appointment that begins within 24 hours.

    `meeting_at`: when the appointment it speaks of begins. Where waiting would tell it less than an hour before, it may
    arrive at once: a journey for nothing is worse than a telephone that rings in the evening.
    """
    day = local_day(now)
    while (at := _from_on(day, now, meeting_at)) is None:
        day += timedelta(days=1)
    return now if meeting_at is not None and at > meeting_at - _BEFORE_LEAVING_HOME else at


def _from_on(day: date, now: datetime, meeting_at: datetime | None) -> datetime | None:
    """From when on that day; None when not on that day any more, or not at all."""
    at = max(now, _at(day, _FROM))
    if day.weekday() == _SUNDAY or day in public_holidays(day.year):
        if meeting_at is None:
            return None
        at = max(at, meeting_at - _NEAR)
    return at if at < _at(day, _UNTIL) else None


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, PARIS).astimezone(UTC)
