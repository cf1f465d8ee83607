"""Whoever reads her number or her address reads the cautions that go with it, and nothing of who said them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS, reaches_her
from pathway.casework.records.facts import cautions_beside, cautions_in, seen_facts
from pathway.casework.records.queries import cautions_of_many, record_opened
from pathway.casework.records.rules import Claim, Fact, Provenance, Way
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.queries import accesses_of
from pathway.demo.town import Town
from tests.casework.agreements.deciding import hide, stop
from tests.casework.links.pairs import link, two_cards
from tests.casework.records.test_settling import says, support
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid

OWN, DAY = "own", date(2026, 11, 20)
CALLED = frozenset({"phones", "email", "address", "postcode", "city"})


def source(structure_id: str) -> Provenance:
    return Provenance(structure_id=structure_id, role="counsellor", on=DAY, way=Way.SAID, by="b" * 26)


def fact(key: str, said_by: list[tuple[str, object]]) -> Fact:
    (first, value), *others = said_by
    rivals = tuple(Claim(value=other, provenance=source(who)) for who, other in others)
    return Fact(key=key, value=value, provenance=source(first), rivals=rivals)


who = st.sampled_from([OWN, "other", ""])
cautions = st.dictionaries(
    st.sampled_from(sorted(CAUTIONS)), st.lists(st.tuples(who, st.booleans()), min_size=1, max_size=3)
)
ways = st.dictionaries(st.sampled_from(sorted(CALLED)), st.lists(st.tuples(who, st.just("x")), min_size=1, max_size=2))


@given(cautions, ways, st.sets(st.sampled_from(sorted(CALLED | CAUTIONS.keys()))))
def test_no_number_is_read_without_its_cautions(
    careful: dict[str, list[tuple[str, object]]], known: dict[str, list[tuple[str, object]]], hidden: set[str]
) -> None:
    whole = {key: fact(key, claims) for key, claims in {**careful, **known}.items()}
    seen = seen_facts(whole, hidden=hidden, only_by=OWN)
    told = cautions_beside(whole, seen, hidden=hidden) | cautions_in(seen)
    for caution, guarded in CAUTIONS.items():
        holds = caution in careful and any(value for _, value in careful[caution])
        if guarded & seen.keys() and caution not in hidden:
            assert (caution in told) == holds
    assert told <= CAUTIONS.keys() and not cautions_beside(whole, seen, hidden=hidden) & cautions_in(seen)
    assert not cautions_beside(whole, {}, hidden=hidden)


def test_each_caution_and_what_it_guards_reaches_her() -> None:
    assert {key for key in CATALOGUE if reaches_her(key)} >= CALLED | CAUTIONS.keys()
    assert all(CATALOGUE[key].section is Section.CONTACT for key in CAUTIONS)


def stopped(town: Town, *cautions: str) -> str:
    """The desk wrote her number, the mission locale the cautions; then she stopped sharing with the desk."""
    record_id = welcome(town)
    support(town, record_id)
    for key in cautions:
        says(town, "elise", record_id, key, True)
    stop(town, record_id, "pae-centre")
    return record_id


def test_a_structure_she_stopped_reads_the_cautions_and_not_who_said_them(town: Town) -> None:
    record_id = stopped(town, "no_message", "address_is_protected")
    with town.acting("bruno", write=False) as tx:
        record = record_opened(tx, record_id)
        assert record.cautions == {"no_message", "address_is_protected"}
        assert not record.facts.keys() & CAUTIONS.keys()
        assert cautions_of_many(tx, accesses_of(tx, [record_id])) == {record_id: record.cautions}
    with town.acting("elise", write=False) as tx:
        listed = cautions_of_many(tx, accesses_of(tx, [record_id]))
        assert (record_opened(tx, record_id).cautions, listed) == (frozenset(), {})


def test_the_screens_of_a_stopped_structure_say_them_as_her_own_word(sqlite_town: Town) -> None:
    record_id = stopped(sqlite_town, "no_message", "phone_is_shared", "address_is_protected")
    bruno = signed_in(sqlite_town, "bruno")
    for end in ("", "/contact"):
        page = said(bruno.get(f"/dossiers/{record_id}{end}"))
        assert "ne pas laisser de message (consigne de la personne)" in page
        assert "téléphone partagé avec un proche (consigne de la personne)" in page and "Mission" not in page
    scheme = sqlite_town.schemes["pae"]
    for end in ("/informations/contact", f"/entree/{scheme}"):
        page = valid(bruno.get(f"/dossiers/{record_id}{end}"))
        assert "Consigne de la personne : ne pas laisser de message" in page and "Mission" not in page
    assert "adresse protégée" in said(bruno.get(f"/dossiers/{record_id}"))


@pytest.mark.parametrize("part", ["phones", ""])
def test_what_she_hides_brings_no_caution(sqlite_town: Town, part: str) -> None:
    record_id = stopped(sqlite_town, "phone_is_shared")
    hide(sqlite_town, record_id, "pae-centre", "contact", part)
    with sqlite_town.acting("bruno", write=False) as tx:
        assert record_opened(tx, record_id).cautions == frozenset()
        assert cautions_of_many(tx, accesses_of(tx, [record_id])) == {}


def test_a_caution_of_another_card_of_hers_counts(town: Town) -> None:
    amina, other = two_cards(town)
    link(town, amina, other)
    says(town, "elise", other, "no_message", True)
    stop(town, amina, "pae-centre")
    with town.acting("bruno", write=False) as tx:
        assert record_opened(tx, amina).cautions == {"no_message"}
