"""Opening records, listing people, finding them by search tokens: always inside the actor's grants."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, func, select

from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.facts import cautions_beside, cautions_in
from pathway.casework.records.holders import TOKEN_KINDS, candidates, holders, kind_under
from pathway.casework.records.likeness import SCORE_FLOOR, score
from pathway.casework.records.names import Query, TokenIndex, TokenPart, query_parts, same_person, token_parts
from pathway.casework.records.rules import Fact, Identity, Section, combine, fact_from_json, seen_facts
from pathway.casework.records.tables import Referent
from pathway.casework.sharing.queries import access_of, of_person, own_card, seen_in, sight
from pathway.casework.sharing.queries import same_person as cards_of
from pathway.casework.sharing.rules import EVERY_SECTION, Access
from pathway.casework.sharing.tables import Record
from pathway.store.columns import table_of
from pathway.store.tables import SearchToken
from pathway.store.transaction import Transaction
from pathway.vault.fingerprint import Fingerprints

_record = table_of(Record)
_referent = table_of(Referent)
_token = table_of(SearchToken)

# The card that stands for her says who it is; another of her cards only when that one says nobody.
_REFERENT = (
    select(_referent.c.account_id, _referent.c.structure_id, _referent.c.from_at)
    .join(_record, _record.c.id == _referent.c.record_id)
    .where(of_person(_referent.c.record_id), _referent.c.until_at.is_(None))
    .order_by((_record.c.id == _record.c.canonical_id).desc(), _referent.c.from_at, _referent.c.id)
    .limit(1)
)

_CARDS_OF_MANY = select(_record.c.id, _record.c.canonical_id).where(
    _record.c.canonical_id.in_(bindparam("record_ids", expanding=True))
)
CARD = "card"
SHOWN = 20
_CLEAR = 90  # from here on nobody nearer is looked for
# Found by something of her own: the least score that gives, and the word for it. A phone may be a whole family's.
_DIRECT = {
    TOKEN_KINDS["tel"]: (70, "même téléphone"),
    TOKEN_KINDS["mail"]: (70, "même e-mail"),
    TOKEN_KINDS["ident"]: (100, "son numéro de carte"),
}


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
    """A person's record opened for the actor: only the facts she may see, those of all her linked cards together.

    `id`: the card that stands for her. `own_id`: the card the actor writes under; `own` are the facts it holds, `seqs`
    the numbers of its sections, which go back with an edition. `unseen`: items of the opened sections that are known
    and kept from the actor; an answer to one of them is set beside what is known, and shows nothing. `cautions`: those
    said by others that go with what is in sight, for a structure that reads its own words only.
    """

    id: str
    own_id: str
    card: CardView
    facts: dict[str, Fact]
    own: dict[str, Fact]
    seqs: dict[str, int]
    sections: frozenset[str]
    referent: ReferentView | None
    access: Access
    unseen: frozenset[str]
    cautions: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class CautionsNow:
    """The cautions that hold when the actor reaches her, and the items of her contacts that are answered in sight."""

    held: frozenset[str]
    answered: frozenset[str]


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
    access = access_of(tx, record_id)
    sections = readable_sections(access.sections) & (only if only is not None else frozenset(Section))
    cards = cards_of(tx, record_id)
    opened = {card: tx.sealing.open(card, [CARD, *sections]) for card in cards}
    known = {
        card: facts_in(there[name].payload for name in sections if name in there) for card, there in opened.items()
    }
    seen = {card: facts_seen(tx, access, facts) for card, facts in known.items()}
    facts = combine(list(seen.values()))
    own = own_card(tx, record_id) if len(cards) > 1 else cards[0]
    tx.journal("read_record", records=cards, sections=sorted(sections))
    return RecordView(
        id=cards[0],
        own_id=own,
        card=card_view(opened[cards[0]][CARD].payload),
        facts=facts,
        own=seen[own],
        access=access,
        unseen=frozenset(key for those in known.values() for key in those) - frozenset(facts),
        cautions=_cautions(access, list(known.values()), facts),
        seqs={name: opened[own][name].seq if name in opened[own] else 0 for name in sections},
        sections=frozenset(sections),
        referent=referent_of(tx, record_id),
    )


def facts_seen(tx: Transaction, access: Access, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Those of a record's facts that the actor may read: nothing hidden, its own words only after a withdrawal."""
    return seen_facts(facts, hidden=access.hidden_items, only_by=tx.actor.structure_id if access.is_own_only else "")


def cautions_of_many(tx: Transaction, accesses: Mapping[str, Access]) -> dict[str, frozenset[str]]:
    """record id → `RecordView.cautions`, for the lists that read contacts. Only where there are some. `accesses`: what
    `accesses_of` says of them now."""
    narrowed = [name for name, one in accesses.items() if one.is_own_only and one.opens(Section.CONTACT.value)]
    whole = _cards_of_many(tx, narrowed, Section.CONTACT)
    seen = {name: combine([facts_seen(tx, accesses[name], facts) for facts in cards]) for name, cards in whole.items()}
    found = {name: _cautions(accesses[name], cards, seen[name]) for name, cards in whole.items()}
    return {name: cautions for name, cautions in found.items() if cautions}


def cautions_now(tx: Transaction, record_id: str) -> CautionsNow:
    """What an act that reaches her must respect, as far as the actor may know it. Shown to nobody: the act that asks is
    journalled, not a reading."""
    access = access_of(tx, record_id)
    if not access.opens(Section.CONTACT):
        return CautionsNow(held=frozenset(), answered=frozenset())
    cards = cards_of(tx, record_id)
    opened = tx.sealing.open_many(cards, Section.CONTACT.value)
    known = [facts_in([payload]) for payload in opened.values()]
    seen = combine([facts_seen(tx, access, facts) for facts in known]) if known else {}
    return CautionsNow(held=cautions_in(seen) | _cautions(access, known, seen), answered=frozenset(seen))


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
    """record id → account id of the référent de parcours, for lists already restricted to what the actor may see. The
    ids are cards that stand for a person, as lists show them."""
    wanted = list(record_ids)
    if not wanted:
        return {}
    query = (
        select(_record.c.canonical_id, _referent.c.account_id)
        .join(_record, _record.c.id == _referent.c.record_id)
        .where(_record.c.canonical_id.in_(wanted), _referent.c.until_at.is_(None))
        .order_by((_record.c.id == _record.c.canonical_id).desc(), _referent.c.from_at, _referent.c.id)
    )
    found: dict[str, str] = {}
    for row in tx.execute(query):
        found.setdefault(row.canonical_id, row.account_id)
    return found


def referent_in_lists() -> ColumnElement[str]:
    """The account of the référent de parcours, for a statement over what `with_referent` gives: the card's own, else
    that of another card of the person.
    """
    card, other = _record.alias(), _referent.alias()
    elsewhere = (
        select(other.c.account_id)
        .join(card, card.c.id == other.c.record_id)
        .where(card.c.canonical_id == _record.c.id, other.c.until_at.is_(None))
        .order_by(other.c.from_at, other.c.id)
        .limit(1)
        .correlate(_record)
    )
    return func.coalesce(_referent.c.account_id, elsewhere.scalar_subquery())


def with_referent() -> FromClause:
    """The cards, each with its own référent de parcours if it has one."""
    return _record.outerjoin(_referent, (_referent.c.record_id == _record.c.id) & _referent.c.until_at.is_(None))


def identities(tx: Transaction, record_ids: Iterable[str], *, act: str = "read_list") -> dict[str, Identity]:
    """record id → identity, for lists already restricted to what the actor may see. Journalled as `act`."""
    cards = tx.sealing.open_many(record_ids, CARD)
    if cards:
        tx.journal(act, records=cards)
    return {name: card_view(payload).identity for name, payload in cards.items()}


def facts_of_many(tx: Transaction, accesses: Mapping[str, Access], section: Section) -> dict[str, dict[str, Fact]]:
    """record id → the facts of that one section, for lists: only where the actor may open it. Journalled. `accesses`:
    what `accesses_of` says of them now."""
    allowed = [name for name, access in accesses.items() if access.opens(section.value)]
    if not allowed:
        return {}
    said = _cards_of_many(tx, allowed, section)
    tx.journal("read_list", records=allowed, sections=[section.value])
    return {name: combine([facts_seen(tx, accesses[name], one) for one in cards]) for name, cards in said.items()}


def people(tx: Transaction, *, only_mine: bool, page: int, per_page: int) -> tuple[list[PersonLine], int]:
    """One page of the people the actor's structure follows, the last opened first, and how many there are in all."""
    referent = referent_in_lists()
    mine = referent == tx.actor.account_id
    follows = (_record.c.canonical_id == _record.c.id, seen_in(_record.c.id), *([mine] if only_mine else []))
    source = with_referent()
    total = tx.execute(select(func.count()).select_from(source).where(*follows), sight(tx)).scalar_one()
    query = (
        select(_record.c.id, referent.label("account_id"))
        .select_from(source)
        .where(*follows)
        .order_by(_record.c.recorded_at.desc(), _record.c.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    rows = tx.execute(query, sight(tx)).all()
    known = identities(tx, (row.id for row in rows))
    lines = [
        PersonLine(record_id=row.id, identity=known[row.id], is_mine=row.account_id == tx.actor.account_id)
        for row in rows
    ]
    return lines, total


def found(tx: Transaction, query: Query) -> list[Found]:
    """At most 20 people the actor may see, nearest first. Stages go from exact to near, until somebody clearly near.

    How many stages are tried depends on the people the actor may see, never on others. Journalled as a search with the
    people shown; what was typed is never kept.
    """
    best: dict[str, Found] = {}
    for stage in query_parts(query):
        for hit in _scored(tx, query, candidates(tx, tokens_of(tx, stage))):
            if hit.record_id not in best or hit.score > best[hit.record_id].score:
                best[hit.record_id] = hit
        if any(hit.score >= _CLEAR for hit in best.values()):
            break
    hits = sorted(best.values(), key=lambda hit: (-hit.score, hit.identity.last_name, hit.record_id))[:SHOWN]
    tx.journal("search", records=[hit.record_id for hit in hits])
    return hits


def records_after(tx: Transaction, record_id: str, *, limit: int) -> list[str]:
    """The next records of the base in the order of their ids, for the night's work; from the first after « »."""
    query = select(_record.c.id).where(_record.c.id > record_id).order_by(_record.c.id).limit(limit)
    return [row.id for row in tx.execute(query)]


def certain_match(tx: Transaction, identity: Identity) -> str | None:
    """The record of exactly that person among those the actor may see: same names and birth date once normalised.

    Of several linked cards, the one that stands for her.
    """
    return certain_matches(tx, [identity])[0]


def certain_matches(tx: Transaction, wanted: Sequence[Identity]) -> list[str | None]:
    """The same for many people at once, in the order given: two queries for a whole lot."""
    tokens = [[pair for pair in tokens_of(tx, _full_parts(identity))] for identity in wanted]
    by_token: dict[tuple[int, int], list[str]] = {}
    person: dict[str, str] = {}
    for row in holders(tx, [pair for pairs in tokens for pair in pairs]):
        by_token.setdefault((row.kind, row.token), []).append(row.subject_id)
        person[row.subject_id] = row.canonical_id
    cards = tx.sealing.open_many(person, CARD)
    matches = (
        _same_person(identity, [name for pair in pairs for name in by_token.get(pair, [])], cards)
        for identity, pairs in zip(wanted, tokens, strict=True)
    )
    return [person[match] if match else None for match in matches]


def tokens_of(tx: Transaction, parts: Iterable[TokenPart]) -> list[tuple[int, int]]:
    """The blind tokens to look for, (kind, token): one for each index root that records may still be kept under."""
    prints = tx.store.fingerprints
    return [_blind(prints, version, part) for part in parts for version in prints.search_roots]


def new_tokens_of(tx: Transaction, parts: Iterable[TokenPart]) -> list[tuple[int, int]]:
    """The blind tokens to keep, (kind, token): under the index root in service alone."""
    prints = tx.store.fingerprints
    return [_blind(prints, prints.search_version, part) for part in parts]


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


def _cautions(access: Access, cards: Sequence[Mapping[str, Fact]], seen: Mapping[str, Fact]) -> frozenset[str]:
    if not access.is_own_only:
        return frozenset()  # what the others said is in sight already
    return cautions_beside(combine(cards), seen, hidden=access.hidden_items)


def _cards_of_many(tx: Transaction, record_ids: Sequence[str], section: Section) -> dict[str, list[dict[str, Fact]]]:
    """record id → all that each of her cards says in that section."""
    if not record_ids:
        return {}
    rows = tx.execute(_CARDS_OF_MANY, {"record_ids": record_ids})
    person = {row.id: row.canonical_id for row in rows}
    said: dict[str, list[dict[str, Fact]]] = {}
    for card, payload in tx.sealing.open_many(person, section.value).items():
        said.setdefault(person[card], []).append(facts_in([payload]))
    return said


def _blind(prints: Fingerprints, version: int, part: TokenPart) -> tuple[int, int]:
    return kind_under(version, part.index), prints.search_token(version, part.index, part.bits, *part.parts)


def _full_parts(identity: Identity) -> list[TokenPart]:
    parts = token_parts(identity)
    return [part for part in parts if part.index is TokenIndex.FULL]


def _same_person(identity: Identity, names: Sequence[str], cards: dict[str, Any]) -> str | None:
    # Truncated tokens may collide: the identity itself decides.
    return next((name for name in names if same_person(identity, card_view(cards[name]).identity)), None)


def _scored(tx: Transaction, query: Query, rows: Sequence[Any]) -> list[Found]:
    wanted = [name for row in rows for name in (row.subject_id, row.canonical_id)]
    cards = {name: card_view(payload).identity for name, payload in tx.sealing.open_many(wanted, CARD).items()}
    hits = []
    for row in rows:
        points, why = score(query, cards[row.subject_id])
        least, word = _DIRECT.get(row.kind, (0, ""))
        if max(points, least) >= SCORE_FLOOR:
            name = row.canonical_id
            reasons = (word, *why) if word else why
            hits.append(Found(record_id=name, identity=cards[name], score=max(points, least), why=reasons))
    return hits
