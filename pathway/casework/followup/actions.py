"""Opening points de suivi, recording contacts, closing, putting off and giving points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from pathway.casework.followup.queries import record_of_point
from pathway.casework.followup.rules import (
    Channel,
    ContactResult,
    PlannedPoint,
    PlanRequest,
    PointKind,
    PointState,
    Policy,
    after_attempt,
    contact_closes,
    plan_points,
    successor_of_last,
)
from pathway.casework.followup.tables import ContactAttempt, Plan, Point, PointChange
from pathway.casework.partners.queries import works_in
from pathway.casework.sharing.queries import own_card, require_part, same_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_point = table_of(Point)
_plan = table_of(Plan)
_change = table_of(PointChange)
_contact = table_of(ContactAttempt)
_record = table_of(Record)

_CHANGED = "Ce point de suivi vient d’être modifié par quelqu’un d’autre. Rechargez la page."
_NOT_OURS = "Ce point de suivi est tenu par une autre structure : elle seule peut le noter « non fait »."
_TWICE = (
    "Le même contact vient d’être enregistré, peut-être par un double clic. "
    "Si c’en est un autre, attendez deux minutes avant de l’enregistrer."
)
_TWICE_WITHIN = timedelta(minutes=2)
_REACHED = (ContactResult.REACHED, ContactResult.REFUSED)

# Built once: every contact asks it twice. What another structure keeps to itself (sensitive, no longer shared) is not
# closed by a call elsewhere.
_OPEN = (
    select(_point)
    .where(
        _point.c.record_id.in_(bindparam("cards", expanding=True)),
        _point.c.state == PointState.OPEN.value,
        seen_in(bindparam("record_id"), Part.FOLLOWUP.value, by=_point.c.structure_id),
    )
    .order_by(_point.c.due_on, _point.c.id)
)


@dataclass(frozen=True, kw_only=True)
class OpenedPlan:
    """What an exit opened: the plan and its points by due date. No plan id when the policy opens nothing."""

    plan_id: str | None
    points: tuple[PlannedPoint, ...]


@dataclass(frozen=True, kw_only=True)
class ContactDone:
    """What a contact changed: how many points it closed, and when the person is next expected to be called."""

    closed: int
    next_due_on: date | None


def open_plan(
    tx: Transaction, *, record_id: str, policy: Policy, request: PlanRequest, structure_id: str, owner_id: str | None
) -> OpenedPlan:
    """Open the points that follow an exit, owned by `owner_id` or held by the queue. `Refused` by the rules."""
    points = plan_points(policy, request)
    if not points:
        return OpenedPlan(plan_id=None, points=())
    plan_id = new_id()
    plan = {
        "id": plan_id,
        "record_id": record_id,
        "kind": request.kind.value,
        "policy_version": policy.version,
        "event_on": request.event_on,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_plan), plan)
    _insert_points(tx, plan_id, record_id, structure_id, owner_id, points)
    return OpenedPlan(plan_id=plan_id, points=points)


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
    `point_id` the next due point is meant. `Refused` (field `made_on` or `next_on`) when the dates cannot be,
    `Conflict` when the same professional has just recorded the same contact.
    """
    require_part(tx, record_id, Part.FOLLOWUP.value)
    _check_day(tx, made_on)
    cards = same_person(tx, record_id)
    _wait_for_other_contacts(tx, cards)
    points = _open_rows(tx, cards)
    _refuse_twice(tx, cards, channel, result, made_on, _closes_named(points, point_id, result, made_on))
    meant = _meant(points, point_id, made_on)
    contact_id = _insert_contact(tx, own_card(tx, record_id), channel, result, made_on, next_on, note)
    closed = _close_near(tx, points, made_on, contact_id) if result in _REACHED else set()
    if meant is not None and meant.id not in closed:
        closed |= _apply_to(tx, meant, result, made_on, next_on, contact_id)
    left = _open_rows(tx, cards)
    tx.journal("record_contact", records=cards, result=result.value, closed=len(closed))
    return ContactDone(closed=len(closed), next_due_on=left[0].due_on if left else None)


def mark_not_done(tx: Transaction, *, point_id: str, reason: str) -> None:
    """Close a point as « non fait », with its reason code. A last point always gets a successor 28 days later.

    `Refused` for another structure's point: it alone knows what it did.
    """
    row = _seen_row(tx, point_id)
    if row.structure_id != tx.actor.structure_id:
        raise Refused(_NOT_OURS)
    _close(tx, row, PointState.NOT_DONE, contact_id=None, reason=reason)
    if row.is_last:
        due_on = successor_of_last(tx.today)
        points = (PlannedPoint(kind=PointKind.CONTACT, due_on=due_on, is_last=True),)
        tx.execute(update(_point).where(_point.c.id == row.id).values(is_last=False))
        _insert_points(tx, row.plan_id, row.record_id, row.structure_id, row.owner_id, points)
    tx.journal("mark_not_done", records=[row.record_id], point=point_id)


def reassign_points(tx: Transaction, *, record_id: str, owner_id: str) -> int:
    """Give every open point that the actor's structure holds for a person to one colleague; gives how many."""
    require_part(tx, record_id, Part.FOLLOWUP.value)
    if not works_in(tx, owner_id, tx.actor.structure_id):
        raise Refused(
            "Cette personne ne suit personne dans votre structure. Choisissez un·e collègue.", field="owner_id"
        )
    cards = same_person(tx, record_id)
    rows = [row for row in _open_rows(tx, cards) if row.structure_id == tx.actor.structure_id]
    for row in rows:
        _change_point(tx, row, reason="reassigned", owner_id=owner_id)
    tx.journal("reassign_points", records=cards, to=owner_id, points=len(rows))
    return len(rows)


def cancel_plan(tx: Transaction, *, plan_id: str) -> None:
    """Cancel a plan and its open points, because the exit that opened it was a mistake."""
    tx.execute(update(_plan).where(_plan.c.id == plan_id).values(cancelled_at=tx.now))
    rows = tx.execute(select(_point).where(_point.c.plan_id == plan_id, _point.c.state == PointState.OPEN)).all()
    for row in rows:
        _close(tx, row, PointState.CANCELLED, contact_id=None, reason="exit_cancelled")


def _check_day(tx: Transaction, made_on: date) -> None:
    if made_on > tx.today:
        raise Refused("Ce contact est daté dans le futur. Indiquez le jour où il a eu lieu.", field="made_on")
    if made_on < tx.today - timedelta(days=365):
        raise Refused("Ce contact date de plus d’un an. Vérifiez l’année.", field="made_on")


def _wait_for_other_contacts(tx: Transaction, cards: Sequence[str]) -> None:
    """On PostgreSQL the second click waits here for the first, then sees what it wrote. SQLite has one writer."""
    hers = select(_record.c.id).where(_record.c.id.in_(cards)).order_by(_record.c.id)
    tx.execute(hers.with_for_update(key_share=True))


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
    )
    if not closes and tx.execute(same).first() is not None:
        raise Conflict(_TWICE)


def _closes_named(points: Sequence[Row[Any]], point_id: str, result: ContactResult, made_on: date) -> bool:
    due = (row.due_on for row in points if row.id == point_id)
    return result in _REACHED and any(due_on <= made_on or contact_closes(due_on, made_on) for due_on in due)


def _open_rows(tx: Transaction, cards: Sequence[str]) -> Sequence[Row[Any]]:
    return tx.execute(_OPEN, {"cards": list(cards), "record_id": cards[0], **sight(tx)}).all()


def _seen_row(tx: Transaction, point_id: str) -> Row[Any]:
    query = select(_point).where(
        _point.c.id == point_id,
        _point.c.state == PointState.OPEN,
        seen_in(record_of_point(point_id), Part.FOLLOWUP.value, by=_point.c.structure_id),
    )
    row = tx.execute(query, sight(tx)).one_or_none()
    if row is None:
        raise NotFound("Ce point de suivi est déjà fait, ou vous n’y avez pas accès.")
    require_part(tx, row.record_id, Part.FOLLOWUP.value)
    return row


def _meant(points: Sequence[Row[Any]], point_id: str, made_on: date) -> Row[Any] | None:
    if point_id:
        found = next((row for row in points if row.id == point_id), None)
        if found is None:
            raise NotFound("Ce point de suivi est déjà fait, ou vous n’y avez pas accès.")
        return found
    return next((row for row in points if row.due_on <= made_on or contact_closes(row.due_on, made_on)), None)


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


def _close_near(tx: Transaction, points: Sequence[Row[Any]], made_on: date, contact_id: str) -> set[str]:
    near = [row for row in points if contact_closes(row.due_on, made_on)]
    for row in near:
        _close(tx, row, PointState.DONE, contact_id=contact_id, reason="contact")
    return {row.id for row in near}


def _apply_to(
    tx: Transaction, row: Row[Any], result: ContactResult, made_on: date, next_on: date | None, contact_id: str
) -> set[str]:
    outcome = after_attempt(
        result=result,
        attempted_on=made_on,
        due_on=row.due_on,
        replans=row.replans,
        next_on=next_on,
        is_last=row.is_last,
    )
    if outcome.closes:
        _close(tx, row, PointState.DONE, contact_id=contact_id, reason="contact")
        return {row.id}
    if outcome.next_due_on and outcome.next_due_on != row.due_on:
        changes: dict[str, Any] = {"due_on": outcome.next_due_on, "replans": row.replans + 1}
        changes["to_responsable"] = row.to_responsable or outcome.to_responsable
        _change_point(tx, row, reason=result.value, **changes)
    return set()


def _close(tx: Transaction, row: Row[Any], state: PointState, *, contact_id: str | None, reason: str) -> None:
    # The system has no account: what nobody recorded cannot settle an exit.
    closed_by = tx.actor.account_id or None
    _change_point(
        tx, row, reason=reason, state=state.value, contact_id=contact_id, closed_at=tx.now, closed_by=closed_by
    )


def _change_point(tx: Transaction, row: Row[Any], *, reason: str, **changes: Any) -> None:
    here = (_point.c.id == row.id, _point.c.version == row.version)
    if tx.execute(update(_point).where(*here).values(version=row.version + 1, **changes)).rowcount != 1:
        raise Conflict(_CHANGED)
    now = {**row._mapping, **changes}
    tx.execute(insert(_change), _change_row(tx, now, row.version + 1, reason))


def _insert_points(
    tx: Transaction,
    plan_id: str,
    record_id: str,
    structure_id: str,
    owner_id: str | None,
    points: Sequence[PlannedPoint],
) -> None:
    rows = [
        {
            "id": new_id(),
            "plan_id": plan_id,
            "record_id": record_id,
            "kind": point.kind.value,
            "original_due_on": point.due_on,
            "due_on": point.due_on,
            "is_last": point.is_last,
            "structure_id": structure_id,
            "owner_id": owner_id,
            "state": PointState.OPEN.value,
            "replans": 0,
            "to_responsable": False,
            "version": 1,
            "recorded_at": tx.now,
        }
        for point in points
    ]
    tx.execute(insert(_point), rows)
    tx.execute(insert(_change), [_change_row(tx, row, 1, "opened") for row in rows])


def _change_row(tx: Transaction, point: Any, number: int, reason: str) -> dict[str, Any]:
    kept = ("record_id", "due_on", "state", "structure_id", "owner_id")
    return {
        "point_id": point["id"],
        "number": number,
        **{name: point[name] for name in kept},
        "changed_by": tx.actor.account_id,
        "reason": reason,
        "recorded_at": tx.now,
    }
