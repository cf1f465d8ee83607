"""The few statements that write points de suivi, each leaving its trace: every action goes through them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from pathway.casework.followup.queries import IS_SEEN
from pathway.casework.followup.rules import PlanKind, PlannedPoint, PointState
from pathway.casework.followup.tables import Plan, Point, PointChange
from pathway.casework.policies.queries import policy_of_plan
from pathway.casework.sharing.queries import require_part, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.kernel.calendar import Holidays
from pathway.kernel.errors import Conflict, NotFound
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_point = table_of(Point)
_plan = table_of(Plan)
_change = table_of(PointChange)
_record = table_of(Record)

CHANGED = "Ce point de suivi vient d’être modifié par quelqu’un d’autre. Rechargez la page."
UNSEEN = "Ce point de suivi est déjà fait, ou vous n’y avez pas accès."

# Built once: every contact asks it twice. What another structure keeps to itself (sensitive, no longer shared) is not
# closed by a call elsewhere.
_OPEN = (
    select(_point, _plan.c.kind.label("plan_kind"), _plan.c.event_on, _plan.c.policy_version)
    .join(_plan, _plan.c.id == _point.c.plan_id)
    .where(
        _point.c.record_id.in_(bindparam("cards", expanding=True)),
        _point.c.state == PointState.OPEN.value,
        seen_in(bindparam("record_id"), Part.FOLLOWUP.value, by=_point.c.structure_id),
    )
    .order_by(_point.c.due_on, _point.c.id)
)
_SEEN = (
    select(_point, _plan.c.kind.label("plan_kind"), _plan.c.event_on, _plan.c.policy_version)
    .join(_plan, _plan.c.id == _point.c.plan_id)
    .where(IS_SEEN)
)


def wait_for_others(tx: Transaction, cards: Sequence[str]) -> None:
    """On PostgreSQL the second click waits here for the first, then sees what it wrote. SQLite has one writer."""
    hers = select(_record.c.id).where(_record.c.id.in_(cards)).order_by(_record.c.id)
    tx.execute(hers.with_for_update(key_share=True))


def open_rows(tx: Transaction, cards: Sequence[str]) -> Sequence[Row[Any]]:
    """The open points of those cards of one person that the actor may see, next first, with their plan's kind."""
    return tx.execute(_OPEN, {"cards": list(cards), "record_id": cards[0], **sight(tx)}).all()


def seen_row(tx: Transaction, point_id: str) -> Row[Any]:
    """One open point that the actor may see and write about, with its plan's kind; `NotFound` otherwise."""
    row = tx.execute(_SEEN, {"point_id": point_id, **sight(tx)}).one_or_none()
    if row is None:
        raise NotFound(UNSEEN)
    require_part(tx, row.record_id, Part.FOLLOWUP.value)
    return row


def holidays_of_point(tx: Transaction, row: Row[Any]) -> Holidays:
    """The public holidays of the rules that point's plan was born with; those of the structure that holds it when no
    policy opened it. `row`: what `open_rows` or `seen_row` gave."""
    return policy_of_plan(tx, row.policy_version, structure_id=row.structure_id).holidays


def close_point(tx: Transaction, row: Row[Any], state: PointState, *, contact_id: str | None, reason: str) -> None:
    """Close a point as it was read; `reason` is a code kept with the change."""
    # The system has no account: what nobody recorded cannot settle an exit.
    closed_by = tx.actor.account_id or None
    change_point(
        tx, row, reason=reason, state=state.value, contact_id=contact_id, closed_at=tx.now, closed_by=closed_by
    )


def change_point(tx: Transaction, row: Row[Any], *, reason: str, **changes: Any) -> None:
    """Change a point as it was read and keep the trace; `Conflict` when somebody changed it in between."""
    here = (_point.c.id == row.id, _point.c.version == row.version)
    if tx.execute(update(_point).where(*here).values(version=row.version + 1, **changes)).rowcount != 1:
        raise Conflict(CHANGED)
    now = {**row._mapping, **changes}
    tx.execute(insert(_change), _change_row(tx, now, row.version + 1, reason))


def insert_plan(tx: Transaction, *, record_id: str, kind: PlanKind, policy_version: str, event_on: date) -> str:
    """A new plan without its points; gives its id."""
    plan_id = new_id()
    plan = {
        "id": plan_id,
        "record_id": record_id,
        "kind": kind.value,
        "policy_version": policy_version,
        "event_on": event_on,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_plan), plan)
    return plan_id


def insert_points(
    tx: Transaction,
    plan_id: str,
    record_id: str,
    structure_id: str,
    owner_id: str | None,
    points: Sequence[PlannedPoint],
) -> None:
    """New open points of a plan, held by that structure."""
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
