"""Erasing an answer that is wrong or may not be kept: its content goes for good, and a trace without content stays."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from pathway.casework.partners.rules import Role
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.facts import claim_id, claims_of, shares, without
from pathway.casework.records.queries import RecordView, facts_in, facts_seen, record_opened
from pathway.casework.records.rules import Claim, EraseReason, Fact, Section, fact_to_json, same_value
from pathway.casework.records.tables import ErasedAnswer, FactHistory
from pathway.casework.records.writing import WHO_SHE_IS, past_answers, renew_card, tell_of_contact
from pathway.casework.sharing.queries import READ_ONLY, of_person, same_person
from pathway.casework.sharing.rules import Access
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_history = table_of(FactHistory)
_erased = table_of(ErasedAnswer)

_ONLY_CORRECTED = "Les noms et la date de naissance se corrigent. Ils ne s’effacent pas."
_NOT_YOURS = "Cette réponse vient d’ailleurs : la structure qui l’a notée, ou votre responsable, peut l’effacer."
_MOVED = "Cette réponse vient de changer. Relisez-la, puis recommencez."


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What she reads of an erased answer: to which item, in which section, who had said it, who erased it, why, when.

    Structures are ids; `said_by` is empty when she had said it herself.
    """

    item_key: str
    section: str
    said_by: str
    structure_id: str
    reason: EraseReason
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Erasable:
    """The answers to one item that somebody may erase: those she reads now, and those that only history still holds,
    the last first."""

    current: tuple[Claim, ...]
    past: tuple[Claim, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All of them."""
        return (*self.current, *self.past)


def erasable(tx: Transaction, record: RecordView, item_key: str) -> Erasable:
    """The answers to that item the actor may erase: what its structure recorded, or anything for the responsable of a
    structure that supports her. Her names and birth date are never erased."""
    return erasable_among(tx, record, [item_key]).get(item_key, Erasable(current=(), past=()))


def erasable_among(tx: Transaction, record: RecordView, keys: Collection[str]) -> dict[str, Erasable]:
    """item key → what the actor may erase of it; items of which nothing may are left out."""
    if not record.access.may_write or tx.actor.record_id:
        return {}
    in_sight = [key for key in keys if CATALOGUE[key].section in record.sections]
    wanted = [key for key in in_sight if key not in record.access.hidden_items and key not in WHO_SHE_IS]
    past = _past(tx, record, wanted)
    found = {key: _erasable(tx, record, key, past.get(key, [])) for key in wanted}
    return {key: one for key, one in found.items() if one.claims}


def erase_answer(tx: Transaction, *, record_id: str, item_key: str, choice: str, reason: EraseReason) -> None:
    """Erase for good the answer chosen (`choice`: its `claim_id`): on every card of hers the actor may read, and in
    their history, which alone may hold it. What another structure said stays its own, the same or not, but for the
    responsable. What is kept says the item, the day, who and why, once for each structure that had said it; never the
    content.

    `Refused` when it is not the actor’s to erase, `Conflict` when it is no longer there, `NotFound` when not seen.
    """
    section = CATALOGUE[item_key].section
    record = record_opened(tx, record_id, only=frozenset({section}))
    if section not in record.sections:
        raise NotFound
    if not record.access.may_write:
        raise Refused(READ_ONLY)
    if item_key in WHO_SHE_IS:
        raise Refused(_ONLY_CORRECTED)
    claim = _chosen(tx, record, item_key, choice)
    cards = same_person(tx, record_id)
    gone = [one for card in cards for one in _erase_on(tx, record.access, card, item_key, claim.value)]
    for said_by in sorted({one.provenance.structure_id for one in (claim, *gone)}):
        _keep_trace(tx, record.own_id, item_key, said_by, reason)
    tx.journal("erase_answer", records=cards, sections=[section.value], reason=reason.value)


def erased_answers(tx: Transaction) -> list[Erased]:
    """The traces of what was erased from the actor's own record, the last first; nothing for anybody else."""
    query = select(_erased).where(of_person(_erased.c.record_id)).order_by(_erased.c.erased_at.desc(), _erased.c.id)
    rows = tx.execute(query, {"record_id": tx.actor.record_id}) if tx.actor.record_id else ()
    return [_trace(tx, row) for row in rows]


def _may_erase(tx: Transaction, access: Access, claim: Claim | Fact) -> bool:
    # Nothing of the others is within reach of a structure she stopped, nor of one that reads for thirty days.
    supports = access.is_lasting_support and not access.is_own_only
    is_own = claim.provenance.structure_id == tx.actor.structure_id
    return is_own or (tx.actor.role == Role.SUPERVISOR and supports)


def _chosen(tx: Transaction, record: RecordView, item_key: str, choice: str) -> Claim:
    known = record.facts.get(item_key)
    mine = erasable(tx, record, item_key).claims
    if known is None and not mine:
        raise NotFound
    claim = next((one for one in (*(claims_of(known) if known else ()), *mine) if claim_id(one) == choice), None)
    if claim is None:
        raise Conflict(_MOVED)
    if claim not in mine:
        raise Refused(_NOT_YOURS)
    return claim


def _past(tx: Transaction, record: RecordView, keys: Sequence[str]) -> dict[str, list[Fact]]:
    """item key → what her cards no longer say and the actor may erase."""
    said: dict[str, list[Fact]] = {}
    for card in same_person(tx, record.id) if keys else ():
        for _, fact in past_answers(tx, card, keys):
            if _may_erase(tx, record.access, fact):
                said.setdefault(fact.key, []).append(fact)
    return said


def _erasable(tx: Transaction, record: RecordView, key: str, past: Iterable[Fact]) -> Erasable:
    fact = record.facts.get(key)
    current = [one for one in (claims_of(fact) if fact else ()) if _may_erase(tx, record.access, one)]
    # The same answer is told once: erasing it takes all its lines.
    told = list(current)
    for one in sorted((claims_of(old)[0] for old in past), key=lambda one: one.provenance.on, reverse=True):
        if not any(same_value(CATALOGUE[key], one.value, known.value) for known in told):
            told.append(one)
    return Erasable(current=tuple(current), past=tuple(told[len(current) :]))


def _erase_on(tx: Transaction, access: Access, card: str, item_key: str, value: Any) -> list[Claim | Fact]:
    """Gives what that card said of it and says no more."""
    asked = CATALOGUE[item_key]
    opened = tx.sealing.open(card, [asked.section.value]).get(asked.section.value)
    fact = facts_in([opened.payload]).get(item_key) if opened else None
    gone = _gone(tx, access, fact, value) if fact else []
    left = without(fact, gone) if fact else None
    if opened and gone:
        kept = {key: one for key, one in opened.payload["facts"].items() if key != item_key}
        facts = {**kept, item_key: fact_to_json(left)} if left else kept
        tx.sealing.write(card, asked.section.value, {"facts": facts}, seq=opened.seq)
        tell_of_contact(tx, card, before=facts_in([opened.payload]), after=facts_in([{"facts": facts}]))
        if asked.section in (Section.IDENTITY, Section.CONTACT):
            renew_card(tx, card)
    return [*gone, *_erase_history(tx, access, card, item_key, _content(value, left))]


def _gone(tx: Transaction, access: Access, fact: Fact, value: Any) -> list[Claim]:
    asked = CATALOGUE[fact.key]
    seen = facts_seen(tx, access, {fact.key: fact}).get(fact.key)
    # Structures that said the same are told once: what the responsable erases goes from all of them.
    told = claims_of(fact) if not access.is_own_only else claims_of(seen) if seen else ()
    return [one for one in told if same_value(asked, one.value, value) and _may_erase(tx, access, one)]


def _content(value: Any, left: Fact | None) -> Any:
    """What must be found nowhere: of a list, the elements that no standing answer holds."""
    if not isinstance(value, list):
        return value
    standing = {element for one in (claims_of(left) if left else ()) for element in one.value}
    return [element for element in value if element not in standing] or value


def _erase_history(tx: Transaction, access: Access, card: str, item_key: str, content: Any) -> list[Fact]:
    asked = CATALOGUE[item_key]
    said = [one for one in past_answers(tx, card, [item_key]) if _may_erase(tx, access, one[1])]
    gone = [(name, fact) for name, fact in said if shares(asked, fact.value, content)]
    if gone:
        tx.execute(delete(_history).where(_history.c.id.in_([name for name, _ in gone])))
    return [fact for _, fact in gone]


def _keep_trace(tx: Transaction, record_id: str, item_key: str, said_by: str, reason: EraseReason) -> None:
    trace_id = new_id()
    values = {
        "id": trace_id,
        "record_id": record_id,
        "section": CATALOGUE[item_key].section.value,
        "item": tx.sealing.seal_value(record_id, "erased_answer", trace_id, {"item": item_key}),
        "said_by": said_by,
        "structure_id": tx.actor.structure_id,
        "erased_by": tx.actor.account_id,
        "role": tx.actor.role,
        "reason": reason.value,
        "erased_at": tx.now,
    }
    tx.execute(insert(_erased).values(**values))


def _trace(tx: Transaction, row: Any) -> Erased:
    kept = tx.sealing.open_value(row.record_id, "erased_answer", row.id, row.item)
    return Erased(
        item_key=kept["item"],
        section=row.section,
        said_by=row.said_by,
        structure_id=row.structure_id,
        reason=EraseReason(row.reason),
        at=row.erased_at,
    )
