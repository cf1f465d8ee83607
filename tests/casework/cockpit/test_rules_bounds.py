"""The last day of each class: a figure read by a responsable must not slip by a day."""

from datetime import date, timedelta

import pytest

from pathway.casework.cockpit.rules import by_week, fate_of, length_of, share, wait_of
from pathway.casework.cockpit.vocabulary import Fate, Length, Wait
from pathway.casework.followup.rules import PointState

DUE = date(2026, 11, 16)


def days(count: int) -> timedelta:
    return timedelta(days=count)


@pytest.mark.parametrize(("late", "fate"), [(-3, Fate.HELD), (0, Fate.HELD), (7, Fate.HELD), (8, Fate.LATER)])
def test_a_point_done_is_on_time_up_to_seven_days_later(late: int, fate: Fate) -> None:
    assert fate_of(due_on=DUE, state=PointState.DONE, closed_on=DUE + days(late)) is fate


def test_a_point_open_waits_and_one_not_done_is_said_so() -> None:
    assert fate_of(due_on=DUE, state=PointState.OPEN, closed_on=DUE) is Fate.WAITING
    assert fate_of(due_on=DUE, state=PointState.DONE, closed_on=None) is Fate.WAITING
    assert fate_of(due_on=DUE, state=PointState.NOT_DONE, closed_on=DUE) is Fate.NOT_DONE


@pytest.mark.parametrize(
    ("after", "wait"),
    [
        (3, Wait.DAYS_3),
        (4, Wait.DAYS_7),
        (7, Wait.DAYS_7),
        (8, Wait.DAYS_14),
        (14, Wait.DAYS_14),
        (15, Wait.LONGER),
    ],
)
def test_a_relay_is_in_the_class_of_its_last_day(after: int, wait: Wait) -> None:
    assert wait_of(sent_on=DUE, reached_on=DUE + days(after), is_pending=False) is wait


@pytest.mark.parametrize(
    ("length", "expected"),
    [(28, Length.DAYS_28), (29, Length.DAYS_60), (60, Length.DAYS_60), (90, Length.DAYS_90), (91, Length.LONGER)],
)
def test_a_gap_is_in_the_class_of_its_last_day(length: int, expected: Length) -> None:
    assert length_of(length) is expected


def test_points_of_one_week_and_fate_are_added() -> None:
    counts = by_week([DUE], [(DUE, Fate.HELD, 2), (DUE + days(6), Fate.HELD, 3), (DUE + days(7), Fate.HELD, 9)])
    assert counts[DUE][Fate.HELD] == 5


def test_a_share_is_said_from_ten() -> None:
    assert (share(3, 9), share(3, 10), share(1, 16)) == (None, 30, 6)
