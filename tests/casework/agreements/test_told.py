"""What a professional may record in her name, for whom, and that she is told of it at once."""

from datetime import timedelta

import pytest

from pathway.casework.agreements.actions import deposit_paper, draft_agreement, give_agreement, stop_sharing
from pathway.casework.agreements.queries import may_be_decided_for_her, waiting_papers
from pathway.casework.agreements.rules import ALL_STRUCTURES
from pathway.casework.records.actions import set_referent
from pathway.casework.sharing.actions import open_support
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, Refused
from tests.casework.agreements.deciding import agree, resume, seen, stop
from tests.casework.cards.counter import presented, shown
from tests.casework.documents.test_actions import paper
from tests.casework.resets.letters import letters, proved, told
from tests.town import herself, welcome
from tests.web.jobseeker.lives import at_home

WIDE = ("contact", "pathway", "project")


def visited(town: Town) -> str:
    """Amina shares widely with the CCAS, and shows her card today at the mission locale."""
    amina = welcome(town)
    agree(town, amina, "ccas", *WIDE)
    presented(town, shown(town, amina))
    return amina


def noted(town: Town, record_id: str, structure: str, *sections: str, by: str) -> None:
    with town.acting(by) as tx:
        give_agreement(tx, record_id=record_id, structure_id=town.structures[structure], sections=sections)


def stopped(town: Town, record_id: str, structure: str, *, by: str) -> None:
    with town.acting(by) as tx:
        where = town.structures[structure] if structure else ALL_STRUCTURES
        stop_sharing(tx, record_id=record_id, structure_id=where)


@pytest.mark.parametrize("structure", ["ccas", "pae-centre", ""])
def test_a_visitor_records_no_stop_towards_another_structure(town: Town, structure: str) -> None:
    amina = visited(town)
    with pytest.raises(Refused, match="n’accompagne pas"):
        stopped(town, amina, structure, by="elise")
    ccas, desk = seen(town, amina, "nadia"), seen(town, amina, "bruno")
    assert ccas and ccas.sections == {"identity", *WIDE} and desk and not desk.is_own_only


def test_a_visitor_does_not_narrow_what_she_gave_to_another_structure(town: Town) -> None:
    amina = visited(town)
    with pytest.raises(Refused, match="n’accompagne pas"):
        noted(town, amina, "ccas", "contact", by="elise")
    access = seen(town, amina, "nadia")
    assert access and access.sections == {"identity", *WIDE}


def test_a_visitor_neither_prepares_nor_deposits_a_paper_for_another_structure(town: Town) -> None:
    amina = visited(town)
    ccas = town.structures["ccas"]
    with pytest.raises(Refused, match="n’accompagne pas"), town.acting("elise") as tx:
        draft_agreement(tx, record_id=amina, structure_id=ccas, sections=["contact"])
    with town.acting("bruno") as tx:
        draft_agreement(tx, record_id=amina, structure_id=ccas, sections=["contact"])
    with pytest.raises(Refused, match="n’accompagne pas"), town.acting("elise") as tx:
        (waiting,) = waiting_papers(tx, amina)
        deposit_paper(tx, record_id=amina, reference=waiting.id, upload=paper())


@pytest.mark.parametrize("structure", ["ccas", ""])
def test_a_supporting_structure_she_stopped_decides_nothing_towards_others(town: Town, structure: str) -> None:
    amina = welcome(town)
    agree(town, amina, "ccas", *WIDE)
    stop(town, amina, "pae-centre")
    with pytest.raises(Refused, match="arrêté le partage avec votre structure"):
        stopped(town, amina, structure, by="bruno")
    for act in (give_agreement, draft_agreement):
        with pytest.raises(Refused, match="arrêté le partage avec votre structure"), town.acting("bruno") as tx:
            act(tx, record_id=amina, structure_id=town.structures["ccas"], sections=["contact"])
    access = seen(town, amina, "nadia")
    assert access and access.sections == {"identity", *WIDE}


def test_a_structure_she_stopped_neither_sees_nor_deposits_a_paper_for_another(town: Town) -> None:
    amina = welcome(town)
    for structure in ("ccas", "pae-centre"):
        with town.acting("bruno") as tx:
            draft_agreement(tx, record_id=amina, structure_id=town.structures[structure], sections=["contact"])
    with herself(town, amina, write=False) as tx:
        papers = {one.structure_id: one.id for one in waiting_papers(tx, amina)}
    stop(town, amina, "pae-centre")
    with town.acting("bruno", write=False) as tx:
        assert [one.structure_id for one in waiting_papers(tx, amina)] == [town.structures["pae-centre"]]
    with pytest.raises(Invalid), town.acting("bruno") as tx:
        deposit_paper(tx, record_id=amina, reference=papers[town.structures["ccas"]], upload=paper())
    with town.acting("bruno") as tx:
        deposit_paper(tx, record_id=amina, reference=papers[town.structures["pae-centre"]], upload=paper())
    access = seen(town, amina, "bruno")
    assert access and not access.is_own_only


def test_a_structure_she_stopped_does_not_take_the_place_of_her_referent_elsewhere(town: Town) -> None:
    amina = welcome(town)
    with town.acting("elise") as tx:
        open_support(
            tx, record_id=amina, structure_id=tx.actor.structure_id, cause_id="", sections=frozenset({"identity"})
        )
        tx.journal("settle")
    stop(town, amina, "mission-locale")
    with pytest.raises(Refused, match="travaille ailleurs"), town.acting("elise") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["elise"])
    resume(town, amina, "mission-locale")
    with town.acting("elise") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["elise"])


def test_a_visitor_records_what_she_decides_for_the_visitors_own_structure(town: Town, clock: FixedClock) -> None:
    amina = visited(town)
    noted(town, amina, "mission-locale", "contact", by="elise")
    clock.move(timedelta(days=2))
    access = seen(town, amina, "elise")
    assert access and access.sections == {"identity", "contact"}
    stopped(town, amina, "mission-locale", by="elise")
    assert seen(town, amina, "elise") is None


def test_every_choice_a_professional_records_is_told_to_her_and_her_own_are_not(town: Town) -> None:
    amina = welcome(town)
    at_home(town, amina)
    email = proved(town, amina)
    agree(town, amina, "ccas", "contact")
    stop(town, amina, "ccas")
    assert letters(town) == []
    noted(town, amina, "mission-locale", "contact", by="bruno")
    stopped(town, amina, "mission-locale", by="bruno")
    with town.acting("bruno") as tx:
        draft_agreement(
            tx, record_id=amina, structure_id=town.structures["mission-locale"], sections=["contact"], months=3
        )
    assert told(town, "decision_recorded") == [email, email]
    with town.acting("bruno") as tx:
        (waiting,) = waiting_papers(tx, amina)
        deposit_paper(tx, record_id=amina, reference=waiting.id, upload=paper())
    assert told(town, "decision_recorded") == [email] * 3
    assert {one.path for one in letters(town, "decision_recorded")} == {"/qui-voit-quoi"}


def test_her_page_looks_at_the_log_only_when_something_may_have_been_recorded(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    agree(town, amina, "ccas", "contact")
    assert not decided(town, amina)
    noted(town, amina, "mission-locale", "contact", by="bruno")
    assert decided(town, amina)
    clock.move(timedelta(days=31))
    assert not decided(town, amina)
    stopped(town, amina, "mission-locale", by="bruno")
    assert decided(town, amina)


def decided(town: Town, record_id: str) -> bool:
    with herself(town, record_id, write=False) as tx:
        return may_be_decided_for_her(tx)
