"""Cards to compare, the pairs that look alike, and what the reviewer and the person may know of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, true

from pathway.casework.accounts.tables import Account
from pathway.casework.links.rules import Alike, Likeness, MatchState, alike, next_state, ordered
from pathway.casework.links.tables import CardLink, ComparedCard, PossibleMatch
from pathway.casework.records.holders import KINDS_OF_A_ROOT, TOKEN_KINDS, index_kind
from pathway.casework.records.names import Identity, cross_parts
from pathway.casework.records.queries import CARD, card_view, tokens_of
from pathway.casework.sharing.permissions import Permission, may
from pathway.casework.sharing.queries import same_person
from pathway.casework.sharing.tables import Record
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.tables import DataKey, SealedSection, SearchToken
from pathway.store.transaction import Transaction

_match = table_of(PossibleMatch)
_compared = table_of(ComparedCard)
_link = table_of(CardLink)
_record = table_of(Record)
_account = table_of(Account)
_key = table_of(DataKey)
_section = table_of(SealedSection)
_token = table_of(SearchToken)

PER_PAGE = 20
_CONTACT = (TOKEN_KINDS["tel"], TOKEN_KINDS["mail"])
# Not the birth date alone: eighty people share one. A token borne by more people than that tells nothing of anybody.
_BLOCKS = (*(TOKEN_KINDS[name] for name in ("full", "pnd", "ppd", "p3y", "pp")), *_CONTACT)
_LARGEST_BLOCK = 100
_LOT = 500  # tokens asked at once


@dataclass(frozen=True, kw_only=True)
class MatchLine:
    """A possible match as the reviewer's list shows it: no name, only when it was found and what looks alike."""

    id: str
    found_at: datetime
    why: tuple[Likeness, ...]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two identities side by side, and where their comparison stands. Nothing else of either card."""

    id: str
    first: Identity
    second: Identity
    why: tuple[Likeness, ...]
    state: MatchState
    version: int


@dataclass(frozen=True, kw_only=True)
class MyMatch:
    """Another card that may be hers, as she is told of it. `created_at`: when that card was made."""

    id: str
    created_at: datetime
    why: tuple[Likeness, ...]
    is_linked: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A pair to keep: new, or known (`match_id`, with its `version`) and to be changed."""

    low_id: str
    high_id: str
    seqs: tuple[int, int]
    alike: Alike
    state: MatchState
    match_id: str = ""
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What comparing a lot of cards found. `looked_at`: card → how much had been written on it."""

    looked_at: dict[str, int]
    proposals: tuple[Proposal, ...]


def cards_to_compare(tx: Transaction) -> list[str]:
    """The cards written since they were last compared, over the whole base, in order."""
    query = (
        select(_record.c.id)
        .join(_key, _key.c.subject_id == _record.c.id)
        .outerjoin(_compared, _compared.c.record_id == _record.c.id)
        .where(or_(_compared.c.record_id.is_(None), _compared.c.seals_used != _key.c.seals_used))
        .order_by(_record.c.id)
    )
    return [row.id for row in tx.execute(query)]


def plan_matches(tx: Transaction, record_ids: Sequence[str]) -> Plan:
    """Compare those cards with every card that shares a search token with them, or has one that they would have with
    names the wrong way round or a birth date typed wrong. Reads only; names are opened and scored in memory."""
    written = select(_key.c.subject_id, _key.c.seals_used).where(_key.c.subject_id.in_(record_ids))
    looked_at = {row.subject_id: row.seals_used for row in tx.execute(written)}
    shared = _pairs_sharing(tx, record_ids)
    cards = _identities(tx, record_ids)
    for pair in _pairs_crossed(tx, cards):
        shared.setdefault(pair, False)
    known = _known_pairs(tx, record_ids)
    wanted = {card for pair in (*shared, *known) for card in pair}
    person = _standing_of(tx, wanted)
    cards |= _identities(tx, wanted - set(cards))
    seqs = card_seqs(tx, wanted)
    found: list[Proposal] = []
    for pair in sorted({*shared, *known}):
        if all(card in cards for card in pair) and person[pair[0]] != person[pair[1]]:
            found += _proposed(pair, cards, seqs, known.get(pair), shares=shared.get(pair, False))
    return Plan(looked_at=looked_at, proposals=tuple(found))


def matches_in(tx: Transaction, state: MatchState, *, page: int) -> tuple[list[MatchLine], int]:
    """One page of 20 possible matches, the oldest first, and how many there are; none but for a reviewer."""
    if not may(tx.actor.role, Permission.DUPLICATES_REVIEW):
        return [], 0
    low, high = _record.alias(), _record.alias()
    source = _match.join(low, low.c.id == _match.c.low_id).join(high, high.c.id == _match.c.high_id)
    is_linked = low.c.canonical_id == high.c.canonical_id
    # Cards already linked through a third one have nothing left to compare.
    here = and_(_match.c.state == state.value, is_linked if state is MatchState.LINKED else ~is_linked)
    total = tx.execute(select(func.count()).select_from(source).where(here)).scalar_one()
    query = (
        select(_match.c.id, _match.c.found_at, _match.c.why)
        .select_from(source)
        .where(here)
        .order_by(_match.c.found_at, _match.c.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    lines = [MatchLine(id=row.id, found_at=row.found_at, why=unpack_why(row.why)) for row in tx.execute(query)]
    return lines, total


def identities_compared(tx: Transaction, match_id: str) -> Compared:
    """The two identities of a possible match, for a reviewer only; `NotFound` otherwise. Journalled on both cards."""
    row = match_row(tx, match_id)
    if row is None or not may(tx.actor.role, Permission.DUPLICATES_REVIEW):
        raise NotFound
    cards = tx.sealing.open_many((row.low_id, row.high_id), CARD)
    tx.journal("compare_identities", records=[row.low_id, row.high_id], match=match_id)
    return Compared(
        id=row.id,
        first=card_view(cards[row.low_id]).identity,
        second=card_view(cards[row.high_id]).identity,
        why=unpack_why(row.why),
        state=MatchState(row.state),
        version=row.version,
    )


def my_matches(tx: Transaction) -> list[MyMatch]:
    """What the person may answer: cards a reviewer takes for hers, and those linked with hers. Oldest first."""
    mine = same_person(tx, tx.actor.record_id) if tx.actor.record_id else []
    states = [MatchState.ASKED.value, MatchState.LINKED.value]
    query = select(_match).where(_touches(mine), _match.c.state.in_(states)).order_by(_match.c.found_at, _match.c.id)
    rows = [row for row in tx.execute(query) if _is_for(row, mine)] if mine else []
    others = {row.id: other_card(row, mine, tx.actor.record_id) for row in rows}
    made = select(_record.c.id, _record.c.recorded_at).where(_record.c.id.in_(others.values()))
    created = {row.id: row.recorded_at for row in tx.execute(made)} if others else {}
    return [
        MyMatch(
            id=row.id,
            created_at=created[others[row.id]],
            why=unpack_why(row.why),
            is_linked=row.state == MatchState.LINKED.value,
            version=row.version,
        )
        for row in rows
    ]


def match_row(tx: Transaction, match_id: str) -> Row[Any] | None:
    """The row of a possible match, for the actions of this room."""
    return tx.execute(select(_match).where(_match.c.id == match_id)).one_or_none()


def cards_of_match(tx: Transaction, match_id: str) -> list[str]:
    """The two cards of a match that was just decided."""
    row = match_row(tx, match_id)
    return [row.low_id, row.high_id] if row is not None else []


def cards_with_account(tx: Transaction, cards: Collection[str]) -> set[str]:
    """Those of the cards on which somebody opened an account."""
    query = select(_account.c.record_id).where(_account.c.record_id.in_(cards))
    return {row.record_id for row in tx.execute(query)} if cards else set()


def cards_linked(tx: Transaction, record_id: str, *, at: datetime | None = None) -> set[str]:
    """That card and those linked with it at that instant (UTC), whatever became of the links; without one, ever."""
    stood = and_(_link.c.linked_at <= at, or_(_link.c.ended_at.is_(None), _link.c.ended_at >= at)) if at else true()
    cards: set[str] = set()
    found = {record_id}
    while found != cards:
        cards = found
        touches = or_(_link.c.record_id.in_(cards), _link.c.other_id.in_(cards))
        rows = tx.execute(select(_link.c.record_id, _link.c.other_id).where(touches, stood))
        found = cards | {card for row in rows for card in (row.record_id, row.other_id)}
    return cards


def other_card(row: Row[Any], mine: Collection[str], own: str) -> str:
    """Of the two cards of a match, the one that is not hers; of two that are, the one she does not sign in with."""
    if row.low_id in mine and row.high_id in mine:
        return str(row.low_id if row.high_id == own else row.high_id)
    return str(row.high_id if row.low_id in mine else row.low_id)


def unpack_why(packed: str) -> tuple[Likeness, ...]:
    """The codes kept with a match."""
    return tuple(Likeness(code) for code in packed.split())


def _proposed(
    pair: tuple[str, str],
    cards: Mapping[str, Identity],
    seqs: Mapping[str, int],
    known: Row[Any] | None,
    *,
    shares: bool,
) -> list[Proposal]:
    low, high = pair
    now = (seqs[low], seqs[high])
    found = alike(cards[low], cards[high], share_contact=shares)
    has_changed = known is not None and now != (known.low_seq, known.high_seq)
    before = MatchState(known.state) if known is not None else None
    state = next_state(before, is_proposed=found.is_proposed, has_changed=has_changed)
    if state is None:
        return []
    return [
        Proposal(
            low_id=low,
            high_id=high,
            seqs=now,
            alike=found,
            state=state,
            match_id=known.id if known is not None else "",
            version=known.version if known is not None else 0,
        )
    ]


def _pairs_sharing(tx: Transaction, record_ids: Sequence[str]) -> dict[tuple[str, str], bool]:
    """pair → whether it shares a phone or an e-mail, for every pair that shares a token with one of those cards."""
    mine, other, sized = _token.alias(), _token.alias(), _token.alias()
    held = and_(mine.c.subject_id.in_(record_ids), (mine.c.kind % KINDS_OF_A_ROOT).in_(_BLOCKS))
    wanted = select(mine.c.kind, mine.c.token).where(held).distinct().subquery()
    blocks = (
        select(sized.c.kind, sized.c.token)
        .join(wanted, and_(wanted.c.kind == sized.c.kind, wanted.c.token == sized.c.token))
        .group_by(sized.c.kind, sized.c.token)
        .having(and_(func.count() > 1, func.count() <= _LARGEST_BLOCK))
        .subquery()
    )
    query = (
        select(mine.c.kind, mine.c.subject_id, other.c.subject_id.label("other_id"))
        .join(blocks, and_(blocks.c.kind == mine.c.kind, blocks.c.token == mine.c.token))
        .join(other, and_(other.c.kind == mine.c.kind, other.c.token == mine.c.token))
        .where(held, other.c.subject_id != mine.c.subject_id)
    )
    pairs: dict[tuple[str, str], bool] = {}
    for row in tx.execute(query):
        pair = ordered(row.subject_id, row.other_id)
        pairs[pair] = pairs.get(pair, False) or index_kind(row.kind) in _CONTACT
    return pairs


def _identities(tx: Transaction, cards: Collection[str]) -> dict[str, Identity]:
    return {name: card_view(payload).identity for name, payload in tx.sealing.open_many(cards, CARD).items()}


def _pairs_crossed(tx: Transaction, cards: Mapping[str, Identity]) -> set[tuple[str, str]]:
    """The pairs that share no token as they are written, and would if one of the two was not mistaken."""
    wanted: dict[tuple[int, int], list[str]] = {}
    for card, identity in cards.items():
        for token in tokens_of(tx, cross_parts(identity)):
            wanted.setdefault(token, []).append(card)
    blocks: dict[tuple[int, int], list[str]] = {}
    for row in _holders(tx, list(wanted)):
        blocks.setdefault((row.kind, row.token), []).append(row.subject_id)
    return {
        ordered(card, other)
        for token, others in blocks.items()
        if len(others) <= _LARGEST_BLOCK
        for card in wanted[token]
        for other in others
        if card != other
    }


def _holders(tx: Transaction, tokens: Sequence[tuple[int, int]]) -> Iterator[Row[Any]]:
    for kind in dict.fromkeys(kind for kind, _ in tokens):
        those = [token for one, token in tokens if one == kind]
        for start in range(0, len(those), _LOT):
            here = (_token.c.kind == kind, _token.c.token.in_(those[start : start + _LOT]))
            yield from tx.execute(select(_token.c.kind, _token.c.token, _token.c.subject_id).where(*here))


def _known_pairs(tx: Transaction, record_ids: Sequence[str]) -> dict[tuple[str, str], Row[Any]]:
    return {(row.low_id, row.high_id): row for row in tx.execute(select(_match).where(_touches(record_ids)))}


def _touches(cards: Collection[str]) -> ColumnElement[bool]:
    return or_(_match.c.low_id.in_(cards), _match.c.high_id.in_(cards))


def _standing_of(tx: Transaction, cards: Collection[str]) -> dict[str, str]:
    query = select(_record.c.id, _record.c.canonical_id).where(_record.c.id.in_(cards))
    return {row.id: row.canonical_id for row in tx.execute(query)} if cards else {}


def card_seqs(tx: Transaction, cards: Collection[str]) -> dict[str, int]:
    """card → which writing of its identity stands."""
    query = select(_section.c.subject_id, _section.c.seq).where(
        _section.c.subject_id.in_(cards), _section.c.section == CARD
    )
    return {row.subject_id: row.seq for row in tx.execute(query)} if cards else {}


def _is_for(row: Row[Any], mine: Collection[str]) -> bool:
    """Linked cards are shown to their owner; a question, until she has answered it."""
    if row.state == MatchState.LINKED.value:
        return row.low_id in mine and row.high_id in mine
    return (row.low_yes_at if row.low_id in mine else row.high_yes_at) is None
