"""What bringing in past steps must know: the stays already kept, who holds how much, and who is taken up again when."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, bindparam, func, select

from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import PointKind, PointState
from pathway.casework.followup.tables import Point
from pathway.casework.past_steps.rules import Stay
from pathway.casework.sharing.tables import Record
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_point = table_of(Point)
_record = table_of(Record)

_STAYS = (
    select(
        _record.c.canonical_id,
        _enrolment.c.id,
        _enrolment.c.scheme_id,
        _enrolment.c.entered_on,
        _exit.c.event_on,
    )
    .join(_record, _record.c.id == _enrolment.c.record_id)
    .outerjoin(_exit, (_exit.c.enrolment_id == _enrolment.c.id) & _exit.c.cancelled_at.is_(None))
    .where(
        _record.c.canonical_id.in_(bindparam("people", expanding=True)),
        _enrolment.c.structure_id == bindparam("structure_id"),
    )
)
_TAKEN_UP = (
    select(_record.c.canonical_id, func.min(_point.c.due_on).label("due_on"))
    .join(_record, _record.c.id == _point.c.record_id)
    .where(
        _record.c.canonical_id.in_(bindparam("people", expanding=True)),
        _point.c.structure_id == bindparam("structure_id"),
        _point.c.state == PointState.OPEN.value,
        _point.c.kind.in_([PointKind.RESUME.value, PointKind.CATCH_UP.value]),
        _point.c.due_on >= bindparam("today", type_=Date),
    )
    .group_by(_record.c.canonical_id)
)
_PLANNED = select(_point.c.structure_id, _point.c.owner_id, _point.c.due_on).where(
    _point.c.state == PointState.OPEN.value, _point.c.due_on >= bindparam("today", type_=Date)
)


class KnownStay(NamedTuple):
    """A stay kept in the base, and the step it is."""

    enrolment_id: str
    stay: Stay


def stays(tx: Transaction, people: Collection[str]) -> dict[tuple[str, str], list[KnownStay]]:
    """(person, scheme) → her stays in that scheme in the actor's structure. `people`: cards that stand for somebody."""
    found: dict[tuple[str, str], list[KnownStay]] = {}
    for row in tx.execute(_STAYS, {"people": sorted(people), "structure_id": tx.actor.structure_id}):
        stay = Stay(entered_on=row.entered_on, until_on=row.event_on)
        found.setdefault((row.canonical_id, row.scheme_id), []).append(KnownStay(row.id, stay))
    return found


def taken_up(tx: Transaction, people: Collection[str]) -> dict[str, date]:
    """Person → the day on which the actor's structure already takes an exit of hers up again."""
    wanted = {"people": sorted(people), "structure_id": tx.actor.structure_id, "today": tx.today}
    return {row.canonical_id: row.due_on for row in tx.execute(_TAKEN_UP, wanted)}


def planned_by_holder(tx: Transaction) -> list[tuple[str, date]]:
    """Holder (an account, else a structure's queue) and due day of every open point to come. No person is told."""
    rows = tx.execute(_PLANNED, {"today": tx.today})
    return [(row.owner_id or row.structure_id, row.due_on) for row in rows]
