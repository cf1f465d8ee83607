import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.catalogue import CATALOGUE, Section, items_of
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.rules import OwnQuestion, SchemeKind, with_facts
from pathway.casework.schemes.standards import CARD, STANDARDS

EVERY = [*CARD, *(one for asked in STANDARDS.values() for one in asked)]
SHORT = (SchemeKind.WORKSHOP, SchemeKind.FORUM, SchemeKind.IMMERSION)
keys = st.sampled_from([*CATALOGUE, "goal", "idea"])
requirement = st.builds(
    Requirement, key=st.sampled_from(sorted(CATALOGUE)), is_required=st.booleans(), why=st.just("Pour voir")
)
needed = st.lists(requirement, unique_by=lambda one: one.key)
own = st.lists(st.builds(OwnQuestion, key=keys, label=st.just("Quoi ?"), is_required=st.booleans()))


def test_an_item_that_nobody_requires_has_no_place_in_the_dictionary() -> None:
    assert set(CATALOGUE) - {one.key for one in EVERY} == set()


def test_every_kind_of_scheme_says_what_it_needs_once() -> None:
    assert set(STANDARDS) == set(SchemeKind)
    for asked in STANDARDS.values():
        names = [one.key for one in asked]
        assert names and len(set(names)) == len(names)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.key}, {one.why}")
def test_every_reason_is_a_sentence_said_to_the_person(one: Requirement) -> None:
    assert one.why.startswith("Pour ") and len(one.why.split()) >= 3
    assert not one.why.endswith(".") and "'" not in one.why  # the screens put the full stop


def test_who_she_is_is_asked_once_by_the_card_and_by_no_scheme() -> None:
    assert {one.key for one in CARD} == {"first_name", "last_name", "birth_name", "birth_date"}
    assert not {one.key for asked in STANDARDS.values() for one in asked} & {one.key for one in CARD}


def test_no_scheme_obliges_anybody_to_speak_of_health_or_benefits() -> None:
    health = {one.key for one in items_of(Section.HEALTH)}
    private = {"rsa", "are", "ass", "obstacles"} | health
    assert not {one.key for one in EVERY if one.is_required} & private


def test_a_short_activity_asks_little_and_a_pathway_never_more_than_two_dozen_answers() -> None:
    assert max(len(STANDARDS[kind]) for kind in SHORT) <= 4
    assert max(len(asked) for asked in STANDARDS.values()) <= 24


@given(needed, own)
def test_a_scheme_asks_each_item_once_and_keeps_as_its_own_what_the_dictionary_ignores(
    requirements: list[Requirement], questions: list[OwnQuestion]
) -> None:
    asked, left = with_facts(requirements, questions)
    names = [one.key for one in asked]
    assert names[: len(requirements)] == [one.key for one in requirements]
    said = [(one.key, one.is_required) for one in requirements] + [(one.key, one.is_required) for one in questions]
    assert set(names) == {key for key, _ in said} & set(CATALOGUE)
    assert len(set(names)) == len(names)
    assert [one.key for one in left] == [one.key for one in questions if one.key not in CATALOGUE]
    assert {one.key for one in asked if one.is_required} == {key for key, must in said if must} & set(CATALOGUE)
    assert with_facts(asked, left) == (asked, left)
