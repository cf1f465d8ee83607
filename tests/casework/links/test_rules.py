from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.links.rules import (
    REASONS,
    CardFact,
    Likeness,
    MatchState,
    Reason,
    Verdict,
    alike,
    check_reason,
    groups,
    next_state,
    ordered,
    standing,
    state_after,
)
from pathway.casework.records.rules import Identity
from pathway.kernel.errors import Invalid

BORN = date(1991, 4, 22)
AMINA = Identity(first_name="Amina", last_name="Benkacem", birth_date=BORN)
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
DECIDED = (MatchState.DIFFERENT, MatchState.UNSURE)
CARDS = "abcde"


def who(first: str = "Amina", last: str = "Benkacem", birth_name: str | None = None, born: date = BORN) -> Identity:
    return Identity(first_name=first, last_name=last, birth_name=birth_name, birth_date=born)


@pytest.mark.parametrize(
    "other",
    [
        who(),
        who("AMINA", "Ben Kacem"),
        who("Aminah", "Benkassem"),
        who("Benkacem", "Amina"),
        who(last="Diallo", birth_name="Benkacem"),
        who(born=date(1991, 4, 23)),
        who(born=date(1981, 4, 22)),
    ],
)
def test_what_a_hurried_hand_writes_is_proposed(other: Identity) -> None:
    assert alike(AMINA, other, share_contact=False).is_proposed
    assert alike(other, AMINA, share_contact=False).is_proposed


@pytest.mark.parametrize(
    "other", [who("Hugo"), who(born=date(1962, 11, 5)), who("Amina", "Diallo"), who("Zoé", "Martin")]
)
def test_a_brother_a_namesake_and_a_stranger_are_not_proposed(other: Identity) -> None:
    assert not alike(AMINA, other, share_contact=False).is_proposed


def test_a_married_name_is_proposed_when_the_phone_is_the_same() -> None:
    found = alike(AMINA, who(last="Diallo"), share_contact=True)
    assert found.is_proposed
    assert found.why == (Likeness.OTHER_LAST, Likeness.SAME_FIRST, Likeness.SAME_DATE, Likeness.SAME_CONTACT)


@given(st.sampled_from(["Amina", "Aminah", "Zoé"]), st.sampled_from(["Benkacem", "Ben Kacem", "Diallo"]), st.booleans())
def test_which_card_comes_first_changes_nothing(first: str, last: str, shares: bool) -> None:
    other = who(first, last, birth_name="Benkacem")
    one, two = alike(AMINA, other, share_contact=shares), alike(other, AMINA, share_contact=shares)
    assert one == two


@pytest.mark.parametrize("state", DECIDED)
def test_what_was_decided_is_asked_again_only_when_a_card_changed(state: MatchState) -> None:
    assert next_state(state, is_proposed=True, has_changed=False) is None
    assert next_state(state, is_proposed=True, has_changed=True) is MatchState.OPEN


@given(st.booleans(), st.booleans(), st.sampled_from([MatchState.LINKED, MatchState.ASKED]))
def test_the_night_never_touches_cards_linked_or_a_question_put(proposed: bool, changed: bool, at: MatchState) -> None:
    assert next_state(at, is_proposed=proposed, has_changed=changed) is None


def test_a_pair_that_no_longer_looks_alike_leaves_the_list_and_may_come_back() -> None:
    assert next_state(MatchState.OPEN, is_proposed=False, has_changed=True) is MatchState.GONE
    assert next_state(MatchState.GONE, is_proposed=True, has_changed=True) is MatchState.OPEN
    assert next_state(None, is_proposed=False, has_changed=False) is None
    assert next_state(MatchState.OPEN, is_proposed=True, has_changed=False) is None


@pytest.mark.parametrize(
    ("verdict", "asks", "state"),
    [
        (Verdict.SAME, False, MatchState.LINKED),
        (Verdict.SAME, True, MatchState.ASKED),
        (Verdict.DIFFERENT, True, MatchState.DIFFERENT),
        (Verdict.UNSURE, False, MatchState.UNSURE),
    ],
)
def test_nothing_is_linked_before_everybody_who_can_be_asked_agrees(
    verdict: Verdict, asks: bool, state: MatchState
) -> None:
    assert state_after(verdict, asks=asks) is state


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_comes_with_one_of_its_reasons(verdict: Verdict) -> None:
    for reason in Reason:
        if reason in REASONS[verdict]:
            assert check_reason(verdict, reason) is reason
        else:
            with pytest.raises(Invalid, match="ne va pas"):
                check_reason(verdict, reason)
    with pytest.raises(Invalid, match="pourquoi"):
        check_reason(verdict, None)


def card(name: str, *, days: int = 0, has_account: bool = False) -> CardFact:
    return CardFact(id=name, has_account=has_account, recorded_at=LONG_AGO + timedelta(days=days))


def test_the_card_with_an_account_stands_else_the_oldest_whatever_the_order() -> None:
    old, new, hers = card("z"), card("a", days=3), card("b", days=9, has_account=True)
    assert {standing(cards) for cards in permutations((old, new))} == {"z"}
    assert {standing(cards) for cards in permutations((old, new, hers))} == {"b"}


@given(st.lists(st.tuples(st.sampled_from(CARDS), st.sampled_from(CARDS)).filter(lambda one: one[0] != one[1])))
def test_groups_hold_every_card_once_and_both_ends_of_every_link(links: list[tuple[str, str]]) -> None:
    found = groups(CARDS, links)
    assert sorted(name for group in found for name in group) == list(CARDS)
    assert all(any({one, other} <= group for group in found) for one, other in links)
    assert set(found) == set(groups(CARDS, links[::-1]))


def test_a_pair_is_always_written_in_the_same_order() -> None:
    assert ordered("b", "a") == ordered("a", "b") == ("a", "b")
