"""Two cards of one person in the simulated town: found by the night, put together by a reviewer, or taken apart."""

from datetime import date, timedelta

from pathway.casework.alerts.actions import settle_cards
from pathway.casework.links.actions import decide_match
from pathway.casework.links.queries import cards_of_match, match_row, matches_in
from pathway.casework.links.rules import MatchState, Reason, Verdict
from pathway.demo.simulation import Simulation
from pathway.store.transaction import Transaction

_REVIEWER = "ines"
_PARTED = 0.3


def review(live: Simulation, day: date) -> None:
    """On Tuesdays, decide on every pair the nights found; a few of those put together are taken apart some weeks later,
    as if it had been an error."""
    for due in [one for one in live.linked if one[0] <= day]:
        live.linked.remove(due)
        with live.town.acting(_REVIEWER) as tx:
            _decide(tx, due[1], Verdict.DIFFERENT, Reason.NAMESAKES)
        live.lived.unlinked += 1
    if day.weekday() == 1:
        while _decide_page(live, day):
            continue


def _decide_page(live: Simulation, day: date) -> int:
    with live.town.acting(_REVIEWER) as tx:
        lines, _ = matches_in(tx, MatchState.OPEN, page=1)
        pairs = {line.id: tuple(live.in_order(cards_of_match(tx, line.id))) for line in lines}
        for match_id in sorted(pairs, key=lambda one: [live.known[card].number for card in pairs[one]]):
            _look_at(live, tx, match_id, pairs[match_id], day)
        tx.journal("review_matches")
    return len(lines)


def _look_at(live: Simulation, tx: Transaction, match_id: str, cards: tuple[str, ...], day: date) -> None:
    one, other = (live.known[card] for card in cards)
    if one.identity != other.identity:
        _decide(tx, match_id, Verdict.DIFFERENT, Reason.NAMESAKES)
        return
    _decide(tx, match_id, Verdict.SAME, Reason.IDENTICAL)
    live.lived.linked += 1
    if (one.number + other.number) % 10 < _PARTED * 10:
        live.linked.append((day + timedelta(days=20 + one.number % 30), match_id))


def _decide(tx: Transaction, match_id: str, verdict: Verdict, reason: Reason) -> None:
    row = match_row(tx, match_id)
    assert row is not None
    decide_match(tx, match_id=match_id, verdict=verdict, reason=reason, version=row.version)
    settle_cards(tx, cards_of_match(tx, match_id))
