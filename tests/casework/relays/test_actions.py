"""A relay passes somebody on: the receiver reads what she chose, and whatever happens somebody is to call her."""

from datetime import date

import pytest

from pathway.casework.followup.rules import PlanKind, PointKind
from pathway.casework.partners.queries import staff_names
from pathway.casework.partners.tables import Membership
from pathway.casework.records.queries import record_opened, referent_of
from pathway.casework.relays.actions import (
    accept_relay,
    acknowledge_relay,
    close_relay,
    draft_relay,
    end_relayed_supports,
    note_acknowledgement,
    put_on_waiting_list,
    refuse_relay,
    send_relay,
    set_first_appointment,
    settle_entered,
    withdraw_relay,
)
from pathway.casework.relays.queries import relay_counts, relay_lines, relayed_supports, relays_of, to_acknowledge
from pathway.casework.relays.rules import RefusalReason, RelayResult, RelayState, Side
from pathway.casework.sharing.actions import hide, restrict
from pathway.casework.sharing.queries import access_of
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.store.columns import table_of
from tests.casework.agreements.deciding import stop
from tests.casework.enrolments.steps import enter, leave, rows, system
from tests.casework.relays.scenes import answer, known, letter, night, of_person, seen, send, to_call
from tests.town import herself, welcome
from tests.web.counsellor.scenes import ZOE, move

WHO_SHE_IS = {"first_name", "last_name", "birth_date"}
LATE = 8  # calendar days: five working days and a weekend are over


def referent(town: Town, record_id: str) -> str:
    with system(town.store, town.clock) as tx:
        one = referent_of(tx, record_id)
        tx.journal("look")
        return staff_names(tx, [one.account_id])[one.account_id] if one else ""


def flagged(town: Town) -> list[bool]:
    return [bool(row["to_responsable"]) for row in rows(town.store, "point") if row["state"] == "open"]


def test_what_was_chosen_with_her_opens_and_nothing_else(town: Town) -> None:
    ref = welcome(town)
    assert not known(town, ref)
    relay = send(town, ref)
    with town.acting("elise", write=False) as tx:
        access = access_of(tx, ref)
        assert access.sections == {"identity", "contact", "situation", "pathway"}
        assert set(record_opened(tx, ref).facts) - WHO_SHE_IS == {"phones", "postcode", "city", "situation"}
        assert [one.id for one in to_acknowledge(tx)] == [relay]
    assert not known(town, ref, "chloe")
    assert of_person(town, ref, "chloe") == []


def test_what_she_hides_or_limits_stays_so(town: Town) -> None:
    ref = welcome(town)
    with herself(town, ref) as tx:
        hide(tx, record_id=ref, structure_id=town.structures["mission-locale"], section="contact", item_key="phones")
        tx.journal("decide", records=[ref])
    send(town, ref)
    with herself(town, ref) as tx:
        restrict(tx, record_id=ref, section="situation", item_key="")
        tx.journal("decide", records=[ref])
    with town.acting("elise", write=False) as tx:
        assert set(record_opened(tx, ref).facts) - WHO_SHE_IS == {"postcode", "city"}
    with pytest.raises(Refused, match="ne lit pas toutes"):
        send(town, ref, "ccas", "situation")


@pytest.mark.parametrize(
    ("sections", "to"),
    [(("health",), "mission-locale"), (("health",), ""), (("health",), "ccas"), ((), ""), (("followup",), "ccas")],
)
def test_health_and_follow_up_do_not_leave(sqlite_town: Town, sections: tuple[str, ...], to: str) -> None:
    ref = welcome(sqlite_town)
    with pytest.raises((Invalid, Refused)), sqlite_town.acting("bruno") as tx:
        chosen = letter(sqlite_town, to, agreed_way=None) if not sections else letter(sqlite_town, to, *sections)
        send_relay(tx, record_id=ref, letter=chosen)


def test_only_who_supports_her_and_was_not_stopped_passes_her_on(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    with pytest.raises(NotFound):
        send(sqlite_town, ref, by="chloe")
    send(sqlite_town, ref)
    with pytest.raises(Refused, match="n’accompagne pas"):
        send(sqlite_town, ref, "ccas", by="elise")
    stop(sqlite_town, ref, "pae-centre")
    with pytest.raises(Refused, match="arrêté le partage"):
        send(sqlite_town, ref, "ccas")


def test_a_relay_goes_neither_to_a_structure_she_stopped_nor_to_a_secret_one(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    send(sqlite_town, ref)
    stop(sqlite_town, ref, "mission-locale")
    assert not known(sqlite_town, ref)
    with pytest.raises(Refused, match="cette structure"):
        send(sqlite_town, ref)
    with pytest.raises(NotFound):
        send(sqlite_town, ref, "quai-neuf")
    with pytest.raises(NotFound):
        send(sqlite_town, ref, "pae-centre")


def test_a_second_relay_waits_for_the_first(town: Town) -> None:
    ref = welcome(town)
    send(town, ref)
    with pytest.raises(Conflict):
        send(town, ref)
    send(town, ref, "")
    with pytest.raises(Conflict, match="double clic"):
        send(town, ref, "")


def test_a_draft_opens_nothing_and_becomes_the_relay_that_is_sent(town: Town) -> None:
    ref = welcome(town)
    with town.acting("bruno") as tx:
        draft = draft_relay(tx, record_id=ref, letter=letter(town, agreed_way=None))
    assert not known(town, ref)
    with town.acting("bruno") as tx:
        relay = send_relay(tx, record_id=ref, letter=letter(town), draft_id=draft)
    assert [(one.id, one.state) for one in of_person(town, ref, "bruno")] == [(relay, RelayState.SENT)]
    assert to_call(town, ref) == []


def test_the_whole_life_of_a_relay_ends_with_its_entry_and_a_new_referent(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref, hands_over=True)
    answer(town, acknowledge_relay, relay)
    answer(town, put_on_waiting_list, relay)
    answer(town, set_first_appointment, relay, on=date(2026, 12, 1))
    answer(town, accept_relay, relay)
    assert seen(town, relay).state is RelayState.ACCEPTED
    assert referent(town, ref) == "Bruno Lemaire"
    enter(town, ref, by="elise", scheme="cej")
    with town.acting("elise") as tx:
        assert settle_entered(tx, record_id=ref) == 1
    done = seen(town, relay)
    assert (done.state, done.result, done.first_appointment_on) == (
        RelayState.CLOSED,
        RelayResult.ENTERED,
        date(2026, 12, 1),
    )
    assert referent(town, ref).startswith("Élise")
    assert to_call(town, ref) == []


def test_an_entry_leaves_the_referent_where_the_relay_does_not_hand_over(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    relay = send(sqlite_town, ref)
    enter(sqlite_town, ref, by="elise", scheme="cej")
    with sqlite_town.acting("elise") as tx:
        settle_entered(tx, record_id=ref)
    assert seen(sqlite_town, relay).result is RelayResult.ENTERED
    assert referent(sqlite_town, ref) == "Bruno Lemaire"


def test_a_relay_nobody_acknowledges_comes_back_on_the_sixth_working_day(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref)
    move(town, 7)
    assert night(town) == (0, 0)
    assert known(town, ref)
    move(town, 1)
    assert not known(town, ref)  # by itself, whether or not the night runs
    assert night(town) == (1, 0)
    assert seen(town, relay).state is RelayState.BOUNCED
    (point,) = to_call(town, ref)
    assert (point.kind, point.plan_kind, point.owner_id) == (
        PointKind.RECEPTION,
        PlanKind.RELAY,
        town.accounts["bruno"],
    )
    assert point.due_on == date(2026, 12, 1)
    assert flagged(town) == [True]
    assert night(town) == (0, 0)


def test_a_refusal_ends_the_access_at_once_and_gives_her_back(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref)
    with pytest.raises(Invalid):
        answer(town, refuse_relay, relay, reason=None)
    answer(town, refuse_relay, relay, reason=RefusalReason.NO_PLACE, note="Pas avant mars.")
    assert not known(town, ref)
    assert of_person(town, ref, "elise") == []
    one = seen(town, relay)
    assert (one.state, one.refusal) == (RelayState.REFUSED, RefusalReason.NO_PLACE)
    assert [point.kind for point in to_call(town, ref)] == [PointKind.CONTACT]
    assert flagged(town) == [True]


def test_she_may_say_no_and_it_is_not_held_against_anybody(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref)
    with herself(town, ref) as tx:
        withdraw_relay(tx, relay_id=relay, version=1)
    assert not known(town, ref)
    assert [point.owner_id for point in to_call(town, ref)] == [town.accounts["bruno"]]
    assert flagged(town) == [False]


def test_no_entry_brings_her_back_and_closes_the_receiver(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref)
    answer(town, accept_relay, relay)
    answer(town, close_relay, relay, result=RelayResult.NOT_ENTERED)
    assert not known(town, ref)
    assert len(to_call(town, ref)) == 1


def test_a_silence_after_the_acknowledgement_is_told_then_comes_back(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref)
    answer(town, acknowledge_relay, relay)
    move(town, 15)
    assert night(town) == (0, 1)
    assert night(town) == (0, 0)
    assert [point.kind for point in to_call(town, ref)] == [PointKind.FIRST_APPOINTMENT]
    assert seen(town, relay).state is RelayState.ACKNOWLEDGED
    assert known(town, ref)  # it may still answer
    move(town, 40)
    assert night(town) == (1, 0)
    assert not known(town, ref)


def test_a_step_on_a_page_that_is_out_of_date_is_refused(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref)
    answer(town, acknowledge_relay, relay)
    with pytest.raises(Conflict), town.acting("elise") as tx:
        put_on_waiting_list(tx, relay_id=relay, version=1)
    with pytest.raises(Conflict):
        answer(town, acknowledge_relay, relay)
    with pytest.raises(Refused):
        answer(town, accept_relay, relay, by="bruno")
    with pytest.raises(NotFound):
        answer(town, accept_relay, relay, by="chloe")


def test_the_exit_it_follows_has_its_checks_answered_and_stays_followed(town: Town) -> None:
    ref = welcome(town)
    step = enter(town, ref).enrolment_id
    leave(town, step, reason="other_structure")
    relay = send(town, ref, enrolment_id=step)
    assert seen(town, relay).plan_id
    answer(town, acknowledge_relay, relay)
    assert [point.kind for point in to_call(town, ref)] == [PointKind.FIRST_APPOINTMENT, PointKind.CONTACT]
    enter(town, ref, by="elise", scheme="cej")
    with town.acting("elise") as tx:
        settle_entered(tx, record_id=ref)
    assert [point.kind for point in to_call(town, ref)] == [PointKind.CONTACT]  # six months later: never by itself


def test_whoever_passed_her_on_reads_thirty_days_more(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    relay = send(town, ref, hands_over=True)
    with system(town.store, clock) as tx:
        assert relayed_supports(tx) == []
        tx.journal("look")
    enter(town, ref, by="elise", scheme="cej")
    with town.acting("elise") as tx:
        settle_entered(tx, record_id=ref)
    with system(town.store, clock) as tx:
        assert end_relayed_supports(tx) == 1
    with town.acting("bruno", write=False) as tx:
        assert not access_of(tx, ref).may_write
    move(town, 31)
    assert not known(town, ref, "bruno")
    assert known(town, ref, "elise")
    assert relay


def test_a_phone_call_is_noted_by_the_sender_for_who_is_outside(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref, "")
    today = town.clock.now().date()
    for wrong in ({"who": "", "on": today}, {"who": "Mme Roux", "on": date(2026, 11, 1)}, {"who": "M. B", "on": None}):
        with pytest.raises(Invalid):
            answer(town, note_acknowledgement, relay, by="bruno", **wrong)
    answer(town, note_acknowledgement, relay, by="bruno", who="Mme Roux", on=today)
    assert seen(town, relay).state is RelayState.ACKNOWLEDGED
    answer(town, close_relay, relay, by="bruno", result=RelayResult.ENTERED)
    inside = send(town, ref)
    with pytest.raises(Refused):
        answer(town, note_acknowledgement, inside, by="bruno", who="Élise", on=today)


def test_who_left_the_structure_leaves_her_to_its_queue(town: Town) -> None:
    ref = welcome(town)
    send(town, ref)
    with system(town.store, town.clock) as tx:
        membership = table_of(Membership)
        tx.execute(
            membership.update()
            .where(membership.c.account_id == town.accounts["bruno"])
            .values(until_on=town.clock.now().date())
        )
        tx.journal("leave")
    move(town, LATE)
    night(town)
    with town.acting("denis", write=False) as tx:
        (relay,) = relays_of(tx, ref)
        assert relay.state is RelayState.BOUNCED
    (point,) = to_call(town, ref, "denis")
    assert (point.owner_id, point.structure_id) == (None, town.structures["pae-centre"])


def test_lists_hold_ones_own_and_are_counted(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref)
    with town.acting("bruno", write=False) as tx:
        assert relay_counts(tx, Side.SENDER) == {RelayState.SENT: 1}
        assert relay_counts(tx, Side.RECEIVER) == {}
        assert [one.id for one in relay_lines(tx, Side.SENDER, list(RelayState), page=1, per_page=5)] == [relay]
        assert relay_lines(tx, Side.SENDER, list(RelayState), page=2, per_page=5) == []
    with town.acting("chloe", write=False) as tx:
        assert relay_counts(tx, Side.SENDER) == relay_counts(tx, Side.RECEIVER) == {}


def test_a_relay_answers_for_her_own_draft_and_her_own_exit_alone(town: Town) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    with town.acting("bruno") as tx:
        draft = draft_relay(tx, record_id=amina, letter=letter(town))
    with pytest.raises(NotFound), town.acting("bruno") as tx:
        send_relay(tx, record_id=zoe, letter=letter(town), draft_id=draft)
    assert seen(town, draft).state is RelayState.DRAFT
    step = enter(town, amina).enrolment_id
    leave(town, step, reason="other_structure")
    before = to_call(town, amina)
    answer(town, acknowledge_relay, send(town, zoe, enrolment_id=step))
    assert to_call(town, amina) == before
