"""Opening records, listing people, finding them by search tokens: always inside the actor's grants."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, tuple_

from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.names import (
    SCORE_FLOOR,
    Query,
    TokenIndex,
    TokenPart,
    query_parts,
    same_person,
    score,
    token_parts,
)
from pathway.casework.records.rules import Fact, Identity, Section, fact_from_json
from pathway.casework.records.tables import Record, Referent
from pathway.casework.sharing.queries import EVERY_SECTION, sections_of_many, seen_by_actor, visible_sections
from pathway.store.columns import table_of
from pathway.store.tables import SearchToken
from pathway.store.transaction import Transaction

_record = table_of(Record)
_referent = table_of(Referent)
_token = table_of(SearchToken)

_REFERENT = select(_referent.c.account_id, _referent.c.structure_id, _referent.c.from_at).where(
    _referent.c.record_id == bindparam("record_id"), _referent.c.until_at.is_(None)
)

CARD = "card"
TOKEN_KINDS = {"full": 1, "pnd": 2, "ppd": 3, "p3y": 4, "pp": 5, "dob": 6, "tel": 7, "mail": 8, "ident": 9}
_CANDIDATES = 200
_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class CardView:
    """The small sealed card that lists and search open: who she is, and the number of her card."""

    identity: Identity
    card_number: str


@dataclass(frozen=True, kw_only=True)
class ReferentView:
    """Her référent de parcours today."""

    account_id: str
    structure_id: str
    from_at: datetime


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """A record opened for the actor: only the facts of sections she may see. `seqs` goes back with an edition."""

    id: str
    card: CardView
    facts: dict[str, Fact]
    seqs: dict[str, int]
    sections: frozenset[str]
    referent: ReferentView | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """One person found, how near (0 to 100) and why, in French."""

    record_id: str
    identity: Identity
    score: int
    why: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """One line of a caseload. `is_mine`: the actor is her référent de parcours."""

    record_id: str
    identity: Identity
    is_mine: bool


def record_opened(tx: Transaction, record_id: str, *, only: frozenset[Section] | None = None) -> RecordView:
    """The record with the sections the actor may see (or only some of them), journalled; `NotFound` without a grant."""
    sections = readable_sections(visible_sections(tx, record_id)) & (only if only is not None else frozenset(Section))
    opened = tx.sealing.open(record_id, [CARD, *sections])
    facts = facts_in(opened[name].payload for name in sections if name in opened)
    tx.journal("read_record", records=[record_id], sections=sorted(sections))
    return RecordView(
        id=record_id,
        card=card_view(opened[CARD].payload),
        facts=facts,
        seqs={name: opened[name].seq if name in opened else 0 for name in sections},
        sections=frozenset(sections),
        referent=referent_of(tx, record_id),
    )


def readable_sections(visible: frozenset[str]) -> frozenset[Section]:
    """The sections of the dictionary inside what a grant opens."""
    if EVERY_SECTION in visible:
        return frozenset(Section)
    return frozenset(section for section in Section if section.value in visible)


def referent_of(tx: Transaction, record_id: str) -> ReferentView | None:
    """The référent de parcours of that person now, if there is one."""
    row = tx.execute(_REFERENT, {"record_id": record_id}).one_or_none()
    return ReferentView(account_id=row.account_id, structure_id=row.structure_id, from_at=row.from_at) if row else None


def referents(tx: Transaction, record_ids: Iterable[str]) -> dict[str, str]:
    """record id → account id of the référent de parcours, for lists already restricted to what the actor may see."""
    wanted = list(record_ids)
    if not wanted:
        return {}
    query = select(_referent.c.record_id, _referent.c.account_id).where(
        _referent.c.record_id.in_(wanted), _referent.c.until_at.is_(None)
    )
    return {row.record_id: row.account_id for row in tx.execute(query)}


def identities(tx: Transaction, record_ids: Iterable[str], *, act: str = "read_list") -> dict[str, Identity]:
    """record id → identity, for lists already restricted to what the actor may see. Journalled as `act`."""
    cards = tx.sealing.open_many(record_ids, CARD)
    if cards:
        tx.journal(act, records=cards)
    return {name: card_view(payload).identity for name, payload in cards.items()}


def facts_of_many(tx: Transaction, record_ids: Sequence[str], section: Section) -> dict[str, dict[str, Fact]]:
    """record id → the facts of that one section, for lists: only where the actor may open it. Journalled."""
    seen = sections_of_many(tx, record_ids)
    allowed = [name for name in record_ids if section in readable_sections(seen.get(name, frozenset()))]
    opened = tx.sealing.open_many(allowed, section.value)
    if allowed:
        tx.journal("read_list", records=allowed, sections=[section.value])
    return {name: facts_in([payload]) for name, payload in opened.items()}


def people(tx: Transaction, *, only_mine: bool, page: int, per_page: int) -> tuple[list[PersonLine], int]:
    """One page of the people the actor's structure follows, the last opened first, and how many there are in all."""
    mine = _referent.c.account_id == tx.actor.account_id
    follows = (_record.c.canonical_id.is_(None), seen_by_actor(tx, _record.c.id), *([mine] if only_mine else []))
    source = _record.outerjoin(_referent, (_referent.c.record_id == _record.c.id) & _referent.c.until_at.is_(None))
    total = tx.execute(select(func.count()).select_from(source).where(*follows)).scalar_one()
    query = (
        select(_record.c.id, _referent.c.account_id)
        .select_from(source)
        .where(*follows)
        .order_by(_record.c.recorded_at.desc(), _record.c.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    rows = tx.execute(query).all()
    known = identities(tx, (row.id for row in rows))
    lines = [
        PersonLine(record_id=row.id, identity=known[row.id], is_mine=row.account_id == tx.actor.account_id)
        for row in rows
    ]
    return lines, total


def found(tx: Transaction, query: Query) -> list[Found]:
    """At most 20 people the actor may see, nearest first. Stages go from exact to near; the first with a hit answers.

    Journalled as a search with the people shown; what was typed is never kept.
    """
    hits: list[Found] = []
    for stage in query_parts(query):
        hits = _scored(tx, query, _candidates(tx, tokens_of(tx, stage)))
        if hits:
            break
    tx.journal("search", records=[hit.record_id for hit in hits])
    return hits


def certain_match(tx: Transaction, identity: Identity) -> str | None:
    """The record of exactly that person among those the actor may see: same names and birth date once normalised."""
    return certain_matches(tx, [identity])[0]


def certain_matches(tx: Transaction, wanted: Sequence[Identity]) -> list[str | None]:
    """The same for many people at once, in the order given: two queries for a whole lot."""
    tokens = [[pair for pair in tokens_of(tx, _full_parts(identity))] for identity in wanted]
    by_token: dict[tuple[int, int], list[str]] = {}
    for row in _token_rows(tx, [pair for pairs in tokens for pair in pairs]):
        by_token.setdefault((row.kind, row.token), []).append(row.subject_id)
    cards = tx.sealing.open_many((name for names in by_token.values() for name in names), CARD)
    return [
        _same_person(identity, [name for pair in pairs for name in by_token.get(pair, [])], cards)
        for identity, pairs in zip(wanted, tokens, strict=True)
    ]


def tokens_of(tx: Transaction, parts: Iterable[TokenPart]) -> list[tuple[int, int]]:
    """The blind tokens of those parts: (kind, token)."""
    make = tx.store.fingerprints.token
    return [(TOKEN_KINDS[part.index], make(part.index, part.bits, *part.parts)) for part in parts]


def facts_in(payloads: Iterable[Mapping[str, Any]]) -> dict[str, Fact]:
    """The facts of opened sections by item key. An item no longer in the dictionary is neither shown nor asked."""
    return {
        key: fact_from_json(key, value)
        for payload in payloads
        for key, value in payload["facts"].items()
        if key in CATALOGUE
    }


def card_view(payload: dict[str, Any]) -> CardView:
    """The card as it was sealed."""
    identity = Identity(
        first_name=payload["first_name"],
        last_name=payload["last_name"],
        birth_name=payload.get("birth_name"),
        birth_date=date.fromisoformat(payload["birth_date"]),
    )
    return CardView(identity=identity, card_number=payload["card_number"])


def _full_parts(identity: Identity) -> list[TokenPart]:
    parts = token_parts(identity)
    return [part for part in parts if part.index is TokenIndex.FULL]


def _same_person(identity: Identity, names: Sequence[str], cards: dict[str, Any]) -> str | None:
    # Truncated tokens may collide: the identity itself decides.
    return next((name for name in names if same_person(identity, card_view(cards[name]).identity)), None)


def _token_rows(tx: Transaction, tokens: Sequence[tuple[int, int]]) -> list[Any]:
    if not tokens:
        return []
    tx.sealing.flush()
    rows: list[Any] = []
    for start in range(0, len(tokens), _CANDIDATES):
        query = select(_token).where(
            _any_of(tokens[start : start + _CANDIDATES]), seen_by_actor(tx, _token.c.subject_id)
        )
        rows += tx.execute(query)
    return rows


def _any_of(tokens: Sequence[tuple[int, int]]) -> ColumnElement[bool]:
    return or_(*(tuple_(_token.c.kind, _token.c.token) == pair for pair in tokens))


def _candidates(tx: Transaction, tokens: Sequence[tuple[int, int]]) -> list[str]:
    if not tokens:
        return []
    query = (
        select(_token.c.subject_id)
        .where(_any_of(tokens), seen_by_actor(tx, _token.c.subject_id))
        .distinct()
        .limit(_CANDIDATES)
    )
    return [row.subject_id for row in tx.execute(query)]


def _scored(tx: Transaction, query: Query, candidates: Sequence[str]) -> list[Found]:
    cards = tx.sealing.open_many(candidates, CARD)
    hits = [_hit(query, name, payload) for name, payload in cards.items()]
    near = [hit for hit in hits if hit.score >= SCORE_FLOOR]
    return sorted(near, key=lambda hit: (-hit.score, hit.identity.last_name, hit.record_id))[:_SHOWN]


def _hit(query: Query, record_id: str, payload: dict[str, Any]) -> Found:
    card = card_view(payload)
    points, why = score(query, card.identity)
    return Found(record_id=record_id, identity=card.identity, score=points, why=why)
