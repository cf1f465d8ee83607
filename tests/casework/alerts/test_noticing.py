"""A remark is drawn from what its reader sees: what is hidden from her is neither said nor denied by one."""

from datetime import timedelta

import pytest

from pathway.casework.alerts.noticing import back_after_entry, notices_about
from pathway.casework.alerts.vocabulary import NoticeId
from pathway.casework.encounters.actions import cancel_appointment
from pathway.casework.encounters.queries import appointment_seen
from pathway.casework.followup.rules import ContactResult
from pathway.casework.journey.queries import journey_of
from pathway.casework.records.actions import edit_section
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Section, Way
from pathway.casework.sharing.actions import hide
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.action_plan.scenes import action, obstacle
from tests.casework.encounters.scenes import plan
from tests.casework.enrolments.steps import call, enter, leave, share
from tests.casework.relays.scenes import send
from tests.town import herself, welcome

EVERYTHING = {"identity", "contact", "obstacles", "pathway", "followup"}


def noticed(town: Town, record_id: str, by: str = "bruno") -> list[NoticeId]:
    """The remarks that professional reads on her record."""
    with town.acting(by, write=False) as tx:
        record, walked = record_opened(tx, record_id), journey_of(tx, record_id)
        found = notices_about(tx, record, walked=list(walked.steps.values()), spoken=list(walked.contacts.values()))
        return [one.rule for one in found]


def troubled(town: Town, obstacles: str = "famille", by: str = "bruno") -> str:
    """Amina, who said what is in her way."""
    amina = welcome(town)
    said(town, amina, obstacles, by=by)
    return amina


def said(town: Town, record_id: str, obstacles: str, by: str = "bruno") -> None:
    with town.acting(by) as tx:
        seq = record_opened(tx, record_id).seqs["obstacles"]
        edit_section(
            tx,
            record_id=record_id,
            section=Section.OBSTACLES,
            values={"obstacles": obstacles},
            seq=seq,
            way=Way.SAID,
        )


def test_an_obstacle_left_alone_is_noticed_and_none_is_no_obstacle(town: Town, clock: FixedClock) -> None:
    amina = troubled(town)
    clock.move(timedelta(days=60))
    assert noticed(town, amina) == []
    clock.move(timedelta(days=1))
    assert noticed(town, amina) == [NoticeId.N12]
    said(town, amina, "none")
    clock.move(timedelta(days=90))
    assert noticed(town, amina) == []


@pytest.mark.parametrize("act", ["contact", "step", "appointment", "relay", "action"])
def test_whatever_was_recorded_since_answers_it(sqlite_town: Town, clock: FixedClock, act: str) -> None:
    amina = troubled(sqlite_town)
    clock.move(timedelta(days=3))
    if act == "contact":
        call(sqlite_town, amina, result=ContactResult.NO_ANSWER)
    elif act == "step":
        enter(sqlite_town, amina)
    elif act == "action":
        action(sqlite_town, obstacle(sqlite_town, amina, "famille"))
    elif act == "appointment":
        plan(sqlite_town, amina)
    else:
        send(sqlite_town, amina)
    clock.move(timedelta(days=70))
    assert NoticeId.N12 not in noticed(sqlite_town, amina)


def test_an_appointment_that_was_cancelled_answers_nothing(sqlite_town: Town, clock: FixedClock) -> None:
    amina = troubled(sqlite_town)
    (ref,) = plan(sqlite_town, amina).ids
    with sqlite_town.acting("bruno") as tx:
        cancel_appointment(tx, appointment_id=ref, version=appointment_seen(tx, ref).version)
    clock.move(timedelta(days=61))
    assert noticed(sqlite_town, amina) == [NoticeId.N12]


def test_who_may_not_see_the_obstacles_learns_nothing_of_them(town: Town, clock: FixedClock) -> None:
    amina = troubled(town)
    share(town, amina, "mission-locale", sections=EVERYTHING)
    share(town, amina, "plie", sections=EVERYTHING - {"obstacles"})
    share(town, amina, "ccas", sections=EVERYTHING - {"followup"})
    clock.move(timedelta(days=61))
    assert noticed(town, amina, "elise") == [NoticeId.N12]
    assert noticed(town, amina, "lucie") == []
    # Nor is she told that nothing was done by whoever may not see what was.
    assert noticed(town, amina, "nadia") == []
    with herself(town, amina) as tx:
        hide(tx, record_id=amina, structure_id=town.structures["mission-locale"], section="obstacles", item_key="")
        tx.journal("part_hidden", records=[amina])
    assert noticed(town, amina, "elise") == []


def test_what_a_sensitive_structure_did_is_in_no_remark_of_another(town: Town, clock: FixedClock) -> None:
    amina = troubled(town)
    share(town, amina, "quai-neuf", sections=EVERYTHING)
    leave(town, enter(town, amina, by="solene", scheme="quai-neuf").enrolment_id, by="solene")
    clock.move(timedelta(days=61))
    enter(town, amina)
    assert noticed(town, amina, "solene")[:1] == [NoticeId.N16]
    assert NoticeId.N16 not in noticed(town, amina)


def test_coming_back_is_said_at_once_and_for_a_month(sqlite_town: Town, clock: FixedClock) -> None:
    amina = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, amina).enrolment_id)
    clock.move(timedelta(days=45))
    enter(sqlite_town, amina)
    with sqlite_town.acting("bruno", write=False) as tx:
        back = back_after_entry(tx, amina)
        assert back is not None and back.days == 45
    assert noticed(sqlite_town, amina) == [NoticeId.N16]
    clock.move(timedelta(days=31))
    assert noticed(sqlite_town, amina) == []
