"""Creating records, changing their facts, giving them a référent de parcours."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import insert, select, update

from pathway.casework.partners.queries import is_sensitive, works_in
from pathway.casework.partners.tables import Structure
from pathway.casework.records.catalogue import CATALOGUE, check_value, items_of
from pathway.casework.records.facts import claim_id, claims_of
from pathway.casework.records.queries import (
    CARD,
    RecordView,
    certain_match,
    facts_in,
    record_opened,
    referent_of,
)
from pathway.casework.records.rules import (
    Answer,
    Changes,
    Fact,
    Gesture,
    Identity,
    Provenance,
    Section,
    Way,
    apply_answers,
    merge_import,
)
from pathway.casework.records.tables import Referent
from pathway.casework.records.writing import (
    WHO_SHE_IS,
    by_section,
    card_tokens,
    past_answers,
    provenance_now,
    renew_card,
    write_facts,
)
from pathway.casework.sharing.actions import open_grants, open_support
from pathway.casework.sharing.queries import (
    READ_ONLY,
    access_of,
    own_card,
    same_person,
    supporting_structure,
    supports_card,
)
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.casework.sharing.tables import Record
from pathway.kernel.errors import Conflict, NotFound, Refused, Sealed
from pathway.kernel.ids import new_card_number, new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_record = table_of(Record)
_referent = table_of(Referent)
_structure = table_of(Structure)

_ONLY_READING = (
    "Votre accompagnement est terminé : il reste trente jours de lecture. Le référent de parcours de la personne ne "
    "change pas ici."
)
_STOPPED = (
    "La personne a arrêté le partage avec votre structure : son référent de parcours, qui travaille ailleurs, ne "
    "change pas ici."
)
_MOVED = marked("Ces réponses viennent de changer. Relisez-les, puis choisissez.")
_WHO_SHE_IS = marked(
    "Vos noms et votre date de naissance se décident avec un·e professionnel·le : demandez une correction."
)

# Health answers need a right of their own: supporting somebody does not open them.
SUPPORT_SECTIONS = frozenset(section.value for section in Section) - {Section.HEALTH.value} | PARTS


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """Somebody to create: who she is, and the answers known already (item key → checked value)."""

    identity: Identity
    claims: Mapping[str, Any] = field(default_factory=dict)


def create_records(tx: Transaction, people: Sequence[NewPerson], *, way: Way, referent_id: str | None) -> list[str]:
    """New records, in the order given, with card number, search tokens and the creator's support; gives their ids."""
    ids = [new_id() for _ in people]
    for record_id, person in zip(ids, people, strict=True):
        _seal_new(tx, record_id, person, provenance_now(tx, way))
    if not ids:
        return ids
    common = {"created_by": tx.actor.account_id, "structure_id": tx.actor.structure_id, "recorded_at": tx.now}
    tx.execute(insert(_record), [{"id": record_id, "canonical_id": record_id, **common} for record_id in ids])
    open_grants(
        tx,
        record_ids=ids,
        structure_id=tx.actor.structure_id,
        cause=Cause.SUPPORT,
        cause_id="",
        sections=SUPPORT_SECTIONS,
    )
    if referent_id and not is_sensitive(tx, tx.actor.structure_id):
        for record_id in ids:
            _insert_referent(tx, record_id, referent_id, tx.actor.structure_id)
    tx.journal("create_records", records=ids)
    return ids


def create_person(tx: Transaction, *, identity: Identity, claims: Mapping[str, Any]) -> tuple[str, bool]:
    """The record of that person, and whether it is new. A certain match the actor may see is opened instead.

    Elsewhere known or not, the answer is the same: a new provisional record. Cards of other structures are never
    compared here, only at night: neither the answer nor its duration tells that one exists.
    """
    wait_for_other_creations(tx)
    known = certain_match(tx, identity)
    if known:
        tx.journal("find_known", records=[known])
        return known, False
    person = NewPerson(identity=identity, claims=claims)
    return create_records(tx, [person], way=Way.SAID, referent_id=tx.actor.account_id)[0], True


def wait_for_other_creations(tx: Transaction) -> None:
    """Hold the turn of the actor's structure until the end of the transaction, to be taken before looking for matches.

    Two clicks, or one file imported twice at once, must find each other's cards. SQLite has one writer anyway.
    """
    own = select(_structure.c.id).where(_structure.c.id == tx.actor.structure_id)
    tx.execute(own.with_for_update(key_share=True))  # rows that only point to the structure are not kept waiting


def edit_section(
    tx: Transaction, *, record_id: str, section: Section, values: Mapping[str, object], seq: int, way: Way
) -> bool:
    """Write the answers of one section as they were typed; gives whether anything changed.

    `seq` is the section's number when it was read: `Conflict` if somebody wrote in between. Empty answers are left as
    they are known; `Invalid` names the item that cannot be read.
    """
    record = record_opened(tx, record_id, only=frozenset({section}))
    _refuse_unseen(record, section)
    typed = [_typed(item_key, values, record.facts) for item_key in (item.key for item in items_of(section))]
    answers = [one for one in typed if one]
    seen = [one for one in answers if not _is_hidden(record, one.key)]
    changes = _decided(record, seen, provenance_now(tx, way))
    changed = changes.current != record.own
    if changed:
        _write(tx, record, changes, {section.value: seq})
    blind = {one.key: one.value for one in answers if _is_hidden(record, one.key)}
    if blind:
        _merge(tx, record.own_id, blind, way)
    tx.journal("edit_section", records=[record.own_id], sections=[section.value])
    # Whether a hidden answer was already known is not told: it would be guessed that way.
    return changed or bool(blind)


def settle_answer(tx: Transaction, *, record_id: str, item_key: str, choice: str) -> None:
    """Decide between answers that disagree: the one chosen (`choice`: its `claim_id`) stands, confirmed today, with its
    origin; the others go to history.

    `Conflict` when they are no longer those that were read; `Refused` for her who decides alone of her own names.
    """
    section = CATALOGUE[item_key].section
    record = record_opened(tx, record_id, only=frozenset({section}))
    _refuse_unseen(record, section)
    if tx.actor.record_id and item_key in WHO_SHE_IS:
        raise Refused(_WHO_SHE_IS)
    fact = record.facts.get(item_key)
    chosen = next((one for one in claims_of(fact) if claim_id(one) == choice), None) if fact else None
    if fact is None or chosen is None or not fact.rivals:
        raise Conflict(_MOVED)
    answer = Answer(key=item_key, value=chosen.value, gesture=Gesture.CHANGED)
    _write(tx, record, _decided(record, [answer], provenance_now(tx, Way.SAID)), record.seqs)
    tx.journal("settle_answer", records=[record.own_id], sections=[section.value])


def save_answers(tx: Transaction, record: RecordView, answers: Sequence[Answer], *, way: Way) -> None:
    """Keep the answers of an entry form: confirmed, changed or new, each with its provenance.

    An answer to what the actor may not see is set beside what others said, never over it.
    """
    seen = [one for one in answers if CATALOGUE[one.key].section in record.sections and not _is_hidden(record, one.key)]
    changes = _decided(record, seen, provenance_now(tx, way))
    _write(tx, record, changes, record.seqs)
    blind = {one.key: one.value for one in answers if one not in seen and one.gesture is Gesture.ANSWERED}
    _merge(tx, record.own_id, blind, way)


def merge_claims(tx: Transaction, record_id: str, claims: Mapping[str, Any], *, way: Way) -> bool:
    """Add what a file or a blind answer says: fills gaps, stands beside what differs; gives whether it changed."""
    return _merge(tx, own_card(tx, record_id), claims, way)


def _merge(tx: Transaction, record_id: str, claims: Mapping[str, Any], way: Way) -> bool:
    wanted = {CATALOGUE[key].section for key in claims}
    opened = tx.sealing.open(record_id, [section.value for section in wanted])
    facts = facts_in(one.payload for one in opened.values())
    source = provenance_now(tx, way)
    changes = merge_import(facts, claims, provenance=source)
    doubtful = [key for key, fact in changes.current.items() if fact.rivals and fact != facts.get(key)]
    if doubtful:
        lost = [fact for _, fact in past_answers(tx, record_id, doubtful) if fact.settled_on]
        changes = merge_import(facts, claims, provenance=source, lost=lost)
    if changes.current == facts:
        return False
    seqs = {section.value: opened[section.value].seq if section.value in opened else 0 for section in wanted}
    write_facts(tx, record_id, before=facts, changes=changes, seqs=seqs)
    return True


def _write(tx: Transaction, record: RecordView, changes: Changes, seqs: Mapping[str, int]) -> None:
    is_own_only = record.access.is_own_only
    write_facts(tx, record.own_id, before=record.own, changes=changes, seqs=seqs, is_own_only=is_own_only)


def _is_hidden(record: RecordView, key: str) -> bool:
    """Whether she hides that item: what is answered there is set beside what she hides, and shown to nobody here."""
    return key in record.access.hidden_items


def set_referent(tx: Transaction, *, record_id: str, account_id: str) -> None:
    """Make a colleague of the actor's structure the person's référent de parcours; the earlier one's time ends now.

    `Refused` when that structure does not support her, or for somebody who follows nobody there. In the thirty days of
    reading after a support, it names one only for a person whom nobody answers for any more; stopped by her, only
    where another structure's référent is not displaced.
    """
    access, current = access_of(tx, record_id), referent_of(tx, record_id)
    if not supporting_structure(tx, record_id, tx.actor.structure_id):
        # Reading by agreement, or a card shown once, does not make a structure answer for a pathway.
        raise Refused("Votre structure n’accompagne pas cette personne : elle ne choisit pas son référent.")
    is_answered_for = current is not None and works_in(tx, current.account_id, current.structure_id)
    if is_answered_for and not access.is_lasting_support:
        raise Refused(_ONLY_READING)
    if current and current.structure_id != tx.actor.structure_id and is_answered_for and access.is_own_only:
        raise Refused(_STOPPED)
    if is_sensitive(tx, tx.actor.structure_id):
        raise Refused(
            "Le référent de parcours est connu de toutes les structures qui suivent la personne, et la vôtre ne doit "
            "pas l’être : son référent travaille ailleurs."
        )
    if not works_in(tx, account_id, tx.actor.structure_id):
        raise Refused("Choisissez un·e collègue de votre structure.", field="account_id")
    if current and current.account_id == account_id:
        return
    cards = same_person(tx, record_id)
    tx.execute(
        update(_referent)
        .where(_referent.c.record_id.in_(cards), _referent.c.until_at.is_(None))
        .values(until_at=tx.now)
    )
    own = own_card(tx, record_id)
    _insert_referent(tx, own, account_id, tx.actor.structure_id)
    # A support that was about to end goes on: points de suivi will be given to this référent in this structure.
    open_support(tx, record_id=own, structure_id=tx.actor.structure_id, cause_id="", sections=SUPPORT_SECTIONS)
    tx.journal("set_referent", records=cards, referent=account_id)


def replace_referents(
    tx: Transaction,
    *,
    structure_id: str,
    from_id: str | None,
    to_id: str,
    to_structure_id: str = "",
    among: Collection[str] = (),
) -> list[str]:
    """Make `to_id` the référent of everybody (of those cards, when they are given) whose référent `from_id` (None:
    anybody) was in that structure; gives the cards. Another structure takes over only those it supports. Who may decide
    it is checked above, in `lifecycle`."""
    query = select(_referent.c.record_id).where(
        _referent.c.structure_id == structure_id, _referent.c.until_at.is_(None), _referent.c.account_id != to_id
    )
    if among:
        query = query.where(_referent.c.record_id.in_(among))
    found = tx.execute(query.where(_referent.c.account_id == from_id) if from_id else query).scalars()
    new_structure = to_structure_id or structure_id
    cards = [one for one in sorted(found) if not to_structure_id or supports_card(tx, one, new_structure)]
    if cards:
        ended = update(_referent).where(_referent.c.record_id.in_(cards), _referent.c.until_at.is_(None))
        tx.execute(ended.values(until_at=tx.now))
    for record_id in cards:
        _insert_referent(tx, record_id, to_id, new_structure)
    return cards


def give_back_referents(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Give each of those cards that has lost its référent de parcours the last one it had, with the support that goes
    with it: cards just taken apart. Somebody who no longer works there is not called back."""
    rows = tx.execute(
        select(_referent).where(_referent.c.record_id.in_(record_ids)).order_by(_referent.c.from_at, _referent.c.id)
    )
    last: dict[str, Any] = {}
    for row in rows:
        if row.record_id not in last or last[row.record_id].until_at is not None:
            last[row.record_id] = row
    for row in last.values():
        if row.until_at is not None and works_in(tx, row.account_id, row.structure_id):
            _insert_referent(tx, row.record_id, row.account_id, row.structure_id)
            open_support(
                tx,
                record_id=row.record_id,
                structure_id=row.structure_id,
                cause_id="",
                sections=SUPPORT_SECTIONS,
            )


def renew_card_number(tx: Transaction, record_id: str) -> str:
    """Give that card a new number, and find it by that one only; gives it. Who may is for the caller to say."""
    number = new_card_number()
    renew_card(tx, record_id, card_number=number)
    return number


def renew_tokens(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Give those records the search tokens of today's format. One that does not open any more keeps its own."""
    for record_id in record_ids:
        with suppress(NotFound, Sealed):
            renew_card(tx, record_id)


def _decided(record: RecordView, answers: Sequence[Answer], provenance: Provenance) -> Changes:
    """What the answers make of the card written under. What another card of the person says and she confirms becomes
    that structure's own word here, and the others' answers that were in sight no longer disagree with it."""
    if record.own is record.facts or record.own == record.facts:
        return apply_answers(record.own, answers, provenance=provenance)
    own = [_as_own(one, record) for one in answers]
    changes = apply_answers(record.own, own, provenance=provenance)
    decided = {one.key for one in own if one.gesture in (Gesture.CHANGED, Gesture.CONFIRMED, Gesture.ANSWERED)}
    settled = {key: replace(changes.current[key], settled_on=provenance.on) for key in decided}
    return Changes(current={**changes.current, **settled}, superseded=changes.superseded)


def _as_own(answer: Answer, record: RecordView) -> Answer:
    known = record.facts.get(answer.key)
    if answer.gesture is not Gesture.CONFIRMED or known is None or known == record.own.get(answer.key):
        return answer
    return Answer(key=answer.key, value=known.value, gesture=Gesture.CHANGED)


def _seal_new(tx: Transaction, record_id: str, person: NewPerson, provenance: Provenance) -> None:
    who = person.identity
    said = {
        "first_name": who.first_name,
        "last_name": who.last_name,
        "birth_name": who.birth_name,
        "birth_date": who.birth_date.isoformat(),
    }
    card = {**said, "card_number": new_card_number()}
    claims = {**person.claims, **{key: value for key, value in said.items() if value}}
    facts = merge_import({}, claims, provenance=provenance).current
    sections = {CARD: card, **by_section(facts)}
    tx.sealing.create(record_id, sections, card_tokens(tx, who, facts, card["card_number"] or ""))


def _typed(key: str, values: Mapping[str, object], facts: Mapping[str, Fact]) -> Answer | None:
    raw = values.get(key)
    if raw in (None, "", []):
        return None
    value = check_value(CATALOGUE[key], raw)
    known = facts.get(key)
    if known is None:
        return Answer(key=key, value=value, gesture=Gesture.ANSWERED)
    same = known.value == value and not known.rivals
    return Answer(key=key, value=value, gesture=Gesture.CONFIRMED if same else Gesture.CHANGED)


def _refuse_unseen(record: RecordView, section: Section) -> None:
    if section not in record.sections:
        raise Refused("Votre structure n’a pas accès à cette partie du dossier.")
    if not record.access.may_write:
        raise Refused(READ_ONLY)


def _insert_referent(tx: Transaction, record_id: str, account_id: str, structure_id: str) -> None:
    values = {
        "id": new_id(),
        "record_id": record_id,
        "account_id": account_id,
        "structure_id": structure_id,
        "from_at": tx.now,
    }
    tx.execute(insert(_referent).values(**values))
