"""Appointments as screens read them: those of the reader's own structure, or her own. Nobody else's, ever."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_, select

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.encounters.rules import LONGEST_MINUTES, AppointmentState, AppointmentWay, NextStep, overlap
from pathway.casework.encounters.tables import Appointment, FeedKey
from pathway.casework.partners.tables import Membership
from pathway.casework.sharing.queries import of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.kernel.clock import end_of_day
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_appointment = table_of(Appointment)
_feed = table_of(FeedKey)
_record = table_of(Record)
_account = table_of(Account)
_membership = table_of(Membership)

_DAY_LIMIT = 100
_PAST_SHOWN = 20
_FEED_PAST = timedelta(days=30)
_SECTION = "appointment"
_FEED = "calendar-feed"

_OWN = _appointment.c.structure_id == bindparam("own_structure")
_HERS = bindparam("own_record", type_=_appointment.c.record_id.type) != ""
_PLANNED = _appointment.c.state == AppointmentState.PLANNED.value
# Missed, kept or cancelled: whoever else supports her learns nothing of it, whatever she shares.
_MINE = or_(_OWN, _HERS)
_LINES = select(_appointment, _record.c.canonical_id).join(_record, _record.c.id == _appointment.c.record_id)
_asked = _appointment.alias()
_WHOSE = select(_asked.c.record_id).where(_asked.c.id == bindparam("appointment_id")).scalar_subquery()
_SEEN = _LINES.where(_appointment.c.id == bindparam("appointment_id"), _MINE, seen_in(_WHOSE, Part.FOLLOWUP.value))
_OF_PERSON = _LINES.where(
    of_person(_appointment.c.record_id), _MINE, seen_in(bindparam("record_id"), Part.FOLLOWUP.value)
)


@dataclass(frozen=True, kw_only=True)
class AppointmentView:
    """One appointment. `record_id` is the card that stands for the person, `card_id` the one it is kept under;
    `subject` is empty when nothing was written."""

    id: str
    record_id: str
    card_id: str
    structure_id: str
    account_id: str
    starts_at: datetime
    minutes: int
    way: AppointmentWay
    state: AppointmentState
    series_id: str | None
    next_step: NextStep | None
    version: int
    subject: str = ""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, kw_only=True)
class FeedSlot:
    """One appointment as a calendar outside may know it: when, and the id of its page here."""

    id: str
    starts_at: datetime
    ends_at: datetime
    said_at: datetime


def appointment_seen(tx: Transaction, appointment_id: str) -> AppointmentView:
    """One appointment of the actor's structure, or of hers, opened; `NotFound` otherwise."""
    row = tx.execute(_SEEN, {"appointment_id": appointment_id, **sight(tx)}).one_or_none()
    if row is None:
        raise NotFound
    return view_of(tx, row)


def coming_appointments(tx: Transaction, record_id: str) -> list[AppointmentView]:
    """The appointments of one person still to be held, or not told of yet, the next one first."""
    query = _OF_PERSON.where(_PLANNED).order_by(_appointment.c.starts_at, _appointment.c.id)
    return [view_of(tx, row) for row in tx.execute(query, {"record_id": record_id, **sight(tx)})]


def past_appointments(tx: Transaction, record_id: str) -> list[AppointmentView]:
    """What became of the last twenty others, the newest first."""
    ordered = _OF_PERSON.where(~_PLANNED).order_by(_appointment.c.starts_at.desc(), _appointment.c.id)
    rows = tx.execute(ordered.limit(_PAST_SHOWN), {"record_id": record_id, **sight(tx)})
    return [view_of(tx, row) for row in rows]


def appointments_of_the_day(tx: Transaction) -> list[AppointmentView]:
    """The actor's appointments of today, and earlier ones of which nothing was said, the first first.

    Those of a colleague who has left are everybody's.
    """
    return _day(tx, _PLANNED, _appointment.c.starts_at <= end_of_day(tx.today))


def appointments_to_take_up(tx: Transaction) -> list[AppointmentView]:
    """The actor's missed and excused appointments after which nothing was planned yet, the oldest first."""
    states = [AppointmentState.MISSED.value, AppointmentState.EXCUSED.value]
    return _day(tx, _appointment.c.state.in_(states), _appointment.c.next_step.is_(None))


def is_busy(tx: Transaction, account_id: str, starts_at: datetime, minutes: int, *, but: str = "") -> bool:
    """Whether that professional has another appointment then, in whatever structure. Nothing is told of it."""
    near = and_(
        _appointment.c.starts_at < starts_at + timedelta(minutes=minutes),
        _appointment.c.starts_at > starts_at - timedelta(minutes=LONGEST_MINUTES),
    )
    query = select(_appointment.c.starts_at, _appointment.c.minutes).where(
        _appointment.c.account_id == account_id, _PLANNED, near, _appointment.c.id != but
    )
    return overlap(starts_at, minutes, [(row.starts_at, row.minutes) for row in tx.execute(query)])


def rows_between(tx: Transaction, after: datetime, until: datetime) -> list[Row[Any]]:
    """Every appointment planned in that span, over the whole base: for the night's reminders."""
    here = (_PLANNED, _appointment.c.starts_at > after, _appointment.c.starts_at <= until)
    return list(tx.execute(select(_appointment).where(*here).order_by(_appointment.c.starts_at, _appointment.c.id)))


def feed_digest(tx: Transaction, token: str) -> bytes:
    """Under what the secret of a calendar's address is kept."""
    return tx.store.fingerprints.digest(_FEED, token)


def feed_made_at(tx: Transaction) -> datetime | None:
    """Since when (UTC) a calendar may follow the actor's times; None when none may."""
    query = select(_feed.c.made_at).where(_feed.c.account_id == tx.actor.account_id, _feed.c.revoked_at.is_(None))
    return tx.execute(query).scalar_one_or_none()


def feed_slots(tx: Transaction, token: str) -> list[FeedSlot]:
    """The appointments behind that secret, from a month back; `NotFound` when it is unknown, revoked, or its account is
    closed. Only those of structures where that professional still works."""
    found = (
        select(_feed.c.account_id)
        .join(_account, _account.c.id == _feed.c.account_id)
        .where(
            _feed.c.digest == feed_digest(tx, token),
            _feed.c.revoked_at.is_(None),
            _account.c.state == AccountState.ACTIVE.value,
        )
    )
    row = tx.execute(found).one_or_none()
    if row is None:
        raise NotFound
    query = select(
        _appointment.c.id, _appointment.c.starts_at, _appointment.c.minutes, _appointment.c.recorded_at
    ).where(
        _appointment.c.account_id == row.account_id,
        _appointment.c.state.in_([AppointmentState.PLANNED.value, AppointmentState.ATTENDED.value]),
        _appointment.c.starts_at > tx.now - _FEED_PAST,
        _still_works(tx),
    )
    rows = tx.execute(query.order_by(_appointment.c.starts_at, _appointment.c.id))
    return [
        FeedSlot(
            id=one.id,
            starts_at=one.starts_at,
            ends_at=one.starts_at + timedelta(minutes=one.minutes),
            said_at=one.recorded_at,
        )
        for one in rows
    ]


def own_appointments(tx: Transaction) -> list[AppointmentView]:
    """Every appointment of the person whose session this is, the newest first, opened."""
    query = _OF_PERSON.order_by(_appointment.c.starts_at.desc(), _appointment.c.id)
    return [view_of(tx, row) for row in tx.execute(query, {"record_id": tx.actor.record_id, **sight(tx)})]


def view_of(tx: Transaction, row: Row[Any]) -> AppointmentView:
    """A row, opened. Who may read it is for the caller to say."""
    said = tx.sealing.open_value(row.record_id, _SECTION, row.id, row.subject) if row.subject else {}
    return AppointmentView(
        id=row.id,
        record_id=row.canonical_id,
        card_id=row.record_id,
        structure_id=row.structure_id,
        account_id=row.account_id,
        starts_at=row.starts_at,
        minutes=row.minutes,
        way=AppointmentWay(row.way),
        state=AppointmentState(row.state),
        series_id=row.series_id,
        next_step=NextStep(row.next_step) if row.next_step else None,
        version=row.version,
        subject=said.get("subject", ""),
    )


def _day(tx: Transaction, *conditions: ColumnElement[bool]) -> list[AppointmentView]:
    mine = or_(_appointment.c.account_id == tx.actor.account_id, ~_still_works(tx))
    query: Select[Any] = _LINES.where(
        _OWN, mine, *conditions, seen_in(_appointment.c.record_id, Part.FOLLOWUP.value)
    ).order_by(_appointment.c.starts_at, _appointment.c.id)
    return [view_of(tx, row) for row in tx.execute(query.limit(_DAY_LIMIT), sight(tx))]


def _still_works(tx: Transaction) -> ColumnElement[bool]:
    works = and_(
        _membership.c.account_id == _appointment.c.account_id,
        _membership.c.structure_id == _appointment.c.structure_id,
        _membership.c.from_on <= tx.today,
        or_(_membership.c.until_on.is_(None), _membership.c.until_on >= tx.today),
        _account.c.state == AccountState.ACTIVE.value,
    )
    return select(_membership.c.id).join(_account, _account.c.id == _membership.c.account_id).where(works).exists()
