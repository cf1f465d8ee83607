"""What a responsable reads of how long the people of her structure are kept: who is archived soon, what is still open,
who was told of her erasure, whom her structure holds for a litigation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select

from pathway.casework.encounters.rules import AppointmentState
from pathway.casework.encounters.tables import Appointment
from pathway.casework.enrolments.tables import Enrolment
from pathway.casework.followup.rules import PointState
from pathway.casework.followup.tables import Point
from pathway.casework.relays.rules import PENDING
from pathway.casework.relays.tables import Relay
from pathway.casework.retention.queries import Due, delays, due_among, silent_since
from pathway.casework.retention.rules import Step
from pathway.casework.retention.tables import ArchivedRecord, RetentionHold
from pathway.casework.sharing.conditions import IN_TIME, NOW, OWN, WITHDRAWN_NOW
from pathway.casework.sharing.queries import is_visible, seen_in, sight, supporting_structure
from pathway.casework.sharing.rules import Cause
from pathway.casework.sharing.tables import AccessGrant, Record, Withdrawal
from pathway.kernel.choice import Choice
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_record = table_of(Record)
_grant = table_of(AccessGrant)
_withdrawal = table_of(Withdrawal)
_archived = table_of(ArchivedRecord)
_hold = table_of(RetentionHold)
_point = table_of(Point)
_enrolment = table_of(Enrolment)
_appointment = table_of(Appointment)
_relay = table_of(Relay)

SOON_DAYS = 90
_SUPPORTS = (_grant.c.structure_id == OWN, _grant.c.cause == Cause.SUPPORT.value)
_STOPPED = (
    select(_record.c.canonical_id).join(_withdrawal, _withdrawal.c.record_id == _record.c.id).where(WITHDRAWN_NOW)
)
_ENDED = (
    select(_record.c.canonical_id, _archived.c.archived_on, _grant.c.until_at)
    .join(_archived, _archived.c.record_id == _record.c.id)
    .join(_grant, _grant.c.record_id == _record.c.id)
    .where(_archived.c.told_on.is_not(None), *_SUPPORTS, _record.c.canonical_id.not_in(_STOPPED))
)


class OpenKind(Choice):
    """What keeps a record from being archived; said before its day."""

    POINT = "point", "Point de suivi du"
    STEP = "step", "Étape en cours depuis le"
    APPOINTMENT = "appointment", "Rendez-vous du"
    RELAY = "relay", "Relais à conclure pour le"


def _open_in(table: Table, day: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
    here = (among(table.c.record_id, "cards"), *conditions)
    return select(table.c.id, table.c.record_id, day.label("day")).where(*here)


_OPEN: Mapping[OpenKind, Select[Any]] = {
    OpenKind.POINT: _open_in(
        _point, _point.c.due_on, _point.c.state == PointState.OPEN.value, _point.c.structure_id == OWN
    ),
    OpenKind.STEP: _open_in(
        _enrolment, _enrolment.c.entered_on, _enrolment.c.exited_at.is_(None), _enrolment.c.structure_id == OWN
    ),
    OpenKind.APPOINTMENT: _open_in(
        _appointment,
        _appointment.c.starts_at,
        _appointment.c.state == AppointmentState.PLANNED.value,
        _appointment.c.starts_at >= NOW,
        _appointment.c.structure_id == OWN,
    ),
    OpenKind.RELAY: _open_in(
        _relay,
        _relay.c.due_on,
        _relay.c.state.in_([one.value for one in PENDING]),
        or_(_relay.c.from_structure_id == OWN, _relay.c.to_structure_id == OWN),
    ),
}


@dataclass(frozen=True, kw_only=True)
class StillOpen:
    """One thing of the actor's structure that is open about somebody, and its day: due, entered, planned or sent."""

    kind: OpenKind
    id: str
    on: date


@dataclass(frozen=True, kw_only=True)
class HoldView:
    """One hold of the actor's structure that stands, its reason unsealed."""

    id: str
    record_id: str
    until_on: date
    reason: str
    placed_by: str
    placed_at: datetime


def closing_soon(tx: Transaction) -> tuple[list[Due], dict[str, list[StillOpen]]]:
    """Whom the actor's structure supports and whose record is due to be archived within 90 days, the first first; and,
    apart, what of that structure is still open about some of them.

    Somebody kept open by another structure alone is not there: nothing of hers says where she is followed.
    """
    found, until = delays(tx), tx.today + timedelta(days=SOON_DAYS)
    card = _record.alias()
    supported = select(card.c.canonical_id).join(_grant, _grant.c.record_id == card.c.id).where(*_SUPPORTS, IN_TIME)
    mine = select(_record.c.id).where(
        _record.c.id.in_(supported), seen_in(_record.c.id), *silent_since(until, found.active_months)
    )
    people = list(tx.execute(mine, sight(tx)).scalars())
    due = due_among(tx, people, delays=found, on=until)
    blocked = [one for one in due if one.step is Step.BLOCKED]
    kept_open = _open_here(tx, {card: one.record_id for one in blocked for card in one.cards})
    shown = [one for one in due if one.step is Step.ARCHIVE or one.record_id in kept_open]
    return sorted(shown, key=_by_day), kept_open


def told_here(tx: Transaction) -> list[Due]:
    """Who was told that her record will be erased, of the people the actor's structure supported until it was archived;
    `on` is the day of the erasure. Nobody who withdrew the sharing, or who is back."""
    rows = tx.execute(_ENDED, sight(tx)).all()
    people = sorted({row.canonical_id for row in rows if _ended_with(row.until_at, row.archived_on)})
    due = due_among(tx, people, delays=delays(tx), on=tx.today)
    return sorted((one for one in due if one.kept.told_on and not one.kept.has_come_back), key=_by_day)


def own_holds(tx: Transaction) -> list[HoldView]:
    """The holds of the actor's structure that stand today, the first to end first."""
    stands = (_hold.c.structure_id == tx.actor.structure_id, _hold.c.lifted_at.is_(None), _hold.c.until_on >= tx.today)
    rows = tx.execute(select(_hold).where(*stands).order_by(_hold.c.until_on, _hold.c.id)).all()
    return [
        HoldView(
            id=row.id,
            record_id=row.record_id,
            until_on=row.until_on,
            reason=tx.sealing.open_value(row.record_id, "retention_hold", row.id, row.reason)["reason"],
            placed_by=row.placed_by,
            placed_at=row.placed_at,
        )
        for row in rows
    ]


def require_holdable(tx: Transaction, record_id: str) -> None:
    """`NotFound` unless the actor's structure supports that person, or did until her record was archived and she was
    told of its erasure."""
    if is_visible(tx, record_id) and supporting_structure(tx, record_id, tx.actor.structure_id):
        return
    if not any(record_id in one.cards for one in told_here(tx)):
        raise NotFound


def _open_here(tx: Transaction, whose: dict[str, str]) -> dict[str, list[StillOpen]]:
    """person → what of the actor's structure is open on one of her cards."""
    found: dict[str, list[StillOpen]] = {}
    for kind, query in _OPEN.items():
        for row in tx.execute(query, {**sight(tx), "cards": list(whose)}):
            day = local_day(row.day) if isinstance(row.day, datetime) else row.day
            found.setdefault(whose[row.record_id], []).append(StillOpen(kind=kind, id=row.id, on=day))
    return {person: sorted(some, key=lambda one: one.on) for person, some in found.items()}


def _ended_with(until_at: datetime | None, archived_on: date) -> bool:
    """Whether archiving ended that access: one that was over before gives no right to read of it now."""
    return until_at is not None and local_day(until_at) >= archived_on


def _by_day(one: Due) -> tuple[date, str]:
    return one.on, one.record_id
