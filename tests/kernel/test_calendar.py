"""The French calendar agrees with an independent list of holidays, and its arithmetic never lands on a closed day."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.calendar import (
    Holidays,
    add_months,
    add_working_days,
    is_working_day,
    next_working_day,
    public_holidays,
    working_days_between,
)

DAYS = st.dates(date(2015, 1, 1), date(2045, 12, 31))
PLACES = st.sampled_from(list(Holidays))


@pytest.mark.parametrize("year", range(2015, 2046))
def test_holidays_agree_with_an_independent_list(year: int) -> None:
    assert public_holidays(year) == set(holidays.country_holidays("FR", years=year))


@pytest.mark.parametrize("year", range(2015, 2046))
@pytest.mark.parametrize("place", ["57", "6AE"])
def test_holidays_of_alsace_and_moselle_agree_with_an_independent_list(place: str, year: int) -> None:
    told = set(holidays.country_holidays("FR", subdiv=place, years=year))
    assert public_holidays(year, Holidays.ALSACE_MOSELLE) == told


@given(st.integers(1990, 2100))
def test_alsace_and_moselle_keep_good_friday_and_the_26th_of_december_besides(year: int) -> None:
    more = public_holidays(year, Holidays.ALSACE_MOSELLE) - public_holidays(year)
    assert date(year, 12, 26) in more
    good_friday = next(iter(more - {date(year, 12, 26)}))
    assert good_friday.weekday() == 4 and public_holidays(year) >= {good_friday + timedelta(days=3)}


def test_two_holidays_on_one_day_count_once() -> None:
    assert date(2008, 5, 1) in public_holidays(2008)
    assert len(public_holidays(2008)) == 10


@pytest.mark.parametrize("closed", [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 11), date(2027, 3, 29)])
def test_weekends_and_holidays_are_not_worked(closed: date) -> None:
    assert not is_working_day(closed)


@given(DAYS, PLACES)
def test_the_next_working_day_is_the_first_worked_day_from_that_day(day: date, place: Holidays) -> None:
    found = next_working_day(day, place)
    between = [day + timedelta(days=n) for n in range((found - day).days)]
    assert is_working_day(found, place)
    assert not any(is_working_day(passed, place) for passed in between)


def test_a_worked_day_is_its_own_next_working_day() -> None:
    assert next_working_day(date(2026, 11, 20)) == date(2026, 11, 20)


@given(DAYS, st.integers(0, 60), PLACES)
def test_adding_then_counting_working_days_gives_back_the_number(day: date, count: int, place: Holidays) -> None:
    assert working_days_between(day, add_working_days(day, count, place), place) == count


def test_five_working_days_jump_over_a_weekend_and_a_holiday() -> None:
    assert add_working_days(date(2026, 11, 6), 5) == date(2026, 11, 16)


def test_no_working_day_lies_before_the_start() -> None:
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 13)) == 0


def test_the_first_day_is_never_counted_and_the_last_one_is() -> None:
    assert working_days_between(date(2026, 11, 19), date(2026, 11, 20)) == 1
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 20)) == 0


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 11, 20), 6, date(2027, 5, 20)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_keep_the_day_or_stop_at_the_end_of_a_shorter_month(start: date, months: int, expected: date) -> None:
    assert add_months(start, months) == expected
