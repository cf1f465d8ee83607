"""Answers that disagree: who decides, what is lost (nothing), and what a structure that sees less may not undo."""

import pytest

from pathway.casework.records.actions import SUPPORT_SECTIONS, edit_section, merge_claims, settle_answer
from pathway.casework.records.facts import claim_id, claims_of
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Fact, Section, Way
from pathway.casework.records.writing import past_answers
from pathway.casework.sharing.actions import open_support
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import hide, stop
from tests.casework.enrolments.steps import system
from tests.casework.links.pairs import link, two_cards
from tests.town import herself, welcome


def city(tx: Transaction, record_id: str) -> Fact:
    return record_opened(tx, record_id).facts["city"]


def said_of(fact: Fact) -> list[object]:
    return [one.value for one in claims_of(fact)]


def support(town: Town, record_id: str) -> None:
    """Élise’s structure supports her too."""
    with system(town.store, town.clock) as tx:
        structure_id = town.structures["mission-locale"]
        open_support(tx, record_id=record_id, structure_id=structure_id, cause_id="", sections=SUPPORT_SECTIONS)
        tx.journal("settle")


def conflict(town: Town) -> str:
    """Rennes for Bruno, Brest for Élise who supports her too."""
    record_id = welcome(town)
    support(town, record_id)
    says(town, "elise", record_id, "city", "Brest")
    return record_id


def says(town: Town, by: str, record_id: str, key: str, value: object) -> bool:
    """That professional's file says so; gives whether the record changed."""
    with town.acting(by) as tx:
        tx.journal("import_lot", records=[record_id])
        return merge_claims(tx, record_id, {key: value}, way=Way.IMPORTED)


def choose(tx: Transaction, record_id: str, value: str) -> None:
    claim = next(one for one in claims_of(city(tx, record_id)) if one.value == value)
    settle_answer(tx, record_id=record_id, item_key="city", choice=claim_id(claim))


def test_she_decides_and_the_loser_goes_to_history(town: Town) -> None:
    record_id = conflict(town)
    with herself(town, record_id) as tx:
        choose(tx, record_id, "Brest")
    with town.acting("bruno", write=False) as tx:
        fact = city(tx, record_id)
        assert (fact.value, fact.rivals, fact.provenance.confirmed_on) == ("Brest", (), tx.today)
        assert fact.provenance.structure_id == town.structures["mission-locale"]
        ((_, lost),) = past_answers(tx, record_id, ["city"])
    assert (lost.value, lost.settled_on) == ("Rennes", tx.today)


def test_a_counsellor_decides_with_her_and_the_file_again_reopens_nothing(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        choose(tx, record_id, "Rennes")
    assert not says(sqlite_town, "elise", record_id, "city", "BREST")
    assert says(sqlite_town, "elise", record_id, "city", "Angers")
    with sqlite_town.acting("elise", write=False) as tx:
        assert said_of(city(tx, record_id)) == ["Rennes", "Angers"]


def test_a_choice_made_on_an_old_page_is_refused(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        old = claim_id(claims_of(city(tx, record_id))[0])
        choose(tx, record_id, "Rennes")
    with pytest.raises(Conflict), sqlite_town.acting("bruno") as tx:
        settle_answer(tx, record_id=record_id, item_key="city", choice=old)


def test_her_names_are_decided_with_a_professional(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    says(sqlite_town, "bruno", record_id, "birth_date", "1991-04-23")
    with sqlite_town.acting("bruno", write=False) as tx:
        choice = claim_id(claims_of(record_opened(tx, record_id).facts["birth_date"])[1])
    with pytest.raises(Refused), herself(sqlite_town, record_id) as tx:
        settle_answer(tx, record_id=record_id, item_key="birth_date", choice=choice)
    with sqlite_town.acting("bruno") as tx:
        settle_answer(tx, record_id=record_id, item_key="birth_date", choice=choice)
        assert record_opened(tx, record_id).card.identity.birth_date.day == 23


def test_answers_of_linked_cards_are_decided_at_once(sqlite_town: Town) -> None:
    one, other = two_cards(sqlite_town)
    says(sqlite_town, "elise", other, "birth_place", "Alger")
    says(sqlite_town, "bruno", one, "birth_place", "Oran")
    link(sqlite_town, one, other)
    with sqlite_town.acting("bruno") as tx:
        said = claims_of(record_opened(tx, one).facts["birth_place"])
        choice = next(claim_id(claim) for claim in said if claim.value == "Alger")
        settle_answer(tx, record_id=one, item_key="birth_place", choice=choice)
        fact = record_opened(tx, one).facts["birth_place"]
    assert (fact.value, fact.rivals, fact.settled_on) == ("Alger", (), tx.today)


def test_who_reads_its_own_words_writes_over_nobody_elses(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    stop(sqlite_town, record_id, "mission-locale")
    with sqlite_town.acting("elise") as tx:
        assert said_of(city(tx, record_id)) == ["Brest"]
        seq = record_opened(tx, record_id).seqs[Section.CONTACT]
        values = {"city": "Lorient", "postcode": "56100"}
        edit_section(tx, record_id=record_id, section=Section.CONTACT, values=values, seq=seq, way=Way.SAID)
        assert said_of(city(tx, record_id)) == ["Lorient"]
    with herself(sqlite_town, record_id) as tx:
        facts = record_opened(tx, record_id).facts
        assert said_of(facts["city"]) == ["Rennes", "Lorient"]
        assert said_of(facts["postcode"]) == ["35000", "56100"]
        assert [one.value for _, one in past_answers(tx, record_id, ["city"])] == ["Brest"]


@pytest.mark.parametrize("guess", ["Rennes", "Angers"])
def test_what_is_hidden_is_not_guessed_by_writing(sqlite_town: Town, guess: str) -> None:
    record_id = welcome(sqlite_town)
    support(sqlite_town, record_id)
    hide(sqlite_town, record_id, "mission-locale", "contact", "city")
    with sqlite_town.acting("elise") as tx:
        assert edit_section(
            tx, record_id=record_id, section=Section.CONTACT, values={"city": guess}, seq=1, way=Way.SAID
        )
        assert "city" not in record_opened(tx, record_id).facts


@pytest.mark.parametrize("guess", ["Rennes", "Angers"])
def test_a_stopped_structure_reads_its_own_word_back_whatever_the_others_say(sqlite_town: Town, guess: str) -> None:
    record_id = welcome(sqlite_town)
    support(sqlite_town, record_id)
    stop(sqlite_town, record_id, "mission-locale")
    with sqlite_town.acting("elise") as tx:
        seq = record_opened(tx, record_id).seqs[Section.CONTACT]
        edit_section(tx, record_id=record_id, section=Section.CONTACT, values={"city": guess}, seq=seq, way=Way.SAID)
        assert said_of(city(tx, record_id)) == [guess]
    with herself(sqlite_town, record_id) as tx:
        assert said_of(city(tx, record_id)) == ["Rennes", "Angers"][: 1 if guess == "Rennes" else 2]


def test_a_stranger_decides_nothing(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    with pytest.raises(NotFound), sqlite_town.acting("lucie") as tx:
        settle_answer(tx, record_id=record_id, item_key="city", choice="")
