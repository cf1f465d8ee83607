"""Linking then taking apart changes nothing that anybody sees; while linked, nobody sees more than both cards gave."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.casework.alerts.queries import alerts_about
from pathway.casework.followup.queries import caseload, work_of_the_day
from pathway.casework.journey.queries import journey_of
from pathway.casework.links.actions import link_cards, unlink_cards
from pathway.casework.links.queries import matches_in
from pathway.casework.links.rules import MatchState
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Section
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.queries import access_of, structures_that_see
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.demo.town import Town
from pathway.kernel.errors import NotFound
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import enter, leave, system
from tests.casework.links.pairs import compare_all, two_cards
from tests.town import herself

CODES = sorted({section.value for section in Section} | PARTS)
STAFF = ("bruno", "elise", "karim", "chloe")
STRUCTURES = ("pae-centre", "mission-locale", "plie", "passerelle")
GRANTS = st.lists(
    st.tuples(
        st.sampled_from(STRUCTURES), st.booleans(), st.frozensets(st.sampled_from(CODES), min_size=1, max_size=4)
    ),
    max_size=4,
)
EXAMPLES = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None, print_blob=False
)


class Undone(Exception):
    """Ends a transaction without keeping anything of it."""


@contextmanager
def a_try(town: Town) -> Iterator[Transaction]:
    try:
        with system(town.store, town.clock) as tx:
            yield tx
            raise Undone
    except Undone:
        return


def seen(tx: Transaction, as_one: Transaction, cards: tuple[str, str]) -> dict[str, Any]:
    """All that this actor may read now, inside the transaction that is tried."""
    tx.actor, before = as_one.actor, tx.actor
    found: dict[str, Any] = {"lists": (caseload(tx, only_mine=False, page=1, per_page=50), work_of_the_day(tx))}
    found["pairs"] = matches_in(tx, MatchState.OPEN, page=1)
    for card in cards:
        try:
            found[card] = (record_opened(tx, card), journey_of(tx, card), alerts_about(tx, card))
            found[f"{card} readers"] = structures_that_see(tx, card)
        except NotFound:
            found[card] = None
    tx.actor = before
    return found


def everybody(town: Town, tx: Transaction, cards: tuple[str, str]) -> dict[str, Any]:
    people = {who: town.acting(who) for who in (*STAFF, "ines")}
    people |= {card: herself(town, card) for card in cards}
    return {who: seen(tx, one, cards) for who, one in people.items()}


def settled(town: Town) -> tuple[str, str]:
    amina, other = two_cards(town)
    enter(town, amina)
    leave(town, enter(town, other, by="elise", scheme="cej").enrolment_id, by="elise")
    compare_all(town)
    return amina, other


def grant(tx: Transaction, town: Town, cards: tuple[str, str], grants: list[Any]) -> None:
    for structure, is_first, sections in grants:
        open_grants(
            tx,
            record_ids=[cards[0] if is_first else cards[1]],
            structure_id=town.structures[structure],
            cause=Cause.AGREEMENT,
            cause_id="",
            sections=frozenset(sections),
        )


def test_link_then_unlink_is_as_if_nothing_had_been_done(sqlite_town: Town) -> None:
    cards = settled(sqlite_town)

    @EXAMPLES
    @given(GRANTS)
    def holds(grants: list[Any]) -> None:
        with a_try(sqlite_town) as tx:
            grant(tx, sqlite_town, cards, grants)
            before = everybody(sqlite_town, tx, cards)
            link_cards(tx, record_id=cards[0], other_id=cards[1])
            linked = everybody(sqlite_town, tx, cards)
            unlink_cards(tx, record_id=cards[1], other_id=cards[0])
            after = everybody(sqlite_town, tx, cards)
        assert after == before
        assert linked != before

    holds()


def test_while_linked_a_structure_opens_no_more_than_its_grants_on_both_cards(sqlite_town: Town) -> None:
    cards = settled(sqlite_town)

    def opened(tx: Transaction, who: str, card: str) -> frozenset[str]:
        tx.actor = sqlite_town.actor(who)
        try:
            return access_of(tx, card).sections
        except NotFound:
            return frozenset()

    @EXAMPLES
    @given(GRANTS)
    def holds(grants: list[Any]) -> None:
        with a_try(sqlite_town) as tx:
            grant(tx, sqlite_town, cards, grants)
            apart = {who: [opened(tx, who, card) for card in cards] for who in STAFF}
            link_cards(tx, record_id=cards[0], other_id=cards[1])
            together = {who: [opened(tx, who, card) for card in cards] for who in STAFF}
        for who in STAFF:
            assert together[who] == [apart[who][0] | apart[who][1]] * 2

    holds()


def test_what_a_closed_section_holds_on_the_other_card_stays_closed(sqlite_town: Town) -> None:
    cards = settled(sqlite_town)
    with a_try(sqlite_town) as tx:
        grant(tx, sqlite_town, cards, [("passerelle", True, {"identity"})])
        link_cards(tx, record_id=cards[0], other_id=cards[1])
        tx.actor = replace(sqlite_town.actor("chloe"))
        record = record_opened(tx, cards[1])
        journey = journey_of(tx, cards[1])
    assert record.sections == {Section.IDENTITY}
    assert set(record.facts) <= {"first_name", "last_name", "birth_name", "birth_date"}
    assert (journey.steps, journey.points, journey.contacts) == ({}, (), {})
