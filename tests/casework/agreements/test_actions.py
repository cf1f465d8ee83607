from collections.abc import Callable
from datetime import timedelta

import pytest

from pathway.casework.agreements.actions import (
    draft_agreement,
    give_agreement,
    hide_part,
    record_basis,
    share_again,
    stop_sharing,
)
from pathway.casework.agreements.queries import bases_of, partners_to_share_with
from pathway.casework.agreements.rules import Basis, Purpose
from pathway.casework.journey.queries import journey_of
from pathway.casework.records.actions import SUPPORT_SECTIONS, edit_section
from pathway.casework.records.queries import people, record_opened
from pathway.casework.records.rules import Section, Way
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import agree, hide, resume, seen, sharing, show, stop
from tests.casework.enrolments.steps import enter, rows
from tests.casework.sharing.test_actions import ended
from tests.town import FRIDAY, herself, welcome

MISSION, DESK = "Mission locale du Bassin", "Point Accueil Emploi Centre"


def exceptional(town: Town, record_id: str, structure: str) -> None:
    with town.acting("root") as tx:
        where = town.structures[structure]
        everything = frozenset({"identity", "contact"})
        open_grants(
            tx,
            record_ids=[record_id],
            structure_id=where,
            cause=Cause.EXCEPTIONAL,
            cause_id="",
            sections=everything,
            until_at=tx.now + timedelta(hours=1),
        )
        tx.journal("exceptional", records=[record_id])


def facts(town: Town, record_id: str, by: str) -> set[str]:
    with town.acting(by) as tx:
        return set(record_opened(tx, record_id).facts)


def test_her_agreement_opens_what_she_chose_until_its_end(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact", "pathway", months=3)
    access = seen(town, amina, "elise")
    assert access and access.sections == {"identity", "contact", "pathway"}
    clock.move(timedelta(days=93))
    assert seen(town, amina, "elise") is None


def test_a_newer_agreement_replaces_the_earlier_one(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact", "pathway")
    clock.move(timedelta(days=1))
    agree(town, amina, "mission-locale", "project")
    access = seen(town, amina, "elise")
    assert access and access.sections == {"identity", "project"}
    assert [row["withdrawn_at"] is None for row in rows(town.store, "agreement", "ORDER BY recorded_at")] == [0, 1]


def test_health_is_opened_by_an_agreement_that_names_it_to_a_structure_with_a_basis(town: Town) -> None:
    amina = welcome(town)
    with pytest.raises(Refused):
        agree(town, amina, "mission-locale", "health")
    agree(town, amina, "ccas", "health")
    access = seen(town, amina, "nadia")
    assert access and access.opens("health")
    assert {row["purpose"] for row in rows(town.store, "agreement")} == {"health"}


def test_stopping_overrides_every_grant_but_the_support(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact")
    stop(town, amina, "mission-locale")
    assert seen(town, amina, "elise") is None
    with town.acting("elise", write=False) as tx:
        assert people(tx, only_mine=False, page=1, per_page=50) == ([], 0)
    stop(town, amina, "pae-centre")
    access = seen(town, amina, "bruno")
    assert access and access.is_own_only and access.may_write


def test_the_thirty_days_of_reading_are_overridden_too(town: Town) -> None:
    amina = welcome(town)
    ended(town, amina, FRIDAY + timedelta(days=30))
    assert seen(town, amina, "bruno")
    stop(town, amina, "pae-centre")
    assert seen(town, amina, "bruno") is None


def test_a_stopped_structure_still_reads_its_own_steps_and_answers_and_no_others(town: Town) -> None:
    amina = welcome(town)
    enter(town, amina)
    agree(town, amina, "mission-locale", "contact", "pathway")
    with town.acting("elise") as tx:
        street = {"address": "1 rue du Port"}
        edit_section(tx, record_id=amina, section=Section.CONTACT, values=street, seq=1, way=Way.SAID)
    enter(town, amina, by="elise", scheme="cej")
    stop(town, amina, "pae-centre")
    assert "address" not in facts(town, amina, "bruno") and "phones" in facts(town, amina, "bruno")
    with town.acting("bruno", write=False) as tx:
        assert {one.structure_id for one in journey_of(tx, amina).steps.values()} == {town.structures["pae-centre"]}


def test_stopping_everybody_at_once_leaves_only_supports(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact")
    agree(town, amina, "ccas", "contact")
    stop(town, amina)
    access = seen(town, amina, "bruno")
    assert access and access.is_own_only
    assert seen(town, amina, "elise") is None and seen(town, amina, "nadia") is None


def test_sharing_again_with_one_structure_opens_no_other(town: Town) -> None:
    amina = welcome(town)
    enter(town, amina, by="bruno")
    agree(town, amina, "ccas", "contact")
    stop(town, amina)
    resume(town, amina, "pae-centre")
    access = seen(town, amina, "bruno")
    assert access and not access.is_own_only and access.sections == SUPPORT_SECTIONS
    assert seen(town, amina, "nadia") is None
    agree(town, amina, "mission-locale", "contact")
    assert seen(town, amina, "nadia") is None and seen(town, amina, "elise")


def test_an_agreement_that_was_withdrawn_does_not_come_back(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact")
    stop(town, amina, "mission-locale")
    resume(town, amina, "mission-locale")
    assert seen(town, amina, "elise") is None
    agree(town, amina, "mission-locale", "contact")
    assert seen(town, amina, "elise")


def test_a_hidden_answer_and_a_hidden_part_are_kept_from_that_structure_alone(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact", "situation")
    hide(town, amina, "mission-locale", "contact", "phones")
    hide(town, amina, "mission-locale", "situation")
    assert not {"phones", "situation"} & facts(town, amina, "elise") and "city" in facts(town, amina, "elise")
    assert {"phones", "situation"} <= facts(town, amina, "bruno")
    show(town, amina, "mission-locale", "contact", "phones")
    show(town, amina, "mission-locale", "situation")
    assert {"phones", "situation"} <= facts(town, amina, "elise")


def test_she_reads_each_structure_once_with_all_its_causes(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    clock.move(timedelta(hours=1))
    agree(town, amina, "pae-centre", "contact")
    agree(town, amina, "mission-locale", "contact")
    hide(town, amina, "mission-locale", "contact", "phones")
    stop(town, amina, "pae-centre")
    told = sharing(town, amina)
    assert list(told) == [DESK, MISSION]
    assert told[DESK].is_stopped and told[DESK].is_lasting_support
    assert told[MISSION].hidden == (("contact", "phones"),)
    assert told[MISSION].bases == {Purpose.PATHWAY: Basis.PUBLIC_INTEREST}


def test_a_counsellor_who_follows_her_records_her_agreement_and_her_withdrawal(town: Town) -> None:
    amina = welcome(town)
    mission = town.structures["mission-locale"]
    with town.acting("bruno") as tx:
        give_agreement(tx, record_id=amina, structure_id=mission, sections=["contact"])
    assert seen(town, amina, "elise")
    with town.acting("bruno") as tx:
        stop_sharing(tx, record_id=amina, structure_id=mission)
    assert seen(town, amina, "elise") is None
    assert [row["way"] for row in rows(town.store, "agreement")] == ["in_person"]


def test_a_structure_she_stopped_does_not_record_her_yes_for_itself(town: Town) -> None:
    amina = welcome(town)
    desk = town.structures["pae-centre"]
    stop(town, amina, "pae-centre")
    with pytest.raises(Refused), town.acting("bruno") as tx:
        give_agreement(tx, record_id=amina, structure_id=desk, sections=["contact"])
    access = seen(town, amina, "bruno")
    assert access and access.is_own_only
    agree(town, amina, "pae-centre", "contact")
    access = seen(town, amina, "bruno")
    assert access and not access.is_own_only


def refused(town: Town, by: Transaction, kind: type[Exception], act: Callable[[Transaction], object]) -> None:
    with pytest.raises(kind), by as tx:
        act(tx)


def test_whoever_has_no_grant_or_an_exceptional_one_decides_nothing(town: Town) -> None:
    amina = welcome(town)
    mission = town.structures["mission-locale"]

    def give(tx: Transaction) -> object:
        return give_agreement(tx, record_id=amina, structure_id=mission, sections=["contact"])

    refused(town, town.acting("chloe"), NotFound, give)
    refused(town, town.acting("ines"), NotFound, give)
    exceptional(town, amina, "mission-locale")
    refused(town, town.acting("sylvie"), Refused, give)
    refused(town, town.acting("sylvie"), Refused, lambda tx: stop_sharing(tx, record_id=amina, structure_id=mission))


def test_only_she_hides_and_shares_again(town: Town) -> None:
    amina = welcome(town)
    desk = town.structures["pae-centre"]
    hiding = {"record_id": amina, "structure_id": desk, "section": "household"}
    refused(town, town.acting("bruno"), NotAllowed, lambda tx: hide_part(tx, **hiding))
    refused(town, town.acting("bruno"), NotAllowed, lambda tx: share_again(tx, record_id=amina, structure_id=desk))
    refused(town, town.acting("chloe"), NotFound, lambda tx: hide_part(tx, **hiding))


def test_another_person_decides_nothing_of_hers(town: Town) -> None:
    amina, other = welcome(town), welcome(town)
    mission = town.structures["mission-locale"]
    refused(town, herself(town, other), NotFound, lambda tx: stop_sharing(tx, record_id=amina, structure_id=""))
    refused(
        town,
        herself(town, other),
        NotFound,
        lambda tx: give_agreement(tx, record_id=amina, structure_id=mission, sections=["contact"]),
    )


def test_an_agreement_names_an_active_structure_that_follows_people(town: Town) -> None:
    amina = welcome(town)
    for structure_id in (town.structures["coordination"], "z" * 26, ""):
        refused(
            town,
            herself(town, amina),
            NotFound,
            lambda tx, where=structure_id: give_agreement(  # type: ignore[misc]  # the loop's own value
                tx, record_id=amina, structure_id=where, sections=["contact"]
            ),
        )


def test_a_sensitive_structure_is_offered_to_nobody_who_does_not_know_it(town: Town) -> None:
    amina = welcome(town)
    sensitive = [row["id"] for row in rows(town.store, "structure", "WHERE is_sensitive")]
    assert sensitive
    with town.acting("bruno", write=False) as tx:
        assert not {one.id for one in partners_to_share_with(tx, amina)} & set(sensitive)
    with herself(town, amina, write=False) as tx:
        assert not {one.id for one in partners_to_share_with(tx, amina)} & set(sensitive)


def test_a_structure_she_does_not_know_can_neither_be_stopped_nor_hidden_from(town: Town) -> None:
    amina = welcome(town)
    with pytest.raises(NotFound):
        stop(town, amina, "ccas")
    with pytest.raises(NotFound):
        hide(town, amina, "ccas", "household")


def test_a_paper_is_prepared_by_a_professional_and_opens_nothing(town: Town) -> None:
    amina = welcome(town)
    terms = {"record_id": amina, "structure_id": town.structures["mission-locale"], "sections": ["contact"]}
    with town.acting("bruno") as tx:
        draft_agreement(tx, **terms)  # type: ignore[arg-type]  # one mapping for two calls
    assert seen(town, amina, "elise") is None
    refused(town, herself(town, amina), Refused, lambda tx: draft_agreement(tx, **terms))  # type: ignore[arg-type]  # terms of several types


def test_a_newer_basis_replaces_the_earlier_one_and_the_earlier_one_is_kept(town: Town) -> None:
    ccas = town.structures["ccas"]
    with town.acting("root") as tx:
        record_basis(tx, structure_id=ccas, purpose=Purpose.HEALTH, basis=Basis.SOCIAL_CARE, notice_version="2")
        assert bases_of(tx)[ccas][Purpose.HEALTH] is Basis.SOCIAL_CARE
    assert len(rows(town.store, "sharing_basis", f"WHERE structure_id = '{ccas}' AND purpose = 'health'")) == 2
    refused(
        town,
        town.acting("root"),
        Invalid,
        lambda tx: record_basis(
            tx, structure_id=ccas, purpose=Purpose.HEALTH, basis=Basis.PUBLIC_INTEREST, notice_version="2"
        ),
    )
