"""Appointments as screens read them: those of the reader's own structure, or her own. Nobody else's, ever."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, and_, bindparam, or_, select

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.encounters.rules import LONGEST_MINUTES, AppointmentState, AppointmentWay, NextStep, overlap
from pathway.casework.encounters.tables import Appointment, FeedKey
from pathway.casework.partners.tables import Absence, Membership
from pathway.casework.sharing.queries import by_line, of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.casework.team.queries import answers_today
from pathway.kernel.clock import end_of_day, local_day
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_appointment = table_of(Appointment)
_feed = table_of(FeedKey)
_record = table_of(Record)
_account = table_of(Account)
_absence = table_of(Absence)
_membership = table_of(Membership)

_DAY_LIMIT = 100
_PAST_SHOWN = 20
_FEED_PAST = timedelta(days=30)
# Whether she came is not read in what a calendar loses: only what was called off, or excused, leaves it.
_IN_FEED = [one.value for one in (AppointmentState.PLANNED, AppointmentState.ATTENDED, AppointmentState.MISSED)]
_SECTION = "appointment"
_FEED = "calendar-feed"

_OWN = _appointment.c.structure_id == bindparam("own_structure")
_HERS = bindparam("own_record", type_=_appointment.c.record_id.type) != ""
_PLANNED = _appointment.c.state == AppointmentState.PLANNED.value
_TO_TAKE_UP = and_(
    _appointment.c.state.in_([AppointmentState.MISSED.value, AppointmentState.EXCUSED.value]),
    _appointment.c.next_step.is_(None),
)
WAITS = or_(_PLANNED, _TO_TAKE_UP)  # what somebody still has to keep, to tell of, or to take up
# Missed, kept or cancelled: whoever else supports her learns nothing of it, whatever she shares.
_MINE = or_(_OWN, _HERS)
_DAY = bindparam("day", type_=Date)
_LINES = select(_appointment, _record.c.canonical_id).join(_record, _record.c.id == _appointment.c.record_id)
_asked = _appointment.alias()
_WHOSE = select(_asked.c.record_id).where(_asked.c.id == bindparam("appointment_id")).scalar_subquery()
_SEEN = _LINES.where(_appointment.c.id == bindparam("appointment_id"), _MINE, seen_in(_WHOSE, Part.FOLLOWUP.value))
_OF_PERSON = _LINES.where(
    of_person(_appointment.c.record_id), _MINE, seen_in(bindparam("record_id"), Part.FOLLOWUP.value)
)


_TOGETHER = _LINES.where(
    _appointment.c.workshop_id == bindparam("workshop_id"),
    _OWN,
    _appointment.c.state != AppointmentState.CANCELLED.value,
    seen_in(by_line(_appointment.c.record_id), Part.FOLLOWUP.value),
).order_by(_appointment.c.recorded_at, _appointment.c.id)


def _is_away(left_to: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether its professional is away today, and left it so."""
    here = and_(
        _absence.c.account_id == _appointment.c.account_id,
        _absence.c.structure_id == _appointment.c.structure_id,
        _absence.c.cancelled_at.is_(None),
        _absence.c.from_on <= _DAY,
        _absence.c.until_on >= _DAY,
        left_to,
    )
    return select(_absence.c.id).where(here).exists()


def _still_works() -> ColumnElement[bool]:
    works = and_(
        _membership.c.account_id == _appointment.c.account_id,
        _membership.c.structure_id == _appointment.c.structure_id,
        _membership.c.from_on <= _DAY,
        or_(_membership.c.until_on.is_(None), _membership.c.until_on >= _DAY),
        _account.c.state == AccountState.ACTIVE.value,
    )
    return select(_membership.c.id).join(_account, _account.c.id == _membership.c.account_id).where(works).exists()


def _of_day(*conditions: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """Built once: what somebody holds, and that with what nobody does. The rights of so few are looked up line by
    line."""
    mine = or_(
        _appointment.c.account_id == bindparam("account"), _is_away(_absence.c.stand_in_id == bindparam("account"))
    )
    whole = or_(mine, ~_still_works(), _is_away(_absence.c.stand_in_id.is_(None)))
    seen = seen_in(by_line(_appointment.c.record_id), Part.FOLLOWUP.value)
    lines = _LINES.where(_OWN, *conditions, seen).order_by(_appointment.c.starts_at, _appointment.c.id)
    return lines.where(mine).limit(_DAY_LIMIT), lines.where(whole).limit(_DAY_LIMIT)


_TODAY = _of_day(_PLANNED, _appointment.c.starts_at <= bindparam("ends_at", type_=_appointment.c.starts_at.type))
_LEFT_TO_TAKE_UP = _of_day(_TO_TAKE_UP)


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
    workshop_id: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, kw_only=True)
class FeedSlot:
    """One appointment as a calendar outside may know it: when, and the id of its page here; a group session is one."""

    id: str
    is_workshop: bool
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


def appointments_together(tx: Transaction, workshop_id: str) -> list[AppointmentView]:
    """The appointments of one group session that still stand, of the people the actor may follow, as they were
    planned; the others are not told of."""
    return [view_of(tx, row) for row in tx.execute(_TOGETHER, {"workshop_id": workshop_id, **sight(tx)})]


def past_appointments(tx: Transaction, record_id: str) -> list[AppointmentView]:
    """What became of the last twenty others, the newest first."""
    ordered = _OF_PERSON.where(~_PLANNED).order_by(_appointment.c.starts_at.desc(), _appointment.c.id)
    rows = tx.execute(ordered.limit(_PAST_SHOWN), {"record_id": record_id, **sight(tx)})
    return [view_of(tx, row) for row in rows]


def appointments_of_the_day(tx: Transaction) -> list[AppointmentView]:
    """The actor's appointments of today, and earlier ones of which nothing was said, the first first.

    Those of a colleague who is away are her stand-in's as well. Those that nobody holds (she has left, or is away and
    nobody stands in) are the responsable's, or her stand-in's (`team.queries.answers_today`).
    """
    return _day(tx, *_TODAY)


def appointments_to_take_up(tx: Transaction) -> list[AppointmentView]:
    """The actor's missed and excused appointments after which nothing was planned yet, the oldest first; those that
    nobody holds as `appointments_of_the_day` says."""
    return _day(tx, *_LEFT_TO_TAKE_UP)


def waiting(
    tx: Transaction, *, structure_id: str, account_id: str = "", cards: Collection[str] = ()
) -> list[AppointmentView]:
    """What still waits for somebody in that structure, the first first: planned, or missed and not taken up.

    Of one professional, of the cards of one person, or of everybody. Who may ask is checked above, in `lifecycle`.
    """
    query = _LINES.where(_appointment.c.structure_id == structure_id, WAITS)
    if account_id:
        query = query.where(_appointment.c.account_id == account_id)
    if cards:
        query = query.where(_appointment.c.record_id.in_(cards))
    ordered = query.order_by(_appointment.c.starts_at, _appointment.c.id)
    # Who is just writing about one of them is waited for: a conflict must not stop the night.
    return [view_of(tx, row) for row in tx.execute(ordered.with_for_update(of=_appointment))]


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


def people_expected(
    tx: Transaction, record_ids: Collection[str], *, account_id: str, starts_at: datetime, minutes: int
) -> set[str]:
    """Of those people (canonical record ids), whom that professional already expects then in the actor's structure."""
    near = and_(
        _appointment.c.starts_at < starts_at + timedelta(minutes=minutes),
        _appointment.c.starts_at > starts_at - timedelta(minutes=LONGEST_MINUTES),
    )
    here = (_appointment.c.account_id == account_id, _appointment.c.structure_id == tx.actor.structure_id)
    query = select(_record.c.canonical_id, _appointment.c.starts_at, _appointment.c.minutes)
    rows = tx.execute(
        query.join(_record, _record.c.id == _appointment.c.record_id).where(
            *here, _PLANNED, near, _record.c.canonical_id.in_(list(record_ids))
        )
    )
    return {row.canonical_id for row in rows if overlap(starts_at, minutes, [(row.starts_at, row.minutes)])}


def rows_between(tx: Transaction, after: datetime, until: datetime) -> list[Row[Any]]:
    """Every appointment planned in that span, over the whole base: for the night's reminders."""
    here = (_PLANNED, _appointment.c.starts_at > after, _appointment.c.starts_at <= until)
    return list(tx.execute(select(_appointment).where(*here).order_by(_appointment.c.starts_at, _appointment.c.id)))


def to_remind(tx: Transaction, *, now: datetime) -> list[str]:
    """The appointments of tomorrow, over the whole base, of which to remind. `now`: the true instant."""
    return [row.id for row in tomorrow(tx, now)]


def tomorrow(tx: Transaction, now: datetime) -> list[Row[Any]]:
    """Every appointment planned for the day after the transaction's, and still to come at that true instant."""
    day = tx.today + timedelta(days=1)
    rows = rows_between(tx, end_of_day(tx.today), end_of_day(day))  # 23 or 25 hours, some days
    return [row for row in rows if row.starts_at > now and local_day(row.starts_at) == day]


def expecting(tx: Transaction, *, cards: Collection[str] | None = None) -> set[tuple[str, str]]:
    """(record id, structure id) of every appointment to come, over the whole base or with those cards: whoever holds it
    must go on reading her."""
    query = select(_appointment.c.record_id, _appointment.c.structure_id).where(
        _PLANNED, _appointment.c.starts_at > tx.now
    )
    if cards is not None:
        query = query.where(_appointment.c.record_id.in_(cards))
    return {(row.record_id, row.structure_id) for row in tx.execute(query)}


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
        _appointment.c.id,
        _appointment.c.workshop_id,
        _appointment.c.starts_at,
        _appointment.c.minutes,
        _appointment.c.recorded_at,
    ).where(
        _appointment.c.account_id == row.account_id,
        _appointment.c.state.in_(_IN_FEED),
        _appointment.c.starts_at > tx.now - _FEED_PAST,
        _still_works(),
    )
    rows = tx.execute(query.order_by(_appointment.c.starts_at, _appointment.c.id), {"day": tx.today})
    # A calendar shows one line for a group, which says nothing of how many come.
    slots = {one.workshop_id or one.id: one for one in reversed(rows.all())}
    return [
        FeedSlot(
            id=name,
            is_workshop=one.workshop_id is not None,
            starts_at=one.starts_at,
            ends_at=one.starts_at + timedelta(minutes=one.minutes),
            said_at=one.recorded_at,
        )
        for name, one in reversed(slots.items())
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
        workshop_id=row.workshop_id,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


def _day(tx: Transaction, mine: Select[Any], whole: Select[Any]) -> list[AppointmentView]:
    """`whole`: with what nobody holds."""
    asked = {"account": tx.actor.account_id, "day": tx.today, "ends_at": end_of_day(tx.today), **sight(tx)}
    return [view_of(tx, row) for row in tx.execute(whole if answers_today(tx) else mine, asked)]
