from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.cockpit.queries import masked_together
from pathway.casework.cockpit.rules import (
    HELD_WITHIN,
    Gap,
    by_week,
    fate_of,
    last_weeks,
    length_of,
    monday_of,
    real_gaps,
    share,
    spread,
    wait_of,
)
from pathway.casework.cockpit.vocabulary import Fate, Length, Towards, Wait
from pathway.casework.followup.rules import PointState
from pathway.casework.reports.rules import Hidden

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))
COUNTED = st.sampled_from([PointState.OPEN, PointState.DONE, PointState.NOT_DONE])


@given(today=DAYS, number=st.integers(1, 60))
def test_the_last_weeks_follow_each_other_up_to_this_one(today: date, number: int) -> None:
    weeks = last_weeks(today, number)
    assert len(weeks) == number and weeks[-1] <= today < weeks[-1] + timedelta(days=7)
    assert all(monday.weekday() == 0 for monday in weeks)
    assert all((after - before).days == 7 for before, after in pairwise(weeks))


@given(today=DAYS, found=st.lists(st.tuples(DAYS, st.sampled_from(list(Fate)), st.integers(1, 9))))
def test_every_point_of_those_weeks_is_counted_once_and_no_other(
    today: date, found: list[tuple[date, Fate, int]]
) -> None:
    weeks = last_weeks(today)
    counted = by_week(weeks, found)
    assert tuple(counted) == weeks
    inside = sum(number for day, _, number in found if weeks[0] <= monday_of(day) <= weeks[-1])
    assert sum(sum(week.values()) for week in counted.values()) == inside


@given(due_on=DAYS, state=COUNTED, after=st.integers(-60, 60))
def test_a_point_is_held_up_to_seven_days_after_its_day(due_on: date, state: PointState, after: int) -> None:
    closed_on = None if state is PointState.OPEN else due_on + timedelta(days=after)
    fate = fate_of(due_on=due_on, state=state, closed_on=closed_on)
    assert (fate is Fate.WAITING) == (state is PointState.OPEN)
    assert (fate is Fate.NOT_DONE) == (state is PointState.NOT_DONE)
    if state is PointState.DONE:
        assert fate is (Fate.HELD if after <= HELD_WITHIN.days else Fate.LATER)


@given(sent_on=DAYS, days=st.integers(0, 400), is_pending=st.booleans())
def test_a_wait_once_over_is_classed_by_its_days_whatever_came_after(
    sent_on: date, days: int, is_pending: bool
) -> None:
    wait = wait_of(sent_on=sent_on, reached_on=sent_on + timedelta(days=days), is_pending=is_pending)
    classes = {Wait.DAYS_3: range(4), Wait.DAYS_7: range(4, 8), Wait.DAYS_14: range(8, 15)}
    assert wait is next((one for one, inside in classes.items() if days in inside), Wait.LONGER)
    still = wait_of(sent_on=sent_on, reached_on=None, is_pending=is_pending)
    assert still is (Wait.STILL if is_pending else Wait.NEVER)


@given(days=st.integers(15, 2000))
def test_a_gap_has_one_length(days: int) -> None:
    limits = {Length.DAYS_28: range(15, 29), Length.DAYS_60: range(29, 61), Length.DAYS_90: range(61, 91)}
    assert length_of(days) is next((one for one, inside in limits.items() if days in inside), Length.LONGER)


@given(found=st.lists(st.sampled_from(list(Wait))))
def test_a_distribution_adds_up_to_what_was_found(found: list[Wait]) -> None:
    counts = spread(list(Wait), found)
    assert list(counts) == list(Wait) and sum(counts.values()) == len(found)


@given(whole=st.integers(0, 5000), part=st.integers(0, 5000))
def test_a_share_is_a_percentage_and_only_of_enough(whole: int, part: int) -> None:
    number = min(part, whole)
    found = share(number, whole)
    assert (found is None) == (whole < 10)
    if found is not None:
        assert 0 <= found <= 100 and abs(found * whole - 100 * number) <= whole / 2


def test_a_short_pause_and_one_after_a_lasting_job_are_no_gap() -> None:
    ended = date(2026, 5, 1)
    gaps = [
        Gap(record_id=name, ended_on=ended, until_on=ended + timedelta(days=days), is_open=False)
        for name, days in (("short", 14), ("long", 15), ("in work", 90))
    ]
    assert [one.record_id for one in real_gaps(gaps, [("in work", ended)])] == ["long"]


COUNTS = st.lists(st.integers(0, 30), min_size=len(Wait), max_size=len(Wait))


@given(first=COUNTS, second=COUNTS)
def test_two_tables_of_the_same_relays_never_give_a_total_that_one_hides(first: list[int], second: list[int]) -> None:
    pairs = {Towards.ACCEPTED: first, Towards.MET: second}
    tables = masked_together({towards: dict(zip(Wait, counts, strict=True)) for towards, counts in pairs.items()})
    for table in (tables or {}).values():
        assert not isinstance(table.total, Hidden)
        assert all(isinstance(cell, Hidden) or cell >= 5 for cell in table.cells)
