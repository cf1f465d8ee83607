"""The real backlog of one's own structure: whose and when, nobody else's, and nobody named."""

from dataclasses import fields

import pytest

from pathway.casework.followup.rules import ExitKind
from pathway.casework.forecast.queries import backlog, trial
from pathway.casework.forecast.rules import OpenWork, PastExit
from pathway.casework.policies.actions import write_draft
from pathway.casework.policies.queries import draft_seen
from pathway.casework.policies.rules import Policy
from pathway.demo.town import Town
from tests.casework.enrolments.steps import enter, leave
from tests.casework.policies.policies import CUSTOM
from tests.casework.policies.test_versions import published
from tests.town import welcome
from tests.web.counsellor.scenes import left, move


def tried(town: Town, policy: Policy, scheme: str | None = None) -> tuple[int, int]:
    """How many points there would be with the rules in force, and with that draft."""
    with town.acting("denis") as tx:
        draft_id = write_draft(tx, policy=policy, scheme_id=town.schemes[scheme] if scheme else None)
        found = trial(tx, draft_seen(tx, draft_id))
    return found.in_force.total, found.draft.total


def test_the_backlog_is_what_the_structure_holds(town: Town) -> None:
    left(town, days_ago=30)
    with town.acting("denis", write=False) as tx:
        held = backlog(tx)
    assert {one.owner_id for one in held.open_work} == {town.accounts["bruno"]}
    assert len(held.open_work) == 5
    assert [(one.kind, one.scope) for one in held.exits] == [
        (ExitKind.NO_SOLUTION, (town.structures["pae-centre"], town.schemes["pae"]))
    ]
    with town.acting("sylvie", write=False) as tx:
        assert (backlog(tx).open_work, backlog(tx).exits) == ((), ())


def test_nothing_in_it_speaks_of_a_person() -> None:
    named = {one.name for kind in (OpenWork, PastExit) for one in fields(kind)}
    assert named == {"owner_id", "due_on", "scope", "kind", "event_on", "ends_on", "is_short_activity"}


@pytest.mark.parametrize(("days_ago", "count"), [(0, 0), (1, 1), (182, 1), (183, 0)])
def test_exits_of_the_last_26_weeks_come_again_and_no_other(town: Town, days_ago: int, count: int) -> None:
    move(town, -200)
    step = enter(town, welcome(town)).enrolment_id
    move(town, 200 - days_ago)
    leave(town, step)
    move(town, days_ago)
    with town.acting("denis", write=False) as tx:
        assert len(backlog(tx).exits) == count


def test_an_owner_who_has_left_reads_as_the_queue(town: Town) -> None:
    left(town, days_ago=30)
    with town.store.engine.begin() as base:
        gone = f"UPDATE membership SET until_on = '2026-11-19' WHERE account_id = '{town.accounts['bruno']}'"
        base.exec_driver_sql(gone)
    with town.acting("denis", write=False) as tx:
        held = backlog(tx)
    assert {one.owner_id for one in held.open_work} == {one.owner_id for one in held.exits} == {None}


def test_a_draft_is_tried_beside_what_is_in_force(town: Town) -> None:
    left(town, days_ago=30)
    assert tried(town, CUSTOM) == (10, 7)


def test_a_draft_for_all_leaves_a_scheme_with_its_own_rules(town: Town) -> None:
    left(town, days_ago=30)
    published(town, CUSTOM, scheme="pae")
    assert tried(town, CUSTOM) == (7, 7)


def test_a_draft_for_another_scheme_changes_nothing_here(town: Town) -> None:
    left(town, days_ago=30)
    assert tried(town, CUSTOM, scheme="plie") == (10, 10)


def test_a_cancelled_exit_does_not_come_again(town: Town) -> None:
    move(town, -60)
    step = enter(town, welcome(town)).enrolment_id
    move(town, 30)
    leave(town, step)
    move(town, 30)
    with town.store.engine.begin() as base:
        base.exec_driver_sql("UPDATE scheme_exit SET cancelled_at = '2026-11-19 10:00:00'")
    with town.acting("denis", write=False) as tx:
        assert backlog(tx).exits == ()
