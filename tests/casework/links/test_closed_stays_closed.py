"""What she closes while two cards are linked stays closed on each of them once they are taken apart."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.agreements.actions import give_agreement, hide_part, share_again, stop_sharing
from pathway.casework.agreements.rules import SHAREABLE, WHO_SHE_IS
from pathway.casework.links.actions import link_cards, unlink_cards
from pathway.casework.oversight.queries import own_log
from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS
from pathway.casework.records.rules import Section
from pathway.casework.rights.actions import ask_restriction, withdraw_request
from pathway.casework.rights.export import whole_record
from pathway.casework.rights.rules import RequestWay
from pathway.casework.sharing.queries import access_of
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotFound, Refused
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import agree, hide, resume, seen, stop
from tests.casework.links.pairs import link, two_cards, unlink
from tests.casework.links.test_identity import EXAMPLES, GRANTS, STAFF, STRUCTURES, a_try, grant
from tests.casework.rights.asking import answer, limit, mine
from tests.town import herself, welcome

Cards = tuple[str, str]
Step = tuple[str, bool, str, Any]
PLACE = st.sampled_from(STRUCTURES)
PART = st.sampled_from(
    [(one.section.value, key) for key, one in CATALOGUE.items() if key not in WHO_SHE_IS | CAUTIONS.keys()]
    + [(one.value, "") for one in Section if one is not Section.IDENTITY]
)
SHARED = st.frozensets(st.sampled_from(sorted(SHAREABLE - {"health"})), min_size=1, max_size=3)
CLOSING = st.one_of(
    st.tuples(st.just("stop"), st.booleans(), PLACE | st.just(""), st.none()),
    st.tuples(st.just("hide"), st.booleans(), PLACE, PART),
    st.tuples(st.just("limit"), st.booleans(), st.just(""), PART),
)
OPENING = st.one_of(
    st.tuples(st.just("agree"), st.booleans(), PLACE, SHARED),
    st.tuples(st.just("resume"), st.booleans(), PLACE, st.none()),
)
LIVES = st.lists(CLOSING, min_size=1, max_size=4)


def do(town: Town, tx: Transaction, cards: Cards, step: Step) -> None:
    """She does that on the account of one of the two cards; what she cannot do changes nothing."""
    act, is_first, place, what = step
    card = cards[0] if is_first else cards[1]
    tx.actor, before = herself(town, card).actor, tx.actor
    where: dict[str, Any] = {"record_id": card, "structure_id": town.structures[place] if place else ""}
    try:
        if act == "stop":
            stop_sharing(tx, **where)
        elif act == "hide":
            hide_part(tx, **where, section=what[0], item_key=what[1])
        elif act == "agree":
            give_agreement(tx, **where, sections=what)
        elif act == "resume":
            share_again(tx, **where)
        else:
            section, item = what
            ask_restriction(tx, record_id=card, section=section, item_key=item, text="", way=RequestWay.ACCOUNT)
    except (NotFound, Refused):
        pass
    tx.actor = before


def opened(town: Town, tx: Transaction, cards: Cards) -> dict[tuple[str, str], set[str]]:
    """(who, card) → what that professional may open of it: her own writing, all of it, each answer."""
    before = tx.actor
    found: dict[tuple[str, str], set[str]] = {}
    for who in STAFF:
        tx.actor = town.actor(who)
        found |= {(who, card): _codes(tx, card) for card in cards}
    tx.actor = before
    return found


def _codes(tx: Transaction, card: str) -> set[str]:
    try:
        access = access_of(tx, card)
    except NotFound:
        return set()
    own = {f"own {one}" for one in access.sections}
    if access.is_own_only:
        return own
    items = {key for key, one in CATALOGUE.items() if access.opens(one.section.value)} - access.hidden_items
    return own | {f"all {one}" for one in access.sections} | items


def closed_by(town: Town, step: Step, who: str) -> set[str]:
    """What that step alone must close to that professional."""
    act, _, place, what = step
    if place and town.structures[place] != town.actor(who).structure_id:
        return set()
    if act == "stop":
        return {f"all {one.value}" for one in Section}
    section, item = what
    return {item} if item else {f"own {section}", f"all {section}"}


def test_nothing_she_closed_while_linked_opens_when_cards_are_taken_apart(town: Town) -> None:
    cards = two_cards(town)

    @EXAMPLES
    @given(GRANTS, st.lists(CLOSING, max_size=2), LIVES)
    def holds(grants: list[Any], earlier: list[Step], steps: list[Step]) -> None:
        with a_try(town) as tx:
            grant(tx, town, cards, grants)
            for step in earlier:
                do(town, tx, cards, step)
            before = opened(town, tx, cards)
            link_cards(tx, record_id=cards[0], other_id=cards[1])
            for step in steps:
                do(town, tx, cards, step)
            unlink_cards(tx, record_id=cards[0], other_id=cards[1])
            after = opened(town, tx, cards)
        for (who, card), codes in after.items():
            assert codes <= before[who, card], (who, card)
            assert not any(codes & closed_by(town, step, who) for step in steps), (who, card)

    holds()


def test_what_she_agrees_to_while_linked_opens_no_more_once_they_are_apart(town: Town) -> None:
    cards = two_cards(town)

    @EXAMPLES
    @given(GRANTS, st.lists(CLOSING | OPENING, min_size=1, max_size=5))
    def holds(grants: list[Any], steps: list[Step]) -> None:
        with a_try(town) as tx:
            grant(tx, town, cards, grants)
            link_cards(tx, record_id=cards[0], other_id=cards[1])
            for step in steps:
                do(town, tx, cards, step)
            linked = opened(town, tx, cards)
            unlink_cards(tx, record_id=cards[0], other_id=cards[1])
            after = opened(town, tx, cards)
        assert all(codes <= linked[key] for key, codes in after.items())

    holds()


def test_of_three_cards_the_one_taken_apart_keeps_the_stop(town: Town) -> None:
    one, two = two_cards(town)
    three = welcome(town, by="karim")
    link(town, one, two)
    link(town, two, three)
    stop(town, one, "mission-locale")
    unlink(town, one, two)
    unlink(town, two, three)
    access = seen(town, two, "elise")
    assert access and access.is_own_only


def test_an_agreement_noted_by_a_structure_opens_the_card_it_follows_alone(town: Town) -> None:
    amina, other = two_cards(town)
    link(town, amina, other)
    with town.acting("elise") as tx:
        give_agreement(tx, record_id=amina, structure_id=town.structures["ccas"], sections=["contact"])
    unlink(town, amina, other)
    assert seen(town, amina, "nadia") is None
    access = seen(town, other, "nadia")
    assert access and access.sections == {"identity", "contact"}


def test_she_opens_again_on_each_card_what_she_closed_on_both(town: Town) -> None:
    amina, other = two_cards(town)
    link(town, amina, other)
    stop(town, amina, "mission-locale")
    unlink(town, amina, other)
    resume(town, other, "mission-locale")
    access = seen(town, other, "elise")
    assert access and not access.is_own_only


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_limit_set_while_linked_ends_on_both_cards_with_its_request(
    town: Town, clock: FixedClock, is_answered: bool
) -> None:
    amina, other = two_cards(town)
    link(town, amina, other)
    clock.move(timedelta(hours=1))
    request_id = limit(town, amina, "contact", "city")
    clock.move(timedelta(hours=1))
    unlink(town, amina, other)
    assert all("city" in hidden_from(town, card, who) for card, who in ((amina, "bruno"), (other, "elise")))
    if is_answered:
        asked = mine(town, amina)[0].structure_id  # both said the same: either may have to answer
        answer(town, request_id, by="denis" if asked == town.structures["pae-centre"] else "sylvie")
        clock.move(timedelta(days=7))
    else:
        with herself(town, amina) as tx:
            withdraw_request(tx, request_id=request_id, version=1)
    assert not any("city" in hidden_from(town, card, who) for card, who in ((amina, "bruno"), (other, "elise")))


def hidden_from(town: Town, card: str, who: str) -> frozenset[str]:
    access = seen(town, card, who)
    assert access
    return access.hidden_items


def test_a_limit_asked_on_a_card_before_the_link_is_lifted_there_alone(town: Town, clock: FixedClock) -> None:
    amina, other = two_cards(town)
    first, second = limit(town, amina, "contact", "city"), limit(town, other, "contact", "city")
    clock.move(timedelta(hours=1))
    link(town, amina, other)
    clock.move(timedelta(hours=1))
    with herself(town, amina) as tx:
        withdraw_request(tx, request_id=first, version=1)
    assert "city" in hidden_from(town, amina, "bruno")
    clock.move(timedelta(hours=1))
    unlink(town, amina, other)
    assert "city" not in hidden_from(town, amina, "bruno") and "city" in hidden_from(town, other, "elise")
    assert mine(town, other)[0].id == second


def test_a_second_limit_asked_while_linked_outlives_the_first_on_both_cards(town: Town, clock: FixedClock) -> None:
    amina, other = two_cards(town)
    first = limit(town, amina, "contact", "city")
    clock.move(timedelta(hours=1))
    link(town, amina, other)
    clock.move(timedelta(hours=1))
    second = limit(town, other, "contact", "city")
    with pytest.raises(Refused, match="déjà ouverte"):
        limit(town, amina, "contact", "city")
    with herself(town, amina) as tx:
        withdraw_request(tx, request_id=first, version=1)
    unlink(town, amina, other)
    assert "city" in hidden_from(town, amina, "bruno") and "city" in hidden_from(town, other, "elise")
    with herself(town, other) as tx:
        withdraw_request(tx, request_id=second, version=1)
    assert "city" not in hidden_from(town, amina, "bruno") and "city" not in hidden_from(town, other, "elise")


def test_what_she_closes_on_both_cards_is_told_once_and_in_the_log_of_each(town: Town) -> None:
    amina, other = two_cards(town)
    link(town, amina, other)
    stop(town, amina, "mission-locale")
    hide(town, amina, "mission-locale", "contact", "city")
    limit(town, amina, "situation", "situation")
    agree(town, amina, "ccas", "contact")
    with herself(town, amina) as tx:
        told = whole_record(tx)
    assert [len(told[name]) for name in ("arrets", "parties_cachees", "limitations")] == [1, 1, 1]
    unlink(town, amina, other)
    for card in (amina, other):
        with herself(town, card, write=False) as tx:
            done = {line.action for line in own_log(tx)}
        assert {"agreement_withdrawn", "part_hidden", "part_restricted"} <= done
