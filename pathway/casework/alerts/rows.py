"""What was written about people up to an instant, by selects on append-only rows: the night, and any night again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, func, or_, select

from pathway.casework.agreements.tables import Agreement
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertState, RuleId
from pathway.casework.encounters.tables import Appointment, AppointmentChange
from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.casework.enrolments.tables import Enrolment, EnrolmentMove, SchemeExit
from pathway.casework.followup.rules import ContactResult, ExitKind, PointKind, PointState
from pathway.casework.followup.tables import ContactAttempt, Point, PointChange
from pathway.casework.records.tables import Referent
from pathway.casework.relays.rules import RelayState
from pathway.casework.relays.tables import Relay, RelayChange
from pathway.casework.schemes.tables import Scheme, SchemeChange
from pathway.casework.sharing.tables import Withdrawal
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_agreement = table_of(Agreement)
_alert = table_of(Alert)
_alert_change = table_of(AlertChange)
_appointment = table_of(Appointment)
_appointment_change = table_of(AppointmentChange)
_contact = table_of(ContactAttempt)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_move = table_of(EnrolmentMove)
_point = table_of(Point)
_point_change = table_of(PointChange)
_referent = table_of(Referent)
_relay = table_of(Relay)
_relay_change = table_of(RelayChange)
_scheme = table_of(Scheme)
_scheme_change = table_of(SchemeChange)
_withdrawal = table_of(Withdrawal)

LONGEST_LOOK = timedelta(days=731)  # no window of any threshold is longer
# Every statement is built once: each contact, entry and exit reads them, and each lot of the night.
_CUTOFF = bindparam("cutoff", type_=_point_change.c.recorded_at.type)
_SINCE = bindparam("since", type_=_point_change.c.recorded_at.type)
_KEPT_OR_NOT = (AppointmentState.ATTENDED.value, AppointmentState.MISSED.value)
WITHOUT_SOLUTION = (ExitKind.NO_SOLUTION.value, ExitKind.LOST_CONTACT.value)
_HER_WISH = ("asked_again", "rhythm_changed")  # why a call has another first date


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What was written about one person, whoever wrote it; each kind oldest first."""

    points: Sequence[Row[Any]] = ()
    supports: Sequence[Row[Any]] = ()
    contacts: Sequence[Row[Any]] = ()
    exits: Sequence[Row[Any]] = ()
    appointments: Sequence[Row[Any]] = ()
    relays: Sequence[Row[Any]] = ()
    referents: Sequence[Row[Any]] = ()
    agreements: Sequence[Row[Any]] = ()
    withdrawals: Sequence[Row[Any]] = ()
    asides: Sequence[Row[Any]] = ()


def written(tx: Transaction, person: dict[str, str], cutoff: datetime) -> dict[str, Rows]:
    """standing card → what was written about that person up to the cut-off. `person`: card → standing card."""
    asked = {"cards": sorted(person), "cutoff": cutoff, "since": cutoff - LONGEST_LOOK}
    kinds = {name: _grouped(tx.execute(query, asked).all(), person) for name, query in _SELECTS.items()}
    return {
        name: Rows(**{kind: groups.get(name, ()) for kind, groups in kinds.items()}) for name in set(person.values())
    }


def _grouped(rows: Iterable[Row[Any]], person: dict[str, str]) -> dict[str, list[Row[Any]]]:
    groups: dict[str, list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault(person[row.record_id], []).append(row)
    return groups


def _open_points() -> Any:
    change = _point_change.c
    said = (
        select(
            change.point_id,
            change.record_id,
            change.structure_id,
            change.owner_id,
            change.state,
            _rank(change.point_id, change.number),
        )
        .where(_of_cards(_point_change), change.recorded_at <= _CUTOFF)
        .subquery()
    )
    return (
        select(
            said.c.point_id,
            said.c.record_id,
            said.c.structure_id,
            said.c.owner_id,
            _first_due().label("original_due_on"),
        )
        .join(_point, _point.c.id == said.c.point_id)
        .where(said.c.rank == 1, said.c.state == PointState.OPEN.value)
        .order_by("original_due_on", _point.c.id)
    )


def _first_due() -> ColumnElement[date]:
    """The first date of a point, from which lateness counts; that of a call as she wished it by the cut-off: she may
    have asked for another day since."""
    change = _point_change.alias()
    wished = (
        select(change.c.due_on)
        .where(
            change.c.point_id == _point.c.id,
            change.c.recorded_at <= _CUTOFF,
            or_(change.c.number == 1, change.c.reason.in_(_HER_WISH)),
        )
        .order_by(change.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((_point.c.kind == PointKind.CALLBACK.value, wished), else_=_point.c.original_due_on)


def _open_supports() -> Any:
    left = (  # looked up by person: no index finds the exits of a step once one of them may be cancelled
        select(_exit.c.id)
        .where(
            _of_cards(_exit),  # else PostgreSQL reads them all for each lot
            _exit.c.record_id == _enrolment.c.record_id,
            _exit.c.enrolment_id == _enrolment.c.id,
            _exit.c.recorded_at <= _CUTOFF,
            _stood(_exit),
        )
        .exists()
    )
    return (
        select(
            _enrolment.c.id,
            _enrolment.c.record_id,
            _carrier().label("structure_id"),
            _enrolment.c.entered_on,
            _enrolment.c.planned_end_on,
            _followed("intensity"),
        )
        .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
        .where(_of_cards(_enrolment), _enrolment.c.recorded_at <= _CUTOFF, ~left)
        .order_by(_enrolment.c.entered_on, _enrolment.c.id)
    )


def _carrier() -> ColumnElement[str]:
    """The structure that carried the step at the cut-off: another may have gone on with it since."""
    before = (
        select(_move.c.from_structure_id)
        .where(_move.c.enrolment_id == _enrolment.c.id, _move.c.moved_at > _CUTOFF)
        .order_by(_move.c.moved_at)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(before, _enrolment.c.structure_id)


def _followed(name: str) -> ColumnElement[Any]:
    """How the scheme was followed at the cut-off: it may have been written anew since."""
    before = (
        select(_scheme_change.c[name])
        .where(_scheme_change.c.scheme_id == _scheme.c.id, _scheme_change.c.changed_at > _CUTOFF)
        .order_by(_scheme_change.c.changed_at)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(before, _scheme.c[name]).label(name)


def _reached() -> Any:
    query = select(_contact.c.id, _contact.c.record_id, _contact.c.structure_id, _contact.c.made_on).where(
        _of_cards(_contact),
        _contact.c.result == ContactResult.REACHED.value,
        _contact.c.recorded_at <= _CUTOFF,
        or_(_contact.c.undone_at.is_(None), _contact.c.undone_at > _CUTOFF),
    )
    return query.order_by(_contact.c.made_on, _contact.c.recorded_at, _contact.c.id)


def _exits() -> Any:
    query = (
        select(_exit, _enrolment.c.entered_on, _enrolment.c.planned_end_on, _followed("is_short_activity"))
        .join(_enrolment, _enrolment.c.id == _exit.c.enrolment_id)
        .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
        .where(_of_cards(_exit), _exit.c.recorded_at <= _CUTOFF, _stood(_exit))
    )
    return query.order_by(_exit.c.event_on, _exit.c.recorded_at, _exit.c.id)


def _appointments() -> Any:
    """Those kept and those missed, as noted up to the cut-off."""
    change = _appointment_change.c
    said = (
        select(change.appointment_id, change.starts_at, change.state, _rank(change.appointment_id, change.number))
        .where(_of_cards(_appointment_change), change.recorded_at <= _CUTOFF, change.starts_at >= _SINCE)
        .subquery()
    )
    return (
        select(_appointment.c.id, _appointment.c.record_id, _appointment.c.structure_id, said.c.starts_at, said.c.state)
        .join(said, said.c.appointment_id == _appointment.c.id)
        .where(_of_cards(_appointment), said.c.rank == 1, said.c.state.in_(_KEPT_OR_NOT))
        .order_by(said.c.starts_at, _appointment.c.id)
    )


def _relays() -> Any:
    """Every relay as it stood, with the instant since which it stands there; drafts are nobody's business."""
    change = _relay_change.c
    since = func.min(change.recorded_at).over(partition_by=(change.relay_id, change.state))
    said = (
        select(
            change.relay_id,
            change.from_structure_id,
            change.state,
            change.appointment_on,
            since.label("since_at"),
            _rank(change.relay_id, change.number),
        )
        .where(_of_cards(_relay_change), change.recorded_at <= _CUTOFF)
        .subquery()
    )
    return (
        select(
            _relay.c.id,
            _relay.c.record_id,
            func.coalesce(said.c.from_structure_id, _relay.c.from_structure_id).label("structure_id"),
            _relay.c.to_structure_id,
            said.c.state,
            said.c.appointment_on,
            said.c.since_at,
        )
        .join(said, said.c.relay_id == _relay.c.id)
        .where(said.c.rank == 1, said.c.state != RelayState.DRAFT.value)
        .order_by(_relay.c.recorded_at, _relay.c.id)
    )


def _referents() -> Any:
    held = _held(_referent)
    return select(_referent).where(_of_cards(_referent), held).order_by(_referent.c.from_at, _referent.c.id)


def _agreements() -> Any:
    stood = or_(_agreement.c.withdrawn_at.is_(None), _agreement.c.withdrawn_at > _CUTOFF)
    here = (
        _of_cards(_agreement),
        _agreement.c.given_at <= _CUTOFF,
        _agreement.c.until_at > _CUTOFF,
        stood,
    )
    return select(_agreement).where(*here).order_by(_agreement.c.until_at, _agreement.c.id)


def _withdrawals() -> Any:
    held = _held(_withdrawal)
    query = select(_withdrawal).where(_of_cards(_withdrawal), held)
    return query.order_by(_withdrawal.c.from_at, _withdrawal.c.id)


def _set_aside() -> Any:
    """When R02 was last dismissed, by card and structure."""
    return (
        select(_alert.c.record_id, _alert.c.structure_id, func.max(_alert_change.c.recorded_at).label("at"))
        .join(_alert_change, _alert_change.c.alert_id == _alert.c.id)
        .where(
            _of_cards(_alert),
            _alert.c.rule == RuleId.R02.value,
            _alert_change.c.change == AlertState.DISMISSED.value,
            _alert_change.c.recorded_at <= _CUTOFF,
        )
        .group_by(_alert.c.record_id, _alert.c.structure_id)
    )


def _rank(of: ColumnElement[str], number: ColumnElement[int]) -> ColumnElement[int]:
    """1 for the last change of each: the rows of a history are read once, where a join of it with its own last numbers
    would look each of them up again."""
    return func.row_number().over(partition_by=of, order_by=number.desc()).label("rank")


def _of_cards(table: Any) -> ColumnElement[bool]:
    return among(table.c.record_id, "cards")


def _stood(table: Any) -> ColumnElement[bool]:
    return or_(table.c.cancelled_at.is_(None), table.c.cancelled_at > _CUTOFF)


def _held(table: Any) -> ColumnElement[bool]:
    return and_(table.c.from_at <= _CUTOFF, or_(table.c.until_at.is_(None), table.c.until_at > _CUTOFF))


_SELECTS: dict[str, Any] = {
    "points": _open_points(),
    "supports": _open_supports(),
    "contacts": _reached(),
    "exits": _exits(),
    "appointments": _appointments(),
    "relays": _relays(),
    "referents": _referents(),
    "agreements": _agreements(),
    "withdrawals": _withdrawals(),
    "asides": _set_aside(),
}
