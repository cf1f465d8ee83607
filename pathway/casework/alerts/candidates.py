"""Which pathways a night looks at: set-based selects on indexed columns; the pure rules decide."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, func, literal, or_, select

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.agreements.tables import Agreement
from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.policy import AlertPolicy
from pathway.casework.alerts.rows import WITHOUT_SOLUTION
from pathway.casework.alerts.rules import NEED_NO_NEXT_STEP
from pathway.casework.alerts.since import anybody_since
from pathway.casework.alerts.tables import Alert
from pathway.casework.alerts.vocabulary import AlertState
from pathway.casework.encounters.tables import Appointment
from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ContactResult, PointState
from pathway.casework.followup.tables import ContactAttempt, Point
from pathway.casework.partners.rules import Role
from pathway.casework.partners.tables import Absence, Membership, Structure
from pathway.casework.records.tables import Referent
from pathway.casework.relays.rules import RelayState
from pathway.casework.relays.tables import Relay
from pathway.casework.schemes.rules import Intensity
from pathway.casework.schemes.tables import Scheme
from pathway.casework.sharing.tables import Record, Withdrawal
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_absence = table_of(Absence)
_account = table_of(Account)
_agreement = table_of(Agreement)
_alert = table_of(Alert)
_appointment = table_of(Appointment)
_contact = table_of(ContactAttempt)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_membership = table_of(Membership)
_point = table_of(Point)
_record = table_of(Record)
_referent = table_of(Referent)
_relay = table_of(Relay)
_scheme = table_of(Scheme)
_structure = table_of(Structure)
_withdrawal = table_of(Withdrawal)

_STANDING_FOR = select(_record.c.canonical_id).where(among(_record.c.id, "cards"))
_FOLLOWERS = (Role.COUNSELLOR.value, Role.SUPERVISOR.value)
_UNFINISHED = (RelayState.BOUNCED.value, RelayState.ACCEPTED.value, RelayState.APPOINTMENT.value)


def candidates(tx: Transaction, *, on: date, since: datetime | None = None) -> list[str]:
    """A superset of the people about whom a rule may fire or an alert may clear that day, each once, in order (ids of
    the cards that stand for them). `since`: the night's cut-off when it is past; what was recorded later may hide what
    was to be seen then."""
    policy = policy_on(tx, on)
    queries = (
        _late(on, policy),
        *_silent(on, policy),
        _left(on, policy),
        _missed(on, policy),
        _relayed(),
        *_stopped(on, policy),
        *_ending(on, policy),
        *_unanswered_for(on),
        *_sharing(tx.now, policy),
        _alerted(),
        *([anybody_since(since)] if since else []),
    )
    # One by one: of all in one statement, PostgreSQL's estimate is so high that it compiles it first, a second or more.
    cards = {card for query in queries for card in tx.execute(query).scalars()}
    return sorted(set(tx.execute(_STANDING_FOR, {"cards": sorted(cards)}).scalars()))


def _late(on: date, policy: AlertPolicy) -> Select[Any]:
    due = on - timedelta(days=policy.overdue_days)
    return select(_point.c.record_id).where(_point.c.state == PointState.OPEN.value, _point.c.original_due_on <= due)


def _silent(on: date, policy: AlertPolicy) -> tuple[Select[Any], Select[Any]]:
    """Those supported with no contact within what their support bears, and those followed with none for longer."""
    bearable = case(
        (_scheme.c.intensity == Intensity.INTENSIVE.value, _before(on, policy.silent_intensive_days)),
        (_scheme.c.intensity == Intensity.STANDARD.value, _before(on, policy.silent_standard_days)),
        (_scheme.c.intensity == Intensity.LIGHT.value, _before(on, policy.silent_light_days)),
        else_=_before(on, policy.silent_in_work_days),
    )
    supported = (
        select(_enrolment.c.record_id)
        .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
        .where(_enrolment.c.exited_at.is_(None), ~_heard(_enrolment.c.record_id, bearable))
    )
    longest = _before(on, min(policy.silent_hard_days, policy.silent_in_work_days))
    followed = select(_point.c.record_id).where(
        _point.c.state == PointState.OPEN.value, ~_heard(_point.c.record_id, longest)
    )
    return supported, followed


def _heard(record_id: ColumnElement[str], since: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether somebody reached her from that day on. A contact of a sensitive structure is known to itself: the others
    may have an alert all the same."""
    told = select(_structure.c.id).where(~_structure.c.is_sensitive)
    return (
        select(_contact.c.id)
        .where(
            _contact.c.record_id == record_id,
            _contact.c.structure_id.in_(told),
            _contact.c.result == ContactResult.REACHED.value,
            _contact.c.made_on >= since,
            _contact.c.undone_at.is_(None),
        )
        .exists()
    )


def _before(on: date, days: int) -> ColumnElement[date]:
    return literal(on - timedelta(days=days), Date)


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
        _exit.c.kind.not_in([kind.value for kind in NEED_NO_NEXT_STEP]),
        _exit.c.event_on < on - timedelta(days=policy.gap_days),
        ~supported.exists(),
    )


def _alerted() -> Select[Any]:
    return select(_alert.c.record_id).where(_alert.c.state == AlertState.OPEN.value)


def _missed(on: date, policy: AlertPolicy) -> Select[Any]:
    since = datetime.combine(on, datetime.min.time(), tzinfo=UTC) - timedelta(days=policy.missed_within_days + 1)
    return select(_appointment.c.record_id).where(
        _appointment.c.state == AppointmentState.MISSED.value, _appointment.c.starts_at >= since
    )


def _relayed() -> Select[Any]:
    return select(_relay.c.record_id).where(_relay.c.state.in_(_UNFINISHED))


def _stopped(on: date, policy: AlertPolicy) -> tuple[Select[Any], Select[Any]]:
    """Those whose step ended lately without solution, and those with several such ends in one structure."""
    lately = on - timedelta(days=policy.early_exit_shown_days)
    ended = (_exit.c.cancelled_at.is_(None), _exit.c.kind.in_(WITHOUT_SOLUTION))
    several = (
        select(_record.c.canonical_id)
        .join(_exit, _exit.c.record_id == _record.c.id)
        .where(*ended, _exit.c.event_on >= on - timedelta(days=policy.stopped_within_days))
        .group_by(_record.c.canonical_id, _exit.c.structure_id)
        .having(func.count() >= policy.stopped_times)
    )
    return select(_exit.c.record_id).where(*ended, _exit.c.event_on >= lately), several


def _ending(on: date, policy: AlertPolicy) -> tuple[Select[Any], Select[Any]]:
    soon = on + timedelta(days=policy.ending_days)
    steps = select(_enrolment.c.record_id).where(_enrolment.c.exited_at.is_(None), _enrolment.c.planned_end_on <= soon)
    contracts = select(_exit.c.record_id).where(_exit.c.cancelled_at.is_(None), _exit.c.ends_on.between(on, soon))
    return steps, contracts


def _unanswered_for(on: date) -> tuple[Select[Any], ...]:
    """Those followed whom nobody answers for, or whose référent is away that day without stand-in."""
    # Two statements rather than one with « or »: PostgreSQL would look at every record.
    supported = select(_enrolment.c.record_id).where(
        _enrolment.c.exited_at.is_(None), ~_is_answered_for(_enrolment.c.record_id, on)
    )
    followed = select(_point.c.record_id).where(
        _point.c.state == PointState.OPEN.value, ~_is_answered_for(_point.c.record_id, on)
    )
    away = (
        select(_referent.c.record_id)
        .join(
            _absence,
            and_(_absence.c.account_id == _referent.c.account_id, _absence.c.structure_id == _referent.c.structure_id),
        )
        .where(
            _referent.c.until_at.is_(None),
            _absence.c.cancelled_at.is_(None),
            _absence.c.stand_in_id.is_(None),
            _absence.c.from_on <= on,
            _absence.c.until_on >= on,
        )
    )
    return supported, followed, away


def _is_answered_for(record_id: ColumnElement[str], on: date) -> ColumnElement[bool]:
    """Whether the référent of that card still follows people where she was named."""
    here = and_(
        _membership.c.account_id == _referent.c.account_id, _membership.c.structure_id == _referent.c.structure_id
    )
    return (
        select(_referent.c.id)
        .join(_membership, here)
        .join(_account, _account.c.id == _referent.c.account_id)
        .where(
            _referent.c.record_id == record_id,
            _referent.c.until_at.is_(None),
            _account.c.state == AccountState.ACTIVE.value,
            _membership.c.role.in_(_FOLLOWERS),
            _membership.c.from_on <= on,
            or_(_membership.c.until_on.is_(None), _membership.c.until_on >= on),
        )
        .exists()
    )


def _sharing(now: datetime, policy: AlertPolicy) -> tuple[Select[Any], Select[Any]]:
    soon = now + timedelta(days=policy.sharing_ends_days + 1)
    ends = select(_agreement.c.record_id).where(
        _agreement.c.withdrawn_at.is_(None),
        _agreement.c.given_at.is_not(None),
        _agreement.c.until_at.between(now, soon),
    )
    stopped = select(_withdrawal.c.record_id).where(_withdrawal.c.until_at.is_(None))
    return ends, stopped
