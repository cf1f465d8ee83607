from datetime import date, timedelta

import pytest
from sqlalchemy import update

from pathway.casework.followup.tables import Point
from pathway.casework.lifecycle.expiring import carry_out, erase_person
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.casework.records.queries import record_opened
from pathway.casework.retention.actions import (
    forget_evidence,
    hold_record,
    keep_mine,
    lift_hold,
    note_gestures,
)
from pathway.casework.retention.queries import delays, due, due_among, retention_state
from pathway.casework.retention.rules import Step
from pathway.casework.schemes.actions import keep_evidence_until
from pathway.casework.sharing.queries import is_visible
from pathway.casework.territory.actions import decide_setting
from pathway.casework.territory.rules import Setting
from pathway.demo.town import Town
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import FixedClock, local_day
from pathway.kernel.errors import Invalid, NotFound, Refused
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from tests.casework.enrolments.steps import call, enter, leave, rows, system
from tests.town import herself, welcome
from tests.web.jobseeker.lives import at_home


def night(town: Town, clock: FixedClock, *, on: date) -> dict[str, int]:
    """Live the retention of that night."""
    clock.move(timedelta(days=(on - local_day(clock.now())).days))
    with system(town.store, clock, write=False) as tx:
        people = [one.record_id for one in due(tx, on=on)]
    with system(town.store, clock) as tx:
        return {name: number for name, number in carry_out(tx, people, on=on).items() if number}


def step_of(town: Town, record_id: str, *, on: date) -> Step:
    with system(town.store, town.clock, write=False) as tx:
        return due_among(tx, [record_id], delays=delays(tx), on=on)[0].step


def closed(town: Town, record_id: str) -> None:
    """Nothing of hers is open: every point is done."""
    point = table_of(Point)
    with system(town.store, town.clock) as tx:
        done = {"state": "done", "closed_at": tx.now, "closed_by": "x"}
        tx.execute(update(point).where(point.c.record_id == record_id, point.c.state == "open").values(**done))
        tx.journal("settle", records=[record_id])


def archived(town: Town, clock: FixedClock) -> tuple[str, date]:
    """Amina, archived two years after she was created; gives her record and that day."""
    amina = welcome(town)
    day = add_months(local_day(clock.now()), 24)
    assert night(town, clock, on=day) == {"archived": 1}
    return amina, day


def test_two_years_without_contact_close_the_record_to_everybody(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    day = add_months(local_day(clock.now()), 24)
    assert step_of(town, amina, on=day - timedelta(days=1)) is Step.NONE
    assert night(town, clock, on=day) == {"archived": 1}
    with town.acting("bruno", write=False) as tx, pytest.raises(NotFound):
        record_opened(tx, amina)
    with herself(town, amina, write=False) as tx:
        assert record_opened(tx, amina).id == amina
    assert night(town, clock, on=day + timedelta(days=1)) == {}


@pytest.mark.parametrize("gesture", ["call", "entry", "exit"])
def test_an_individual_contact_starts_the_two_years_again(town: Town, clock: FixedClock, gesture: str) -> None:
    amina, made = welcome(town), local_day(clock.now())
    clock.move(timedelta(days=400))
    if gesture == "call":
        call(town, amina)
    else:
        entered = enter(town, amina)
        if gesture == "exit":
            clock.move(timedelta(days=40))
            leave(town, entered.enrolment_id)
    day = local_day(clock.now())
    assert step_of(town, amina, on=add_months(made, 24)) is Step.NONE
    assert step_of(town, amina, on=add_months(day, 24)) in (Step.ARCHIVE, Step.BLOCKED)


def test_signing_in_is_a_contact_even_once_the_session_is_forgotten(town: Town, clock: FixedClock) -> None:
    amina, made = welcome(town), local_day(clock.now())
    clock.move(timedelta(days=300))
    at_home(town, amina)
    with system(town.store, clock) as tx:
        assert note_gestures(tx, since=tx.today - timedelta(days=7)) == 1
        tx.journal("note_gestures")
    with system(town.store, clock) as tx:
        assert note_gestures(tx, since=tx.today - timedelta(days=7)) == 0
        tx.journal("note_gestures")
    assert step_of(town, amina, on=add_months(made, 24)) is Step.NONE


def test_an_open_point_blocks_the_archive(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina).enrolment_id)
    day = add_months(local_day(clock.now()), 25)
    assert step_of(town, amina, on=day) is Step.BLOCKED
    assert night(town, clock, on=day) == {}
    closed(town, amina)
    assert night(town, clock, on=day + timedelta(days=1)) == {"archived": 1}


def test_she_is_told_thirty_days_before_then_forgotten(town: Town, clock: FixedClock) -> None:
    amina, day = archived(town, clock)
    last = add_months(day, 24)
    assert night(town, clock, on=last - timedelta(days=31)) == {}
    assert night(town, clock, on=last - timedelta(days=30)) == {"told": 1}
    assert night(town, clock, on=last - timedelta(days=1)) == {}
    assert night(town, clock, on=last) == {"erased": 1}
    assert not rows(town.store, "record", f"WHERE id = '{amina}'")
    assert [row["reason"] for row in rows(town.store, "tombstone")] == ["expired"]


def test_a_night_caught_up_late_still_leaves_the_whole_notice(town: Town, clock: FixedClock) -> None:
    amina, day = archived(town, clock)
    late = add_months(day, 24) + timedelta(days=90)
    assert night(town, clock, on=late) == {"told": 1}
    assert night(town, clock, on=late + timedelta(days=29)) == {}
    assert night(town, clock, on=late + timedelta(days=30)) == {"erased": 1}
    assert not rows(town.store, "record", f"WHERE id = '{amina}'")


def test_she_keeps_her_record_by_a_gesture(town: Town, clock: FixedClock) -> None:
    amina, day = archived(town, clock)
    last = add_months(day, 24)
    night(town, clock, on=last - timedelta(days=30))
    with herself(town, amina) as tx:
        keep_mine(tx)
    assert night(town, clock, on=last) == {}
    assert step_of(town, amina, on=add_months(last, 24)) is Step.ARCHIVE
    assert not rows(town.store, "archived_record")


def test_somebody_who_comes_back_is_active_again(town: Town, clock: FixedClock) -> None:
    amina, day = archived(town, clock)
    clock.move(timedelta(days=50))
    at_home(town, amina, born="22/04/1991")
    with system(town.store, clock) as tx:
        note_gestures(tx, since=tx.today)
        tx.journal("note_gestures")
    assert night(town, clock, on=day + timedelta(days=51)) == {"reopened": 1}
    with town.acting("bruno", write=False) as tx:
        assert not is_visible(tx, amina)  # her own gesture opens her record to no structure


def test_a_hold_for_a_litigation_blocks_every_erasure_until_it_ends(town: Town, clock: FixedClock) -> None:
    amina, day = archived(town, clock)
    last = add_months(day, 24)
    night(town, clock, on=last - timedelta(days=30))
    with system(town.store, clock) as tx:
        hold = hold_record(tx, record_id=amina, until_on=last + timedelta(days=60), reason="Recours au tribunal")
    assert step_of(town, amina, on=last) is Step.HELD
    assert night(town, clock, on=last) == {}
    with pytest.raises(Refused), system(town.store, clock) as tx:
        erase_person(tx, amina, reason=ForgetReason.ASKED, copies_days=120)
    with system(town.store, clock) as tx:
        lift_hold(tx, hold)
    assert night(town, clock, on=last + timedelta(days=1)) == {"erased": 1}


def test_a_hold_asks_why_and_until_when(town: Town) -> None:
    amina = welcome(town)
    for until, why in ((1, " "), (0, "Recours"), (3000, "Recours")):
        with pytest.raises(Invalid), system(town.store, town.clock) as tx:
            hold_record(tx, record_id=amina, until_on=tx.today + timedelta(days=until), reason=why)


def test_an_audit_to_come_keeps_the_step_apart_without_the_person(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina, scheme="pae").enrolment_id)
    with system(town.store, clock) as tx:
        keep_evidence_until(tx, code="pae", until_on=tx.today + timedelta(days=900))
        erase_person(tx, amina, reason=ForgetReason.ASKED, copies_days=120)
    kept = rows(town.store, "step_evidence")
    with system(town.store, clock, write=False) as tx:
        said = tx.sealing.open(str(kept[0]["id"]), ["evidence"])["evidence"].payload
    assert said["scheme"] == "pae" and said["result"] == "no_solution" and amina not in str(kept) + str(said)
    clock.move(timedelta(days=901))
    with system(town.store, clock) as tx:
        assert forget_evidence(tx) == 1
        tx.journal("forget")
    assert not rows(town.store, "data_key", f"WHERE subject_id = '{kept[0]['id']}'")


def test_without_an_audit_nothing_is_kept(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    enter(town, amina)
    with system(town.store, clock) as tx:
        erase_person(tx, amina, reason=ForgetReason.ASKED, copies_days=120)
    assert not rows(town.store, "step_evidence")


def test_she_is_told_by_letter_that_it_is_done(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    at_home(town, amina)
    account = str(rows(town.store, "account", f"WHERE record_id = '{amina}'")[0]["id"])
    with system(town.store, clock) as tx:
        profile = tx.sealing.open(account, ["profile"])["profile"]
        tx.sealing.write(account, "profile", {**profile.payload, "email": "amina@courriel.example"}, seq=profile.seq)
        tx.journal("prove")
    with system(town.store, clock) as tx:
        erase_person(tx, amina, reason=ForgetReason.ASKED, copies_days=120)
    assert [row["kind"] for row in rows(town.store, "letter")] == [LetterKind.RECORD_ERASED.value]


def test_the_territory_may_keep_less_long(town: Town, clock: FixedClock) -> None:
    amina, made = welcome(town), local_day(clock.now())
    with town.acting("root") as tx:
        decide_setting(tx, Setting.RETENTION_ACTIVE, value="6", seen=0)
    assert step_of(town, amina, on=add_months(made, 6)) is Step.ARCHIVE
    for wrong in ("25", "2", "-1", "six"):
        with pytest.raises(Invalid), town.acting("root") as tx:
            decide_setting(tx, Setting.RETENTION_ACTIVE, value=wrong, seen=1)


def test_the_state_counts_people_once(town: Town, clock: FixedClock) -> None:
    archived(town, clock)
    with system(town.store, clock, write=False) as tx:
        state = retention_state(tx, forgotten=0)
    assert (state.archived, state.told, state.held) == (1, 0, 0)


def test_people_are_found_whatever_the_rule_decides(town: Town, clock: FixedClock) -> None:
    made = local_day(clock.now())
    people = [welcome(town), welcome(town, "nadia")]
    call(town, people[0])
    for months in (23, 24, 25, 40):
        on = add_months(made, months)
        with system(town.store, clock, write=False) as tx:
            decided = {
                one.record_id for one in due_among(tx, people, delays=delays(tx), on=on) if one.step is not Step.NONE
            }
            assert decided == {one.record_id for one in due(tx, on=on)} & set(people)
