"""An exit follows the rules that hold where its step is carried, on the day it is recorded, and keeps them."""

from datetime import timedelta

from pathway.casework.enrolments.actions import preview_exit
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.demo.town import Town
from tests.casework.enrolments.steps import enter, leave, points, rows
from tests.casework.policies.policies import ALSACE, CUSTOM
from tests.casework.policies.test_versions import published
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE, move


def versions(town: Town) -> list[str]:
    """The versions plans were born with, in order of birth."""
    return [row["policy_version"] for row in rows(town.store, "plan", "ORDER BY recorded_at")]


def test_a_plan_born_before_a_publication_keeps_its_version_and_its_dates(town: Town) -> None:
    record_id = welcome(town)
    step = enter(town, record_id).enrolment_id
    leave(town, step)
    before = [(one.id, one.due_on, one.kind) for one in points(town, record_id)]
    published(town, CUSTOM)
    move(town, 1)
    assert [(one.id, one.due_on, one.kind) for one in points(town, record_id)] == before
    other = welcome(town, identity=ZOE)
    leave(town, enter(town, other).enrolment_id)
    assert versions(town) == ["2026-1", "pae-centre-2026-1"]
    assert len(points(town, other)) == 2


def test_the_preview_and_the_exit_follow_the_same_rules(town: Town) -> None:
    step = enter(town, welcome(town)).enrolment_id
    published(town, CUSTOM, scheme="pae")
    with town.acting("bruno", write=False) as tx:
        told = preview_exit(tx, enrolment_id=step, reason=exit_reason("end_of_scheme"), event_on=tx.today)
    opened = leave(town, step).opened.points
    assert opened == told
    assert [one.due_on - opened[0].due_on for one in opened][-1] >= timedelta(days=300)


def test_rules_that_begin_tomorrow_do_not_hold_today(town: Town) -> None:
    step = enter(town, welcome(town)).enrolment_id
    published(town, CUSTOM, in_days=1)
    leave(town, step)
    assert versions(town) == ["2026-1"]


def test_the_rules_of_another_structure_do_not_hold_here(town: Town) -> None:
    step = enter(town, welcome(town)).enrolment_id
    published(town, ALSACE, by="sylvie")
    leave(town, step)
    assert versions(town) == ["2026-1"]
