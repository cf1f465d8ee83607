"""Writing a line of the register, correcting one's own, taking it away."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, update

from pathway.casework.followup.actions import record_contact, undo_contact
from pathway.casework.followup.queries import contacts
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.records.actions import wait_for_other_creations
from pathway.casework.sharing.queries import own_card, require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.casework.walk_ins.queries import SEALED_AS, WalkInView, just_noted, walk_in_seen
from pathway.casework.walk_ins.rules import (
    SAME_WITHIN,
    WalkInKind,
    WalkInOutcome,
    check_day,
    check_may_correct,
    check_number,
    read_place,
)
from pathway.casework.walk_ins.tables import WalkIn
from pathway.kernel.errors import Conflict, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_walk_in = table_of(WalkIn)

_CHANGED = "Cette ligne vient de changer dans une autre fenêtre. Rechargez la page."
_SAME = (
    "Vous venez de noter la même ligne, il y a moins de 2 minutes : elle est bien dans le registre. Si c’est une autre"
    " personne, cochez la case, puis notez-la."
)
_DAY_OF_CONTACT = "Cette ligne est un contact du dossier : retirez-la et notez-la de nouveau pour changer le jour."


@dataclass(frozen=True, kw_only=True)
class Met:
    """What is noted of a meeting: how, when, how many people, what it led to, where (may be empty)."""

    kind: WalkInKind
    outcome: WalkInOutcome
    day: date
    number: int = 1
    place: str = ""


def note_walk_in(tx: Transaction, met: Met, *, record_id: str = "", is_another: bool = False) -> str:
    """Write a line of the structure's register; gives its id. No name is asked.

    With a record, which the actor must be able to follow, it is a meeting of her timeline: the one already recorded
    there that day by the structure, or a new one. `Invalid` or `Refused` by the rules (fields of `Met`).

    A line the actor has written in the same words within two minutes is the same one: about the same record it is only
    given again; about nobody it is `Refused` (field `again`) unless it is said to be of somebody else (`is_another`).
    """
    check_day(met.day, today=tx.today)
    check_number(met.number, is_linked=bool(record_id))
    walk_in_id, place = new_id(), read_place(met.place)
    same = _same(tx, met, place, record_id)
    if same and record_id:
        tx.journal("find_walk_in", walk_in=same)
        return same
    if same and not is_another:
        raise Refused(_SAME, field="again")
    card, contact_id, is_new = _linked(tx, record_id, met.day) if record_id else (None, None, False)
    values = {
        "id": walk_in_id,
        "structure_id": tx.actor.structure_id,
        "account_id": tx.actor.account_id,
        **_said(met),
        "happened_on": met.day,
        "place": _sealed(tx, card or tx.actor.account_id, walk_in_id, place),
        "record_id": card,
        "contact_id": contact_id,
        "made_contact": is_new,
        "recorded_at": tx.now,
        "version": 1,
    }
    tx.execute(insert(_walk_in), values)
    tx.journal("note_walk_in", records=same_person(tx, record_id) if record_id else (), walk_in=walk_in_id)
    return walk_in_id


def correct_walk_in(tx: Transaction, met: Met, *, walk_in_id: str, version: int) -> None:
    """Correct one's own line within 24 hours; `Refused` by the rules, `Conflict` when it changed meanwhile."""
    found = _mine(tx, walk_in_id, version)
    check_day(met.day, today=tx.today)
    check_number(met.number, is_linked=found.is_linked)
    if found.is_linked and met.day != found.happened_on:
        raise Refused(_DAY_OF_CONTACT, field="day")
    sealed = _sealed(tx, found.card_id or found.account_id, walk_in_id, read_place(met.place))
    changes = {**_said(met), "happened_on": met.day, "place": sealed, "version": version + 1}
    here = (_walk_in.c.id == walk_in_id, _walk_in.c.version == version)
    if tx.execute(update(_walk_in).where(*here).values(**changes)).rowcount != 1:
        raise Conflict(_CHANGED)
    tx.journal("correct_walk_in", records=_about(tx, found), walk_in=walk_in_id)


def remove_walk_in(tx: Transaction, *, walk_in_id: str, version: int) -> None:
    """Take one's own line away within 24 hours, with the contact it had recorded. `Refused` and `Conflict` as above."""
    found = _mine(tx, walk_in_id, version)
    here = (_walk_in.c.id == walk_in_id, _walk_in.c.version == version)
    if tx.execute(delete(_walk_in).where(*here)).rowcount != 1:
        raise Conflict(_CHANGED)
    if found.made_contact and found.record_id:
        undo_contact(tx, record_id=found.record_id, account_id=found.account_id, recorded_at=found.recorded_at)
    tx.journal("remove_walk_in", records=_about(tx, found), walk_in=walk_in_id)


def _same(tx: Transaction, met: Met, place: str, record_id: str) -> str:
    """The id of the line just written in the same words by the actor; empty when there is none."""
    wait_for_other_creations(tx)
    person = (same_person(tx, record_id) or [record_id])[0] if record_id else None
    words = (met.kind, met.outcome, met.number, place, person)
    recent = just_noted(tx, day=met.day, since=tx.now - SAME_WITHIN)
    written = {(one.kind, one.outcome, one.number, one.place, one.record_id): one for one in recent if _is_whole(one)}
    return written[words].id if words in written else ""


def _is_whole(one: WalkInView) -> bool:
    """Whether the line may be read as it was written: nobody is hidden from the reader."""
    return (one.record_id is not None) is one.is_linked


def _linked(tx: Transaction, record_id: str, day: date) -> tuple[str, str, bool]:
    """Her card, the meeting of that day in her timeline, and whether it was just recorded."""
    require_part(tx, record_id, Part.FOLLOWUP.value)
    card = own_card(tx, record_id)
    known = _meeting(tx, record_id, day)
    if known:
        return card, known, False
    record_contact(tx, record_id=record_id, channel=Channel.VISIT, result=ContactResult.REACHED, made_on=day)
    return card, _meeting(tx, record_id, day), True


def _meeting(tx: Transaction, record_id: str, day: date) -> str:
    """The meeting with her that the structure has recorded on that day; empty when there is none."""
    own = (one for one in contacts(tx, record_id) if one.structure_id == tx.actor.structure_id)
    return next((one.id for one in own if one.channel is Channel.VISIT and one.made_on == day), "")


def _mine(tx: Transaction, walk_in_id: str, version: int) -> WalkInView:
    found = walk_in_seen(tx, walk_in_id)
    is_author = found.account_id == tx.actor.account_id
    check_may_correct(recorded_at=found.recorded_at, is_author=is_author, now=tx.now)
    if found.is_linked and found.record_id is None:
        raise Refused("Le dossier lié à cette ligne n’est plus ouvert à votre structure.")
    if found.version != version:
        raise Conflict(_CHANGED)
    return found


def _about(tx: Transaction, found: WalkInView) -> list[str]:
    return same_person(tx, found.record_id) if found.record_id else []


def _said(met: Met) -> dict[str, Any]:
    return {"kind": met.kind.value, "outcome": met.outcome.value, "number": met.number}


def _sealed(tx: Transaction, subject: str, walk_in_id: str, place: str) -> bytes | None:
    return tx.sealing.seal_value(subject, SEALED_AS, walk_in_id, {"place": place}) if place else None
