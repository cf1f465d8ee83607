"""Attempts, settling, orphans and owners: closing on silence never happens."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.followup.rules import (
    Candidate,
    ContactResult,
    ExitKind,
    PointFact,
    PointState,
    after_attempt,
    choose_owner,
    contact_closes,
    is_orphan,
    is_settled,
    successor_of_last,
)
from pathway.kernel.calendar import Holidays, is_working_day
from pathway.kernel.errors import Refused

FRANCE = Holidays.FRANCE

FRIDAY = date(2026, 11, 20)
SPOKEN = (ContactResult.REACHED, ContactResult.REFUSED)
UNREACHED = [result for result in ContactResult if result not in SPOKEN]
DAYS = st.dates(date(2016, 1, 1), date(2040, 12, 31))


def point(
    state: PointState,
    *,
    is_last: bool = True,
    by_person: bool = True,
    queue_active: bool = True,
    owner_active: bool = False,
) -> PointFact:
    return PointFact(
        point_id="p",
        state=state,
        is_last=is_last,
        result_recorded_by_person=by_person,
        queue_active=queue_active,
        owner_active=owner_active,
    )


@pytest.mark.parametrize(("gap", "closes"), [(-11, False), (-10, True), (0, True), (10, True), (11, False)])
def test_a_contact_closes_points_due_within_ten_days(gap: int, closes: bool) -> None:
    assert contact_closes(FRIDAY, FRIDAY + timedelta(days=gap)) is closes


@pytest.mark.parametrize("result", SPOKEN)
@pytest.mark.parametrize("is_last", [True, False])
def test_a_person_reached_closes_the_point_however_late(result: ContactResult, is_last: bool) -> None:
    outcome = after_attempt(
        result=result,
        attempted_on=date(2027, 3, 1),
        due_on=FRIDAY,
        replans=5,
        next_on=None,
        is_last=is_last,
        holidays=FRANCE,
    )
    assert (outcome.closes, outcome.next_due_on, outcome.to_responsable) == (True, None, False)


@pytest.mark.parametrize(
    ("result", "early_days", "is_last", "closes"),
    [
        (ContactResult.REACHED, 10, True, True),
        (ContactResult.REACHED, 11, True, False),
        (ContactResult.REACHED, 150, False, True),
        (ContactResult.REFUSED, 150, True, True),
    ],
)
def test_only_a_last_point_reached_too_early_keeps_its_date(
    result: ContactResult, early_days: int, is_last: bool, closes: bool
) -> None:
    outcome = after_attempt(
        result=result,
        attempted_on=FRIDAY - timedelta(days=early_days),
        due_on=FRIDAY,
        replans=0,
        next_on=None,
        is_last=is_last,
        holidays=FRANCE,
    )
    assert (outcome.closes, outcome.next_due_on) == (closes, None if closes else FRIDAY)


@pytest.mark.parametrize("result", UNREACHED)
@pytest.mark.parametrize("next_on", [None, date(2026, 11, 19), FRIDAY, date(2027, 2, 20)])
def test_an_unreached_person_is_tried_again_within_91_days(result: ContactResult, next_on: date | None) -> None:
    with pytest.raises(Refused) as refusal:
        after_attempt(
            result=result, attempted_on=FRIDAY, due_on=FRIDAY, replans=0, next_on=next_on, is_last=True, holidays=FRANCE
        )
    assert refusal.value.field == "next_on"


@pytest.mark.parametrize(
    ("next_on", "due_on"),
    [(date(2026, 11, 21), date(2026, 11, 23)), (date(2027, 2, 19), date(2027, 2, 19))],
)
def test_the_next_try_is_on_a_working_day(next_on: date, due_on: date) -> None:
    outcome = after_attempt(
        result=ContactResult.NO_ANSWER,
        attempted_on=FRIDAY,
        due_on=FRIDAY,
        replans=0,
        next_on=next_on,
        is_last=False,
        holidays=FRANCE,
    )
    assert (outcome.closes, outcome.next_due_on) == (False, due_on)


@pytest.mark.parametrize(("replans", "to_responsable"), [(0, False), (1, False), (2, True), (3, True)])
def test_the_third_time_put_off_goes_to_the_responsable(replans: int, to_responsable: bool) -> None:
    outcome = after_attempt(
        result=ContactResult.MESSAGE_LEFT,
        attempted_on=FRIDAY,
        due_on=FRIDAY,
        replans=replans,
        next_on=date(2026, 11, 24),
        is_last=False,
        holidays=FRANCE,
    )
    assert outcome.to_responsable is to_responsable


@pytest.mark.parametrize(("due_on", "to_responsable"), [(date(2026, 11, 23), True), (date(2026, 11, 24), False)])
def test_trying_again_by_the_due_date_puts_nothing_off(due_on: date, to_responsable: bool) -> None:
    outcome = after_attempt(
        result=ContactResult.NO_ANSWER,
        attempted_on=FRIDAY,
        due_on=due_on,
        replans=4,
        next_on=date(2026, 11, 24),
        is_last=False,
        holidays=FRANCE,
    )
    assert outcome.to_responsable is to_responsable


@given(st.lists(st.tuples(st.sampled_from(ContactResult), st.integers(1, 91)), max_size=12), DAYS)
def test_attempts_settle_an_exit_only_when_she_spoke(tries: list[tuple[ContactResult, int]], due_on: date) -> None:
    last = point(PointState.OPEN)
    attempted_on = due_on
    for replans, (result, wait) in enumerate(tries):
        next_on = attempted_on + timedelta(days=wait)
        outcome = after_attempt(
            result=result,
            attempted_on=attempted_on,
            due_on=due_on,
            replans=replans,
            next_on=next_on,
            is_last=True,
            holidays=FRANCE,
        )
        if outcome.closes:
            last = point(PointState.DONE)
            break
        assert outcome.next_due_on is not None
        attempted_on = due_on = outcome.next_due_on
    has_spoken = any(result in SPOKEN for result, _ in tries)
    assert is_settled([last]) is has_spoken


@given(DAYS)
def test_a_last_point_not_done_is_followed_by_another_within_five_weeks(day: date) -> None:
    following = successor_of_last(day, holidays=FRANCE)
    assert is_working_day(following)
    assert 28 <= (following - day).days <= 34


@pytest.mark.parametrize("state", [PointState.OPEN, PointState.NOT_DONE, PointState.CANCELLED])
def test_only_a_last_point_done_settles(state: PointState) -> None:
    assert is_settled([point(PointState.DONE, is_last=False), point(PointState.DONE)])
    assert not is_settled([point(PointState.DONE, is_last=False), point(state)])


def test_a_result_no_person_recorded_does_not_settle() -> None:
    assert not is_settled([point(PointState.DONE, by_person=False)])


def orphan(*points: PointFact, kind: ExitKind = ExitKind.NO_SOLUTION, exit_cancelled: bool = False) -> bool:
    return is_orphan(kind=kind, exit_cancelled=exit_cancelled, points=points)


def test_an_exit_without_points_is_an_orphan_unless_exempt_or_cancelled() -> None:
    assert orphan()
    assert not orphan(kind=ExitKind.CLOSED)
    assert not orphan(exit_cancelled=True)


def test_a_settled_exit_is_no_orphan() -> None:
    assert not orphan(point(PointState.DONE))


@pytest.mark.parametrize(
    ("queue_active", "owner_active", "expected"),
    [(True, True, False), (True, False, False), (False, True, False), (False, False, True)],
)
def test_an_open_point_counts_only_in_active_hands(queue_active: bool, owner_active: bool, expected: bool) -> None:
    assert orphan(point(PointState.OPEN, queue_active=queue_active, owner_active=owner_active)) is expected


@pytest.mark.parametrize("state", [PointState.NOT_DONE, PointState.CANCELLED])
def test_silence_and_cancelling_leave_an_orphan(state: PointState) -> None:
    assert orphan(point(PointState.DONE, is_last=False), point(state))


def somebody(account_id: str, *, is_active: bool = True, is_entitled: bool = True) -> Candidate:
    return Candidate(account_id=account_id, is_active=is_active, is_entitled=is_entitled)


@pytest.mark.parametrize(
    ("referent", "exiting", "owner"),
    [
        (somebody("bruno"), somebody("elise"), "bruno"),
        (somebody("bruno", is_active=False), somebody("elise"), "elise"),
        (somebody("bruno", is_entitled=False), somebody("elise"), "elise"),
        (None, somebody("elise"), "elise"),
        (None, somebody("elise", is_active=False), None),
        (None, somebody("elise", is_entitled=False), None),
        (None, None, None),
    ],
)
def test_the_referent_owns_the_point_then_the_exiting_counsellor_then_the_queue(
    referent: Candidate | None, exiting: Candidate | None, owner: str | None
) -> None:
    assert choose_owner(referent=referent, exiting=exiting) == owner
