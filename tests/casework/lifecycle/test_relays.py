"""Relays under way when somebody leaves or a structure closes: none comes back to a place where nobody is."""

from datetime import date

import pytest

from pathway.casework.accounts.rules import AccountState
from pathway.casework.followup.rules import PointKind
from pathway.casework.lifecycle.actions import close_scheme, close_structure, give_people, pass_on_left
from pathway.casework.lifecycle.queries import departures, holdings
from pathway.casework.records.actions import SUPPORT_SECTIONS, set_referent
from pathway.casework.relays.actions import acknowledge_relay, draft_relay, refuse_relay
from pathway.casework.relays.queries import relay_seen
from pathway.casework.relays.rules import RefusalReason, RelayState
from pathway.casework.sharing.actions import open_support, withdraw
from pathway.casework.sharing.queries import access_of
from pathway.casework.team.actions import set_account_state
from pathway.demo.town import Town
from tests.casework.enrolments.steps import orphans, rows, system
from tests.casework.lifecycle.test_actions import gone, operating, referent
from tests.casework.relays.scenes import answer, known, letter, of_person, seen, send, to_call
from tests.casework.relays.scenes import night as nightly
from tests.store.hands import broken
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE, move


def close(town: Town, code: str = "pae-centre", heir: str = "ccas") -> int:
    with operating(town) as tx:
        return close_structure(tx, structure_id=town.structures[code], heir_id=town.structures[heir]).relays


def stops(town: Town, record_id: str, code: str) -> None:
    with system(town.store, town.clock) as tx:
        withdraw(tx, record_id=record_id, structure_id=town.structures[code])
        tx.journal("test")


def refused(town: Town, relay: str) -> None:
    answer(town, refuse_relay, relay, reason=RefusalReason.NO_PLACE)


def kept(town: Town, relay: str) -> dict[str, object]:
    return rows(town.store, "relay", f"WHERE id = '{relay}'")[0]


def held_in(town: Town) -> set[str]:
    codes = {structure: code for code, structure in town.structures.items()}
    return {codes[row["structure_id"]] for row in rows(town.store, "point", "WHERE state = 'open'")}


def test_who_comes_back_after_her_sender_left_is_the_heir_s_to_call(town: Town) -> None:
    amina = welcome(town, by="karim")  # followed elsewhere: only the relay is Bruno's
    with town.acting("karim") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["elise"])
    zoe = welcome(town, identity=ZOE)
    relay = send(town, zoe, "ccas")
    with town.acting("denis") as tx:
        set_referent(tx, record_id=zoe, account_id=town.accounts["denis"])
        assert holdings(tx, town.accounts["bruno"]).relays == 1
        tx.journal("look")
    gone(town, "bruno", "fatou")
    assert seen(town, relay, "fatou").sent_by == town.accounts["fatou"]
    refused_by(town, relay, "nadia")
    (point,) = to_call(town, zoe, "denis")
    assert point.owner_id == town.accounts["denis"], "her référent comes first"
    assert broken(town.store) == []


def refused_by(town: Town, relay: str, who: str) -> None:
    answer(town, refuse_relay, relay, by=who, reason=RefusalReason.NO_PLACE)


def test_whoever_only_holds_a_relay_is_a_departure_and_its_life_tells_who_sent_it(town: Town) -> None:
    amina = welcome(town)
    relay = send(town, amina)
    with town.acting("denis") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["fatou"])
    with operating(town) as tx:
        set_account_state(tx, town.accounts["bruno"], AccountState.DISABLED)
    with system(town.store, town.clock) as tx:
        assert [one.account_id for one in departures(tx)] == [town.accounts["bruno"]]
        assert pass_on_left(tx).relays == 1
        assert departures(tx) == []
    assert kept(town, relay)["sent_by"] == town.accounts["denis"]
    senders = [row["changed_by"] for row in rows(town.store, "relay_change", "ORDER BY number")]
    assert senders[0] == town.accounts["bruno"] and len(senders) == 2


def test_given_with_the_person_and_no_other(town: Town) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    hers, other = send(town, amina), send(town, zoe)
    with town.acting("denis") as tx:
        asked = {"from_id": town.accounts["bruno"], "to_id": town.accounts["fatou"]}
        give_people(tx, record_ids=[amina], **asked)
    assert seen(town, hers).sent_by == town.accounts["fatou"]
    assert seen(town, other).sent_by == town.accounts["bruno"]


def test_a_relay_whose_sender_closed_comes_back_to_the_heir(town: Town) -> None:
    amina = welcome(town)
    relay = send(town, amina)
    assert close(town) == 1
    assert kept(town, relay)["from_structure_id"] == town.structures["ccas"]
    assert known(town, amina, "elise"), "its receiver may still answer"
    refused(town, relay)
    (point,) = to_call(town, amina, "nadia")
    assert (point.structure_id, point.kind) == (town.structures["ccas"], PointKind.CONTACT)
    assert held_in(town) == {"ccas"} and orphans(town) == [] and broken(town.store) == []


def test_a_silence_after_the_closing_comes_back_to_the_heir_in_the_night(town: Town) -> None:
    amina = welcome(town)
    send(town, amina)
    close(town)
    move(town, 8)
    assert nightly(town) == (1, 0)
    assert [one.kind for one in to_call(town, amina, "nadia")] == [PointKind.RECEPTION]
    assert held_in(town) == {"ccas"}


def test_a_relay_that_waits_in_a_structure_that_closes_comes_back_at_once(town: Town) -> None:
    amina = welcome(town)
    relay = send(town, amina)
    answer(town, acknowledge_relay, relay)
    assert close(town, "mission-locale") == 1
    assert seen(town, relay).state is RelayState.BOUNCED
    (point,) = to_call(town, amina)
    assert (point.owner_id, point.due_on) == (town.accounts["bruno"], date(2026, 11, 24))
    assert {row["to_responsable"] for row in rows(town.store, "point")} <= {True}
    assert not known(town, amina, "nadia"), "the heir was never sent her"


def test_a_relay_to_the_heir_itself_is_a_call_of_the_heir(town: Town) -> None:
    amina = welcome(town)
    relay = send(town, amina, "ccas")
    close(town)
    assert kept(town, relay)["state"] == "bounced"
    assert [one.structure_id for one in to_call(town, amina, "nadia")] == [town.structures["ccas"]]


def test_two_relays_to_the_same_place_become_one(town: Town) -> None:
    amina = welcome(town)
    relay = send(town, amina)
    with town.acting("bruno") as tx:
        draft = draft_relay(tx, record_id=amina, letter=letter(town, "passerelle", agreed_way=None))
    share_support(town, amina)
    twin = send(town, amina, by="nadia")
    close(town)
    assert (kept(town, relay)["state"], kept(town, twin)["state"]) == ("bounced", "sent")
    assert {one.id for one in of_person(town, amina, "nadia")} == {relay, twin, draft}
    assert [one.structure_id for one in to_call(town, amina, "nadia")] == [town.structures["ccas"]]


def share_support(town: Town, record_id: str) -> None:
    """The CCAS supports her as well."""
    with town.acting("nadia") as tx:
        open_support(
            tx,
            record_id=record_id,
            structure_id=town.structures["ccas"],
            cause_id="",
            sections=SUPPORT_SECTIONS,
        )
        tx.journal("test")


def test_about_whoever_stopped_sharing_with_the_heir_it_comes_back_to_the_territory(town: Town) -> None:
    amina = welcome(town)
    relay = send(town, amina)
    stops(town, amina, "ccas")
    close(town)
    refused(town, relay)
    assert held_in(town) == {"coordination"}
    assert to_call(town, amina, "nadia") == []
    supports = rows(town.store, "access_grant", "WHERE cause = 'support' AND until_at IS NULL")
    assert town.structures["coordination"] not in {row["structure_id"] for row in supports}


@pytest.mark.parametrize("code", ["cej", "plie"])
def test_a_scheme_that_closes_gives_back_relays_only_where_nobody_can_enter_any_more(town: Town, code: str) -> None:
    amina = welcome(town)
    relay = send(town, amina)
    with operating(town) as tx:
        close_scheme(tx, town.schemes[code])
    assert seen(town, relay).is_pending
    with operating(town) as tx:
        for other in {"cej", "plie", "atelier", "immersion"} - {code}:
            close_scheme(tx, town.schemes[other])
    assert seen(town, relay).state is RelayState.BOUNCED and len(to_call(town, amina)) == 1


def test_the_heir_reads_and_answers_for_what_it_took_over(town: Town) -> None:
    amina = welcome(town)
    relay = send(town, amina, "")
    close(town)
    with town.acting("nadia", write=False) as tx:
        assert relay_seen(tx, relay).from_structure_id == town.structures["ccas"]
        assert access_of(tx, amina).is_lasting_support
    assert referent(town, amina) == "bruno", "the CCAS has no responsable to answer for her yet"
