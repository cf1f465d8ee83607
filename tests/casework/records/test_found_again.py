"""One person is found again however she was written: the share of a list written for this, by scenario."""

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.likeness import SCORE_FLOOR, score
from pathway.casework.records.names import TOKEN_FORMAT, Identity, query_parts, same_person, token_parts
from pathway.casework.records.queries import certain_match, found
from pathway.casework.records.rules import Way
from pathway.demo.town import Town
from tests.casework.records.gold import Pair, asked, missed, pairs, recall, told


def meets(kept: Identity, typed: Identity) -> bool:
    query = asked(typed)
    tokens = {part for stage in query_parts(query) for part in stage}
    return bool(tokens & set(token_parts(kept))) and score(query, kept)[0] >= SCORE_FLOOR


def both_ways(pair: Pair) -> bool:
    return meets(pair.one, pair.other) and meets(pair.other, pair.one)


def test_the_lists_are_as_long_and_as_varied_as_was_promised() -> None:
    scenarios = Counter(pair.kind for pair in pairs("same_people"))
    assert (len(scenarios), len(pairs("same_people")) >= 300, min(scenarios.values()) >= 25) == (12, True, True)
    assert len(pairs("other_people")) >= 300


def test_a_person_is_found_in_every_scenario_whichever_way_was_kept() -> None:
    figures = recall("same_people", both_ways)
    assert figures["all"] >= 99, (told(figures), missed("same_people", both_ways))
    assert min(figures.values()) >= 97, told(figures)


def test_names_that_nothing_was_tuned_on_are_found_nearly_as_well() -> None:
    figures = recall("held_out_people", both_ways)
    assert figures["all"] >= 97, (told(figures), missed("held_out_people", both_ways))


@pytest.mark.parametrize("pair", pairs("other_people"), ids=lambda pair: f"{pair.kind}-{pair.one.last_name}")
def test_twins_and_namesakes_are_never_certain(pair: Pair) -> None:
    assert not same_person(pair.one, pair.other)
    assert score(asked(pair.one), pair.other)[0] < 100


def test_each_is_shown_among_a_thousand_people_who_look_alike(sqlite_town: Town) -> None:
    others = [one for pair in pairs("other_people") for one in (pair.one, pair.other)]
    kept = [pair.one for pair in pairs("same_people")]
    with sqlite_town.acting("bruno") as tx:
        people = [NewPerson(identity=one) for one in (*kept, *others)]
        ids = create_records(tx, people, way=Way.SAID, referent_id=None)
    of = dict(zip(kept, ids, strict=False))
    with sqlite_town.acting("bruno", write=False) as tx:
        shown = {pair: {hit.record_id for hit in found(tx, asked(pair.other))} for pair in pairs("same_people")}
        figures = recall("same_people", lambda pair: of[pair.one] in shown[pair])
        assert figures["all"] >= 99, told(figures)
        assert min(figures.values()) >= 97, told(figures)
        wrong = [pair for pair in pairs("same_people") if certain_match(tx, pair.other) not in (None, of[pair.one])]
    assert wrong == []


def test_whoever_changes_what_tokens_are_made_of_raises_their_format() -> None:
    # A base keeps the tokens of the day they were written: without a new TOKEN_FORMAT no night would renew them.
    parts = [token_parts(one) for pair in pairs("same_people") for one in (pair.one, pair.other)]
    digest = sha256(repr([[(part.index.value, part.bits, part.parts) for part in those] for those in parts]).encode())
    assert (TOKEN_FORMAT, digest.hexdigest()[:16]) == (2, "c48d2793b8e9c4f0")


@given(st.sampled_from(pairs("same_people") + pairs("other_people")))
def test_two_people_are_as_near_whichever_is_looked_for(pair: Pair) -> None:
    one, other = (Identity(**{**vars(side), "birth_name": None}) for side in (pair.one, pair.other))
    there, back = score(asked(one), other)[0], score(asked(other), one)[0]
    # Names the wrong way round are weighed as surname from one side and as first name from the other.
    assert abs(there - back) <= (6 if pair.kind == "inverted" else 0)
