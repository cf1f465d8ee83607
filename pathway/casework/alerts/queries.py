"""Which pathways the rules look at, and the alerts as lists show them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import orjson
from sqlalchemy import Date, Row, String, bindparam, func, or_, select

from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertState, Held, Level, Order, RuleId
from pathway.casework.partners.queries import doing_the_work_of
from pathway.casework.sharing.queries import by_line, of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.kernel.clock import PARIS
from pathway.kernel.errors import Conflict, NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_alert_change = table_of(AlertChange)
_record = table_of(Record)

_ALERT = select(_alert, _record.c.canonical_id).join(_record, _record.c.id == _alert.c.record_id)
# What belongs to one structure is told to it and to the person: missed appointments and early ends never leave it.
TOLD = or_(
    _alert.c.circle == "",
    _alert.c.circle == bindparam("own_structure"),
    bindparam("own_record", type_=String) != "",
)
# Looked up one by one: a structure has few alerts beside all whom it may see.
_EVER_SEEN = _ALERT.where(TOLD, seen_in(by_line(_alert.c.record_id), Part.ALERTS.value, by=_alert.c.circle))
_SEEN = _EVER_SEEN.where(_alert.c.state == AlertState.OPEN.value)
_IS_AWAKE = or_(_alert.c.snoozed_until.is_(None), _alert.c.snoozed_until <= bindparam("day", type_=Date))
_QUEUE = _SEEN.where(_alert.c.structure_id == bindparam("own_structure"), _IS_AWAKE)
_queued = _QUEUE.subquery()
_is_free = _queued.c.assigned_to.is_(None).label("is_free")
_COUNTS = select(_queued.c.rule, _is_free, func.count().label("alerts")).group_by(_queued.c.rule, _is_free)
_PEOPLE = select(func.count(_queued.c.canonical_id.distinct()))
_ABOUT = _ALERT.where(
    TOLD,
    of_person(_alert.c.record_id),
    _alert.c.state == AlertState.OPEN.value,
    seen_in(bindparam("record_id"), Part.ALERTS.value, by=_alert.c.circle),
).order_by(_alert.c.opened_on, _alert.c.id)
_GIVEN = _ALERT.where(
    TOLD,
    _alert.c.assigned_to.in_(bindparam("accounts", expanding=True)),
    _alert.c.state == AlertState.OPEN.value,
    _IS_AWAKE,
    seen_in(by_line(_alert.c.record_id), Part.ALERTS.value, by=_alert.c.circle),
).order_by(_alert.c.opened_on, _alert.c.id)

PER_PAGE = 50
SETTLED = "Cette alerte est terminée : elle s’est effacée, ou quelqu’un s’en est chargé."


@dataclass(frozen=True, kw_only=True)
class AlertLine:
    """An alert as queues show it; sentences are rendered from `facts` and `parameters`.

    `record_id` is the card that stands for the person, `card_id` the one of her cards the alert is kept under; `circle`
    the structure that alone may know of it with her, empty when all who follow her may. `ended_at`: when it was cleared
    or set aside, None as long as it is open.
    """

    id: str
    record_id: str
    card_id: str
    rule: RuleId
    level: Level
    structure_id: str
    parameters: dict[str, int]
    facts: dict[str, str]
    opened_on: date
    assigned_to: str | None
    snoozed_until: date | None
    returned_on: date | None = None
    circle: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AlertHistory:
    """One thing done about an alert; `note`: what was written then, empty without any."""

    change: str
    reason: str | None
    note: str
    assigned_to: str | None
    changed_by: str
    recorded_at: datetime


def open_alerts(
    tx: Transaction,
    *,
    rule: RuleId | None = None,
    held: Held | None = None,
    order: Order = Order.PRESSING,
    page: int = 0,
    per_page: int = 0,
) -> list[AlertLine]:
    """The open alerts of the actor's structure, those nobody took first, then the most pressing; one put off comes back
    on its day. Of one rule, or held by somebody or nobody, when it is asked; all of them unless `page` (from 1) and
    `per_page` are. `order`: the oldest first instead."""
    query = _QUEUE
    if rule is not None:
        query = query.where(_alert.c.rule == rule.value)
    if held is not None:
        is_free = _alert.c.assigned_to.is_(None)
        query = query.where(is_free if held is Held.NOBODY else ~is_free)
    if order is Order.PRESSING:
        query = query.order_by(_alert.c.returned_on.is_(None), (_alert.c.level == Level.HIGH.value).desc())
    query = query.order_by(_alert.c.opened_on, _alert.c.id)
    if page:
        query = query.limit(per_page).offset((page - 1) * per_page)
    return [_line(row) for row in tx.execute(query, _asked(tx))]


def open_counts(tx: Transaction) -> dict[tuple[RuleId, Held], int]:
    """(rule, held by whom) → how many alerts of the actor's queue, in the order of the rules; those put off are not
    counted."""
    found = {(row.rule, bool(row.is_free)): row.alerts for row in tx.execute(_COUNTS, _asked(tx))}
    keys = ((rule, held) for rule in RuleId for held in Held)
    return {(rule, held): found[key] for rule, held in keys if (key := (rule.value, held is Held.NOBODY)) in found}


def people_in_queue(tx: Transaction) -> int:
    """How many people the actor's queue speaks of."""
    return int(tx.execute(_PEOPLE, _asked(tx)).scalar_one())


def alerts_given_to_me(tx: Transaction) -> list[AlertLine]:
    """The open alerts given to the actor, and to those away whom she replaces today."""
    asked = {"accounts": doing_the_work_of(tx), **_asked(tx)}
    return [_line(row) for row in tx.execute(_GIVEN, asked)]


def alerts_about(tx: Transaction, record_id: str) -> list[AlertLine]:
    """The open alerts about one person, whichever structure follows them; empty when the actor may not see her."""
    return [_line(row) for row in tx.execute(_ABOUT, {"record_id": record_id, **sight(tx)})]


def alert_seen(tx: Transaction, alert_id: str) -> AlertLine:
    """One open alert of the actor's structure; `Conflict` once it ended, `NotFound` otherwise."""
    line = alert_ever_seen(tx, alert_id)
    if line.ended_at is not None:
        raise Conflict(SETTLED)
    return line


def alert_ever_seen(tx: Transaction, alert_id: str) -> AlertLine:
    """One alert of the actor's structure, open or ended; `NotFound` otherwise."""
    query = _EVER_SEEN.where(_alert.c.id == alert_id, _alert.c.structure_id == tx.actor.structure_id)
    row = tx.execute(query, sight(tx)).one_or_none()
    if row is None:
        raise NotFound("Cette alerte n’existe pas, ou vous n’y avez pas accès.")
    return _line(row)


def history_of(tx: Transaction, line: AlertLine) -> list[AlertHistory]:
    """What was done about an alert of the actor's structure that she was just shown, oldest first."""
    query = select(_alert_change).where(_alert_change.c.alert_id == line.id)
    query = query.order_by(_alert_change.c.recorded_at, _alert_change.c.version)
    return [
        AlertHistory(
            change=row.change,
            reason=row.reason,
            note=note_of(tx, line.card_id, line.id, row),
            assigned_to=row.assigned_to,
            changed_by=row.changed_by,
            recorded_at=row.recorded_at,
        )
        for row in tx.execute(query)
    ]


def note_of(tx: Transaction, card_id: str, alert_id: str, row: Row[Any]) -> str:
    """What was written with that change of an alert kept under that card; empty without any."""
    if not row.note:
        return ""
    return str(tx.sealing.open_value(card_id, "alert_change", f"{alert_id}-{row.version}", row.note)["note"])


def cleared_since(tx: Transaction, day: date) -> int:
    """How many alerts of the actor's structure were cleared or dismissed from that day on."""
    query = select(func.count()).where(
        _alert.c.structure_id == tx.actor.structure_id,
        _alert.c.state != AlertState.OPEN.value,
        _alert.c.ended_at >= datetime.combine(day, time.min, PARIS),
    )
    return int(tx.execute(query).scalar_one())


def open_count(tx: Transaction) -> int:
    """How many alerts are open in the whole base."""
    query = select(func.count()).where(_alert.c.state == AlertState.OPEN.value)
    return int(tx.execute(query).scalar_one())


def _asked(tx: Transaction) -> dict[str, Any]:
    return {"day": tx.today, **sight(tx)}


def _line(row: Row[Any]) -> AlertLine:
    return AlertLine(
        id=row.id,
        record_id=row.canonical_id,
        card_id=row.record_id,
        rule=RuleId(row.rule),
        level=Level(row.level),
        structure_id=row.structure_id,
        parameters=orjson.loads(row.parameters),
        facts=orjson.loads(row.facts),
        opened_on=row.opened_on,
        assigned_to=row.assigned_to,
        snoozed_until=row.snoozed_until,
        returned_on=row.returned_on,
        circle=row.circle,
        ended_at=row.ended_at,
    )
