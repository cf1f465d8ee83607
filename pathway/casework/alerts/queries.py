"""What the rules may know of each pathway, which pathways to look at, and the alerts as lists show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, Select, bindparam, func, select, union

from pathway.casework.alerts.rules import (
    AlertPolicy,
    AlertState,
    ContactFact,
    ExitFact,
    Level,
    OpenPoint,
    PersonFacts,
    RuleId,
    Support,
)
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ContactResult, ExitKind, PointState
from pathway.casework.followup.tables import ContactAttempt, Point, PointChange
from pathway.casework.schemes.rules import Intensity
from pathway.casework.schemes.tables import Scheme
from pathway.casework.sharing.queries import of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_alert_change = table_of(AlertChange)
_contact = table_of(ContactAttempt)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_point = table_of(Point)
_change = table_of(PointChange)
_record = table_of(Record)
_scheme = table_of(Scheme)

_ALERT = select(_alert, _record.c.canonical_id).join(_record, _record.c.id == _alert.c.record_id)
_ABOUT = _ALERT.where(
    of_person(_alert.c.record_id),
    _alert.c.state == AlertState.OPEN.value,
    seen_in(bindparam("record_id"), Part.ALERTS.value, by=_alert.c.structure_id),
).order_by(_alert.c.opened_on, _alert.c.id)

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
    query = _seen(tx).where(_alert.c.structure_id == tx.actor.structure_id, _awake(tx))
    order = ((_alert.c.level == Level.HIGH.value).desc(), _alert.c.opened_on, _alert.c.id)
    return [_line(row) for row in tx.execute(query.order_by(*order), sight(tx))]


def alerts_given_to_me(tx: Transaction) -> list[AlertLine]:
    """The open alerts given to the actor."""
    query = _seen(tx).where(_alert.c.assigned_to == tx.actor.account_id, _awake(tx))
    return [_line(row) for row in tx.execute(query.order_by(_alert.c.opened_on, _alert.c.id), sight(tx))]


def alerts_about(tx: Transaction, record_id: str) -> list[AlertLine]:
    """The open alerts about one person, whichever structure follows them; empty when the actor may not see her."""
    return [_line(row) for row in tx.execute(_ABOUT, {"record_id": record_id, **sight(tx)})]


def alert_seen(tx: Transaction, alert_id: str) -> AlertLine:
    """One open alert of the actor's structure; `NotFound` otherwise."""
    query = _seen(tx).where(_alert.c.id == alert_id, _alert.c.structure_id == tx.actor.structure_id)
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


def facts_of(tx: Transaction, record_ids: Sequence[str], *, cutoff: datetime) -> list[PersonFacts]:
    """What was recorded of those pathways at the cut-off, from append-only rows: any past instant can be asked.

    The ids are cards that stand for a person; what her other cards hold counts with them.
    """
    person = people_of(tx, record_ids)
    cards = list(person)
    began = _began(tx, record_ids)
    points = _grouped(_open_points(tx, cards, cutoff), person)
    supports = _grouped(_open_supports(tx, cards, cutoff), person)
    contacts = _grouped(_reached(tx, cards, cutoff), person)
    exits = _grouped(_exits(tx, cards, cutoff), person)
    aside = _late_set_aside(tx, cards, cutoff, person)
    found = [
        _facts(
            name, began[name], points.get(name, []), supports.get(name, []), contacts.get(name, []), exits.get(name, [])
        )
        for name in record_ids
        if name in began
    ]
    return [replace(one, late_set_aside_on=aside.get(one.record_id)) for one in found]


def people_of(tx: Transaction, record_ids: Sequence[str]) -> dict[str, str]:
    """card → the card that stands for that person, for every card of those people."""
    query = select(_record.c.id, _record.c.canonical_id).where(_record.c.canonical_id.in_(record_ids))
    return {row.id: row.canonical_id for row in tx.execute(query)}


def _seen(tx: Transaction) -> Select[Any]:
    return _ALERT.where(
        _alert.c.state == AlertState.OPEN.value,
        seen_in(_alert.c.record_id, Part.ALERTS.value, by=_alert.c.structure_id),
    )


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
    heard = (
        select(_contact.c.id)
        .where(
            _contact.c.record_id == _record.c.id,
            _contact.c.result == ContactResult.REACHED.value,
            _contact.c.made_on >= on - timedelta(days=shortest),
        )
        .exists()
    )
    supported = select(_enrolment.c.id).where(_enrolment.c.record_id == _record.c.id, _enrolment.c.exited_at.is_(None))
    followed = select(_point.c.id).where(_point.c.record_id == _record.c.id, _point.c.state == PointState.OPEN.value)
    return select(_record.c.id.label("record_id")).where((supported.exists() | followed.exists()) & ~heard)


def _left(on: date, policy: AlertPolicy) -> Select[Any]:
    return select(_exit.c.record_id).where(
        _exit.c.cancelled_at.is_(None), _exit.c.event_on < on - timedelta(days=policy.gap_days)
    )


def _alerted() -> Select[Any]:
    return select(_alert.c.record_id).where(_alert.c.state == AlertState.OPEN.value)


def _began(tx: Transaction, record_ids: Sequence[str]) -> dict[str, datetime]:
    query = select(_record.c.id, _record.c.recorded_at).where(_record.c.id.in_(record_ids))
    return {row.id: row.recorded_at for row in tx.execute(query)}


def _open_points(tx: Transaction, record_ids: Sequence[str], cutoff: datetime) -> Iterable[Row[Any]]:
    latest = (
        select(_change.c.point_id, func.max(_change.c.number).label("number"))
        .where(_change.c.record_id.in_(record_ids), _change.c.recorded_at <= cutoff)
        .group_by(_change.c.point_id)
        .subquery()
    )
    query = (
        select(_change, _point.c.original_due_on)
        .join(latest, (latest.c.point_id == _change.c.point_id) & (latest.c.number == _change.c.number))
        .join(_point, _point.c.id == _change.c.point_id)
        .where(_change.c.state == PointState.OPEN.value)
        .order_by(_point.c.original_due_on, _point.c.id)
    )
    return tx.execute(query)


def _open_supports(tx: Transaction, record_ids: Sequence[str], cutoff: datetime) -> Iterable[Row[Any]]:
    left = (
        select(_exit.c.id)
        .where(_exit.c.enrolment_id == _enrolment.c.id, _exit.c.recorded_at <= cutoff, _stood(cutoff))
        .exists()
    )
    query = (
        select(_enrolment, _scheme.c.intensity)
        .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
        .where(_enrolment.c.record_id.in_(record_ids), _enrolment.c.recorded_at <= cutoff, ~left)
        .order_by(_enrolment.c.entered_on, _enrolment.c.id)
    )
    return tx.execute(query)


def _reached(tx: Transaction, record_ids: Sequence[str], cutoff: datetime) -> Iterable[Row[Any]]:
    query = select(_contact).where(
        _contact.c.record_id.in_(record_ids),
        _contact.c.result == ContactResult.REACHED.value,
        _contact.c.recorded_at <= cutoff,
    )
    return tx.execute(query.order_by(_contact.c.made_on, _contact.c.recorded_at, _contact.c.id))


def _exits(tx: Transaction, record_ids: Sequence[str], cutoff: datetime) -> Iterable[Row[Any]]:
    query = select(_exit).where(_exit.c.record_id.in_(record_ids), _exit.c.recorded_at <= cutoff, _stood(cutoff))
    return tx.execute(query.order_by(_exit.c.event_on, _exit.c.recorded_at, _exit.c.id))


def _late_set_aside(
    tx: Transaction, record_ids: Sequence[str], cutoff: datetime, person: Mapping[str, str]
) -> dict[str, date]:
    query = (
        select(_alert.c.record_id, func.max(_alert_change.c.recorded_at).label("at"))
        .join(_alert_change, _alert_change.c.alert_id == _alert.c.id)
        .where(
            _alert.c.record_id.in_(record_ids),
            _alert.c.rule == RuleId.R02.value,
            _alert_change.c.change == AlertState.DISMISSED.value,
            _alert_change.c.recorded_at <= cutoff,
        )
        .group_by(_alert.c.record_id)
    )
    latest: dict[str, date] = {}
    for row in tx.execute(query):
        name, on = person[row.record_id], local_day(row.at)
        latest[name] = max(on, latest.get(name, on))
    return latest


def _stood(cutoff: datetime) -> Any:
    return _exit.c.cancelled_at.is_(None) | (_exit.c.cancelled_at > cutoff)


def _grouped(rows: Iterable[Row[Any]], person: Mapping[str, str]) -> dict[str, list[Row[Any]]]:
    groups: dict[str, list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault(person[row.record_id], []).append(row)
    return groups


def _facts(
    record_id: str,
    began: datetime,
    points: Sequence[Row[Any]],
    supports: Sequence[Row[Any]],
    contacts: Sequence[Row[Any]],
    exits: Sequence[Row[Any]],
) -> PersonFacts:
    ended = exits[-1] if exits else None
    quiet_kind = ended.kind if ended is not None and not supports else None
    return PersonFacts(
        record_id=record_id,
        points=tuple(_point_fact(row) for row in points),
        supports=tuple(_support(row) for row in supports),
        last_contact=ContactFact(contact_id=contacts[-1].id, on=contacts[-1].made_on) if contacts else None,
        last_exit=_exit_fact(ended) if ended is not None else None,
        is_paused=quiet_kind == ExitKind.PAUSED and bool(points),
        is_exempt=quiet_kind == ExitKind.CLOSED,
        follow_from=_follow_from(began, supports, ended),
    )


def _follow_from(began: datetime, supports: Sequence[Row[Any]], ended: Row[Any] | None) -> date:
    if supports:
        first: date = min(row.entered_on for row in supports)
        return first
    since: date = ended.event_on if ended is not None else began.date()
    return since


def _point_fact(row: Row[Any]) -> OpenPoint:
    # Lateness counts from the first due date: putting a point off never hides that it is late.
    return OpenPoint(
        point_id=row.point_id, due_on=row.original_due_on, structure_id=row.structure_id, owner_id=row.owner_id
    )


def _support(row: Row[Any]) -> Support:
    return Support(
        enrolment_id=row.id,
        structure_id=row.structure_id,
        intensity=Intensity(row.intensity),
        entered_on=row.entered_on,
    )


def _exit_fact(row: Row[Any]) -> ExitFact:
    return ExitFact(exit_id=row.id, kind=ExitKind(row.kind), event_on=row.event_on, structure_id=row.structure_id)
