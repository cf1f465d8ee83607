from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.retention.rules import (
    KEY_LIFE,
    Delays,
    Kept,
    Step,
    archive_blocked,
    archive_on,
    check_hold,
    erase_on,
    next_step,
    unrecoverable_on,
)
from pathway.kernel.calendar import add_months
from pathway.kernel.errors import Invalid

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
delays = st.builds(
    Delays,
    active_months=st.integers(3, 24),
    archive_months=st.integers(1, 24),
    notice_days=st.integers(30, 90),
)
maybe = st.none() | days
kept = st.builds(Kept, last_on=days, is_busy=st.booleans(), archived_on=maybe, told_on=maybe, held_until=maybe).filter(
    lambda one: one.archived_on is not None or one.told_on is None
)
LAW = Delays()


@given(kept, delays, days)
def test_nobody_is_erased_without_archive_notice_and_silence(one: Kept, found: Delays, on: date) -> None:
    if next_step(one, found, on=on) is Step.ERASE:
        assert one.archived_on is not None and one.told_on is not None
        assert on >= one.told_on + timedelta(days=found.notice_days)
        assert on >= add_months(one.archived_on, found.archive_months)
        assert not one.is_busy and one.last_on < one.archived_on and not one.is_held(on)


@given(kept, delays, days)
def test_nothing_open_is_ever_archived(one: Kept, found: Delays, on: date) -> None:
    step = next_step(one, found, on=on)
    if step is Step.ARCHIVE:
        assert not one.is_busy and on >= archive_on(one, found)
    if one.archived_on is None:
        assert step in (Step.NONE, Step.BLOCKED, Step.ARCHIVE)


@given(days, delays)
def test_night_after_night_everybody_silent_is_told_then_erased_once(last_on: date, found: Delays) -> None:
    one, on, seen = Kept(last_on=last_on), last_on, []
    while on < add_months(last_on, 50) + timedelta(days=200) and Step.ERASE not in seen:
        step = next_step(one, found, on=on)
        if step is not Step.NONE:
            seen.append(step)
        archived = on if step is Step.ARCHIVE else one.archived_on
        one = Kept(last_on=last_on, archived_on=archived, told_on=on if step is Step.TELL else one.told_on)
        on += timedelta(days=1)
    assert seen == [Step.ARCHIVE, Step.TELL, Step.ERASE]


@given(kept, delays, days)
def test_whoever_is_heard_of_is_opened_again_before_anything(one: Kept, found: Delays, on: date) -> None:
    if one.has_come_back:
        assert next_step(one, found, on=on) is Step.REOPEN


@given(days, days, st.integers(0, 3650))
def test_no_copy_outlives_the_day_that_is_promised(on: date, made: date, backup_days: int) -> None:
    promised = unrecoverable_on(on, key_made_on=made, backup_days=backup_days)
    assert promised >= on + timedelta(days=backup_days)
    assert promised >= made + KEY_LIFE + timedelta(days=backup_days)
    assert promised in (on + timedelta(days=backup_days), made + KEY_LIFE + timedelta(days=backup_days))


@given(kept, delays, days)
def test_the_remark_is_said_exactly_where_the_night_is_blocked(one: Kept, found: Delays, on: date) -> None:
    said = archive_blocked(one, found, point_id="p", due_on=on, on=on)
    assert (said is not None) is (next_step(one, found, on=on) is Step.BLOCKED)


def test_the_law_keeps_two_years_then_two_years() -> None:
    one = Kept(last_on=date(2024, 2, 29))
    assert archive_on(one, LAW) == date(2026, 2, 28) and erase_on(one, LAW) is None
    assert next_step(one, LAW, on=date(2026, 2, 27)) is Step.NONE
    assert next_step(one, LAW, on=date(2026, 2, 28)) is Step.ARCHIVE
    closed = Kept(last_on=one.last_on, archived_on=date(2026, 2, 28))
    assert erase_on(closed, LAW) == date(2028, 2, 28)
    assert next_step(closed, LAW, on=date(2028, 1, 28)) is Step.NONE
    assert next_step(closed, LAW, on=date(2028, 1, 29)) is Step.TELL


@pytest.mark.parametrize(
    ("until", "why"), [(0, "Recours"), (-1, "Recours"), (1, ""), (1, "  "), (5 * 366 + 1, "Recours")]
)
def test_a_hold_without_reason_or_end_is_refused(until: int, why: str) -> None:
    today = date(2026, 11, 20)
    with pytest.raises(Invalid):
        check_hold(until_on=today + timedelta(days=until), reason=why, on=today)
    check_hold(until_on=today + timedelta(days=365), reason="Recours", on=today)
