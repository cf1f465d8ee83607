"""What waits in the territory's queue, as its responsable reads it: who, since when, and which structures may take her.

No grant leads here: the territory reads a name and a way to call, never a record, and each reading is told to her.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select

from pathway.casework.agreements.queries import restricted_parts
from pathway.casework.followup.rules import PlanKind, PointKind, PointState
from pathway.casework.followup.safety import Cautions, cautions_of
from pathway.casework.followup.tables import Plan, Point, PointChange
from pathway.casework.lifecycle.queries import territory_id
from pathway.casework.partners.queries import structure_names, structures
from pathway.casework.partners.rules import StructureKind
from pathway.casework.records.facts import cautions_in
from pathway.casework.records.queries import CARD, card_view, facts_in
from pathway.casework.records.rules import Identity, Section, combine
from pathway.casework.sharing.permissions import Permission, may
from pathway.casework.sharing.queries import same_person, stopped_structures, structures_that_see
from pathway.casework.sharing.rules import Cause
from pathway.casework.sharing.tables import Record
from pathway.kernel.choice import Choice
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_point = table_of(Point)
_plan = table_of(Plan)
_change = table_of(PointChange)
_record = table_of(Record)

_CONTACT = Section.CONTACT.value


class Order(Choice):
    """What comes first in the queue."""

    DUE = "due", "Échéance la plus proche"
    ARRIVED = "arrived", "Arrivée la plus ancienne"


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """One person of the queue. `identity` is None when she stopped sharing with all, or with the territory: then nobody
    there reads her name. `due_on`: her next point; `since`: the day the first of them came here."""

    record_id: str
    identity: Identity | None
    points: int
    due_on: date
    since: date


@dataclass(frozen=True, kw_only=True)
class WaitingPoint:
    """One open point of hers that the territory holds; `from_structure`: who held it before, as the reader may name it
    (empty when nobody did)."""

    kind: PointKind
    plan_kind: PlanKind
    due_on: date
    event_on: date
    from_structure: str


@dataclass(frozen=True, kw_only=True)
class Taker:
    """A structure that may take her. `follows`: it supports her already, so that nothing new is opened to anybody."""

    id: str
    name: str
    follows: bool


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What it takes to place one person: who she is and how she is called, what is due, who may take her.

    `identity` None: she stopped sharing with all, or with the territory. Then nothing is read, and nobody may take her
    until she shares again.
    """

    record_id: str
    identity: Identity | None
    phones: tuple[str, ...]
    cautions: Cautions
    points: tuple[WaitingPoint, ...]
    takers: tuple[Taker, ...]


def holds_queue(tx: Transaction) -> bool:
    """Whether the actor answers for the territory's queue: a responsable of the structure that coordinates it."""
    own = tx.actor.structure_id
    return bool(own) and may(tx.actor.role, Permission.QUEUE_PLACE) and own == territory_id(tx)


def waiting_count(tx: Transaction) -> int:
    """How many people wait in the territory's queue; `NotFound` for whoever does not answer for it."""
    _check_holder(tx)
    people = select(func.count(_record.c.canonical_id.distinct())).select_from(_joined()).where(*_waits(tx))
    return int(tx.execute(people).scalar_one())


def waiting_lines(tx: Transaction, order: Order, *, page: int, per_page: int) -> list[WaitingLine]:
    """One page of the territory's queue. Each person shown reads in her log that her name was seen."""
    _check_holder(tx)
    lines = _lines(tx).subquery()
    first, second = (lines.c.due_on, lines.c.since) if order is Order.DUE else (lines.c.since, lines.c.due_on)
    ordered = select(lines).order_by(first, second, lines.c.canonical_id).limit(per_page).offset((page - 1) * per_page)
    rows = tx.execute(ordered).all()
    told = [row.canonical_id for row in rows if not _is_closed_to(tx, row.canonical_id)]
    cards = tx.sealing.open_many(told, CARD)
    if cards:
        tx.journal("read_territory_queue", records=cards)
    return [_line(row, cards.get(row.canonical_id)) for row in rows]


def waiting_person(tx: Transaction, record_id: str) -> Waiting:
    """What it takes to place that person; `NotFound` unless the actor answers for the queue and she waits in it.

    Her name and her telephone are read, no more; she reads so in her log.
    """
    rows = waiting_rows(tx, record_id)
    cards = same_person(tx, record_id)
    if _is_closed_to(tx, record_id):
        points = tuple(_point_lines(tx, rows))
        return Waiting(record_id=cards[0], identity=None, phones=(), cautions=Cautions(), points=points, takers=())
    opened = tx.sealing.open_many(cards, CARD)
    phones, cautions = _call(tx, record_id, cards)
    tx.journal("read_to_place", records=cards, sections=[_CONTACT])
    return Waiting(
        record_id=cards[0],
        identity=card_view(opened[cards[0]]).identity,
        phones=phones,
        cautions=cautions,
        points=tuple(_point_lines(tx, rows)),
        takers=tuple(takers(tx, record_id)),
    )


def waiting_rows(tx: Transaction, record_id: str) -> Sequence[Row[Any]]:
    """Her open points that the territory holds, next first; `NotFound` when the actor may not, or there is none."""
    _check_holder(tx)
    hers = _point.c.record_id.in_(same_person(tx, record_id))
    query = select(_point, _plan.c.kind.label("plan_kind"), _plan.c.event_on).select_from(
        _point.join(_plan, _plan.c.id == _point.c.plan_id)
    )
    held = (_point.c.structure_id == tx.actor.structure_id, _point.c.state == PointState.OPEN.value)
    rows = tx.execute(query.where(hers, *held).order_by(_point.c.due_on, _point.c.id)).all()
    if not rows:
        raise NotFound
    return rows


def takers(tx: Transaction, record_id: str) -> list[Taker]:
    """The structures that may take her, those that follow her already first, then by name: active, known to all, and
    not stopped by her. None when she stopped them all."""
    stopped = stopped_structures(tx, record_id)
    if "" in stopped:
        return []
    follow = {
        one.structure_id
        for one in structures_that_see(tx, record_id)
        if one.cause is Cause.SUPPORT and one.until_at is None
    }
    found = [
        Taker(id=one.id, name=one.name, follows=one.id in follow)
        for one in structures(tx)
        if one.kind is not StructureKind.TERRITORY and one.id not in stopped
    ]
    return sorted(found, key=lambda one: (not one.follows, one.name))


def _check_holder(tx: Transaction) -> None:
    if not holds_queue(tx):
        raise NotFound


def _is_closed_to(tx: Transaction, record_id: str) -> bool:
    return bool(stopped_structures(tx, record_id) & {tx.actor.structure_id, ""})


def _joined() -> Any:
    return _point.join(_record, _record.c.id == _point.c.record_id)


def _waits(tx: Transaction) -> tuple[Any, ...]:
    return (_point.c.structure_id == tx.actor.structure_id, _point.c.state == PointState.OPEN.value)


def _lines(tx: Transaction) -> Select[Any]:
    # A point that waits here may have several changes: the first that names the territory says since when.
    here = (_change.c.point_id == _point.c.id, _change.c.structure_id == tx.actor.structure_id)
    since = select(func.min(_change.c.recorded_at)).where(*here).correlate(_point).scalar_subquery()
    lines = select(
        _record.c.canonical_id,
        func.count().label("points"),
        func.min(_point.c.due_on).label("due_on"),
        func.min(since).label("since"),
    )
    return lines.select_from(_joined()).where(*_waits(tx)).group_by(_record.c.canonical_id)


def _line(row: Row[Any], card: dict[str, Any] | None) -> WaitingLine:
    return WaitingLine(
        record_id=row.canonical_id,
        identity=card_view(card).identity if card else None,
        points=row.points,
        due_on=row.due_on,
        since=local_day(row.since),
    )


def _call(tx: Transaction, record_id: str, cards: Sequence[str]) -> tuple[tuple[str, ...], Cautions]:
    """Her telephone, and what must be respected to use it; no number while she limits its use."""
    known = [facts_in([payload]) for payload in tx.sealing.open_many(cards, _CONTACT).values()]
    facts = combine(known) if known else {}
    cautions = cautions_of(held=cautions_in(facts), answered=facts.keys())
    limited = {item or section for section, item in restricted_parts(tx, record_id)}
    is_kept = "phones" not in facts or limited & {"phones", _CONTACT}
    return () if is_kept else tuple(facts["phones"].value), cautions


def _point_lines(tx: Transaction, rows: Sequence[Row[Any]]) -> list[WaitingPoint]:
    names = structure_names(tx)
    elsewhere = (_change.c.point_id.in_([row.id for row in rows]), _change.c.structure_id != tx.actor.structure_id)
    found = tx.execute(select(_change.c.point_id, _change.c.structure_id).where(*elsewhere).order_by(_change.c.number))
    before = {row.point_id: row.structure_id for row in found}  # the last one wins
    return [
        WaitingPoint(
            kind=PointKind(row.kind),
            plan_kind=PlanKind(row.plan_kind),
            due_on=row.due_on,
            event_on=row.event_on,
            from_structure=names.get(before.get(row.id, ""), ""),
        )
        for row in rows
    ]
