"""A hold protects a litigation: it outlives the structure that laid it."""

from datetime import timedelta

from pathway.casework.lifecycle.actions import close_empty, close_structure
from pathway.casework.lifecycle.changes import open_structure
from pathway.casework.partners.rules import StructureKind
from pathway.casework.retention.actions import hold_record, lift_hold, lift_ours
from pathway.casework.retention.kept_lists import own_holds
from pathway.casework.retention.queries import standing_holds
from pathway.casework.sharing.actions import withdraw
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows, system
from tests.casework.lifecycle.test_actions import operating
from tests.store.hands import altered, broken
from tests.town import welcome


def held(town: Town, record_id: str, *, days: int = 90) -> str:
    with town.acting("denis") as tx:
        until_on = tx.today + timedelta(days=days)
        return hold_record(tx, record_id=record_id, until_on=until_on, reason="Recours au tribunal")


def close(town: Town) -> None:
    with operating(town) as tx:
        close_structure(tx, structure_id=town.structures["pae-centre"], heir_id=town.structures["ccas"])


def holder(town: Town, hold_id: str) -> str:
    (row,) = rows(town.store, "retention_hold", f"WHERE id = '{hold_id}'")
    return str(row["structure_id"])


def test_whoever_takes_over_a_structure_has_its_holds(town: Town) -> None:
    hold_id = held(town, welcome(town))
    close(town)
    assert holder(town, hold_id) == town.structures["ccas"] and broken(town.store) == []
    with town.acting("nadia") as tx:
        assert [(one.id, one.reason) for one in own_holds(tx)] == [(hold_id, "Recours au tribunal")]
        lift_ours(tx, hold_id)


def test_the_hold_of_somebody_who_stopped_sharing_with_it_is_the_operator_s(town: Town) -> None:
    amina = welcome(town)
    hold_id = held(town, amina)
    with system(town.store, town.clock) as tx:
        withdraw(tx, record_id=amina, structure_id=town.structures["ccas"])
        tx.journal("test")
    close(town)
    assert holder(town, hold_id) == ""
    with operating(town) as tx:
        assert [one.id for one in standing_holds(tx)] == [hold_id]
        lift_hold(tx, hold_id)


def test_without_an_heir_they_are_the_operator_s(town: Town) -> None:
    amina = welcome(town)
    with operating(town) as tx:
        empty = open_structure(tx, code="vide", name="Structure vide", kind=StructureKind.ASSOCIATION)
    hold_id = held(town, amina)
    altered(town.store, "UPDATE retention_hold SET structure_id = :it", it=empty)
    with operating(town) as tx:
        close_empty(tx, empty)
    assert holder(town, hold_id) == "" and broken(town.store) == []


def test_what_is_over_is_left_where_it_was(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    lifted, ended = held(town, amina), held(town, amina, days=1)
    with system(town.store, clock) as tx:
        lift_hold(tx, lifted)
    clock.at += timedelta(days=3)
    close(town)
    assert {holder(town, lifted), holder(town, ended)} == {town.structures["pae-centre"]}
