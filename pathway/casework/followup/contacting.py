"""Recording a try to reach the person: what it closes, what it puts off, and whether she is lost from sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from pathway.casework.followup.callbacks import follow_rhythm
from pathway.casework.followup.protocol import QUESTIONS, attempt_is_done
from pathway.casework.followup.reading import channels_tried, lost_from_sight
from pathway.casework.followup.rules import (
    Channel,
    ContactResult,
    PointKind,
    PointState,
    after_attempt,
    contact_closes,
)
from pathway.casework.followup.safety import cautions_of, refusal
from pathway.casework.followup.tables import ContactAttempt, Plan, Point
from pathway.casework.followup.writing import (
    UNSEEN,
    change_point,
    close_point,
    holidays_of_point,
    open_rows,
    wait_for_others,
)
from pathway.casework.records.queries import cautions_now
from pathway.casework.sharing.queries import accesses_of, own_card, require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_contact = table_of(ContactAttempt)
_plan = table_of(Plan)
_point = table_of(Point)

_OTHER_WAY = "Essayez aussi par un autre moyen, et indiquez quand : un seul moyen ne suffit pas."
_TWICE = (
    "Le même contact vient d’être enregistré, peut-être par un double clic. "
    "Si c’en est un autre, attendez deux minutes avant de l’enregistrer."
)
_TWICE_WITHIN = timedelta(minutes=2)
_REACHED = (ContactResult.REACHED, ContactResult.REFUSED)


@dataclass(frozen=True, kw_only=True)
class ContactDone:
    """What a contact changed: how many points it closed, and when the person is next expected to be called.

    `other_way`: the last attempt stays open until another channel is tried. `is_lost`: she is now « perdue de vue ».
    """

    closed: int
    next_due_on: date | None
    other_way: bool = False
    is_lost: bool = False


def record_contact(
    tx: Transaction,
    *,
    record_id: str,
    channel: Channel,
    result: ContactResult,
    made_on: date,
    next_on: date | None = None,
    point_id: str = "",
    note: str = "",
) -> ContactDone:
    """Record one try to speak with the person. Reached closes every point within 10 days; else the point is put off.

    Points of all her linked cards are meant; the contact itself is kept under the card the actor writes under. Without
    `point_id` the next due point is meant. `Refused` (field `made_on` or `next_on`) when the dates cannot be, (field
    `channel` or `result`) when that way of reaching her is not safe; `Conflict` when the same professional has just
    recorded the same contact.
    """
    require_part(tx, record_id, Part.FOLLOWUP.value)
    _check_day(tx, made_on)
    _check_safe(tx, record_id, channel, result)
    cards = same_person(tx, record_id)
    wait_for_others(tx, cards)
    points = open_rows(tx, cards)
    _refuse_twice(tx, cards, channel, result, made_on, _closes_named(points, point_id, result, made_on))
    meant = _meant(points, point_id, made_on)
    contact_id = _insert_contact(tx, own_card(tx, record_id), channel, result, made_on, next_on, note)
    closed = _close_near(tx, points, made_on, contact_id) if result in _REACHED else set()
    if meant is not None and meant.id not in closed:
        closed |= _apply_to(tx, points, meant, result, made_on, next_on, contact_id)
    left = open_rows(tx, cards)
    if result is ContactResult.REACHED and follow_rhythm(tx, record_id=record_id, left=left, contact_on=made_on):
        left = open_rows(tx, cards)
    is_lost = result not in _REACHED and _is_lost(tx, cards, left)
    tx.journal("record_contact", records=cards, result=result.value, closed=len(closed))
    return ContactDone(
        closed=len(closed),
        next_due_on=left[0].due_on if left else None,
        other_way=_asks_other_way(meant, result, closed),
        is_lost=is_lost,
    )


def undo_contact(tx: Transaction, *, record_id: str, account_id: str, recorded_at: datetime) -> None:
    """Take back the contact that account recorded at that very instant, which did not take place: the points it had
    closed open again, and the call it had opened at her rhythm goes. Nothing happens when there is none."""
    cards = same_person(tx, record_id)
    wait_for_others(tx, cards)
    here = (
        _contact.c.record_id.in_(cards),
        _contact.c.account_id == account_id,
        _contact.c.structure_id == tx.actor.structure_id,
        _contact.c.recorded_at == recorded_at,
        _contact.c.undone_at.is_(None),
    )
    gone = tx.execute(select(_contact.c.id).where(*here)).scalars().all()
    stands = _point.c.plan_id.in_(select(_plan.c.id).where(_plan.c.cancelled_at.is_(None)))
    for row in _points_of(tx, _point.c.contact_id.in_(gone), _point.c.state == PointState.DONE.value, stands):
        back = {"state": PointState.OPEN.value, "contact_id": None, "closed_at": None, "closed_by": None}
        change_point(tx, row, reason="contact_undone", **back)
    born = (_point.c.record_id.in_(cards), _point.c.recorded_at == recorded_at, _point.c.kind == PointKind.CALLBACK)
    for row in _points_of(tx, *born, _point.c.state == PointState.OPEN.value) if gone else ():
        close_point(tx, row, PointState.CANCELLED, contact_id=None, reason="contact_undone")
    # Kept as taken back, without its words: the nights between knew of it.
    tx.execute(update(_contact).where(_contact.c.id.in_(gone)).values(undone_at=tx.now, note=None))


def _points_of(tx: Transaction, *conditions: Any) -> Sequence[Row[Any]]:
    return tx.execute(select(_point).where(*conditions)).all()


def _check_day(tx: Transaction, made_on: date) -> None:
    if made_on > tx.today:
        raise Refused("Ce contact est daté dans le futur. Indiquez le jour où il a eu lieu.", field="made_on")
    if made_on < tx.today - timedelta(days=365):
        raise Refused("Ce contact date de plus d’un an. Vérifiez l’année.", field="made_on")


def _refuse_twice(
    tx: Transaction, cards: Sequence[str], channel: Channel, result: ContactResult, made_on: date, closes: bool
) -> None:
    """Refuse what a double click sends again. A point that the first click would have closed (`closes`) and that is
    still open tells that this is one call noted for two points."""
    since = tx.now - _TWICE_WITHIN
    same = select(_contact.c.id).where(
        _contact.c.record_id.in_(cards),
        _contact.c.account_id == tx.actor.account_id,
        _contact.c.channel == channel.value,
        _contact.c.result == result.value,
        _contact.c.made_on == made_on,
        _contact.c.recorded_at > since,
        _contact.c.undone_at.is_(None),
    )
    if not closes and tx.execute(same).first() is not None:
        raise Conflict(_TWICE)


def _closes_named(points: Sequence[Row[Any]], point_id: str, result: ContactResult, made_on: date) -> bool:
    due = (row.due_on for row in points if row.id == point_id and row.kind not in QUESTIONS)
    return result in _REACHED and any(due_on <= made_on or contact_closes(due_on, made_on) for due_on in due)


def _meant(points: Sequence[Row[Any]], point_id: str, made_on: date) -> Row[Any] | None:
    if point_id:
        found = next((row for row in points if row.id == point_id), None)
        if found is None:
            raise NotFound(UNSEEN)
        return found
    asked = (row for row in points if row.kind not in QUESTIONS)
    return next((row for row in asked if row.due_on <= made_on or contact_closes(row.due_on, made_on)), None)


def _insert_contact(
    tx: Transaction,
    record_id: str,
    channel: Channel,
    result: ContactResult,
    made_on: date,
    next_on: date | None,
    note: str,
) -> str:
    contact_id = new_id()
    sealed = tx.sealing.seal_value(record_id, "contact_attempt", contact_id, {"note": note}) if note else None
    values = {
        "id": contact_id,
        "record_id": record_id,
        "structure_id": tx.actor.structure_id,
        "account_id": tx.actor.account_id,
        "channel": channel.value,
        "result": result.value,
        "made_on": made_on,
        "next_on": next_on,
        "note": sealed,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_contact), values)
    return contact_id


def _check_safe(tx: Transaction, record_id: str, channel: Channel, result: ContactResult) -> None:
    known = cautions_now(tx, record_id)
    sentence = refusal(cautions_of(held=known.held, answered=known.answered), channel, result)
    if sentence:
        raise Refused(sentence, field="result" if result is ContactResult.MESSAGE_LEFT else "channel")


def _close_near(tx: Transaction, points: Sequence[Row[Any]], made_on: date, contact_id: str) -> set[str]:
    near = [row for row in points if row.kind not in QUESTIONS and _answers(row, made_on)]
    for row in near:
        close_point(tx, row, PointState.DONE, contact_id=contact_id, reason="contact")
    return {row.id for row in near}


def _answers(row: Row[Any], made_on: date) -> bool:
    """Whether speaking with her that day answers a point: it is near, or it asked only to reach her."""
    was_sought = row.kind == PointKind.ATTEMPT and not row.is_last and row.event_on <= made_on
    return was_sought or contact_closes(row.due_on, made_on)


def _apply_to(
    tx: Transaction,
    points: Sequence[Row[Any]],
    row: Row[Any],
    result: ContactResult,
    made_on: date,
    next_on: date | None,
    contact_id: str,
) -> set[str]:
    if row.kind in QUESTIONS and result in _REACHED:
        return set()  # spoken with: the questions are still to be asked
    if row.kind == PointKind.ATTEMPT and result not in _REACHED:
        if _is_attempted(tx, points, row):
            close_point(tx, row, PointState.DONE, contact_id=contact_id, reason=result.value)
            return {row.id}
        if next_on is None:
            raise Refused(_OTHER_WAY, field="next_on")
    outcome = after_attempt(
        result=result,
        attempted_on=made_on,
        due_on=row.due_on,
        replans=row.replans,
        next_on=next_on,
        is_last=row.is_last,
        holidays=holidays_of_point(tx, row),
    )
    if outcome.closes:
        close_point(tx, row, PointState.DONE, contact_id=contact_id, reason="contact")
        return {row.id}
    if outcome.next_due_on and outcome.next_due_on != row.due_on:
        changes: dict[str, Any] = {"due_on": outcome.next_due_on, "replans": row.replans + 1}
        changes["to_responsable"] = row.to_responsable or outcome.to_responsable
        change_point(tx, row, reason=result.value, **changes)
    return set()


def _is_attempted(tx: Transaction, points: Sequence[Row[Any]], row: Row[Any]) -> bool:
    others = [one for one in points if one.plan_id == row.plan_id and one.kind == PointKind.ATTEMPT]
    return attempt_is_done(
        is_last=row.is_last,
        attempts_left=len(others) - 1,
        channels=channels_tried(tx, row.record_id, since=row.event_on),
    )


def _asks_other_way(meant: Row[Any] | None, result: ContactResult, closed: set[str]) -> bool:
    if meant is None or result in _REACHED:
        return False
    return meant.kind == PointKind.ATTEMPT and meant.id not in closed


def _is_lost(tx: Transaction, cards: Sequence[str], left: Sequence[Row[Any]]) -> bool:
    """Whether she is now « perdue de vue »; then the responsable gets the next point that the structure holds."""
    if cards[0] not in lost_from_sight(tx, accesses_of(tx, cards[:1])):
        return False
    ours = next((row for row in left if row.structure_id == tx.actor.structure_id), None)
    if ours is not None and not ours.to_responsable:
        change_point(tx, ours, reason="lost_from_sight", to_responsable=True)
    return True
