"""Every date that three policies open after exits of three chosen years, held in a table that people can read.

`CARTE_WRITE_GOLDEN=1` writes it again: the difference is then read line by line.
"""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from pathway.casework.followup.rules import ExitKind, PlanRequest, plan_points
from pathway.casework.policies.rules import DEFAULT_POLICY, Policy
from tests.casework.policies.policies import ALSACE, CUSTOM

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "follow_up_dates.txt"
# A week before each Good Friday and the 26th of December, before 1 May, the last of a month; a leap year of the three.
EVENTS = tuple(
    date(year, month, day)
    for year in (2026, 2027, 2028)
    for month, day in ((1, 31), (3, 19), (3, 27), (4, 7), (4, 24), (8, 31), (11, 30), (12, 19))
)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
POLICIES = (DEFAULT_POLICY, ALSACE, CUSTOM)


def requests(event_on: date) -> Iterator[tuple[str, PlanRequest]]:
    """Every kind of exit of that day, and its gentler forms."""
    ends_on = event_on + timedelta(days=200)
    for kind in ExitKind:
        review_on = event_on + timedelta(days=45) if kind is ExitKind.PAUSED else None
        yield (
            kind.value,
            PlanRequest(kind=kind, event_on=event_on, recorded_on=event_on, ends_on=ends_on, review_on=review_on),
        )
    yield (
        "retirement",
        PlanRequest(kind=ExitKind.CLOSED, event_on=event_on, recorded_on=event_on, is_retirement=True),
    )
    short = PlanRequest(
        kind=ExitKind.NO_SOLUTION,
        event_on=event_on,
        recorded_on=event_on,
        is_short_activity=True,
        has_open_support=True,
    )
    yield "short_activity", short
    late = PlanRequest(kind=ExitKind.NO_SOLUTION, event_on=event_on, recorded_on=event_on + timedelta(days=40))
    yield "no_solution, 40 days late", late


def table() -> str:
    """One line for each policy, day and exit: its points."""
    lines = [
        f"{policy.version} | {event_on} | {name} | {told(policy, request)}"
        for policy in POLICIES
        for event_on in EVENTS
        for name, request in requests(event_on)
    ]
    return "\n".join(lines) + "\n"


def told(policy: Policy, request: PlanRequest) -> str:
    points = plan_points(policy, request)
    return ", ".join(f"{one.kind.value} {WEEKDAYS[one.due_on.weekday()]} {one.due_on}" for one in points) or "nothing"


def test_the_dates_of_three_policies_are_those_of_the_table() -> None:
    found = table()
    if os.environ.get("CARTE_WRITE_GOLDEN"):
        GOLDEN.write_text(found)
    assert found.splitlines() == GOLDEN.read_text().splitlines()


def test_the_table_holds_only_working_days() -> None:
    assert not [day for day in ("samedi", "dimanche") if f" {day} " in table()]
