"""Planning appointments, moving them, saying what became of them; she is told of each, and reminded the day before."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, update

from pathway.casework.encounters.queries import (
    AppointmentView,
    appointment_seen,
    feed_digest,
    is_busy,
    tomorrow,
)
from pathway.casework.encounters.rules import (
    LONGEST_SUBJECT,
    AppointmentState,
    AppointmentWay,
    NextStep,
    Slot,
    check_may_reopen,
    check_minutes,
    check_start,
    check_step,
    instants,
)
from pathway.casework.encounters.silence import is_silent
from pathway.casework.encounters.tables import Appointment, AppointmentChange, FeedKey
from pathway.casework.encounters.writing import (
    CHANGED,
    change_appointment,
    change_row,
    tell_called_off,
    tell_hour,
)
from pathway.casework.followup.actions import record_contact, undo_contact
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.partners.queries import works_in
from pathway.casework.policies.queries import policy_for
from pathway.casework.sharing.queries import own_card, require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.transaction import Transaction

_appointment = table_of(Appointment)
_change = table_of(AppointmentChange)
_feed = table_of(FeedKey)

_CHANNELS = {
    AppointmentWay.IN_PERSON: Channel.VISIT,
    AppointmentWay.PHONE: Channel.PHONE,
    AppointmentWay.VIDEO: Channel.VIDEO,
}
_NOBODY = "Cette personne ne suit personne dans votre structure. Choisissez un·e collègue."
_TOO_LONG = f"L’objet est trop long : {LONGEST_SUBJECT} caractères au plus."
_NOT_PLANNED = "Ce rendez-vous n’est plus prévu : il ne peut pas être déplacé."
_NOT_BEGUN = "Cet atelier n’a pas commencé : « venu·e » se dit à partir de son heure."
_NOTHING_TO_TAKE_UP = "La suite de ce rendez-vous est déjà notée."
_TOO_LATE = marked("Ce rendez-vous a commencé. Appelez la structure qui vous suit.")


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What was planned: the ids, the beginnings (UTC), and those at which the professional has something else."""

    ids: tuple[str, ...]
    starts: tuple[datetime, ...]
    busy: tuple[datetime, ...] = field(default=())


def plan_appointment(
    tx: Transaction, *, record_id: str, slot: Slot, account_id: str = "", subject: str = ""
) -> Planned:
    """Plan an appointment or a series of them, with the actor or a colleague; a letter tells her of the first.

    `Invalid` or `Refused` by the rules (fields of `Slot`, `account_id`, `subject`). What was missed before is taken up
    by it.
    """
    require_part(tx, record_id, Part.FOLLOWUP.value)
    who = account_id or tx.actor.account_id
    if not works_in(tx, who, tx.actor.structure_id):
        raise Refused(_NOBODY, field="account_id")
    if len(subject) > LONGEST_SUBJECT:
        raise Invalid(_TOO_LONG, field="subject")
    policy = policy_for(tx, structure_id=tx.actor.structure_id, scheme_id="", on=tx.today)
    starts = instants(slot, now=tx.now, holidays=policy.holidays)
    busy = tuple(at for at in starts if is_busy(tx, who, at, slot.minutes))
    card = own_card(tx, record_id)
    ids = _insert(tx, card, who, starts, slot, subject.strip())
    _take_up_earlier(tx, record_id, NextStep.RESCHEDULED)
    tell_hour(tx, card, LetterKind.APPOINTMENT, ids[0], 1, starts[0], slot.minutes)
    tx.journal("plan_appointment", records=same_person(tx, record_id), appointment=ids[0], number=len(ids))
    return Planned(ids=tuple(ids), starts=tuple(starts), busy=busy)


def plan_her_part(
    tx: Transaction, *, record_id: str, workshop_id: str, starts_at: datetime, slot: Slot, account_id: str, subject: str
) -> str:
    """Plan one person's part in a group session, with whoever leads it; gives the id of her appointment.

    It is an appointment like any other: told when it is to come, reminded, and nobody learns who else was asked.
    """
    require_part(tx, record_id, Part.FOLLOWUP.value)
    card = own_card(tx, record_id)
    (appointment_id,) = _insert(tx, card, account_id, [starts_at], slot, subject, workshop_id)
    _take_up_earlier(tx, record_id, NextStep.RESCHEDULED)
    if starts_at > tx.now:
        tell_hour(tx, card, LetterKind.APPOINTMENT, appointment_id, 1, starts_at, slot.minutes)
    tx.journal("plan_appointment", records=same_person(tx, record_id), appointment=appointment_id, number=1)
    return appointment_id


def move_appointment(
    tx: Transaction, *, appointment_id: str, starts_at: datetime, minutes: int, way: AppointmentWay, version: int
) -> bool:
    """Put an appointment at another time; she is told. Gives whether the professional has something else then.

    One that was part of a group session becomes her own.
    """
    found = _ours(tx, appointment_id, version)
    if found.state is not AppointmentState.PLANNED:
        raise Refused(_NOT_PLANNED)
    check_minutes(minutes)
    check_start(starts_at, now=tx.now)
    change_appointment(tx, found, starts_at=starts_at, minutes=minutes, way=way.value, workshop_id=None)
    tell_hour(tx, found.card_id, LetterKind.APPOINTMENT_CHANGED, found.id, found.version + 1, starts_at, minutes)
    tx.journal("move_appointment", records=same_person(tx, found.record_id), appointment=found.id)
    return is_busy(tx, found.account_id, starts_at, minutes, but=found.id)


def cancel_appointment(tx: Transaction, *, appointment_id: str, version: int) -> None:
    """Call an appointment off; she is told, by the hour she knows."""
    found = _ours(tx, appointment_id, version)
    _settle(tx, found, AppointmentState.CANCELLED)
    if found.starts_at > tx.now:
        tell_called_off(tx, found)
    tx.journal("cancel_appointment", records=same_person(tx, found.record_id), appointment=found.id)


def settle_appointment(tx: Transaction, *, appointment_id: str, state: AppointmentState, version: int) -> None:
    """Say what became of an appointment: kept (a contact is recorded, which closes the points near it), excused or
    missed. A missed one says nothing to anybody outside, and raises no alert. One's part in a group session is kept
    from its hour on."""
    if state in (AppointmentState.PLANNED, AppointmentState.CANCELLED):
        raise Invalid("Choisissez : venu·e, excusé·e, ou pas venu·e.")
    found = _ours(tx, appointment_id, version)
    if state is AppointmentState.ATTENDED and found.workshop_id and found.starts_at > tx.now:
        raise Refused(_NOT_BEGUN)
    _settle(tx, found, state)
    tx.journal("settle_appointment", records=same_person(tx, found.record_id), appointment=found.id)
    if state is AppointmentState.ATTENDED:
        record_contact(
            tx,
            record_id=found.record_id,
            channel=_CHANNELS[found.way],
            result=ContactResult.REACHED,
            made_on=local_day(found.starts_at),
        )
        _take_up_earlier(tx, found.record_id, NextStep.REACHED, until=found.starts_at)


def reopen_appointment(tx: Transaction, *, appointment_id: str, version: int) -> int:
    """Take back what was noted of an appointment by mistake, within 24 hours: it is to be told of again; gives its new
    version. The contact of one that was kept goes, and the points it had closed open again. `Refused` by the rules."""
    found = _ours(tx, appointment_id, version)
    said_by = found.settled_by
    is_own_word = said_by is not None and not works_in(tx, said_by, found.structure_id)
    check_may_reopen(found.state, settled_at=found.settled_at, is_own_word=is_own_word, now=tx.now)
    change_appointment(
        tx, found, state=AppointmentState.PLANNED.value, settled_at=None, settled_by=None, next_step=None
    )
    if found.state is AppointmentState.ATTENDED and found.settled_at and said_by:
        undo_contact(tx, record_id=found.record_id, account_id=said_by, recorded_at=found.settled_at)
    tx.journal("reopen_appointment", records=same_person(tx, found.record_id), appointment=found.id)
    return found.version + 1


def take_up(tx: Transaction, *, appointment_id: str, next_step: NextStep, version: int) -> None:
    """Say what followed a missed or excused appointment: its line leaves the day's list."""
    found = _ours(tx, appointment_id, version)
    if found.state not in (AppointmentState.MISSED, AppointmentState.EXCUSED) or found.next_step is not None:
        raise Refused(_NOTHING_TO_TAKE_UP)
    change_appointment(tx, found, next_step=next_step.value)
    tx.journal("take_up_appointment", records=same_person(tx, found.record_id), appointment=found.id)


def excuse_myself(tx: Transaction, *, appointment_id: str, version: int) -> None:
    """The person says that she will not be able to come. `NotFound` for anybody else; `Refused` once it has begun."""
    if not tx.actor.record_id:
        raise NotFound
    found = _of_version(appointment_seen(tx, appointment_id), version)
    if found.starts_at <= tx.now:
        raise Refused(_TOO_LATE)
    _settle(tx, found, AppointmentState.EXCUSED)
    tx.journal("excuse_appointment", records=same_person(tx, found.record_id), appointment=found.id)


def remind_tomorrow(tx: Transaction, *, now: datetime, among: Collection[str] | None = None) -> int:
    """Remind, by letter or message, of tomorrow's appointments, of all or of those; gives how many. `now`: the true
    instant, which a night caught up late is not: nobody is reminded of what is past."""
    due = (row for row in tomorrow(tx, now) if among is None or row.id in among)
    told = [row for row in due if not is_silent(tx, row.record_id, row.id)]
    for row in told:
        tell_hour(tx, row.record_id, LetterKind.APPOINTMENT_REMINDER, row.id, row.version, row.starts_at, row.minutes)
        tx.journal("remind_appointment", records=[row.record_id], appointment=row.id)
    if not told:
        tx.journal("remind_appointments", count=0)
    return len(told)


def make_feed(tx: Transaction) -> str:
    """A secret address for the actor's calendar, the earlier one revoked; gives the secret, shown once."""
    _revoke(tx)
    token = secrets.token_urlsafe(32)
    values = {
        "id": new_id(),
        "account_id": tx.actor.account_id,
        "digest": feed_digest(tx, token),
        "made_at": tx.now,
    }
    tx.execute(insert(_feed).values(**values))
    tx.journal("calendar_feed_made")
    return token


def revoke_feed(tx: Transaction) -> None:
    """No calendar follows the actor's times any more."""
    _revoke(tx)
    tx.journal("calendar_feed_revoked")


def _revoke(tx: Transaction) -> None:
    live = (_feed.c.account_id == tx.actor.account_id, _feed.c.revoked_at.is_(None))
    tx.execute(update(_feed).where(*live).values(revoked_at=tx.now))


def _ours(tx: Transaction, appointment_id: str, version: int) -> AppointmentView:
    found = appointment_seen(tx, appointment_id)
    require_part(tx, found.record_id, Part.FOLLOWUP.value)
    if found.structure_id != tx.actor.structure_id:
        raise NotFound
    return _of_version(found, version)


def _of_version(found: AppointmentView, version: int) -> AppointmentView:
    if found.version != version:
        raise Conflict(CHANGED)
    return found


def _insert(
    tx: Transaction,
    card: str,
    account_id: str,
    starts: list[datetime],
    slot: Slot,
    subject: str,
    workshop_id: str | None = None,
) -> list[str]:
    series_id = new_id() if len(starts) > 1 else None
    rows = []
    for number, starts_at in enumerate(starts, start=1):
        appointment_id = new_id()
        said = {"subject": subject}
        rows.append(
            {
                "id": appointment_id,
                "record_id": card,
                "structure_id": tx.actor.structure_id,
                "account_id": account_id,
                "starts_at": starts_at,
                "minutes": slot.minutes,
                "way": slot.way.value,
                "state": AppointmentState.PLANNED.value,
                "series_id": series_id,
                "number": number,
                "workshop_id": workshop_id,
                "subject": tx.sealing.seal_value(card, "appointment", appointment_id, said) if subject else None,
                "recorded_at": tx.now,
                "version": 1,
            }
        )
    tx.execute(insert(_appointment), rows)
    tx.execute(insert(_change), [change_row(tx, row, 1) for row in rows])
    return [str(row["id"]) for row in rows]


def _settle(tx: Transaction, found: AppointmentView, state: AppointmentState) -> None:
    check_step(found.state, state, starts_at=found.starts_at, now=tx.now)
    settled = {"settled_at": tx.now, "settled_by": tx.actor.account_id, "next_step": None}
    change_appointment(tx, found, state=state.value, **settled)


def _take_up_earlier(tx: Transaction, record_id: str, next_step: NextStep, until: datetime | None = None) -> None:
    """What the structure's earlier missed appointments waited for has come."""
    states = [AppointmentState.MISSED.value, AppointmentState.EXCUSED.value]
    here = (
        _appointment.c.record_id.in_(same_person(tx, record_id)),
        _appointment.c.structure_id == tx.actor.structure_id,
        _appointment.c.state.in_(states),
        _appointment.c.next_step.is_(None),
        *(() if until is None else (_appointment.c.starts_at <= until,)),
    )
    done = {"version": _appointment.c.version + 1, "next_step": next_step.value}
    tx.execute(update(_appointment).where(*here).values(done))
