from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.catalogue import item
from pathway.casework.records.facts import claims_of, combine, fact_from_json, fact_to_json, last_confirmed
from pathway.casework.records.rules import Fact, Way, same_value
from tests.casework.records.test_rules import DAY, fact, files, merged

cards = st.lists(files.map(merged), min_size=1, max_size=4)


@given(cards, st.randoms())
def test_linked_cards_say_the_same_whatever_their_order(those: list[dict[str, Fact]], chance: Random) -> None:
    mixed = chance.sample(those, len(those))
    assert combine(mixed) == combine(those)


@given(files.map(merged))
def test_one_card_says_what_it_says(facts: dict[str, Fact]) -> None:
    assert combine([facts]) == facts
    assert combine([facts, {}]).keys() == facts.keys()


@given(cards)
def test_no_answer_that_differs_is_lost_and_the_last_confirmed_stands(those: list[dict[str, Fact]]) -> None:
    together = combine(those)
    for facts in those:
        for key, one in facts.items():
            kept = together[key]
            assert last_confirmed(kept.provenance) >= last_confirmed(one.provenance)
            for claim in claims_of(one):
                assert any(same_value(item(key), claim.value, other.value) for other in claims_of(kept))


@given(st.lists(files.map(merged), min_size=2, max_size=4))
def test_linked_cards_invent_nothing(those: list[dict[str, Fact]]) -> None:
    for key, kept in combine(those).items():
        said = [claim for facts in those if key in facts for claim in claims_of(facts[key])]
        assert all(claim in said for claim in claims_of(kept))
        values = [claim.value for claim in claims_of(kept)]
        assert not any(
            same_value(item(key), one, other) for place, one in enumerate(values) for other in values[place + 1 :]
        )


def test_what_was_decided_with_both_answers_in_sight_is_no_longer_in_conflict() -> None:
    old = fact("children", 0, on=DAY - timedelta(days=30))
    decided = replace(fact("children", 2), settled_on=DAY)
    assert combine([{"children": old}, {"children": decided}])["children"].rivals == ()


def test_what_comes_after_a_decision_is_said_beside_it() -> None:
    decided = replace(fact("children", 2, on=date(2026, 1, 1)), settled_on=date(2026, 1, 1))
    later = fact("children", 0, on=DAY, way=Way.IMPORTED)
    together = combine([{"children": decided}, {"children": later}])["children"]
    assert {claim.value for claim in claims_of(together)} == {0, 2}


def test_the_day_of_a_decision_is_kept_under_seal() -> None:
    decided = replace(fact("children", 2), settled_on=DAY)
    assert fact_from_json("children", fact_to_json(decided)) == decided
