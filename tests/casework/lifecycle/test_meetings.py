"""Appointments of whoever leaves, of a structure that closes, of somebody away: kept by a hand, or called off aloud."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from pathway.casework.accounts.rules import AccountState
from pathway.casework.encounters.actions import cancel_appointment
from pathway.casework.encounters.queries import appointments_of_the_day, appointments_to_take_up
from pathway.casework.encounters.rules import AppointmentState, Every
from pathway.casework.followup.rules import PointKind
from pathway.casework.lifecycle.actions import close_structure, give_people, pass_on_left
from pathway.casework.lifecycle.queries import departures, holdings
from pathway.casework.partners.actions import add_membership, declare_absence
from pathway.casework.partners.rules import Role
from pathway.casework.records.actions import set_referent
from pathway.casework.sharing.actions import withdraw
from pathway.casework.team.actions import set_account_state
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.encounters.scenes import plan, seen, settle
from tests.casework.enrolments.steps import orphans, points, rows, system
from tests.casework.lifecycle.test_actions import gone, operating, referent
from tests.casework.resets.letters import proved
from tests.store.hands import broken
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE
from tests.web.jobseeker.lives import at_home

WITH_FATOU = "fatou"


def meets(town: Town) -> set[str]:
    """With whom what still waits is, by name."""
    names = {account: name for name, account in town.accounts.items()}
    return {names[row["account_id"]] for row in rows(town.store, "appointment", "WHERE state = 'planned'")}


def told(town: Town) -> int:
    return len(rows(town.store, "letter", "WHERE kind IN ('appointment_changed', 'appointment_cancelled')"))


def day_of(town: Town, who: str) -> list[str]:
    with town.acting(who, write=False) as tx:
        return [one.id for one in (*appointments_of_the_day(tx), *appointments_to_take_up(tx))]


def night(town: Town) -> tuple[int, int]:
    with system(town.store, town.clock) as tx:
        done = pass_on_left(tx)
    return done.appointments, done.relays


def shut(town: Town, *who: str) -> None:
    with operating(town) as tx:
        for one in who:
            set_account_state(tx, town.accounts[one], AccountState.DISABLED)


def come(town: Town, who: str) -> None:
    """One more colleague at the desk."""
    with operating(town) as tx:
        desk = town.structures["pae-centre"]
        add_membership(tx, account_id=town.accounts[who], structure_id=desk, role=Role.COUNSELLOR, from_on=tx.today)
    town.cast[who] = replace(town.cast[who], structure="pae-centre")


def close(town: Town, code: str = "pae-centre", heir: str = "ccas") -> tuple[int, int]:
    with operating(town) as tx:
        done = close_structure(tx, structure_id=town.structures[code], heir_id=town.structures[heir])
    return done.appointments, done.relays


def test_the_heir_meets_her_at_the_same_hours_and_she_is_told_once(town: Town) -> None:
    amina = welcome(town)
    series = plan(town, amina, every=Every.WEEK, times=4).ids
    hours = [seen(town, one, "denis").starts_at for one in series]
    gone(town, "bruno", "fatou")
    assert meets(town) == {"fatou"} and told(town) == 1
    assert [seen(town, one, "denis").starts_at for one in series] == hours
    assert {row["number"] for row in rows(town.store, "appointment_change")} == {1, 2}
    assert broken(town.store) == []


def test_what_was_missed_or_not_told_of_goes_to_the_heir_too(town: Town, clock: FixedClock) -> None:
    (missed,) = plan(town, welcome(town), days=0, hour=time(15)).ids
    clock.move(timedelta(hours=8))
    settle(town, missed, AppointmentState.MISSED)
    (silent,) = plan(town, welcome(town, identity=ZOE), days=1).ids
    clock.move(timedelta(days=2))
    gone(town, "bruno", "fatou")
    assert set(day_of(town, "fatou")) == {missed, silent}
    assert told(town) == 0, "nothing to come has changed"


def test_without_an_heir_the_responsable_meets_her(town: Town) -> None:
    plan(town, welcome(town))
    gone(town, "bruno")
    assert meets(town) == {"denis"} and told(town) == 1


def test_whoever_only_holds_an_appointment_is_a_departure(town: Town) -> None:
    amina = welcome(town)
    (one,) = plan(town, amina).ids
    with town.acting("denis") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["fatou"])
    with town.acting("denis", write=False) as tx:
        held = holdings(tx, town.accounts["bruno"])
    assert (held.people, held.points, held.appointments, held.is_empty) == (0, 0, 1, False)
    shut(town, "bruno")
    assert night(town) == (1, 0)
    assert seen(town, one, "denis").account_id == town.accounts["denis"]
    assert night(town) == (0, 0)


def test_where_nobody_may_take_it_over_it_is_called_off_with_a_letter_and_a_point(town: Town) -> None:
    amina = welcome(town)
    at_home(town, amina)
    proved(town, amina)
    plan(town, amina, days=10, every=Every.WEEK, times=2)
    shut(town, "bruno", "denis")
    assert night(town) == (2, 0)
    assert {row["state"] for row in rows(town.store, "appointment")} == {"cancelled"} and told(town) == 1
    (point,) = points(town, amina, by="fatou")
    assert (point.kind, point.owner_id, point.due_on) == (PointKind.CONTACT, None, date(2026, 11, 30))
    assert night(town) == (0, 0) and len(points(town, amina, by="fatou")) == 1


def test_people_given_one_by_one_take_their_appointments_with_them(town: Town) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    (hers,), (other,) = plan(town, amina).ids, plan(town, zoe, days=2).ids
    with town.acting("denis") as tx:
        asked = {"from_id": town.accounts["bruno"], "to_id": town.accounts["fatou"]}
        assert give_people(tx, record_ids=[amina], **asked) == (1, 0)
    assert seen(town, hers).account_id == town.accounts["fatou"]
    assert seen(town, other).account_id == town.accounts["bruno"]
    assert referent(town, amina) == "fatou"


def test_what_nobody_holds_is_in_the_list_of_the_responsable_and_of_nobody_else(town: Town, clock: FixedClock) -> None:
    (one,) = plan(town, welcome(town), days=0, hour=time(15)).ids
    shut(town, "bruno")
    assert (day_of(town, "denis"), day_of(town, "fatou")) == ([one], [])
    shut(town, "denis")
    assert day_of(town, "fatou") == [one], "without a responsable, everybody reads it"


@pytest.mark.parametrize(("stand_in", "readers"), [("chloe", {"denis", "chloe"}), ("", {"denis", "chloe", "fatou"})])
def test_what_nobody_holds_is_the_stand_ins_while_the_responsable_is_away(
    sqlite_town: Town, stand_in: str, readers: set[str]
) -> None:
    (one,) = plan(sqlite_town, welcome(sqlite_town), days=0, hour=time(15)).ids
    come(sqlite_town, "chloe")
    shut(sqlite_town, "bruno")
    with sqlite_town.acting("denis") as tx:
        instead = sqlite_town.accounts.get(stand_in)
        account_id = sqlite_town.accounts["denis"]
        declare_absence(tx, account_id=account_id, from_on=tx.today, until_on=tx.today, stand_in_id=instead)
    assert {who for who in ("denis", "chloe", "fatou") if day_of(sqlite_town, who) == [one]} == readers


@pytest.mark.parametrize("stand_in", ["", WITH_FATOU])
def test_who_is_away_is_stood_in_for_at_her_appointments(town: Town, stand_in: str) -> None:
    (one,) = plan(town, welcome(town), days=0, hour=time(15)).ids
    with town.acting("denis") as tx:
        instead = town.accounts[stand_in] if stand_in else None
        account_id = town.accounts["bruno"]
        declare_absence(tx, account_id=account_id, from_on=tx.today, until_on=tx.today, stand_in_id=instead)
    lists = {who for who in ("bruno", "denis", "fatou") if day_of(town, who) == [one]}
    assert lists == {"bruno", stand_in or "denis"}


def test_a_closed_structure_calls_its_appointments_off_and_the_heir_is_asked_to_plan_again(town: Town) -> None:
    amina = welcome(town)
    at_home(town, amina)
    proved(town, amina)
    plan(town, amina, days=10, every=Every.WEEK, times=3)
    assert close(town, heir="mission-locale") == (3, 0)
    assert {row["state"] for row in rows(town.store, "appointment")} == {"cancelled"} and told(town) == 1
    (point,) = points(town, amina, by="elise")
    assert (point.structure_id, point.kind, point.due_on) == (
        town.structures["mission-locale"],
        PointKind.CONTACT,
        date(2026, 11, 30),
    )
    with system(town.store, town.clock, write=False) as tx:
        assert departures(tx) == []
    assert orphans(town) == [] and broken(town.store) == []


def test_one_call_is_asked_for_when_a_point_is_due_before_she_was_expected(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    (one,) = plan(town, amina, days=1).ids
    with town.acting("bruno") as tx:
        cancel_appointment(tx, appointment_id=one, version=1)
    (past,) = plan(town, amina, days=0, hour=time(15)).ids
    clock.move(timedelta(days=1))
    plan(town, amina, days=30)
    assert close(town) == (2, 0)
    assert seen_state(town, past) == "planned", "nobody can say any more what became of it"
    assert len(points(town, amina, by="nadia")) == 1


def seen_state(town: Town, appointment_id: str) -> str:
    return str(rows(town.store, "appointment", f"WHERE id = '{appointment_id}'")[0]["state"])


def test_who_stopped_sharing_with_the_heir_is_asked_for_in_the_queue_of_the_territory(town: Town) -> None:
    amina = welcome(town)
    plan(town, amina)
    with system(town.store, town.clock) as tx:
        withdraw(tx, record_id=amina, structure_id=town.structures["ccas"])
        tx.journal("test")
    close(town)
    held = {row["structure_id"] for row in rows(town.store, "point", "WHERE state = 'open'")}
    assert held == {town.structures["coordination"]}
    assert points(town, amina, by="nadia") == []
