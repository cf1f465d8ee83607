from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from pathway.casework.partners.actions import add_membership, add_structure, change_structure
from pathway.casework.partners.queries import (
    KnownStructure,
    colleagues,
    heirs_of,
    known_structure,
    known_structures,
    posts,
    structure_addresses,
    structure_names,
    structures,
    structures_called,
    structures_count,
    works_in,
)
from pathway.casework.partners.rules import Role, StructureKind, is_habilitated
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, NotFound, Refused
from tests.casework.enrolments.steps import rows, system

DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))


def leave_post(town: Town, persona: str, on: date) -> None:
    with town.store.engine.begin() as connection:
        connection.execute(
            text("UPDATE membership SET until_on = :on WHERE account_id = :who"),
            {"on": on.isoformat(), "who": town.accounts[persona]},
        )


def close_structure(town: Town, code: str) -> None:
    with town.store.engine.begin() as connection:
        connection.execute(text("UPDATE structure SET state = 'closed' WHERE code = :code"), {"code": code})


def test_structures_are_listed_by_name(town: Town) -> None:
    with town.acting("bruno", write=False) as tx:
        listed = structures(tx)
    assert [one.name for one in listed] == sorted(one.name for one in listed)
    desk = next(one for one in listed if one.code == "pae-centre")
    assert (desk.id, desk.kind) == (town.structures["pae-centre"], StructureKind.EMPLOYMENT_DESK)


def test_a_code_already_taken_is_a_conflict(town: Town) -> None:
    with pytest.raises(Conflict), system(town.store, town.clock) as tx:
        add_structure(tx, code="pae-centre", name="Another", kind=StructureKind.CCAS)
    assert len(rows(town.store, "structure")) == len(town.structures)


def test_a_closed_structure_is_no_longer_offered_and_its_people_no_longer_work_there(town: Town) -> None:
    close_structure(town, "pae-centre")
    with town.acting("bruno", write=False) as tx:
        assert "pae-centre" not in [one.code for one in structures(tx)]
        assert posts(tx, town.accounts["bruno"]) == []
        assert not works_in(tx, town.accounts["bruno"], town.structures["pae-centre"])


def test_a_post_holds_through_its_last_day(town: Town, clock: FixedClock) -> None:
    bruno, desk = town.accounts["bruno"], town.structures["pae-centre"]
    leave_post(town, "bruno", date(2026, 11, 20))
    with town.acting("denis", write=False) as tx:
        assert works_in(tx, bruno, desk)
    clock.move(timedelta(days=1))
    with town.acting("denis", write=False) as tx:
        assert not works_in(tx, bruno, desk)
        assert bruno not in colleagues(tx)


def test_a_post_to_come_does_not_hold_yet(town: Town) -> None:
    chloe, desk = town.accounts["chloe"], town.structures["pae-centre"]
    with system(town.store, town.clock) as tx:
        add_membership(tx, account_id=chloe, structure_id=desk, role=Role.COUNSELLOR, from_on=date(2026, 11, 21))
    with town.acting("denis", write=False) as tx:
        assert not works_in(tx, chloe, desk)


def test_only_those_who_follow_people_are_colleagues_by_name(town: Town) -> None:
    with town.acting("denis", write=False) as tx:
        names = list(colleagues(tx).values())
        assert names == sorted(names) and {"Bruno Lemaire", "Denis Carpentier", "Fatou Diallo"} <= set(names)
        assert "Chloé Rivière" not in names
        bruno, chloe = town.accounts["bruno"], town.accounts["chloe"]
        assert colleagues(tx, among=[bruno, chloe, None]) == {bruno: "Bruno Lemaire"}
        assert colleagues(tx, among=[None]) == {}
    with town.acting("root", write=False) as tx:
        assert list(colleagues(tx).values()) == ["Maud Kerisit"]


def test_a_reviewer_a_coordinator_and_an_operator_follow_nobody(town: Town) -> None:
    with town.acting("root", write=False) as tx:
        for persona in ("ines", "theo", "root"):
            assert not works_in(tx, town.accounts[persona], town.structures["coordination"])


@given(from_on=DAYS, until_on=st.none() | DAYS, today=DAYS)
def test_a_habilitation_holds_between_its_two_days_included(from_on: date, until_on: date | None, today: date) -> None:
    held = is_habilitated(from_on=from_on, until_on=until_on, today=today)
    assert held == all([from_on <= today, until_on is None or today <= until_on])


def named(town: Town, code: str) -> KnownStructure:
    with town.acting("root", write=False) as tx:
        return known_structure(tx, town.structures[code])


def test_a_structure_takes_another_name_and_kind_and_keeps_its_code(town: Town) -> None:
    with town.acting("root") as tx:
        change_structure(tx, town.structures["ccas"], name="  Maison   commune ", kind=StructureKind.ASSOCIATION)
    one = named(town, "ccas")
    assert (one.name, one.kind, one.code) == ("Maison commune", StructureKind.ASSOCIATION, "ccas")


def test_where_a_structure_receives_is_changed_kept_and_taken_away(town: Town) -> None:
    there = town.structures["ccas"]

    def told(address: str | None = None) -> str:
        with town.acting("root") as tx:
            change_structure(tx, there, name="CCAS", address=address)
        with town.acting("bruno", write=False) as tx:
            return structure_addresses(tx).get(there, "")

    assert told(address="4 quai des Brumes\r\nValmer") == "4 quai des Brumes, Valmer"
    assert told() == "4 quai des Brumes, Valmer" and named(town, "ccas").address == "4 quai des Brumes\nValmer"
    assert told(address=" ") == named(town, "ccas").address == ""


def test_a_sensitive_structure_is_renamed_without_being_read(town: Town) -> None:
    there = town.structures["quai-neuf"]
    with town.acting("root") as tx:
        change_structure(tx, there, name="CSAPA du Quai", kind=StructureKind.CCAS)
    assert named(town, "quai-neuf").name == "Une structure partenaire"
    with town.acting("solene", write=False) as tx:
        assert structure_names(tx)[there] == "CSAPA du Quai"


@pytest.mark.parametrize(("code", "kind"), [("coordination", StructureKind.CCAS), ("ccas", StructureKind.TERRITORY)])
def test_the_coordination_of_a_territory_stays_the_only_one(town: Town, code: str, kind: StructureKind) -> None:
    with pytest.raises(Refused), town.acting("root") as tx:
        change_structure(tx, town.structures[code], name="Un nom", kind=kind)


def test_a_closed_structure_changes_no_more_and_comes_last_in_the_list(town: Town) -> None:
    close_structure(town, "ccas")
    with pytest.raises(NotFound), town.acting("root") as tx:
        change_structure(tx, town.structures["ccas"], name="Un nom")
    with town.acting("root", write=False) as tx:
        count = structures_count(tx)
        listed = [*known_structures(tx, page=1, per_page=5), *known_structures(tx, page=2, per_page=5)]
        with pytest.raises(NotFound):
            known_structure(tx, "a" * 26)
    assert len(listed) == count and not listed[-1].is_active and listed[-1].code == "ccas"
    assert {one.code: one.professionals for one in listed}["pae-centre"] == 3


def test_only_its_like_takes_over_from_a_structure(town: Town) -> None:
    with town.acting("root", write=False) as tx:
        ordinary = {one.code for one in heirs_of(tx, town.structures["ccas"])}
        assert heirs_of(tx, town.structures["quai-neuf"]) == []
        assert structures_called(tx)[town.structures["quai-neuf"]] == "Une structure partenaire (quai-neuf)"
    assert "plie" in ordinary and not ordinary & {"ccas", "coordination", "quai-neuf"}
