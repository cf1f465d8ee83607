"""What she is asked before an appointment, by what is known of it, who said it and since when."""

from datetime import date

import pytest

from pathway.casework.preparation.rules import is_prepared, to_prepare
from pathway.casework.records.catalogue import item
from pathway.casework.records.facts import Fact, Provenance, Way
from pathway.casework.records.rules import Proposal, ReuseState

SINCE = date(2026, 11, 20)
DAY_BEFORE = date(2026, 11, 19)


def proposal(state: ReuseState, way: Way | None = None, on: date = SINCE, key: str = "email") -> Proposal:
    fact = None
    if way:
        source = Provenance(structure_id="plie", role="jobseeker", on=on, way=way, by="amina")
        fact = Fact(key=key, value="x", provenance=source)
    return Proposal(item=item(key), is_required=True, why="Pour vous écrire", state=state, fact=fact)


@pytest.mark.parametrize("state", [one for one in ReuseState if one is not ReuseState.FRESH])
@pytest.mark.parametrize("way", [None, Way.SAID, Way.PREPARED])
def test_she_is_asked_what_is_missing_old_in_doubt_or_refused(state: ReuseState, way: Way | None) -> None:
    one = proposal(state, way, DAY_BEFORE)
    assert to_prepare([one], since=SINCE) == (one,)
    assert not is_prepared(one, since=SINCE)


@pytest.mark.parametrize("on", [SINCE, date(2026, 11, 21)])
def test_what_she_answered_since_that_day_is_prepared_and_may_still_change(on: date) -> None:
    one = proposal(ReuseState.FRESH, Way.PREPARED, on)
    assert to_prepare([one], since=SINCE) == (one,)
    assert is_prepared(one, since=SINCE)


def test_an_answer_of_hers_that_is_in_doubt_is_to_prepare_again() -> None:
    assert not is_prepared(proposal(ReuseState.CONFLICT, Way.PREPARED), since=SINCE)


@pytest.mark.parametrize(
    ("way", "on"),
    [(Way.PREPARED, DAY_BEFORE), *((way, SINCE) for way in Way if way is not Way.PREPARED)],
)
def test_what_is_known_and_fresh_is_not_asked_again(way: Way, on: date) -> None:
    one = proposal(ReuseState.FRESH, way, on)
    assert to_prepare([one], since=SINCE) == ()
    assert not is_prepared(one, since=SINCE)


@pytest.mark.parametrize("key", ["first_name", "last_name", "birth_name", "birth_date"])
@pytest.mark.parametrize("state", list(ReuseState))
def test_who_she_is_is_never_prepared_alone(key: str, state: ReuseState) -> None:
    asked = [proposal(state, Way.PREPARED, key=key), proposal(ReuseState.MISSING)]
    assert to_prepare(asked, since=SINCE) == (asked[1],)
