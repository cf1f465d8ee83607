"""Nobody leaves without a follow-up: the plan of each kind of exit, by the table and by random dates."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.followup.rules import (
    DEFAULT_POLICY,
    ExitKind,
    KindPlan,
    PlannedPoint,
    PlanRequest,
    PointFact,
    PointKind,
    PointState,
    Policy,
    is_orphan,
    plan_points,
)
from pathway.kernel.calendar import is_working_day
from pathway.kernel.errors import Invalid, Refused

FRIDAY = date(2026, 11, 20)
DAYS = st.dates(date(2016, 1, 1), date(2040, 12, 31))


def plan(
    kind: ExitKind,
    *,
    event_on: date = FRIDAY,
    recorded_on: date | None = None,
    ends_on: date | None = None,
    review_on: date | None = None,
    is_retirement: bool = False,
) -> tuple[PlannedPoint, ...]:
    request = PlanRequest(
        kind=kind,
        event_on=event_on,
        recorded_on=recorded_on or event_on,
        ends_on=ends_on,
        review_on=review_on,
        is_retirement=is_retirement,
    )
    return plan_points(DEFAULT_POLICY, request)


def short_activity(kind: ExitKind, *, has_open_support: bool, ends_on: date | None = None) -> tuple[PlannedPoint, ...]:
    request = PlanRequest(
        kind=kind,
        event_on=FRIDAY,
        recorded_on=FRIDAY,
        ends_on=ends_on,
        is_short_activity=True,
        has_open_support=has_open_support,
    )
    return plan_points(DEFAULT_POLICY, request)


def told(points: Sequence[PlannedPoint]) -> list[tuple[str, str]]:
    return [(point.kind.value, point.due_on.isoformat()) for point in points]


@st.composite
def requests(draw: st.DrawFn) -> PlanRequest:
    kind = draw(st.sampled_from(ExitKind))
    event_on = draw(DAYS)
    recorded_on = event_on + timedelta(days=draw(st.integers(0, 90 if kind is ExitKind.PAUSED else 3600)))
    left = (event_on + timedelta(days=91) - recorded_on).days
    review_on = recorded_on + timedelta(days=draw(st.integers(1, left))) if kind is ExitKind.PAUSED else None
    length = draw(st.none() | st.integers(0, 900))
    return PlanRequest(
        kind=kind,
        event_on=event_on,
        recorded_on=recorded_on,
        ends_on=None if length is None else event_on + timedelta(days=length),
        review_on=review_on,
        is_short_activity=draw(st.booleans()),
        has_open_support=draw(st.booleans()),
        is_retirement=draw(st.booleans()),
    )


# Worked out by hand for an exit on Friday 20 November 2026, recorded the same day.
GOLDEN = {
    ExitKind.DURABLE_JOB: [
        ("contact", "2026-11-27"),
        ("contact", "2026-12-18"),
        ("contact", "2027-02-19"),
        ("contact", "2027-05-20"),
    ],
    ExitKind.SHORT_JOB: [
        ("contact", "2026-11-27"),
        ("contact", "2026-12-18"),
        ("contact", "2027-02-19"),
        ("contact", "2027-05-20"),
    ],
    ExitKind.TRAINING: [("start_check", "2026-11-27"), ("contact", "2027-02-19"), ("contact", "2027-05-20")],
    ExitKind.RELAY: [("reception", "2026-11-27"), ("first_appointment", "2026-12-04"), ("contact", "2027-05-20")],
    ExitKind.NO_SOLUTION: [
        ("contact", "2026-11-27"),
        ("contact", "2026-12-18"),
        ("contact", "2027-02-19"),
        ("contact", "2027-05-20"),
        ("contact", "2027-11-22"),
    ],
    ExitKind.LOST_CONTACT: [
        ("attempt", "2026-11-23"),
        ("attempt", "2026-11-27"),
        ("attempt", "2026-12-04"),
        ("contact", "2027-02-19"),
        ("contact", "2027-05-20"),
    ],
    ExitKind.PAUSED: [("review", "2027-01-04")],
    ExitKind.CLOSED: [],
}


@pytest.mark.parametrize("kind", ExitKind)
def test_each_kind_of_exit_opens_the_points_of_the_table(kind: ExitKind) -> None:
    review_on = date(2027, 1, 2) if kind is ExitKind.PAUSED else None
    assert told(plan(kind, review_on=review_on)) == GOLDEN[kind]


@given(requests())
def test_an_exit_opens_points_unless_it_is_closed(request: PlanRequest) -> None:
    is_exempt = request.kind is ExitKind.CLOSED and not request.is_retirement
    assert bool(plan_points(DEFAULT_POLICY, request)) is not is_exempt


@given(requests())
def test_exactly_one_point_is_last_and_it_is_the_latest(request: PlanRequest) -> None:
    points = plan_points(DEFAULT_POLICY, request)
    assert [one.is_last for one in points] == [False] * (len(points) - 1) + [True] * bool(points)


@given(requests())
def test_points_are_due_on_distinct_working_days_in_order_and_never_in_the_past(request: PlanRequest) -> None:
    due = [one.due_on for one in plan_points(DEFAULT_POLICY, request)]
    assert due == sorted(set(due))
    assert all(is_working_day(day) for day in due)
    assert all(day >= request.recorded_on and day > request.event_on for day in due)


@given(requests())
def test_at_most_one_point_catches_up_and_it_comes_within_the_week(request: PlanRequest) -> None:
    points = plan_points(DEFAULT_POLICY, request)
    late = [one.due_on for one in points if one.kind is PointKind.CATCH_UP]
    assert len(late) <= 1
    assert all(2 <= (day - request.recorded_on).days <= 7 for day in late)


def test_due_dates_move_past_public_holidays() -> None:
    due = [one.due_on for one in plan(ExitKind.DURABLE_JOB, event_on=date(2026, 12, 18))]
    assert due == [date(2026, 12, 28), date(2027, 1, 15), date(2027, 3, 19), date(2027, 6, 18)]


@pytest.mark.parametrize("kind", [ExitKind.DURABLE_JOB, ExitKind.SHORT_JOB, ExitKind.TRAINING])
def test_a_contract_or_training_that_ends_is_prepared_30_days_before(kind: ExitKind) -> None:
    assert ("before_end", "2027-03-01") in told(plan(kind, ends_on=date(2027, 3, 31)))


def test_the_end_of_a_long_contract_is_the_last_point() -> None:
    last = plan(ExitKind.TRAINING, ends_on=date(2027, 6, 30))[-1]
    assert (last.kind, last.due_on, last.is_last) == (PointKind.BEFORE_END, date(2027, 5, 31), True)


def test_an_end_too_near_to_be_prepared_adds_nothing() -> None:
    assert told(plan(ExitKind.SHORT_JOB, ends_on=date(2026, 12, 20))) == GOLDEN[ExitKind.SHORT_JOB]


def test_an_end_to_prepare_tomorrow_is_prepared() -> None:
    points = plan(ExitKind.SHORT_JOB, event_on=date(2026, 11, 19), ends_on=date(2026, 12, 20))
    assert told(points)[0] == ("before_end", "2026-11-20")


@pytest.mark.parametrize("kind", [ExitKind.RELAY, ExitKind.NO_SOLUTION, ExitKind.LOST_CONTACT, ExitKind.CLOSED])
def test_an_end_date_means_nothing_where_nothing_goes_on(kind: ExitKind) -> None:
    assert told(plan(kind, ends_on=date(2027, 3, 31))) == GOLDEN[kind]


def test_two_points_on_one_day_become_the_later_in_meaning() -> None:
    points = told(plan(ExitKind.DURABLE_JOB, ends_on=date(2027, 3, 21)))
    assert points == [
        ("contact", "2026-11-27"),
        ("contact", "2026-12-18"),
        ("before_end", "2027-02-19"),
        ("contact", "2027-05-20"),
    ]


def test_points_already_past_merge_into_one_due_in_two_working_days() -> None:
    points = plan(ExitKind.DURABLE_JOB, recorded_on=date(2027, 1, 8))
    assert told(points) == [("catch_up", "2027-01-12"), ("contact", "2027-02-19"), ("contact", "2027-05-20")]


def test_a_point_due_the_day_the_exit_is_recorded_is_not_past() -> None:
    points = plan(ExitKind.DURABLE_JOB, recorded_on=date(2026, 11, 27))
    assert told(points) == GOLDEN[ExitKind.DURABLE_JOB]


def test_a_point_to_come_keeps_its_meaning_over_the_catch_up() -> None:
    points = plan(ExitKind.RELAY, recorded_on=date(2026, 12, 2))
    assert told(points) == [("first_appointment", "2026-12-04"), ("contact", "2027-05-20")]


def test_an_exit_whose_points_are_all_past_keeps_one_and_it_is_the_last() -> None:
    (only,) = plan(ExitKind.SHORT_JOB, recorded_on=date(2028, 11, 20))
    assert (only.kind, only.due_on, only.is_last) == (PointKind.CATCH_UP, date(2028, 11, 22), True)


def test_a_retirement_gets_one_closing_call() -> None:
    assert told(plan(ExitKind.CLOSED, is_retirement=True)) == [("closing_call", "2026-11-27")]


@pytest.mark.parametrize("kind", [ExitKind.NO_SOLUTION, ExitKind.TRAINING, ExitKind.RELAY])
def test_a_short_activity_inside_a_support_gets_one_point(kind: ExitKind) -> None:
    points = short_activity(kind, has_open_support=True, ends_on=date(2027, 3, 31))
    assert told(points) == [("short_activity", "2026-11-27")]


def test_a_short_activity_without_support_gets_the_whole_plan() -> None:
    assert told(short_activity(ExitKind.NO_SOLUTION, has_open_support=False)) == GOLDEN[ExitKind.NO_SOLUTION]


def test_an_exit_in_the_future_is_refused() -> None:
    with pytest.raises(Refused, match="La date de sortie est dans le futur") as refusal:
        plan(ExitKind.RELAY, event_on=date(2026, 11, 21), recorded_on=FRIDAY)
    assert refusal.value.field == "event_on"


def test_an_exit_more_than_ten_years_old_is_refused_and_one_of_ten_years_is_not() -> None:
    assert plan(ExitKind.RELAY, event_on=date(2016, 11, 20), recorded_on=FRIDAY)
    with pytest.raises(Refused, match="plus de dix ans"):
        plan(ExitKind.RELAY, event_on=date(2016, 11, 19), recorded_on=FRIDAY)


def test_a_contract_that_ends_before_it_begins_is_refused() -> None:
    assert plan(ExitKind.SHORT_JOB, ends_on=FRIDAY)
    with pytest.raises(Refused) as refusal:
        plan(ExitKind.SHORT_JOB, ends_on=date(2026, 11, 19))
    assert refusal.value.field == "ends_on"


def test_a_pause_needs_a_review_date() -> None:
    with pytest.raises(Invalid, match="Indiquez la date") as refusal:
        plan(ExitKind.PAUSED)
    assert refusal.value.field == "review_on"


@pytest.mark.parametrize("review_on", [date(2026, 11, 19), FRIDAY, date(2027, 2, 20)])
def test_a_pause_is_reviewed_after_today_and_within_91_days(review_on: date) -> None:
    with pytest.raises(Refused) as refusal:
        plan(ExitKind.PAUSED, review_on=review_on)
    assert refusal.value.field == "review_on"


@pytest.mark.parametrize("review_on", [date(2026, 11, 23), date(2027, 2, 19)])
def test_the_first_and_last_days_of_a_pause_are_accepted(review_on: date) -> None:
    assert told(plan(ExitKind.PAUSED, review_on=review_on)) == [("review", review_on.isoformat())]


def test_a_pause_already_over_needs_another_reason() -> None:
    with pytest.raises(Refused, match="91 jours ou plus") as refusal:
        plan(ExitKind.PAUSED, recorded_on=date(2027, 2, 19), review_on=date(2027, 2, 22))
    assert refusal.value.field == "kind"


@pytest.mark.parametrize(
    "build",
    [
        lambda: replace(DEFAULT_POLICY, plans=DEFAULT_POLICY.plans[1:]),
        lambda: replace(DEFAULT_POLICY, plans=(KindPlan(kind=ExitKind.DURABLE_JOB), *DEFAULT_POLICY.plans[1:])),
        lambda: replace(DEFAULT_POLICY, short_activity=()),
        lambda: replace(DEFAULT_POLICY, retirement=()),
    ],
)
def test_a_policy_that_would_leave_an_exit_without_points_cannot_be_built(build: Callable[[], Policy]) -> None:
    with pytest.raises(Invalid):
        build()


@given(requests())
def test_an_exit_just_recorded_is_never_an_orphan(request: PlanRequest) -> None:
    facts = [
        PointFact(
            point_id="p", state=PointState.OPEN, is_last=one.is_last, result_recorded_by_person=False, queue_active=True
        )
        for one in plan_points(DEFAULT_POLICY, request)
    ]
    assert not is_orphan(kind=request.kind, exit_cancelled=False, points=facts)


def test_a_contract_that_ends_in_more_than_five_years_is_a_slip_of_the_pen() -> None:
    assert plan(ExitKind.SHORT_JOB, ends_on=date(2031, 11, 20))
    with pytest.raises(Refused, match="cinq ans") as refusal:
        plan(ExitKind.SHORT_JOB, ends_on=date(2062, 11, 20))
    assert refusal.value.field == "ends_on"
