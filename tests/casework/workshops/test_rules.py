"""What a group session may be called, and when what may be said of its people."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.encounters.rules import LONGEST_SUBJECT, AppointmentState, check_may_reopen
from pathway.casework.workshops.rules import (
    LONGEST_PLACE,
    LONGEST_TITLE,
    MOST_PEOPLE,
    check_joining,
    check_number,
    may_be_said,
    read_place,
    read_title,
    subject_of,
)
from pathway.kernel.errors import Invalid, Refused

AT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


@given(st.text(max_size=LONGEST_TITLE), st.text(max_size=LONGEST_PLACE))
def test_a_title_and_a_place_always_fit_the_subject_of_an_appointment(title: str, place: str) -> None:
    kept = read_title(f"x{title}"[:LONGEST_TITLE])
    assert len(subject_of(kept, read_place(place))) <= LONGEST_SUBJECT


@pytest.mark.parametrize("title", ["", "  \n", "x" * (LONGEST_TITLE + 1)])
def test_a_title_is_asked_and_short(title: str) -> None:
    with pytest.raises(Invalid):
        read_title(title)


def test_a_place_is_short() -> None:
    assert read_place("  Salle   2 ") == "Salle 2"
    with pytest.raises(Invalid):
        read_place("x" * (LONGEST_PLACE + 1))


def test_a_group_has_a_limit() -> None:
    check_number(MOST_PEOPLE)
    with pytest.raises(Refused):
        check_number(MOST_PEOPLE + 1)


def test_one_joins_until_the_end_of_the_day() -> None:
    check_joining(AT, is_cancelled=False, today=date(2026, 11, 24))
    for today, is_cancelled in ((date(2026, 11, 25), False), (date(2026, 11, 20), True)):
        with pytest.raises(Refused):
            check_joining(AT, is_cancelled=is_cancelled, today=today)


def test_who_came_is_not_said_before_the_hour() -> None:
    attended, excused, missed = AppointmentState.ATTENDED, AppointmentState.EXCUSED, AppointmentState.MISSED
    for early in (timedelta(days=1), timedelta(hours=2), timedelta(seconds=1)):
        assert may_be_said(AT, now=AT - early) == (excused,)
    assert may_be_said(AT, now=AT) == (attended, excused, missed)


@pytest.mark.parametrize("hours", [0, 24])
def test_what_was_noted_is_fresh_for_24_hours(hours: int) -> None:
    now = AT + timedelta(hours=hours)
    check_may_reopen(AppointmentState.ATTENDED, settled_at=AT, is_own_word=False, now=now)
    with pytest.raises(Refused):
        check_may_reopen(AppointmentState.EXCUSED, settled_at=AT, is_own_word=True, now=now)
    with pytest.raises(Refused):
        check_may_reopen(
            AppointmentState.ATTENDED, settled_at=AT, is_own_word=False, now=AT + timedelta(hours=24, seconds=1)
        )
