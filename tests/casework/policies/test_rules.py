"""A policy with a hole cannot be built, and what is kept of one gives it back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.followup.rules import PlanRequest, plan_points
from pathway.casework.policies.rules import (
    DEFAULT_POLICY,
    Case,
    Delay,
    ExitKind,
    KindPlan,
    PointKind,
    Policy,
    Steps,
    days,
    from_json,
    in_order,
    months,
    to_json,
    working_days,
)
from pathway.kernel.calendar import Holidays, is_working_day
from pathway.kernel.errors import Invalid
from tests.casework.policies.policies import ALSACE, CUSTOM, delays, policies

DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))
OPENING = st.sampled_from([kind for kind in ExitKind if kind not in (ExitKind.PAUSED, ExitKind.CLOSED)])


def with_steps(kind: ExitKind, steps: Steps) -> Policy:
    plans = (replace(one, steps=steps) if one.kind is kind else one for one in DEFAULT_POLICY.plans)
    return replace(DEFAULT_POLICY, plans=tuple(plans))


@given(policies())
def test_what_is_kept_of_a_policy_gives_it_back(policy: Policy) -> None:
    assert from_json(policy.version, to_json(policy)) == policy
    assert len(to_json(policy)) < 8000


@pytest.mark.parametrize("policy", [DEFAULT_POLICY, ALSACE, CUSTOM])
def test_the_policies_of_the_house_are_kept_whole_and_in_order(policy: Policy) -> None:
    assert from_json(policy.version, to_json(policy)) == policy
    assert in_order(policy) == policy


@given(policies(), OPENING, DAYS)
def test_every_policy_that_can_be_built_follows_every_exit_for_three_months(
    policy: Policy, kind: ExitKind, event_on: date
) -> None:
    points = plan_points(policy, PlanRequest(kind=kind, event_on=event_on, recorded_on=event_on))
    assert [one.is_last for one in points] == [False] * (len(points) - 1) + [True]
    assert points[-1].due_on >= event_on + timedelta(days=91)
    assert all(is_working_day(one.due_on, policy.holidays) for one in points)


@given(delays(), DAYS)
def test_a_delay_is_never_shorter_than_its_fewest_days(delay: Delay, start: date) -> None:
    assert delay.due_on(start) >= start + timedelta(days=delay.fewest_days)


@given(policies())
def test_lines_put_in_order_stay_the_same_lines(policy: Policy) -> None:
    ordered = in_order(policy)
    for case in Case:
        spans = [delay.fewest_days for _kind, delay in ordered.steps_of(case)]
        assert spans == sorted(spans)
        assert set(ordered.steps_of(case)) == set(policy.steps_of(case))


LATER = (PointKind.CONTACT, days(120))


@pytest.mark.parametrize(
    ("kind", "steps", "sentence", "field"),
    [
        (ExitKind.TRAINING, (), "« Formation » : gardez au moins une ligne", "training"),
        (
            ExitKind.TRAINING,
            ((PointKind.CONTACT, days(90)),),
            "« Formation » : le dernier point est à 91 jours",
            "training",
        ),
        (ExitKind.RELAY, ((PointKind.CONTACT, months(3)),), "4 mois si vous comptez en mois", "relay"),
        (ExitKind.TRAINING, (LATER, (PointKind.CONTACT, days(0))), "« Formation », ligne 2 : écrivez", "training-1"),
        (
            ExitKind.TRAINING,
            ((PointKind.CONTACT, days(731)),),
            "ligne 1 : écrivez un délai de 1 à 730 jours",
            "training-0",
        ),
        (
            ExitKind.TRAINING,
            (LATER, (PointKind.CONTACT, months(37))),
            "ligne 2 : écrivez un délai de 1 à 36 mois",
            "training-1",
        ),
        (ExitKind.RELAY, (LATER, (PointKind.ATTEMPT, days(7))), "« Essayer de joindre » n’est pas prévu", "relay-1"),
        (ExitKind.RELAY, (LATER, (PointKind.RECEPTION, days(120))), "deux lignes ont le même délai", "relay"),
        (ExitKind.RELAY, tuple((PointKind.CONTACT, days(90 + n)) for n in range(11)), "10 lignes au plus", "relay"),
    ],
)
def test_a_fault_names_the_exit_and_the_line(kind: ExitKind, steps: Steps, sentence: str, field: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refusal:
        with_steps(kind, steps)
    assert refusal.value.field == field


def test_a_point_may_come_three_years_after() -> None:
    contacts: Steps = tuple((PointKind.CONTACT, months(count)) for count in (3, 6, 12, 24, 36))
    policy = with_steps(ExitKind.DURABLE_JOB, contacts)
    assert policy.steps_of(Case.DURABLE_JOB)[-1][1].due_on(date(2026, 11, 20)) == date(2029, 11, 20)


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: replace(DEFAULT_POLICY, catch_up=days(2)), "catch_up"),
        (lambda: replace(DEFAULT_POLICY, catch_up=working_days(11)), "catch_up"),
        (lambda: replace(DEFAULT_POLICY, review_within_days=92), "review"),
        (lambda: replace(DEFAULT_POLICY, review_within_days=6), "review"),
        (lambda: replace(DEFAULT_POLICY, plans=(*DEFAULT_POLICY.plans, KindPlan(kind=ExitKind.PAUSED))), "plans"),
        (lambda: replace(DEFAULT_POLICY, plans=(*DEFAULT_POLICY.plans, DEFAULT_POLICY.plans[0])), "plans"),
        (lambda: with_end(ExitKind.RELAY, 30), "relay_before_end"),
        (lambda: with_end(ExitKind.TRAINING, 0), "training_before_end"),
        (lambda: with_end(ExitKind.TRAINING, 181), "training_before_end"),
    ],
)
def test_what_holds_for_all_exits_has_its_bounds(build: Callable[[], Policy], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        build()
    assert refusal.value.field == field


def with_end(kind: ExitKind, days_before: int) -> Policy:
    plans = (replace(one, before_end_days=days_before) if one.kind is kind else one for one in DEFAULT_POLICY.plans)
    return replace(DEFAULT_POLICY, plans=tuple(plans))


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"cases":{"unknown":{}}}', '{"cases":1}'])
def test_what_cannot_be_read_is_refused(body: str) -> None:
    with pytest.raises(Invalid):
        from_json("broken-1", body)


def test_good_friday_and_the_26th_of_december_move_a_point_in_alsace_and_moselle_only() -> None:
    good_friday = PlanRequest(kind=ExitKind.TRAINING, event_on=date(2026, 3, 27), recorded_on=date(2026, 3, 27))
    assert plan_points(DEFAULT_POLICY, good_friday)[0].due_on == date(2026, 4, 3)
    assert plan_points(ALSACE, good_friday)[0].due_on == date(2026, 4, 7)
    assert working_days(1).due_on(date(2028, 12, 22), Holidays.ALSACE_MOSELLE) == date(2028, 12, 27)


def test_delays_are_said_as_people_say_them() -> None:
    said = [days(1).said, days(28).said, working_days(1).said, working_days(5).said, months(1).said, months(6).said]
    assert said == ["1 jour", "28 jours", "1 jour ouvré", "5 jours ouvrés", "1 mois", "6 mois"]
