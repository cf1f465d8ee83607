"""Keeping what the night found, deciding on it, and linking cards: nothing moves, only which card stands changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from pathway.casework.links.queries import Plan, Proposal, card_seqs, cards_with_account, match_row
from pathway.casework.links.rules import (
    CardFact,
    MatchState,
    Reason,
    Verdict,
    check_reason,
    groups,
    ordered,
    standing,
    state_after,
)
from pathway.casework.links.tables import CardLink, ComparedCard, MatchChange, PossibleMatch
from pathway.casework.records.actions import give_back_referents
from pathway.casework.sharing.queries import same_person
from pathway.casework.sharing.tables import Record
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_match = table_of(PossibleMatch)
_change = table_of(MatchChange)
_link = table_of(CardLink)
_compared = table_of(ComparedCard)
_record = table_of(Record)

_MEANWHILE = marked("Cette comparaison vient d’être modifiée par quelqu’un d’autre. Rechargez la page.")
_OWN_CARD = "Vous avez créé l’une de ces cartes : une autre personne habilitée doit les comparer."
_NOT_LINKED = marked("Ces deux cartes ne sont pas réunies.")


def keep_matches(tx: Transaction, plan: Plan) -> int:
    """Keep what comparing a lot of cards found; gives how many pairs are to be compared by somebody. Safe to redo."""
    for one in plan.proposals:
        _keep(tx, one)
    tx.execute(delete(_compared).where(_compared.c.record_id.in_(list(plan.looked_at))))
    rows = [{"record_id": card, "seals_used": used} for card, used in plan.looked_at.items()]
    if rows:
        tx.execute(insert(_compared), rows)
    proposed = sum(one.state is MatchState.OPEN for one in plan.proposals)
    tx.journal("propose_matches", compared=len(rows), proposed=proposed)
    return proposed


def compare_all_again(tx: Transaction) -> None:
    """Forget which cards were compared: what makes two of them alike has changed, and the night looks at all anew."""
    tx.execute(delete(_compared))


def decide_match(
    tx: Transaction, *, match_id: str, verdict: Verdict, reason: Reason | None, version: int
) -> MatchState:
    """A reviewer's verdict on two identities; gives where the pair now stands.

    The same person: linked at once when nobody has an account on either card, else asked. Two persons, or not sure:
    cards that were linked are taken apart. `Conflict` when somebody decided in between, `Invalid` on a reason that does
    not go with the verdict.
    """
    row = _row(tx, match_id)
    given = check_reason(verdict, reason)
    cards = _held(tx, row.low_id, row.high_id)  # who must be asked too is told by what links made of them meanwhile
    state = state_after(verdict, asks=bool(cards_with_account(tx, cards)))
    if row.state == MatchState.LINKED and verdict is Verdict.SAME:
        raise Refused(marked("Ces deux cartes sont déjà réunies."))
    if verdict is Verdict.SAME and _made_one_of(tx, cards):
        raise Refused(_OWN_CARD)
    _move(tx, row, state, given, version, low_yes_at=None, high_yes_at=None)
    _join_or_part(tx, row, state)
    tx.journal("decide_match", records=[row.low_id, row.high_id], match=match_id, verdict=verdict.value)
    return state


def answer_match(tx: Transaction, *, match_id: str, is_me: bool, version: int) -> MatchState:
    """The person's own answer to « Est-ce vous ? »; gives where the pair now stands.

    Her yes links the cards once everybody who has an account on one of them said yes. Her no ends the question, and
    takes apart cards already linked. `NotFound` when she was not asked.
    """
    row = _row(tx, match_id)
    _held(tx, row.low_id, row.high_id)
    mine = same_person(tx, tx.actor.record_id)
    is_linked = row.state == MatchState.LINKED
    if row.state not in (MatchState.ASKED, MatchState.LINKED) or not {row.low_id, row.high_id} & set(mine):
        raise NotFound
    said = {"low_yes_at": row.low_yes_at, "high_yes_at": row.high_yes_at}
    said["low_yes_at" if row.low_id in mine else "high_yes_at"] = tx.now
    state = MatchState.DIFFERENT
    if is_me:
        state = MatchState.LINKED if is_linked or _all_agree(tx, row, said) else MatchState.ASKED
    _move(tx, row, state, Reason.PERSON_SAID, version, **(said if is_me else {}))
    _join_or_part(tx, row, state)
    tx.journal("answer_match", records=mine, match=match_id, is_me=is_me)
    return state


def link_cards(tx: Transaction, *, record_id: str, other_id: str) -> str:
    """Put two persons' cards together; gives the card that now stands for her: one with an account, else the oldest.

    Nothing moves: each card keeps its rows, its key, its number and its login. `Refused` when they are linked already.
    """
    cards = _held(tx, record_id, other_id)
    if other_id in same_person(tx, record_id):
        raise Refused(marked("Ces deux cartes sont déjà réunies."))
    low, high = ordered(record_id, other_id)
    values = {"id": new_id(), "record_id": low, "other_id": high, "linked_at": tx.now, "linked_by": tx.actor.account_id}
    tx.execute(insert(_link).values(**values))
    stand_again(tx, cards)
    tx.journal("link_cards", records=cards)
    return same_person(tx, record_id)[0]


def unlink_cards(tx: Transaction, *, record_id: str, other_id: str) -> None:
    """Take two linked cards apart: each side stands by itself again, with the référent de parcours it had.

    `Refused` when nothing links these two cards.
    """
    cards = _held(tx, record_id, other_id)
    low, high = ordered(record_id, other_id)
    here = (_link.c.record_id == low, _link.c.other_id == high, _link.c.ended_at.is_(None))
    ended = update(_link).where(*here).values(ended_at=tx.now, ended_by=tx.actor.account_id)
    if tx.execute(ended).rowcount != 1:
        raise Refused(_NOT_LINKED)
    stand_again(tx, cards)
    give_back_referents(tx, cards)
    tx.journal("unlink_cards", records=cards)


def _keep(tx: Transaction, one: Proposal) -> None:
    values = {
        "score": one.alike.score,
        "why": " ".join(code.value for code in one.alike.why),
        "state": one.state.value,
        "low_seq": one.seqs[0],
        "high_seq": one.seqs[1],
        "version": one.version + 1,
        "found_at": tx.now,
    }
    if one.match_id:
        here = (_match.c.id == one.match_id, _match.c.version == one.version)
        if tx.execute(update(_match).where(*here).values(**values)).rowcount != 1:
            return  # a reviewer decided in between: she has the last word
    match_id = one.match_id or new_id()
    if not one.match_id:
        tx.execute(insert(_match).values(id=match_id, low_id=one.low_id, high_id=one.high_id, **values))
    _note(tx, match_id, one.version + 1, one.state, "")


def _row(tx: Transaction, match_id: str) -> Row[Any]:
    row = match_row(tx, match_id)
    if row is None:
        raise NotFound
    return row


def _move(tx: Transaction, row: Row[Any], state: MatchState, reason: Reason, version: int, **said: Any) -> None:
    here = (_match.c.id == row.id, _match.c.version == version)
    seqs = card_seqs(tx, (row.low_id, row.high_id))  # what is decided holds until one of these is written again
    values = {"state": state.value, "version": version + 1, **said}
    values |= {"low_seq": seqs[row.low_id], "high_seq": seqs[row.high_id]}
    if tx.execute(update(_match).where(*here).values(**values)).rowcount != 1:
        raise Conflict(_MEANWHILE)
    _note(tx, row.id, version + 1, state, reason.value)


def _note(tx: Transaction, match_id: str, version: int, state: MatchState, reason: str) -> None:
    values = {
        "match_id": match_id,
        "version": version,
        "state": state.value,
        "reason": reason,
        "decided_by": tx.actor.account_id,
        "role": tx.actor.role,
        "decided_at": tx.now,
    }
    tx.execute(insert(_change).values(**values))


def _made_one_of(tx: Transaction, cards: Sequence[str]) -> bool:
    """Whether the actor made one of those cards: linking it to another would open that other one to her alone."""
    mine = select(_record.c.id).where(_record.c.id.in_(cards), _record.c.created_by == tx.actor.account_id)
    return tx.execute(mine.limit(1)).first() is not None


def _join_or_part(tx: Transaction, row: Row[Any], state: MatchState) -> None:
    was_linked = row.state == MatchState.LINKED
    if state is MatchState.LINKED and not was_linked:
        link_cards(tx, record_id=row.low_id, other_id=row.high_id)
    if was_linked and state is not MatchState.LINKED:
        unlink_cards(tx, record_id=row.low_id, other_id=row.high_id)


def _all_agree(tx: Transaction, row: Row[Any], said: dict[str, Any]) -> bool:
    sides = ((row.low_id, said["low_yes_at"]), (row.high_id, said["high_yes_at"]))
    return all(yes or not cards_with_account(tx, same_person(tx, card)) for card, yes in sides)


def _held(tx: Transaction, *record_ids: str) -> list[str]:
    """Every card of those people, held until the end of the transaction: two links about one person wait for each other
    on PostgreSQL, and the second sees what the first made of her cards. SQLite has one writer."""
    held: list[str] = []
    while (cards := sorted({card for one in record_ids for card in same_person(tx, one)})) != held:
        tx.execute(select(_record.c.id).where(_record.c.id.in_(cards)).order_by(_record.c.id).with_for_update())
        held = cards
    return held


def stand_again(tx: Transaction, cards: Sequence[str]) -> None:
    """Say again which card stands, for every group that the links now make of those cards."""
    query = select(_link.c.record_id, _link.c.other_id).where(
        _link.c.ended_at.is_(None), _link.c.record_id.in_(cards), _link.c.other_id.in_(cards)
    )
    links = [(row.record_id, row.other_id) for row in tx.execute(query)]
    known = cards_with_account(tx, cards)
    made = select(_record.c.id, _record.c.recorded_at).where(_record.c.id.in_(cards))
    facts = {
        row.id: CardFact(id=row.id, has_account=row.id in known, recorded_at=row.recorded_at)
        for row in tx.execute(made)
    }
    for group in groups(cards, links):
        stands = standing([facts[card] for card in group])
        tx.execute(update(_record).where(_record.c.id.in_(sorted(group))).values(canonical_id=stands))
