from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.encounters.rules import (
    MOST_IN_SERIES,
    AppointmentState,
    AppointmentWay,
    Every,
    Slot,
    check_step,
    instants,
    overlap,
    series_days,
)
from pathway.kernel.calendar import Holidays, public_holidays
from pathway.kernel.clock import PARIS
from pathway.kernel.errors import Invalid, Refused

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def slot(day: date, hour: time = time(14), every: Every = Every.ONCE, times: int = 1, minutes: int = 45) -> Slot:
    return Slot(day=day, hour=hour, minutes=minutes, way=AppointmentWay.IN_PERSON, every=every, times=times)


@given(
    day=st.dates(date(2026, 11, 21), date(2027, 3, 1)),
    every=st.sampled_from([Every.WEEK, Every.TWO_WEEKS, Every.MONTH]),
    times=st.integers(2, MOST_IN_SERIES),
    holidays=st.sampled_from(Holidays),
)
def test_a_series_grows_and_never_falls_on_a_public_holiday(
    day: date, every: Every, times: int, holidays: Holidays
) -> None:
    days = series_days(slot(day, every=every, times=times), holidays)
    assert len(days) == times and days[0] == day
    assert days == sorted(set(days))
    assert not [one for one in days[1:] if one in public_holidays(one.year, holidays)]
    step = {Every.WEEK: 7, Every.TWO_WEEKS: 14, Every.MONTH: 31}[every]
    assert all(one <= day + timedelta(days=step * rank + 5) for rank, one in enumerate(days))


@given(day=st.dates(date(2026, 11, 21), date(2027, 2, 1)), hour=st.times(time(6), time(20)))
def test_the_hour_of_paris_is_kept_over_the_change_of_time(day: date, hour: time) -> None:
    hour = hour.replace(second=0, microsecond=0)
    starts = instants(slot(day, hour, Every.WEEK, 20), now=NOW)
    assert {one.astimezone(PARIS).time() for one in starts} == {hour}


def test_friday_first_of_may_goes_to_the_next_working_day() -> None:
    days = series_days(slot(date(2027, 3, 19), every=Every.WEEK, times=3))
    assert days == [date(2027, 3, 19), date(2027, 3, 26), date(2027, 4, 2)]
    assert series_days(slot(date(2027, 3, 22), every=Every.WEEK, times=2))[1] == date(2027, 3, 30)  # Easter Monday


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (slot(date(2026, 11, 20), time(9, 59)), "day"),
        (slot(date(2027, 11, 21)), "day"),
        (slot(date(2026, 11, 30), minutes=4), "minutes"),
        (slot(date(2026, 11, 30), minutes=481), "minutes"),
        (slot(date(2026, 11, 30), every=Every.WEEK, times=1), "times"),
        (slot(date(2026, 11, 30), every=Every.WEEK, times=27), "times"),
        (slot(date(2026, 11, 30), every=Every.MONTH, times=14), "times"),
    ],
)
def test_what_cannot_be_planned(asked: Slot, field: str) -> None:
    with pytest.raises((Invalid, Refused)) as refusal:
        instants(asked, now=NOW)
    assert getattr(refusal.value, "field", "") == field


def test_saturday_and_late_hours_are_for_whoever_plans() -> None:
    (at,) = instants(slot(date(2026, 11, 21), time(19, 30)), now=NOW)
    assert at == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


def test_what_may_follow() -> None:
    states = AppointmentState
    before, after = NOW - timedelta(hours=1), NOW + timedelta(days=1)
    check_step(states.PLANNED, states.MISSED, starts_at=before, now=NOW)
    check_step(states.MISSED, states.ATTENDED, starts_at=before, now=NOW)
    check_step(states.PLANNED, states.ATTENDED, starts_at=NOW + timedelta(hours=2), now=NOW)  # she is early
    check_step(states.PLANNED, states.EXCUSED, starts_at=after, now=NOW)
    for first, then, at in (
        (states.PLANNED, states.MISSED, after),
        (states.PLANNED, states.ATTENDED, after),
        (states.ATTENDED, states.MISSED, before),
        (states.CANCELLED, states.ATTENDED, before),
        (states.EXCUSED, states.MISSED, before),
    ):
        with pytest.raises(Refused):
            check_step(first, then, starts_at=at, now=NOW)


@given(first=st.integers(0, 600), long=st.integers(5, 480), second=st.integers(0, 600), other=st.integers(5, 480))
def test_two_overlap_when_they_share_a_minute(first: int, long: int, second: int, other: int) -> None:
    one, two = NOW + timedelta(minutes=first), NOW + timedelta(minutes=second)
    shared = set(range(first, first + long)) & set(range(second, second + other))
    assert overlap(one, long, [(two, other)]) == bool(shared)
    assert overlap(two, other, [(one, long)]) == bool(shared)
