"""Erased for good: nowhere in the base, found by no search, and a trace that says everything but the content."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pathway.casework.oversight.queries import own_log
from pathway.casework.records.actions import edit_section
from pathway.casework.records.erasure import erasable, erase_answer, erased_answers
from pathway.casework.records.facts import claim_id
from pathway.casework.records.names import Query
from pathway.casework.records.queries import found, record_opened
from pathway.casework.records.rules import EraseReason, Section, Way
from pathway.casework.records.writing import past_answers
from pathway.casework.sharing.actions import end_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.store.columns import table_of
from pathway.store.tables import SealedSection
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import agree, hide, stop
from tests.casework.records.test_settling import conflict, said_of, says, support
from tests.town import herself, welcome

PHONE = "+33612345678"
REASON = EraseReason.WRONG_PERSON


def erase(tx: Transaction, record_id: str, key: str, value: Any) -> None:
    said = next(one for one in erasable(tx, record_opened(tx, record_id), key).claims if one.value == value)
    erase_answer(tx, record_id=record_id, item_key=key, choice=claim_id(said), reason=REASON)


def opened(tx: Transaction, record_id: str) -> Iterator[str]:
    """Every sealed content of that record, opened."""
    section = table_of(SealedSection)
    for row in tx.execute(select(section.c.section).where(section.c.subject_id == record_id)).all():
        yield repr(tx.sealing.open(record_id, [row.section])[row.section].payload)
    keys = ["phones", "city", "email", "postcode"]
    yield from (repr(fact) for _, fact in past_answers(tx, record_id, keys))


def rewrites(town: Town, record_id: str, by: str, **values: Any) -> None:
    with town.acting(by) as tx:
        seq = record_opened(tx, record_id).seqs[Section.CONTACT]
        edit_section(tx, record_id=record_id, section=Section.CONTACT, values=values, seq=seq, way=Way.SAID)


def test_an_answer_that_only_history_holds_is_erased_for_good_and_leaves_its_trace(town: Town) -> None:
    record_id = welcome(town)
    rewrites(town, record_id, "bruno", phones=["+33698765432"], city="Brest")
    with town.acting("bruno") as tx:
        found_there = erasable(tx, record_opened(tx, record_id), "phones")
        assert [one.value for one in found_there.past] == [[PHONE]]
        erase(tx, record_id, "phones", [PHONE])
    with town.acting("bruno") as tx:
        assert not any(PHONE in content for content in opened(tx, record_id))
        assert record_opened(tx, record_id).facts["phones"].value == ["+33698765432"]
        assert [one.value for _, one in past_answers(tx, record_id, ["city"])] == ["Rennes"]
    with herself(town, record_id, write=False) as tx:
        assert [(one.item_key, one.reason) for one in erased_answers(tx)] == [("phones", REASON)]


def test_what_left_for_history_and_nothing_replaced_is_erased_too(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    rewrites(sqlite_town, record_id, "bruno", city="Lorient")
    with sqlite_town.acting("elise") as tx:
        record = record_opened(tx, record_id)
        assert [one.value for one in erasable(tx, record, "city").claims] == ["Brest"]
        erase(tx, record_id, "city", "Brest")
    with herself(sqlite_town, record_id, write=False) as tx:
        assert [one.value for _, one in past_answers(tx, record_id, ["city"])] == ["Rennes"]
        assert said_of(record_opened(tx, record_id).facts["city"]) == ["Lorient"]


def test_the_history_of_the_others_is_the_responsables_alone_and_never_what_she_hides(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    rewrites(sqlite_town, record_id, "bruno", city="Lorient")

    def past(by: str) -> list[Any]:
        with sqlite_town.acting(by, write=False) as tx:
            return [one.value for one in erasable(tx, record_opened(tx, record_id), "city").past]

    assert (past("bruno"), sorted(past("denis")), past("elise")) == (["Rennes"], ["Brest", "Rennes"], ["Brest"])
    with sqlite_town.acting("denis", write=False) as tx:
        brest = next(one for one in erasable(tx, record_opened(tx, record_id), "city").past if one.value == "Brest")
    with pytest.raises(Conflict), sqlite_town.acting("bruno") as tx:
        erase_answer(tx, record_id=record_id, item_key="city", choice=claim_id(brest), reason=REASON)
    stop(sqlite_town, record_id, "pae-centre")
    assert (past("denis"), past("bruno")) == (["Rennes"], ["Rennes"])
    hide(sqlite_town, record_id, "mission-locale", "contact", "city")
    assert past("elise") == []


def test_every_structure_that_had_said_it_is_named_in_the_trace(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    says(sqlite_town, "bruno", record_id, "city", "Brest")
    with sqlite_town.acting("denis") as tx:
        erase(tx, record_id, "city", "Brest")
    with herself(sqlite_town, record_id, write=False) as tx:
        named = {one.said_by for one in erased_answers(tx)}
    assert named == {sqlite_town.structures["mission-locale"], sqlite_town.structures["pae-centre"]}


def test_an_erased_answer_is_found_nowhere(town: Town) -> None:
    record_id = welcome(town)
    for numbers in (["+33698765432"], [PHONE]):
        with town.acting("bruno") as tx:
            seq = record_opened(tx, record_id).seqs[Section.CONTACT]
            values = {"phones": numbers}
            edit_section(tx, record_id=record_id, section=Section.CONTACT, values=values, seq=seq, way=Way.SAID)
    with town.acting("bruno") as tx:
        assert found(tx, Query(phone=PHONE))
        erase(tx, record_id, "phones", [PHONE])
    with town.acting("bruno") as tx:
        assert not any(PHONE in content for content in opened(tx, record_id))
        assert not found(tx, Query(phone=PHONE))
        assert "phones" not in record_opened(tx, record_id).facts
        assert [one.value for _, one in past_answers(tx, record_id, ["phones"])] == [["+33698765432"]]


def test_the_trace_says_who_when_and_why_and_she_reads_it(town: Town) -> None:
    record_id = welcome(town)
    with town.acting("bruno") as tx:
        erase(tx, record_id, "city", "Rennes")
        assert erased_answers(tx) == []
    with herself(town, record_id, write=False) as tx:
        (trace,) = erased_answers(tx)
        assert "erase_answer" in {line.action for line in own_log(tx)}
    structure = town.structures[town.cast["bruno"].structure]
    assert (trace.item_key, trace.section, trace.reason) == ("city", "contact", REASON)
    assert (trace.said_by, trace.structure_id, trace.at) == (structure, structure, town.clock.now())


def test_the_answer_beside_it_stands_again(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        erase(tx, record_id, "city", "Rennes")
        assert said_of(record_opened(tx, record_id).facts["city"]) == ["Brest"]


def test_a_counsellor_erases_what_his_structure_said_and_a_responsable_anything(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    with sqlite_town.acting("bruno", write=False) as tx:
        record = record_opened(tx, record_id)
        assert [one.value for one in erasable(tx, record, "city").claims] == ["Rennes"]
        brest = claim_id(record.facts["city"].rivals[0])
    with pytest.raises(Refused), sqlite_town.acting("bruno") as tx:
        erase_answer(tx, record_id=record_id, item_key="city", choice=brest, reason=REASON)
    with sqlite_town.acting("denis") as tx:
        erase(tx, record_id, "city", "Brest")


def test_names_are_corrected_never_erased_and_nobody_else_erases(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    with sqlite_town.acting("bruno", write=False) as tx:
        assert erasable(tx, record_opened(tx, record_id), "last_name").claims == ()
    with herself(sqlite_town, record_id, write=False) as tx:
        assert erasable(tx, record_opened(tx, record_id), "city").claims == ()
    with pytest.raises(NotFound), sqlite_town.acting("lucie") as tx:
        erase_answer(tx, record_id=record_id, item_key="city", choice="", reason=REASON)
    with pytest.raises(Conflict), sqlite_town.acting("bruno") as tx:
        erase_answer(tx, record_id=record_id, item_key="city", choice="old", reason=REASON)


def test_a_stopped_structure_erases_its_own_word_alone(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    support(sqlite_town, record_id)
    says(sqlite_town, "elise", record_id, "city", "Brest")
    stop(sqlite_town, record_id, "mission-locale")
    with sqlite_town.acting("elise") as tx:
        erase(tx, record_id, "city", "Brest")
    with herself(sqlite_town, record_id, write=False) as tx:
        assert said_of(record_opened(tx, record_id).facts["city"]) == ["Rennes"]


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_word_written_to_be_erased_takes_nobody_elses_history_with_it(sqlite_town: Town, is_stopped: bool) -> None:
    record_id = welcome(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        values, seq = {"city": "Brest"}, record_opened(tx, record_id).seqs[Section.CONTACT]
        edit_section(tx, record_id=record_id, section=Section.CONTACT, values=values, seq=seq, way=Way.SAID)
    support(sqlite_town, record_id)
    if is_stopped:
        stop(sqlite_town, record_id, "mission-locale")
    says(sqlite_town, "elise", record_id, "city", "Rennes")
    with sqlite_town.acting("elise") as tx:
        erase(tx, record_id, "city", "Rennes")
    with herself(sqlite_town, record_id, write=False) as tx:
        assert [one.value for _, one in past_answers(tx, record_id, ["city"])] == ["Rennes"]


def test_a_responsable_erases_what_others_said_before_too(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        values, seq = {"city": "Lorient"}, record_opened(tx, record_id).seqs[Section.CONTACT]
        edit_section(tx, record_id=record_id, section=Section.CONTACT, values=values, seq=seq, way=Way.SAID)
    says(sqlite_town, "bruno", record_id, "city", "Brest")
    with sqlite_town.acting("denis") as tx:
        erase(tx, record_id, "city", "Brest")
        assert [one.value for _, one in past_answers(tx, record_id, ["city"])] == ["Rennes"]


def test_a_responsable_who_only_reads_on_erases_nothing_of_the_others(sqlite_town: Town) -> None:
    record_id = conflict(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        structure_id, until = tx.actor.structure_id, tx.now + timedelta(days=30)
        end_grants(tx, record_id=record_id, structure_id=structure_id, cause=Cause.SUPPORT, until_at=until)
        tx.journal("settle")
    agree(sqlite_town, record_id, "pae-centre", "contact")
    with sqlite_town.acting("denis", write=False) as tx:
        assert [one.value for one in erasable(tx, record_opened(tx, record_id), "city").claims] == ["Rennes"]
