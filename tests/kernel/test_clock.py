"""Instants are aware and in UTC; days are those of Paris."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.clock import PARIS, FixedClock, SystemClock, end_of_day, local_day, start_of_day

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=PARIS)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def test_the_system_clock_gives_an_aware_instant_in_utc() -> None:
    before, now, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)
    assert before <= now <= after
    assert now.tzinfo is UTC


def test_a_fixed_clock_stands_still_and_speaks_utc() -> None:
    clock = FixedClock(NOON)
    assert clock.now() == clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_a_fixed_clock_moves_when_told() -> None:
    clock = FixedClock(NOON)
    clock.move(timedelta(days=7))
    assert clock.now() == NOON + timedelta(days=7)


def test_late_evening_in_utc_is_already_tomorrow_in_paris() -> None:
    assert local_day(datetime(2026, 11, 20, 22, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert local_day(datetime(2026, 11, 20, 23, 0, tzinfo=UTC)) == date(2026, 11, 21)
    assert local_day(datetime(2026, 7, 20, 22, 0, tzinfo=UTC)) == date(2026, 7, 21)


def test_a_day_begins_at_midnight_in_paris() -> None:
    assert start_of_day(date(2026, 11, 20)) == datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    assert start_of_day(date(2026, 7, 20)) == datetime(2026, 7, 19, 22, 0, tzinfo=UTC)


@given(DAYS)
def test_a_day_holds_its_first_and_last_instants_and_touches_the_next(day: date) -> None:
    assert local_day(start_of_day(day)) == local_day(end_of_day(day)) == day
    assert end_of_day(day) + timedelta(microseconds=1) == start_of_day(day + timedelta(days=1))


def test_a_day_of_clock_change_is_an_hour_shorter_or_longer() -> None:
    spring = start_of_day(date(2026, 3, 30)) - start_of_day(date(2026, 3, 29))
    autumn = start_of_day(date(2026, 10, 26)) - start_of_day(date(2026, 10, 25))
    assert (spring, autumn) == (timedelta(hours=23), timedelta(hours=25))
