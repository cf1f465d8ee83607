"""The weeks to come: no point is lost, totals add up, and more work is never less load."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.followup.rules import ExitKind
from pathway.casework.forecast.rules import (
    BEARABLE,
    WEEKS,
    Load,
    OpenWork,
    PastExit,
    heavy_weeks,
    weekly_load,
)
from pathway.casework.policies.rules import DEFAULT_POLICY
from tests.casework.policies.policies import CUSTOM

TODAY = date(2026, 11, 20)
SCOPE = ("s", "k")
OWNERS = st.sampled_from(["ana", "bob", None])
WORK = st.builds(OpenWork, owner_id=OWNERS, due_on=st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=400)))
EXITS = st.builds(
    PastExit,
    scope=st.just(SCOPE),
    kind=st.sampled_from(ExitKind),
    event_on=st.dates(TODAY - timedelta(days=182), TODAY - timedelta(days=1)),
    ends_on=st.none(),
    is_short_activity=st.booleans(),
    owner_id=OWNERS,
)


def load(work: list[OpenWork], exits: list[PastExit]) -> Load:
    return weekly_load(open_work=work, exits=exits, policies={SCOPE: DEFAULT_POLICY}, today=TODAY)


def past(kind: ExitKind, days_ago: int, ends_in: int | None = None) -> PastExit:
    event_on = TODAY - timedelta(days=days_ago)
    return PastExit(
        scope=SCOPE,
        kind=kind,
        event_on=event_on,
        ends_on=event_on + timedelta(days=ends_in) if ends_in else None,
        is_short_activity=False,
        owner_id="ana",
    )


@given(st.lists(WORK, max_size=30))
def test_no_open_point_is_lost_and_totals_add_up(work: list[OpenWork]) -> None:
    found = load(work, [])
    assert found.total == len(work)
    assert len(found.weeks) == WEEKS
    assert found.later == sum((one.due_on - date(2026, 11, 16)).days >= WEEKS * 7 for one in work)


@given(st.lists(WORK, max_size=10), st.lists(EXITS, max_size=6))
def test_every_exit_comes_again_with_all_its_points(work: list[OpenWork], exits: list[PastExit]) -> None:
    apart = sum(load([], [one]).total for one in exits)
    assert load(work, exits).total == len(work) + apart
    assert all(load([], [one]).total for one in exits)


@given(st.lists(WORK, max_size=10), st.lists(EXITS, max_size=5), EXITS)
def test_one_exit_more_never_lightens_a_week(work: list[OpenWork], exits: list[PastExit], more: PastExit) -> None:
    before, after = load(work, exits), load(work, [*exits, more])
    for old, new in zip(before.weeks, after.weeks, strict=True):
        assert all(new.counts.get(key, 0) >= count for key, count in old.counts.items())
    assert after.later >= before.later


def test_overdue_points_count_in_the_week_under_way() -> None:
    found = load([OpenWork(owner_id="ana", due_on=TODAY - timedelta(days=90))], [])
    assert found.weeks[0].counts == {"ana": 1}
    assert found.weeks[0].begins_on == TODAY
    assert found.weeks[1].begins_on == date(2026, 11, 23)


def test_an_exit_of_26_weeks_ago_comes_again_today_under_its_rules() -> None:
    exits = [past(ExitKind.NO_SOLUTION, 182)]
    found = load([], exits)
    due = [week.begins_on for week in found.weeks if week.total]
    assert due == [date(2026, 11, 23), date(2026, 12, 14), date(2027, 2, 15)]
    assert found.later == 2
    other = weekly_load(open_work=[], exits=exits, policies={SCOPE: CUSTOM}, today=TODAY)
    assert [week.begins_on for week in other.weeks if week.total] == [date(2026, 11, 23)]
    assert other.total == 2


def test_a_contract_that_ends_has_its_point_before_the_end() -> None:
    assert load([], [past(ExitKind.SHORT_JOB, 100, ends_in=180)]).total == 5
    assert load([], [past(ExitKind.SHORT_JOB, 100)]).total == 4
    assert load([], [past(ExitKind.SHORT_JOB, 60, ends_in=1826)]).total == 5


def test_above_eight_a_week_is_told_for_a_person_and_not_for_the_queue() -> None:
    due_on = TODAY + timedelta(days=10)
    work = [OpenWork(owner_id=owner, due_on=due_on) for owner in ["ana"] * (BEARABLE + 1) + ["bob"] * BEARABLE]
    work += [OpenWork(owner_id=None, due_on=due_on)] * 20
    assert [(one.owner_id, one.begins_on, one.count) for one in heavy_weeks(load(work, []))] == [
        ("ana", date(2026, 11, 30), 9)
    ]
