"""The night brings together the cards of one person, and few others: recall and precision on the gold lists."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.links.rules import MatchState, alike
from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.names import Identity, TokenIndex, cross_parts, token_parts
from pathway.casework.records.rules import Way
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.casework.links.pairs import compare_all
from tests.casework.records.gold import Pair, everybody, missed, pairs, recall, told

LISTS = ("same_people", "other_people")


def kept_apart(identity: Identity) -> set[object]:
    return {part for part in token_parts(identity) if part.index is not TokenIndex.DOB}


def is_proposed(pair: Pair) -> bool:
    one, other = kept_apart(pair.one), kept_apart(pair.other)
    meet = pair.same_phone or one & other or set(cross_parts(pair.one)) & other or set(cross_parts(pair.other)) & one
    return bool(meet) and alike(pair.one, pair.other, share_contact=pair.same_phone).is_proposed


@pytest.fixture
def proposed(sqlite_town: Town) -> set[frozenset[int]]:
    """The pairs that a night proposes among everybody of the lists, each kept twice; by their places in the lists."""
    people = [
        NewPerson(identity=one, claims={"phones": [f"+336{number // 2:08d}"]} if has_phone else {})
        for number, (one, has_phone) in enumerate(everybody(LISTS))
    ]
    with sqlite_town.acting("bruno") as tx:
        ids = create_records(tx, people, way=Way.SAID, referent_id=None)
    compare_all(sqlite_town)
    place = {name: number for number, name in enumerate(ids)}
    found = rows(sqlite_town.store, "possible_match", f"WHERE state = '{MatchState.OPEN.value}'")
    return {frozenset((place[row["low_id"]], place[row["high_id"]])) for row in found}


def test_a_night_proposes_each_person_written_twice_and_few_others(proposed: set[frozenset[int]]) -> None:
    places = {pair: frozenset((2 * at, 2 * at + 1)) for at, pair in enumerate(pairs("same_people"))}
    figures = recall("same_people", lambda pair: places[pair] in proposed)
    right = proposed & set(places.values())
    precision = 100 * len(right) / len(proposed)
    said = f"precision {precision:.1f} %, recall: {told(figures)}"
    assert figures["all"] >= 99, said
    assert min(figures.values()) >= 97, said
    assert precision >= 95, said


def test_names_that_nothing_was_tuned_on_are_proposed_nearly_as_well() -> None:
    figures = recall("held_out_people", is_proposed)
    assert figures["all"] >= 95, (told(figures), missed("held_out_people", is_proposed))


def test_only_twins_with_near_names_are_proposed_among_different_people() -> None:
    wrong = Counter(pair.kind for pair in pairs("other_people") if is_proposed(pair))
    assert set(wrong) <= {"twins_with_near_names"}, wrong


@given(st.sampled_from(pairs("same_people") + pairs("other_people")), st.booleans())
def test_the_night_finds_the_same_whichever_card_comes_first(pair: Pair, shares: bool) -> None:
    there, back = (alike(*two, share_contact=shares) for two in ((pair.one, pair.other), (pair.other, pair.one)))
    assert there == back


def test_a_birth_date_alone_proposes_nobody_least_of_all_on_1_january() -> None:
    for pair in pairs("other_people"):
        if pair.kind in ("born_one_day", "first_of_january"):
            assert not is_proposed(pair)
