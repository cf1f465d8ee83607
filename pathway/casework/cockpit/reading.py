"""The statements of the cockpit, built once: over what one structure may see, or over the territory without the
structures that nobody else may know of. A figure and the list behind it are asked under the same conditions."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind, DismissReason
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ExitKind, PointState
from pathway.casework.followup.tables import Point
from pathway.casework.partners.tables import Membership, Structure
from pathway.casework.records.tables import Referent
from pathway.casework.relays.rules import RelayResult, RelayState
from pathway.casework.relays.tables import Relay, RelayChange
from pathway.casework.sharing.queries import seen_in
from pathway.casework.sharing.rules import Cause, Part
from pathway.casework.sharing.tables import AccessGrant, Record
from pathway.store.columns import table_of

_point = table_of(Point)
_exit = table_of(SchemeExit)
_enrolment = table_of(Enrolment)
_relay = table_of(Relay)
_change = table_of(RelayChange)
_record = table_of(Record)
_grant = table_of(AccessGrant)
_structure = table_of(Structure)
_membership = table_of(Membership)
_account = table_of(Account)
_alert = table_of(Alert)
_referent = table_of(Referent)
_told_why = table_of(AlertChange)

_OWN = bindparam("own_structure", type_=_point.c.structure_id.type)
_DAY = bindparam("day", type_=Date)
_SINCE = bindparam("since", type_=Date)
_UNTIL = bindparam("until", type_=Date)
_SECRET = select(_structure.c.id).where(_structure.c.is_sensitive)
_COUNTED = (PointState.OPEN.value, PointState.DONE.value, PointState.NOT_DONE.value)
# Ends after which nothing is waited for: the exceptions of rule R07. A pause never leaves the structure.
_QUIET = (ExitKind.DURABLE_JOB.value, ExitKind.CLOSED.value)


def _own(column: ColumnElement[str], record_id: ColumnElement[str], part: str = "") -> ColumnElement[bool]:
    """The rows of the actor’s structure about people it may see."""
    return and_(column == _OWN, seen_in(record_id, part, by=column if part else None))


def _told(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Every row that the territory may count: a sensitive structure is nobody else’s to know of."""
    return column.not_in(_SECRET)


def _number(what: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    return func.count() if what is None else func.count().filter(what)


# Points first due between two days, and on which day (UTC) each was closed.
_CLOSED_ON = func.date(_point.c.closed_at, type_=Date).label("closed_on")
_DUE_THEN = and_(_point.c.state.in_(_COUNTED), _point.c.original_due_on >= _SINCE, _point.c.original_due_on < _UNTIL)


def _weekly(scope: ColumnElement[bool]) -> Select[Any]:
    return (
        select(_point.c.original_due_on, _point.c.state, _CLOSED_ON, func.count().label("number"))
        .where(_DUE_THEN, scope)
        .group_by(_point.c.original_due_on, _point.c.state, _CLOSED_ON)
    )


_OWN_POINTS = _own(_point.c.structure_id, _point.c.record_id, Part.FOLLOWUP.value)
WEEKLY, WEEKLY_TERRITORY = _weekly(_OWN_POINTS), _weekly(_told(_point.c.structure_id))
_LISTED_POINTS = select(
    _record.c.canonical_id,
    _point.c.kind,
    _point.c.state,
    _point.c.original_due_on,
    _point.c.due_on,
    _CLOSED_ON,
    _point.c.owner_id,
).join(_record, _record.c.id == _point.c.record_id)
POINTS_THEN = _LISTED_POINTS.where(_DUE_THEN, _OWN_POINTS).order_by(_point.c.original_due_on, _point.c.id)

# Exits still followed: nobody has recorded a result on the last point.
_of_plan, _last = _point.alias(), _point.alias()
_PLAN_OPEN = and_(_of_plan.c.plan_id == _exit.c.plan_id, _of_plan.c.state == PointState.OPEN.value)
_SETTLED = exists().where(
    _last.c.plan_id == _exit.c.plan_id,
    _last.c.is_last,
    _last.c.state == PointState.DONE.value,
    _last.c.closed_by.is_not(None),
)
_STANDING = and_(_exit.c.cancelled_at.is_(None), _exit.c.kind != ExitKind.CLOSED.value, ~_SETTLED)


def _followed(scope: ColumnElement[bool], late_seen: ColumnElement[bool]) -> Select[Any]:
    late = func.count(_of_plan.c.id).filter(_of_plan.c.due_on < _DAY, late_seen)
    return (
        select(
            _record.c.canonical_id,
            _exit.c.id,
            _exit.c.plan_id,
            _exit.c.kind,
            _exit.c.event_on,
            (late > 0).label("is_late"),
            (func.count(_of_plan.c.id) == 0).label("has_nothing"),
        )
        .select_from(_exit)
        .join(_record, _record.c.id == _exit.c.record_id)
        .outerjoin(_of_plan, _PLAN_OPEN)
        .where(_STANDING, scope)
        .group_by(_exit.c.id, _record.c.canonical_id)
    )


def _counted(followed: Select[Any]) -> Select[Any]:
    lines = followed.subquery()
    counts: list[Any] = [
        _number().label("followed"),
        _number(lines.c.is_late).label("late"),
        _number(lines.c.has_nothing).label("bare"),
    ]
    return select(*counts).select_from(lines)


_EXITS = _followed(
    _own(_exit.c.structure_id, _exit.c.record_id, Part.PATHWAY.value),
    seen_in(_exit.c.record_id, Part.FOLLOWUP.value, by=_of_plan.c.structure_id),
)
_EXITS_TERRITORY = _followed(_told(_exit.c.structure_id), _told(_of_plan.c.structure_id))
EXITS_COUNTED, EXITS_COUNTED_TERRITORY = _counted(_EXITS), _counted(_EXITS_TERRITORY)
EXITS = _EXITS.order_by(_exit.c.event_on, _exit.c.id)
NEXT_OF_PLANS = (
    select(_point.c.plan_id, _point.c.owner_id, _point.c.due_on)
    .where(
        _point.c.plan_id.in_(bindparam("plans", expanding=True)), _point.c.state == PointState.OPEN.value, _OWN_POINTS
    )
    .order_by(_point.c.due_on.desc(), _point.c.id)
)

# Relays sent, and when the other structure said yes: entered at once is a yes too.
_YES = and_(
    _change.c.relay_id == _relay.c.id,
    or_(
        _change.c.state == RelayState.ACCEPTED.value,
        and_(_change.c.state == RelayState.CLOSED.value, _relay.c.result != RelayResult.NOT_ENTERED.value),
    ),
)
_YES_AT = select(func.min(_change.c.recorded_at)).where(_YES).correlate(_relay).scalar_subquery()
_SENT_AFTER = and_(
    _relay.c.sent_at.is_not(None), _relay.c.sent_at >= bindparam("since_at", type_=_relay.c.sent_at.type)
)


def _relays(scope: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            _relay.c.id,
            _record.c.canonical_id,
            _relay.c.state,
            _relay.c.result,
            _relay.c.sent_at,
            _relay.c.sent_by,
            _relay.c.to_structure_id,
            _relay.c.first_appointment_on,
            _YES_AT.label("yes_at"),
        )
        .join(_record, _record.c.id == _relay.c.record_id)
        .where(_SENT_AFTER, scope)
        .order_by(_relay.c.sent_at, _relay.c.id)
    )


RELAYS = _relays(_own(_relay.c.from_structure_id, _relay.c.record_id))
RELAYS_TERRITORY = _relays(_told(_relay.c.from_structure_id))

# Times without any step: between what earlier steps cover and the next one, or today.


def _spans(scope: ColumnElement[bool]) -> CTE:
    ends = (_exit.c.enrolment_id == _enrolment.c.id) & _exit.c.cancelled_at.is_(None)
    until_on = case((_enrolment.c.exited_at.is_(None), _DAY), else_=func.coalesce(_exit.c.event_on, _DAY))
    return (
        select(_record.c.canonical_id, _enrolment.c.id, _enrolment.c.entered_on, until_on.label("until_on"))
        .select_from(_enrolment)
        .join(_record, _record.c.id == _enrolment.c.record_id)
        .outerjoin(_exit, ends)
        .where(scope)
        .cte("spans")
    )


def _gaps(scope: ColumnElement[bool]) -> Select[Any]:
    """(record id, last day covered, day until which nothing was, whether it is today): one row a gap since `since`."""
    spans = _spans(scope)
    covered = func.max(spans.c.until_on).over(
        partition_by=spans.c.canonical_id, order_by=(spans.c.entered_on, spans.c.id), rows=(None, -1)
    )
    steps = select(spans.c.canonical_id, covered.label("ended_on"), spans.c.entered_on.label("until_on")).subquery()
    between = select(
        steps.c.canonical_id, steps.c.ended_on, steps.c.until_on, literal_column("0", Integer).label("is_open")
    )
    last = func.max(spans.c.until_on)
    still = select(spans.c.canonical_id, last.label("ended_on"), _DAY.label("until_on"), literal_column("1", Integer))
    found: Any = union_all(
        between.where(steps.c.until_on > steps.c.ended_on, steps.c.until_on >= _SINCE),
        still.group_by(spans.c.canonical_id).having(last < _DAY),
    ).subquery()
    return select(found).order_by(found.c.until_on.desc(), found.c.ended_on, found.c.canonical_id)


def _quiet(scope: ColumnElement[bool], *more: ColumnElement[bool]) -> Select[Any]:
    return (
        select(_record.c.canonical_id, _exit.c.event_on)
        .join(_record, _record.c.id == _exit.c.record_id)
        .where(_exit.c.cancelled_at.is_(None), or_(_exit.c.kind.in_(_QUIET), *more), scope)
    )


def _supported() -> ColumnElement[bool]:
    """Whether the actor’s structure supports the person, without an end already set."""
    card = _record.alias()
    held = select(card.c.canonical_id).join(_grant, _grant.c.record_id == card.c.id)
    lasting = (_grant.c.structure_id == _OWN, _grant.c.cause == Cause.SUPPORT.value, _grant.c.until_at.is_(None))
    return _record.c.canonical_id.in_(held.where(*lasting))


_PAUSED = _exit.c.kind == ExitKind.PAUSED.value
GAPS = _gaps(and_(_supported(), seen_in(_enrolment.c.record_id, Part.PATHWAY.value, by=_enrolment.c.structure_id)))
GAPS_TERRITORY = _gaps(_told(_enrolment.c.structure_id))
QUIET = _quiet(
    and_(_supported(), seen_in(_exit.c.record_id, Part.PATHWAY.value, by=_exit.c.structure_id)),
    and_(_PAUSED, _exit.c.structure_id == _OWN),
)
QUIET_TERRITORY = _quiet(_told(_exit.c.structure_id), _PAUSED)

# Who holds what.
_OPEN_HERE = and_(_point.c.state == PointState.OPEN.value, _OWN_POINTS)
POINTS_HELD = (
    select(_point.c.owner_id, _number().label("points"), _number(_point.c.due_on < _DAY).label("late"))
    .where(_OPEN_HERE)
    .group_by(_point.c.owner_id)
)
POINTS_OPEN = _LISTED_POINTS.where(_OPEN_HERE).order_by(_point.c.due_on, _point.c.id)
_card = _record.alias()
_is_own_card = _card.c.id == _card.c.canonical_id
# As `referent_in_lists` chooses, for everybody at once: the card's own first, then the oldest of her other cards.
_named = (
    select(
        _card.c.canonical_id,
        _referent.c.account_id,
        func.row_number()
        .over(partition_by=_card.c.canonical_id, order_by=(_is_own_card.desc(), _referent.c.from_at, _referent.c.id))
        .label("rank"),
    )
    .join(_card, _card.c.id == _referent.c.record_id)
    .where(_referent.c.until_at.is_(None), seen_in(_referent.c.record_id))
    .subquery()
)
FOLLOWED = (
    select(_record.c.id.label("canonical_id"), _named.c.account_id, _record.c.recorded_at)
    .select_from(_record)
    .outerjoin(_named, and_(_named.c.canonical_id == _record.c.id, _named.c.rank == 1))
    .where(_record.c.canonical_id == _record.c.id, seen_in(_record.c.id))
)
_people = FOLLOWED.subquery()
PEOPLE_FOLLOWED = select(_people.c.account_id, _number().label("people")).group_by(_people.c.account_id)
PEOPLE = FOLLOWED.order_by(_record.c.recorded_at.desc(), _record.c.id)

# By structure of the territory: open points that nobody who works there today holds.
_works = exists().where(
    _membership.c.account_id == _point.c.owner_id,
    _membership.c.structure_id == _point.c.structure_id,
    _membership.c.from_on <= _DAY,
    or_(_membership.c.until_on.is_(None), _membership.c.until_on >= _DAY),
    _account.c.id == _membership.c.account_id,
    _account.c.state == AccountState.ACTIVE.value,
)
UNHELD_TERRITORY = (
    select(_structure.c.name, func.count(_point.c.id).label("points"))
    .select_from(_structure.join(_point, _point.c.structure_id == _structure.c.id))
    .where(_point.c.state == PointState.OPEN.value, ~_structure.c.is_sensitive, ~_works)
    .group_by(_structure.c.id, _structure.c.name)
    .order_by(_structure.c.name, _structure.c.id)
)

# Alerts opened in the actor’s structure, and those set aside as not relevant: what « Justesse des alertes » counts.
_NEEDLESS = exists().where(
    _told_why.c.alert_id == _alert.c.id,
    _told_why.c.change == AlertChangeKind.DISMISSED.value,
    _told_why.c.reason == DismissReason.NOT_RELEVANT.value,
)
_judged = (
    select(_NEEDLESS.label("is_needless")).where(_alert.c.structure_id == _OWN, _alert.c.opened_on >= _SINCE).subquery()
)
PRECISION = select(_number().label("opened"), _number(_judged.c.is_needless).label("needless")).select_from(_judged)
