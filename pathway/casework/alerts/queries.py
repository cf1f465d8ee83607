"""Which pathways the rules look at, and the alerts as lists show them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Date, Row, Select, bindparam, func, or_, select, union

from pathway.casework.alerts.rules import (
    AlertPolicy,
    AlertState,
    Level,
    RuleId,
)
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ContactResult, PointState
from pathway.casework.followup.tables import ContactAttempt, Point
from pathway.casework.partners.tables import Structure
from pathway.casework.sharing.queries import by_line, of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_alert_change = table_of(AlertChange)
_contact = table_of(ContactAttempt)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_point = table_of(Point)
_record = table_of(Record)
_structure = table_of(Structure)

_ALERT = select(_alert, _record.c.canonical_id).join(_record, _record.c.id == _alert.c.record_id)
_SEEN = _ALERT.where(
    _alert.c.state == AlertState.OPEN.value,
    seen_in(_alert.c.record_id, Part.ALERTS.value, by=_alert.c.structure_id),
)
_ABOUT = _ALERT.where(
    of_person(_alert.c.record_id),
    _alert.c.state == AlertState.OPEN.value,
    seen_in(bindparam("record_id"), Part.ALERTS.value, by=_alert.c.structure_id),
).order_by(_alert.c.opened_on, _alert.c.id)
_GIVEN = (  # those few are looked up one by one, each day of each counsellor
    _ALERT.where(
        _alert.c.assigned_to == bindparam("account"),
        _alert.c.state == AlertState.OPEN.value,
        or_(_alert.c.snoozed_until.is_(None), _alert.c.snoozed_until <= bindparam("day", type_=Date)),
        seen_in(by_line(_alert.c.record_id), Part.ALERTS.value, by=_alert.c.structure_id),
    ).order_by(_alert.c.opened_on, _alert.c.id)
)

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class AlertLine:
    """An alert as queues show it; sentences are rendered from `facts` and `parameters`.

    `record_id` is the card that stands for the person, `card_id` the one of her cards the alert is kept under.
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


@dataclass(frozen=True, kw_only=True)
class AlertHistory:
    """One thing done about an alert."""

    change: str
    reason: str | None
    assigned_to: str | None
    changed_by: str
    recorded_at: datetime


def open_alerts(tx: Transaction) -> list[AlertLine]:
    """The open alerts of the actor's structure, most pressing first; those put off come back on their day."""
    query = _SEEN.where(_alert.c.structure_id == tx.actor.structure_id, _awake(tx))
    order = ((_alert.c.level == Level.HIGH.value).desc(), _alert.c.opened_on, _alert.c.id)
    return [_line(row) for row in tx.execute(query.order_by(*order), sight(tx))]


def alerts_given_to_me(tx: Transaction) -> list[AlertLine]:
    """The open alerts given to the actor."""
    asked = {"account": tx.actor.account_id, "day": tx.today, **sight(tx)}
    return [_line(row) for row in tx.execute(_GIVEN, asked)]


def alerts_about(tx: Transaction, record_id: str) -> list[AlertLine]:
    """The open alerts about one person, whichever structure follows them; empty when the actor may not see her."""
    return [_line(row) for row in tx.execute(_ABOUT, {"record_id": record_id, **sight(tx)})]


def alert_seen(tx: Transaction, alert_id: str) -> AlertLine:
    """One open alert of the actor's structure; `NotFound` otherwise."""
    query = _SEEN.where(_alert.c.id == alert_id, _alert.c.structure_id == tx.actor.structure_id)
    row = tx.execute(query, sight(tx)).one_or_none()
    if row is None:
        raise NotFound("Cette alerte est déjà traitée, ou vous n’y avez pas accès.")
    return _line(row)


def history_of(tx: Transaction, alert_id: str) -> list[AlertHistory]:
    """What was done about an alert the actor was just shown, oldest first."""
    query = select(_alert_change).where(_alert_change.c.alert_id == alert_id).order_by(_alert_change.c.version)
    return [
        AlertHistory(
            change=row.change,
            reason=row.reason,
            assigned_to=row.assigned_to,
            changed_by=row.changed_by,
            recorded_at=row.recorded_at,
        )
        for row in tx.execute(query)
    ]


def cleared_since(tx: Transaction, day: date) -> int:
    """How many alerts of the actor's structure were cleared or dismissed from that day on."""
    query = select(func.count()).where(
        _alert.c.structure_id == tx.actor.structure_id,
        _alert.c.state != AlertState.OPEN.value,
        _alert.c.ended_at >= tx.now - timedelta(days=(tx.today - day).days),
    )
    return int(tx.execute(query).scalar_one())


def open_count(tx: Transaction) -> int:
    """How many alerts are open in the whole base."""
    query = select(func.count()).where(_alert.c.state == AlertState.OPEN.value)
    return int(tx.execute(query).scalar_one())


def candidates(tx: Transaction, *, on: date, policy: AlertPolicy) -> list[str]:
    """A superset of the people about whom a rule may fire or an alert may clear that day, each once, in order (ids of
    the cards that stand for them).

    The pure rules decide; this only leaves out the pathways where nothing can happen yet.
    """
    queries = (_late(on, policy), _silent(on, policy), _left(on, policy), _alerted())
    touched = union(*queries).subquery()
    people = select(_record.c.canonical_id).join(touched, touched.c.record_id == _record.c.id).distinct()
    return sorted(row.canonical_id for row in tx.execute(people))


def _awake(tx: Transaction) -> Any:
    return _alert.c.snoozed_until.is_(None) | (_alert.c.snoozed_until <= tx.today)


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
    )


def _late(on: date, policy: AlertPolicy) -> Select[Any]:
    due = on - timedelta(days=policy.overdue_days)
    return select(_point.c.record_id).where(_point.c.state == PointState.OPEN.value, _point.c.original_due_on <= due)


def _silent(on: date, policy: AlertPolicy) -> Select[Any]:
    shortest = min(
        policy.silent_intensive_days,
        policy.silent_standard_days,
        policy.silent_light_days,
        policy.silent_in_work_days,
        policy.silent_hard_days,
    )
    # A contact of a sensitive structure is known to itself: the others may have an alert all the same.
    told = select(_structure.c.id).where(~_structure.c.is_sensitive)
    heard = (
        select(_contact.c.id)
        .where(
            _contact.c.record_id == _record.c.id,
            _contact.c.structure_id.in_(told),
            _contact.c.result == ContactResult.REACHED.value,
            _contact.c.made_on >= on - timedelta(days=shortest),
        )
        .exists()
    )
    supported = select(_enrolment.c.id).where(_enrolment.c.record_id == _record.c.id, _enrolment.c.exited_at.is_(None))
    followed = select(_point.c.id).where(_point.c.record_id == _record.c.id, _point.c.state == PointState.OPEN.value)
    return select(_record.c.id.label("record_id")).where((supported.exists() | followed.exists()) & ~heard)


def _left(on: date, policy: AlertPolicy) -> Select[Any]:
    # A support that everybody may know of leaves no gap; without this, whoever ever left would be looked at each night.
    told = select(_structure.c.id).where(~_structure.c.is_sensitive)
    supported = select(_enrolment.c.id).where(
        _enrolment.c.record_id == _exit.c.record_id,
        _enrolment.c.exited_at.is_(None),
        _enrolment.c.structure_id.in_(told),
    )
    return select(_exit.c.record_id).where(
        _exit.c.cancelled_at.is_(None),
        _exit.c.event_on < on - timedelta(days=policy.gap_days),
        ~supported.exists(),
    )


def _alerted() -> Select[Any]:
    return select(_alert.c.record_id).where(_alert.c.state == AlertState.OPEN.value)
