from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.calendar import public_holidays
from pathway.kernel.clock import PARIS, local_day
from pathway.kernel.ringing import rings_from


def paris(said: str) -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "meeting", "rings"),
    [
        ("2026-11-20 03:00", "", "2026-11-20 08:00"),
        ("2026-11-20 08:00", "", "2026-11-20 08:00"),
        ("2026-11-20 19:59", "", "2026-11-20 19:59"),
        ("2026-11-20 20:00", "", "2026-11-21 08:00"),  # a Saturday
        ("2026-11-21 20:00", "", "2026-11-23 08:00"),
        ("2026-11-22 10:00", "", "2026-11-23 08:00"),
        ("2026-11-11 10:00", "", "2026-11-12 08:00"),  # Armistice
        ("2026-11-22 10:00", "2026-11-23 09:30", "2026-11-22 10:00"),
        ("2026-11-22 03:00", "2026-11-23 14:00", "2026-11-22 14:00"),
        ("2026-11-22 10:00", "2026-11-25 09:00", "2026-11-23 08:00"),
        ("2026-11-20 21:00", "2026-11-21 09:30", "2026-11-21 08:00"),
        ("2026-11-20 21:00", "2026-11-21 08:30", "2026-11-20 21:00"),  # in the morning she would be on her way
        ("2026-10-24 22:00", "2026-10-26 09:00", "2026-10-25 09:00"),  # the night of 25 hours
    ],
)
def test_a_telephone_rings_by_day_and_on_a_day_of_rest_for_an_hour_that_is_near(
    now: str, meeting: str, rings: str
) -> None:
    assert rings_from(paris(now), paris(meeting) if meeting else None) == paris(rings)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 5000))
def test_it_never_rings_at_night_unless_she_would_come_for_nothing(now: datetime, minutes: int) -> None:
    start = now.replace(year=2026 + now.year % 4, day=min(now.day, 28))
    plain, meeting = rings_from(start), start + timedelta(minutes=minutes)
    day = local_day(plain)
    assert plain >= start and 8 <= plain.astimezone(PARIS).hour < 20
    assert day.weekday() != 6 and day not in public_holidays(day.year)
    near = rings_from(start, meeting)
    assert start <= near <= plain and near <= max(start, meeting - timedelta(hours=1))
