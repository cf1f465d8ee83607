"""Two cards of one person in two structures, and the gestures of who compares them, for tests of several rooms."""

from datetime import date, timedelta

from sqlalchemy import insert

from pathway.casework.accounts.rules import AccountKind, AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.links.actions import (
    answer_match,
    decide_match,
    keep_matches,
    link_cards,
    unlink_cards,
)
from pathway.casework.links.queries import (
    MatchLine,
    cards_to_compare,
    identities_compared,
    matches_in,
    my_matches,
    plan_matches,
)
from pathway.casework.links.rules import MatchState, Reason, Verdict
from pathway.casework.records.rules import Identity
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from tests.casework.enrolments.steps import system
from tests.town import herself, welcome

TWIN = Identity(first_name="Aminah", last_name="Ben Kacem", birth_date=date(1991, 4, 22))


def two_cards(town: Town) -> tuple[str, str]:
    """Amina's card by Bruno, then a minute later another by Élise under another spelling."""
    amina = welcome(town)
    assert isinstance(town.clock, FixedClock)
    town.clock.move(timedelta(minutes=1))
    return amina, welcome(town, by="elise", identity=TWIN)


def link(town: Town, one: str, other: str) -> str:
    """Link two cards; gives the one that stands."""
    with system(town.store, town.clock) as tx:
        return link_cards(tx, record_id=one, other_id=other)


def unlink(town: Town, one: str, other: str) -> None:
    """Take them apart."""
    with system(town.store, town.clock) as tx:
        unlink_cards(tx, record_id=one, other_id=other)


def compare_all(town: Town) -> int:
    """What the night does; gives how many pairs it proposes."""
    with system(town.store, town.clock, write=False) as tx:
        plan = plan_matches(tx, cards_to_compare(tx))
    with system(town.store, town.clock) as tx:
        return keep_matches(tx, plan)


def listed(town: Town, state: MatchState = MatchState.OPEN) -> list[MatchLine]:
    """The reviewer's list."""
    with town.acting("ines", write=False) as tx:
        return matches_in(tx, state, page=1)[0]


def decide(town: Town, match_id: str, verdict: Verdict = Verdict.SAME, reason: Reason = Reason.MISSPELT) -> MatchState:
    """Inès decides on what she has just read."""
    with town.acting("ines") as tx:
        version = identities_compared(tx, match_id).version
        return decide_match(tx, match_id=match_id, verdict=verdict, reason=reason, version=version)


def open_account(town: Town, record_id: str) -> None:
    """The person has an account on that card."""
    with system(town.store, town.clock) as tx:
        values = {
            "id": new_id(),
            "kind": AccountKind.JOBSEEKER.value,
            "state": AccountState.ACTIVE.value,
            "record_id": record_id,
            "password_hash": "",
            "recorded_at": tx.now,
        }
        tx.execute(insert(table_of(Account)).values(**values))
        tx.journal("activate_account", records=[record_id])


def answer(town: Town, record_id: str, match_id: str, *, is_me: bool) -> MatchState:
    """She answers « Est-ce vous ? » about what she has just read."""
    with herself(town, record_id) as tx:
        version = next(one.version for one in my_matches(tx) if one.id == match_id)
        return answer_match(tx, match_id=match_id, is_me=is_me, version=version)
