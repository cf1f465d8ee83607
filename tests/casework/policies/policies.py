"""Policies tests try: drawn at random among those that may be built, and two written by hand."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from pathway.casework.policies.rules import (
    BEFORE_END_AT_MOST,
    CATCH_UP_AT_MOST,
    DEFAULT_POLICY,
    ENDING,
    LINE_KINDS,
    MOST,
    REVIEW_BETWEEN,
    Case,
    Delay,
    DelayUnit,
    PointKind,
    Policy,
    Steps,
    days,
    months,
    policy_of,
    working_days,
)
from pathway.kernel.calendar import Holidays

ALSACE = replace(DEFAULT_POLICY, version="alsace-2026-1", holidays=Holidays.ALSACE_MOSELLE)
_QUARTERLY: Steps = tuple((PointKind.CONTACT, months(count)) for count in (1, 4, 9))
CUSTOM = policy_of(
    "custom-2026-1",
    {
        Case.DURABLE_JOB: _QUARTERLY,
        Case.SHORT_JOB: ((PointKind.START_CHECK, working_days(3)), *_QUARTERLY),
        Case.TRAINING: ((PointKind.START_CHECK, working_days(1)), (PointKind.CONTACT, days(120))),
        Case.RELAY: ((PointKind.RECEPTION, working_days(3)), (PointKind.CONTACT, days(91))),
        Case.NO_SOLUTION: ((PointKind.CONTACT, days(3)), (PointKind.CONTACT, days(365))),
        Case.LOST_CONTACT: ((PointKind.ATTEMPT, days(1)), (PointKind.CONTACT, days(100))),
        Case.SHORT_ACTIVITY: ((PointKind.SHORT_ACTIVITY, working_days(2)),),
        Case.RETIREMENT: ((PointKind.CLOSING_CALL, days(14)),),
    },
    before_end={Case.DURABLE_JOB: None, Case.SHORT_JOB: 45, Case.TRAINING: 15},
    catch_up=working_days(5),
    review_within_days=60,
    holidays=Holidays.FRANCE,
)


def delays() -> st.SearchStrategy[Delay]:
    """Any delay a line may have."""
    return st.sampled_from(DelayUnit).flatmap(
        lambda unit: st.integers(1, MOST[unit]).map(lambda count: Delay(unit=unit, count=count))
    )


@st.composite
def lines(draw: st.DrawFn, case: Case) -> Steps:
    """Lines that case may have: one after three months at least."""
    drawn = draw(st.lists(delays().filter(lambda one: one != days(200)), max_size=3, unique=True))
    kinds = st.sampled_from(LINE_KINDS[case])
    return tuple((draw(kinds), delay) for delay in (*drawn, days(200)))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any policy that may be built."""
    before: Any = st.none() | st.integers(1, BEFORE_END_AT_MOST)
    return policy_of(
        "drawn-2026-1",
        {case: draw(lines(case)) for case in Case},
        before_end={case: draw(before) for case in ENDING},
        catch_up=working_days(draw(st.integers(1, CATCH_UP_AT_MOST))),
        review_within_days=draw(st.integers(*REVIEW_BETWEEN)),
        holidays=draw(st.sampled_from(Holidays)),
    )
