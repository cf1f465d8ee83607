"""What time it is. Nothing else in the house may ask the system."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Clock(Protocol):
    """Gives the present instant."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands where it is set: for tests, the seeded town and `nightly --on`."""

    def __init__(self, at: datetime) -> None:
        """Start at an aware instant."""
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was set to, in UTC."""
        return self.at

    def move(self, step: timedelta) -> None:
        """Go forward (or back) by that span."""
        self.at += step


def local_day(at: datetime) -> date:
    """The calendar day of an instant in metropolitan France."""
    return at.astimezone(PARIS).date()


def start_of_day(day: date) -> datetime:
    """The instant, in UTC, at which that day begins in metropolitan France."""
    return datetime.combine(day, time.min, PARIS).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last instant, in UTC, of that day in metropolitan France."""
    return start_of_day(day + timedelta(days=1)) - timedelta(microseconds=1)
