"""Creating records, changing their facts, giving them a référent de parcours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import insert, select, update

from pathway.casework.partners.queries import is_sensitive, works_in
from pathway.casework.partners.tables import Structure
from pathway.casework.records.catalogue import CATALOGUE, check_value, items_of
from pathway.casework.records.names import token_parts
from pathway.casework.records.queries import (
    CARD,
    RecordView,
    card_view,
    certain_match,
    facts_in,
    record_opened,
    referent_of,
    tokens_of,
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
    fact_to_json,
    merge_import,
)
from pathway.casework.records.tables import FactHistory, Referent
from pathway.casework.sharing.actions import open_grants, open_support
from pathway.casework.sharing.queries import READ_ONLY, access_of, own_card, same_person, supporting_structure
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.casework.sharing.tables import Record
from pathway.kernel.errors import Refused
from pathway.kernel.ids import new_card_number, new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_record = table_of(Record)
_referent = table_of(Referent)
_history = table_of(FactHistory)
_structure = table_of(Structure)

_ON_CARD = ("first_name", "last_name", "birth_name", "birth_date")

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
    seen = [one for one in answers if one.key not in record.unseen]
    changes = _decided(record, seen, provenance_now(tx, way))
    changed = changes.current != record.own
    if changed:
        _write(tx, record.own_id, before=record.own, changes=changes, seqs={section.value: seq})
    blind = {one.key: one.value for one in answers if one.key in record.unseen}
    changed |= bool(blind) and _merge(tx, record.own_id, blind, way)
    tx.journal("edit_section", records=[record.own_id], sections=[section.value])
    return changed


def save_answers(tx: Transaction, record: RecordView, answers: Sequence[Answer], *, way: Way) -> None:
    """Keep the answers of an entry form: confirmed, changed or new, each with its provenance.

    An answer to what the actor may not see is set beside what others said, never over it.
    """
    may_see = {key for key, item in CATALOGUE.items() if item.section in record.sections} - record.unseen
    seen = [one for one in answers if one.key in may_see]
    changes = _decided(record, seen, provenance_now(tx, way))
    _write(tx, record.own_id, before=record.own, changes=changes, seqs=record.seqs)
    blind = {one.key: one.value for one in answers if one not in seen and one.gesture is Gesture.ANSWERED}
    _merge(tx, record.own_id, blind, way)


def merge_claims(tx: Transaction, record_id: str, claims: Mapping[str, Any], *, way: Way) -> bool:
    """Add what a file or a blind answer says: fills gaps, stands beside what differs; gives whether it changed."""
    return _merge(tx, own_card(tx, record_id), claims, way)


def _merge(tx: Transaction, record_id: str, claims: Mapping[str, Any], way: Way) -> bool:
    wanted = {CATALOGUE[key].section for key in claims}
    opened = tx.sealing.open(record_id, [section.value for section in wanted])
    facts = facts_in(one.payload for one in opened.values())
    changes = merge_import(facts, claims, provenance=provenance_now(tx, way))
    if changes.current == facts:
        return False
    seqs = {section.value: opened[section.value].seq if section.value in opened else 0 for section in wanted}
    _write(tx, record_id, before=facts, changes=changes, seqs=seqs)
    return True


def set_referent(tx: Transaction, *, record_id: str, account_id: str) -> None:
    """Make a colleague of the actor's structure the person's référent de parcours; the earlier one's time ends now.

    `Refused` when that structure does not support her, or for somebody who follows nobody there.
    """
    access_of(tx, record_id)
    if not supporting_structure(tx, record_id, tx.actor.structure_id):
        # Reading by agreement, or a card shown once, does not make a structure answer for a pathway.
        raise Refused("Votre structure n’accompagne pas cette personne : elle ne choisit pas son référent.")
    if is_sensitive(tx, tx.actor.structure_id):
        raise Refused(
            "Le référent de parcours est connu de toutes les structures qui suivent la personne, et la vôtre ne doit "
            "pas l’être : son référent travaille ailleurs."
        )
    if not works_in(tx, account_id, tx.actor.structure_id):
        raise Refused("Choisissez un·e collègue de votre structure.", field="account_id")
    current = referent_of(tx, record_id)
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
    _renew_card(tx, record_id, card_number=number)
    return number


def provenance_now(tx: Transaction, way: Way) -> Provenance:
    """Who says it, today."""
    return Provenance(
        structure_id=tx.actor.structure_id,
        role=tx.actor.role,
        on=tx.today,
        way=way,
        confirmed_on=None,
        by=tx.actor.account_id,
    )


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
    sections = {CARD: card, **_by_section(facts)}
    tx.sealing.create(record_id, sections, _tokens(tx, who, facts, card["card_number"] or ""))


def _write(
    tx: Transaction, record_id: str, *, before: Mapping[str, Fact], changes: Changes, seqs: Mapping[str, int]
) -> None:
    now = _by_section(changes.current)
    then = _by_section(before)
    for section, payload in now.items():
        if payload != then.get(section):
            whole = {"facts": {**_kept_apart(tx, record_id, section, before), **payload["facts"]}}
            tx.sealing.write(record_id, section, whole, seq=seqs.get(section, 0))
    _keep_history(tx, record_id, changes.superseded)
    if any(now.get(name) != then.get(name) for name in (Section.IDENTITY.value, Section.CONTACT.value)):
        _renew_card(tx, record_id)


def _kept_apart(tx: Transaction, record_id: str, section: str, before: Mapping[str, Fact]) -> dict[str, Any]:
    """What the section keeps and the actor was not shown: items that left the dictionary, hidden or withdrawn ones.

    Never lost by writing another.
    """
    opened = tx.sealing.open(record_id, [section])
    kept = opened[section].payload["facts"] if section in opened else {}
    return {key: value for key, value in kept.items() if key not in before}


def _keep_history(tx: Transaction, record_id: str, superseded: Sequence[Fact]) -> None:
    for fact in superseded:
        history_id = new_id()
        payload = {"key": fact.key, "fact": fact_to_json(fact)}
        values = {
            "id": history_id,
            "record_id": record_id,
            "section": CATALOGUE[fact.key].section.value,
            "blob": tx.sealing.seal_value(record_id, "fact_history", history_id, payload),
            "superseded_at": tx.now,
        }
        tx.execute(insert(_history).values(**values))


def _renew_card(tx: Transaction, record_id: str, **replaced: str) -> None:
    opened = tx.sealing.open(record_id, [CARD, Section.IDENTITY.value, Section.CONTACT.value])
    facts = facts_in(one.payload for name, one in opened.items() if name != CARD)
    card = opened[CARD].payload
    said = {key: facts[key].value if key in facts else card.get(key) for key in _ON_CARD}
    renewed = {**card, **said, **replaced}
    if renewed != card:
        tx.sealing.write(record_id, CARD, renewed, seq=opened[CARD].seq)
    tx.sealing.set_tokens(record_id, _tokens(tx, card_view(renewed).identity, facts, renewed["card_number"]))


def _tokens(tx: Transaction, who: Identity, facts: Mapping[str, Fact], card_number: str) -> list[tuple[int, int]]:
    phones = facts["phones"].value if "phones" in facts else ()
    email = facts["email"].value if "email" in facts else None
    return tokens_of(tx, token_parts(who, phones=phones, email=email, card_number=card_number))


def _by_section(facts: Mapping[str, Fact]) -> dict[str, dict[str, Any]]:
    sections: dict[str, dict[str, Any]] = {}
    for key, fact in facts.items():
        sections.setdefault(CATALOGUE[key].section.value, {"facts": {}})["facts"][key] = fact_to_json(fact)
    return sections


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
