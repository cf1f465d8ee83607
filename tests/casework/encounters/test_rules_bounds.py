"""The first and last moments at which something about an appointment is still allowed, and what is said just after."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from pathway.casework.encounters.rules import (
    MOST_IN_SERIES,
    AppointmentState,
    AppointmentWay,
    Every,
    Slot,
    call_again_on,
    check_may_reopen,
    check_minutes,
    check_start,
    check_step,
    instants,
    overlap,
    series_days,
)
from pathway.kernel.calendar import Holidays
from pathway.kernel.errors import Invalid, PathwayError, Refused

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)
SECOND = timedelta(seconds=1)


def slot(day: date, every: Every = Every.ONCE, times: int = 1) -> Slot:
    return Slot(day=day, hour=time(14), minutes=45, way=AppointmentWay.IN_PERSON, every=every, times=times)


def refused(refusal: pytest.ExceptionInfo[PathwayError]) -> tuple[str, str]:
    """The field it names, and its sentence."""
    return getattr(refusal.value, "field", "") or "", refusal.value.sentence


@pytest.mark.parametrize(
    ("every", "days"),
    [
        (Every.WEEK, [(2027, 1, 29), (2027, 2, 5), (2027, 2, 12)]),
        (Every.TWO_WEEKS, [(2027, 1, 29), (2027, 2, 12), (2027, 2, 26)]),
        (Every.MONTH, [(2027, 1, 29), (2027, 2, 28), (2027, 3, 30)]),  # the 29th is Easter Monday
    ],
)
def test_each_series_has_its_own_step(every: Every, days: list[tuple[int, int, int]]) -> None:
    assert series_days(slot(date(2027, 1, 29), every, 3)) == [date(*one) for one in days]


def test_a_single_appointment_needs_no_number_of_times() -> None:
    assert series_days(slot(FRIDAY, times=0)) == [FRIDAY] == series_days(slot(FRIDAY, times=99))


def test_good_friday_is_a_holiday_in_alsace_alone() -> None:
    asked = slot(date(2027, 3, 19), Every.WEEK, 2)
    assert series_days(asked)[1] == date(2027, 3, 26)
    assert series_days(asked, Holidays.ALSACE_MOSELLE)[1] == date(2027, 3, 30)
    assert instants(asked, now=NOW, holidays=Holidays.ALSACE_MOSELLE)[1].date() == date(2027, 3, 30)


def test_the_length_of_a_series_is_told_with_its_bounds() -> None:
    assert len(series_days(slot(FRIDAY, Every.WEEK, MOST_IN_SERIES))) == 26
    for times in (0, 1, 27):
        with pytest.raises(Invalid) as refusal:
            series_days(slot(FRIDAY, Every.WEEK, times))
        assert refused(refusal) == ("times", "Une série compte de 2 à 26 rendez-vous.")


def test_a_series_may_end_on_the_last_day_of_the_year_to_come() -> None:
    assert instants(slot(date(2026, 11, 20), Every.MONTH, 13), now=NOW)[-1].date() == date(2027, 11, 20)  # a Saturday


def test_the_last_day_is_a_year_ahead() -> None:
    assert instants(slot(date(2027, 11, 20)), now=NOW)[0].date() == date(2027, 11, 20)
    for asked, field, words in (
        (slot(date(2027, 11, 21)), "day", "Ce rendez-vous est dans plus d’un an. Vérifiez l’année."),
        (
            slot(date(2027, 11, 14), Every.WEEK, 2),
            "times",
            "Une série s’arrête au plus dans un an. Prévoyez moins de rendez-vous.",
        ),
    ):
        with pytest.raises(Refused) as refusal:
            instants(asked, now=NOW)
        assert refused(refusal) == (field, words)


def test_this_very_instant_is_not_past() -> None:
    check_start(NOW, now=NOW)
    with pytest.raises(Refused) as refusal:
        check_start(NOW - SECOND, now=NOW)
    assert refused(refusal) == ("day", "Ce rendez-vous est dans le passé. Vérifiez le jour et l’heure.")


def test_the_furthest_day_is_that_of_paris() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # already the 21st in Paris
    check_start(datetime(2027, 11, 21, 22, 0, tzinfo=UTC), now=late)
    with pytest.raises(Refused):
        check_start(datetime(2027, 11, 21, 23, 30, tzinfo=UTC), now=late)


def test_five_minutes_to_eight_hours() -> None:
    check_minutes(5)
    check_minutes(480)
    for minutes in (4, 481):
        with pytest.raises(Invalid) as refusal:
            check_minutes(minutes)
        assert refused(refusal) == ("minutes", "Un rendez-vous dure de 5 minutes à 8 heures.")


def test_an_appointment_is_kept_from_its_day_and_missed_from_its_hour() -> None:
    states = AppointmentState
    evening = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # 23:30 in Paris
    check_step(states.PLANNED, states.MISSED, starts_at=NOW, now=NOW)
    check_step(states.PLANNED, states.ATTENDED, starts_at=evening, now=NOW)
    for then, starts_at, words in (
        (states.MISSED, NOW + SECOND, "L’heure de ce rendez-vous n’est pas encore passée."),
        (states.ATTENDED, evening + timedelta(hours=1), "Ce rendez-vous n’a pas encore eu lieu."),
        (states.PLANNED, NOW, "La suite de ce rendez-vous est déjà notée. Rechargez la page."),
    ):
        with pytest.raises(Refused) as refusal:
            check_step(states.PLANNED, then, starts_at=starts_at, now=NOW)
        assert refused(refusal)[1] == words


def test_what_was_noted_is_taken_back_for_a_day_by_those_who_noted_it() -> None:
    check_may_reopen(AppointmentState.MISSED, settled_at=NOW - timedelta(hours=24), is_own_word=False, now=NOW)
    for state, settled_at, is_own_word, words in (
        (AppointmentState.MISSED, None, False, "Rien n’est noté pour ce rendez-vous."),
        (AppointmentState.CANCELLED, NOW, False, "Rien n’est noté pour ce rendez-vous."),
        (AppointmentState.EXCUSED, NOW, True, "La personne a prévenu elle-même de son absence : cela reste noté."),
        (
            AppointmentState.ATTENDED,
            NOW - timedelta(hours=24) - SECOND,
            False,
            "C’était il y a plus de 24 heures : ce qui est noté reste.",
        ),
    ):
        with pytest.raises(Refused) as refusal:
            check_may_reopen(state, settled_at=settled_at, is_own_word=is_own_word, now=NOW)
        assert refused(refusal)[1] == words


def test_one_that_begins_when_another_ends_takes_nothing_of_its_time() -> None:
    others = [(NOW, 30), (NOW + timedelta(hours=2), 30)]
    assert not overlap(NOW + timedelta(minutes=30), 90, others)
    assert overlap(NOW + timedelta(minutes=29), 5, others) and overlap(NOW + timedelta(minutes=30), 91, others)


@pytest.mark.parametrize(
    ("expected", "today", "called"),
    [
        (date(2026, 11, 30), FRIDAY, date(2026, 11, 30)),
        (date(2026, 11, 28), FRIDAY, date(2026, 11, 30)),  # a Saturday: the next working day
        (date(2026, 11, 20), FRIDAY, date(2026, 11, 24)),  # two working days ahead at least
        (date(2027, 3, 26), date(2027, 3, 1), date(2027, 3, 26)),
    ],
)
def test_somebody_is_called_again_the_day_she_was_expected(expected: date, today: date, called: date) -> None:
    assert call_again_on(expected, today=today, holidays=Holidays.FRANCE) == called


def test_she_is_called_on_no_holiday_of_hers() -> None:
    day = date(2027, 3, 26)
    assert call_again_on(day, today=date(2027, 3, 1), holidays=Holidays.ALSACE_MOSELLE) == date(2027, 3, 30)
