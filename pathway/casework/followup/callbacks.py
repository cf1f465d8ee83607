"""« Rappelez-moi le… » and the rhythm of calls a person chooses: points of her own, that no exit opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from pathway.casework.followup.protocol import callback_due, rhythm_due
from pathway.casework.followup.reading import rhythm_of
from pathway.casework.followup.rules import PlanKind, PlannedPoint, PointKind, PointState, Rhythm
from pathway.casework.followup.tables import FollowupWish, Plan
from pathway.casework.followup.writing import (
    change_point,
    close_point,
    insert_plan,
    insert_points,
    open_rows,
    wait_for_others,
)
from pathway.casework.partners.queries import is_sensitive, works_in
from pathway.casework.partners.rules import StructureState
from pathway.casework.partners.tables import Structure
from pathway.casework.policies.queries import holidays_of
from pathway.casework.records.queries import referent_of
from pathway.casework.sharing.queries import own_card, require_part, same_person
from pathway.casework.sharing.rules import Cause, Part
from pathway.casework.sharing.tables import AccessGrant
from pathway.kernel.calendar import Holidays
from pathway.kernel.errors import Refused
from pathway.kernel.ids import new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_wish = table_of(FollowupWish)
_plan = table_of(Plan)
_grant = table_of(AccessGrant)
_structure = table_of(Structure)

# What an asked call was born of, where the plan of an exit names its rules.
ASKED, RHYTHM = "asked", "rhythm"

_NOBODY = marked(
    "Aucune structure ne suit la personne en ce moment : personne ne pourrait rappeler. "
    "Une structure d’accueil peut ouvrir un accompagnement."
)
# Where she is supported without an end set, on which of her cards; the structures others may know of come first.
_SUPPORTS = (
    select(_grant.c.record_id, _grant.c.structure_id)
    .join(_structure, _structure.c.id == _grant.c.structure_id)
    .where(
        _grant.c.record_id.in_(bindparam("cards", expanding=True)),
        _grant.c.cause == Cause.SUPPORT.value,
        _grant.c.from_at <= bindparam("now"),
        _grant.c.until_at.is_(None),
        _structure.c.state == StructureState.ACTIVE.value,
    )
    .order_by(_structure.c.is_sensitive, _grant.c.from_at.desc(), _grant.c.id)
)


@dataclass(frozen=True, kw_only=True)
class _Holder:
    """Who will call: a card of hers that the structure supports, that structure, and the owner (None: its queue)."""

    record_id: str
    structure_id: str
    owner_id: str | None


def ask_callback(tx: Transaction, *, record_id: str, on: date) -> date:
    """Note that she asks to be called on that day, herself or by a professional on her word; gives the working day.

    One such call is open at a time: asking again moves it, with its trace. It follows no exit. `Refused` (field `on`)
    unless the day lies 1 to 91 days ahead, or when no structure supports her.
    """
    require_part(tx, record_id, Part.FOLLOWUP.value)
    cards = same_person(tx, record_id)
    wait_for_others(tx, cards)
    known = _open_call(open_rows(tx, cards))
    held_by = _held_by(tx, cards, known)
    due_on = callback_due(on, today=tx.today, holidays=_holidays(tx, held_by))
    if known is None:
        _open(tx, held_by, due_on, asked_on=tx.today, born_of=ASKED)
    else:
        _move(tx, known, due_on, reason="asked_again")
        tx.execute(update(_plan).where(_plan.c.id == known.plan_id).values(policy_version=ASKED, event_on=tx.today))
    tx.journal("ask_callback", records=cards)
    return due_on


def choose_rhythm(tx: Transaction, *, record_id: str, rhythm: Rhythm) -> date | None:
    """Keep how often she wishes to be called; gives the day of the next call that this opens or moves, if any.

    The earlier choice ends now and stays in history. Back to the planned dates, a call the rhythm had opened is
    cancelled; one that she asked for stays.
    """
    require_part(tx, record_id, Part.FOLLOWUP.value)
    cards = same_person(tx, record_id)
    wait_for_others(tx, cards)
    _keep_wish(tx, cards, own_card(tx, record_id), rhythm)
    left = open_rows(tx, cards)
    known = _open_call(left)
    holidays = _holidays(tx, _held_by(tx, cards, known))
    due_on = rhythm_due(rhythm, contact_on=tx.today, today=tx.today, holidays=holidays)
    tx.journal("choose_rhythm", records=cards)
    if known is not None and _is_born_of(tx, known, RHYTHM):
        if due_on is None:
            close_point(tx, known, PointState.CANCELLED, contact_id=None, reason="rhythm_changed")
        else:
            _move(tx, known, due_on, reason="rhythm_changed")
        return due_on
    is_opened = follow_rhythm(tx, record_id=record_id, left=left, contact_on=tx.today)
    return due_on if is_opened else None


def follow_rhythm(tx: Transaction, *, record_id: str, left: Sequence[Row[Any]], contact_on: date) -> bool:
    """Open the next call at her rhythm, after a contact that day, unless a point already lies nearer (`left`: her open
    points) or a call is open; gives whether it did. Nobody supports her: nothing opens."""
    rhythm = rhythm_of(tx, record_id)
    if rhythm is Rhythm.PLANNED or _open_call(left) is not None:
        return False
    held_by = _holder(tx, same_person(tx, record_id))
    due_on = rhythm_due(rhythm, contact_on=contact_on, today=tx.today, holidays=_holidays(tx, held_by))
    if held_by is None or due_on is None or any(row.due_on <= due_on for row in left):
        return False
    _open(tx, held_by, due_on, asked_on=contact_on, born_of=RHYTHM)
    return True


def calling_holidays(tx: Transaction, record_id: str) -> Holidays:
    """The public holidays of whoever will call her: what a proposed day must keep to."""
    cards = same_person(tx, record_id)
    return _holidays(tx, _held_by(tx, cards, _open_call(open_rows(tx, cards))))


def has_caller(tx: Transaction, record_id: str) -> bool:
    """Whether somebody would make a call she asks for: a structure supports her, or a call is open already."""
    cards = same_person(tx, record_id)
    return _held_by(tx, cards, _open_call(open_rows(tx, cards))) is not None


def _open_call(rows: Sequence[Row[Any]]) -> Row[Any] | None:
    return next((row for row in rows if row.kind == PointKind.CALLBACK), None)


def _held_by(tx: Transaction, cards: Sequence[str], known: Row[Any] | None) -> _Holder | None:
    """Who will make the call: whoever holds the one that is open (`known`), else who would hold a new one."""
    if known is None:
        return _holder(tx, cards)
    return _Holder(record_id=known.record_id, structure_id=known.structure_id, owner_id=known.owner_id)


def _holidays(tx: Transaction, held_by: _Holder | None) -> Holidays:
    """The public holidays of whoever will call."""
    return holidays_of(tx, held_by.structure_id) if held_by else Holidays.FRANCE


def _open(tx: Transaction, holder: _Holder | None, due_on: date, *, asked_on: date, born_of: str) -> None:
    if holder is None:
        raise Refused(_NOBODY)
    plan_id = insert_plan(
        tx, record_id=holder.record_id, kind=PlanKind.CALLBACK, policy_version=born_of, event_on=asked_on
    )
    # The last of its plan: closing it on silence opens another, she is never forgotten.
    points = [PlannedPoint(kind=PointKind.CALLBACK, due_on=due_on, is_last=True)]
    insert_points(tx, plan_id, holder.record_id, holder.structure_id, holder.owner_id, points)


def _move(tx: Transaction, row: Row[Any], due_on: date, *, reason: str) -> None:
    # Her own wish is no lateness of ours: the first date follows it, and no put-off is counted.
    if row.due_on != due_on:
        change_point(tx, row, reason=reason, due_on=due_on, original_due_on=due_on)


def _is_born_of(tx: Transaction, row: Row[Any], what: str) -> bool:
    query = select(_plan.c.policy_version).where(_plan.c.id == row.plan_id)
    return bool(tx.execute(query).scalar_one() == what)


def _holder(tx: Transaction, cards: Sequence[str]) -> _Holder | None:
    """Her référent de parcours, if active and in a structure that supports her; else the queue of such a structure.

    A sensitive structure keeps the call it notes: elsewhere, its day would tell of it.
    """
    supports = [(row.record_id, row.structure_id) for row in tx.execute(_SUPPORTS, {"cards": cards, "now": tx.now})]
    by_structure = {structure_id: card for card, structure_id in reversed(supports)}
    own = tx.actor.structure_id
    referent = referent_of(tx, cards[0])
    if own in by_structure and is_sensitive(tx, own):
        return _Holder(record_id=by_structure[own], structure_id=own, owner_id=tx.actor.account_id)
    if referent and referent.structure_id in by_structure:
        is_active = works_in(tx, referent.account_id, referent.structure_id)
        return _Holder(
            record_id=by_structure[referent.structure_id],
            structure_id=referent.structure_id,
            owner_id=referent.account_id if is_active else None,
        )
    if not supports:
        return None
    record_id, structure_id = supports[0]
    return _Holder(record_id=record_id, structure_id=structure_id, owner_id=None)


def _keep_wish(tx: Transaction, cards: Sequence[str], own: str, rhythm: Rhythm) -> None:
    tx.execute(update(_wish).where(_wish.c.record_id.in_(cards), _wish.c.until_at.is_(None)).values(until_at=tx.now))
    values = {
        "id": new_id(),
        "record_id": own,
        "rhythm": rhythm.value,
        "structure_id": tx.actor.structure_id or None,
        "set_by": tx.actor.account_id,
        "from_at": tx.now,
    }
    tx.execute(insert(_wish), values)
