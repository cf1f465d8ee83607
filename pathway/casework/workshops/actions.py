"""Planning a group session, letting somebody join it, telling on one screen who came, calling it off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from pathway.casework.encounters.actions import plan_her_part, reopen_appointment, settle_appointment
from pathway.casework.encounters.queries import AppointmentView, is_busy, people_expected, view_of
from pathway.casework.encounters.rules import CORRECTED_WITHIN, AppointmentState, AppointmentWay, Slot, instants
from pathway.casework.encounters.tables import Appointment
from pathway.casework.encounters.writing import change_appointment, tell_called_off
from pathway.casework.partners.queries import works_in
from pathway.casework.records.actions import wait_for_other_creations
from pathway.casework.records.queries import identities
from pathway.casework.sharing.queries import accesses_of, same_person
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.casework.workshops.queries import SEALED_AS, WorkshopView, just_planned, people_together, workshop_seen
from pathway.casework.workshops.rules import (
    SAID,
    SAME_WITHIN,
    Tick,
    check_joining,
    check_number,
    read_place,
    read_title,
    subject_of,
)
from pathway.casework.workshops.tables import Workshop
from pathway.kernel.clock import PARIS
from pathway.kernel.errors import Conflict, Invalid, Refused
from pathway.kernel.ids import new_id
from pathway.kernel.wording import listed
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_workshop = table_of(Workshop)
_appointment = table_of(Appointment)
_record = table_of(Record)

_UNKNOWN_LINE = "Cette personne n’est plus dans cet atelier. Rechargez la page."
_NOTHING = "Rien n’a changé. Dites qui est venu."
_NOBODY_ABSENT = "Rien n’a changé. Cochez qui ne viendra pas, puis enregistrez."
_NOT_BEGUN = "Cet atelier n’a pas commencé : l’appel se fait à partir de son heure."
_NOT_TOLD = "Choisissez : venu·e, excusé·e, ou pas venu·e."
_EXPECTED = "Déjà en rendez-vous à ce moment avec la même personne : {}. Décochez, ou changez l’heure de l’atelier."
_CANCELLED = "Cet atelier est déjà annulé."
_WAS_HELD = "Des personnes sont notées « venu·e » : cet atelier a eu lieu, il ne peut plus être annulé."


@dataclass(frozen=True, kw_only=True)
class PlannedWorkshop:
    """What was planned. `number`: how many people; `is_busy`: whoever leads it has something else at that time;
    `is_again`: it was planned already, in the same words, a moment ago."""

    id: str
    number: int
    is_busy: bool
    is_again: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the attendance changed: how many people are now told of, whom to look at again (records), and how many of
    the session nothing is said of yet."""

    changed: int
    records: tuple[str, ...]
    left: int


def plan_workshop(
    tx: Transaction, *, title: str, place: str, slot: Slot, record_ids: Collection[str]
) -> PlannedWorkshop:
    """Plan a session led by the actor for those people; each is told of her own hour. Nobody yet is fine. The very same
    session sent again within ten minutes is the one that exists: nobody is told twice.

    `Invalid` or `Refused` by the rules (fields `title`, `place`, `day`, `minutes`, `people`), `NotFound` when one of
    the records is closed to the actor; `Refused` (field `people`) for somebody whom the actor already expects then.
    """
    content = {"title": read_title(title), "place": read_place(place)}
    (starts_at,) = instants(slot, now=tx.now)
    again = _planned_already(tx, content, starts_at, slot.minutes, record_ids)
    if again:
        tx.journal("find_planned_workshop", workshop=again.id)
        return PlannedWorkshop(id=again.id, number=again.expected, is_busy=False, is_again=True)
    workshop_id = new_id()
    busy = is_busy(tx, tx.actor.account_id, starts_at, slot.minutes)
    values = {
        "id": workshop_id,
        "structure_id": tx.actor.structure_id,
        "planned_by": tx.actor.account_id,
        "starts_at": starts_at,
        "minutes": slot.minutes,
        "content": tx.sealing.seal_value(tx.actor.account_id, SEALED_AS, workshop_id, content),
        "recorded_at": tx.now,
    }
    tx.execute(insert(_workshop), values)
    number = _join(tx, workshop_seen(tx, workshop_id), record_ids)
    tx.journal("plan_workshop", workshop=workshop_id, number=number)
    return PlannedWorkshop(id=workshop_id, number=number, is_busy=busy)


def add_people(tx: Transaction, *, workshop_id: str, record_ids: Collection[str]) -> int:
    """Let those people join a session of the structure; gives how many were not in it yet. The day itself counts:
    somebody who comes unannounced is added at the door."""
    if not record_ids:
        raise Invalid("Cochez au moins une personne.", field="people")
    found = _held(tx, workshop_id)
    check_joining(found.starts_at, is_cancelled=found.is_cancelled, today=tx.today)
    number = _join(tx, found, record_ids)
    tx.journal("join_workshop", workshop=workshop_id, number=number)
    return number


def tell_attendance(tx: Transaction, *, workshop_id: str, ticks: Sequence[Tick], the_rest_came: bool = False) -> Told:
    """Say on one screen who came, who was excused, who did not come; « tous venus » says it of whoever has no tick.

    « Attendu·e » takes back what was noted of one. Each one follows the rules of her own appointment; what was noted
    wrongly within 24 hours is corrected. A refusal names the person's line (its field is the appointment's id), and
    nothing is kept. Who came is not said before the hour.
    """
    found = _held(tx, workshop_id)
    lines = {one.id: one for one in people_together(tx, workshop_id)}
    wanted, is_early = list(ticks), found.starts_at > tx.now
    if any(tick.appointment_id not in lines for tick in wanted):
        raise Conflict(_UNKNOWN_LINE)
    if the_rest_came and is_early:
        raise Refused(_NOT_BEGUN)
    if the_rest_came:
        named = {tick.appointment_id for tick in wanted}
        rest = [one for one in lines.values() if one.id not in named and _is_open(one)]
        accesses = accesses_of(tx, [one.record_id for one in rest])
        wanted += [_came(one) for one in rest if accesses[one.record_id].may_write]
    changed = [tick for tick in wanted if lines[tick.appointment_id].state is not tick.state]
    if not changed:
        raise Invalid(_NOBODY_ABSENT if is_early else _NOTHING)
    for tick in changed:
        _tell(tx, lines[tick.appointment_id], tick)
    after = {one.id: one.state for one in lines.values()} | {tick.appointment_id: tick.state for tick in changed}
    left = sum(state is AppointmentState.PLANNED for state in after.values())
    tx.journal("tell_attendance", workshop=found.id, number=len(changed))
    records = tuple(lines[tick.appointment_id].record_id for tick in changed)
    return Told(changed=len(changed), records=records, left=left)


def forget_attendance(tx: Transaction, *, workshop_id: str) -> Told:
    """Take back what the structure noted of everybody within 24 hours; what she said herself stays."""
    found = _held(tx, workshop_id)
    lines = people_together(tx, workshop_id)
    told = [one for one in lines if may_take_back(tx, one)]
    if not told:
        raise Refused("Rien ne peut plus être effacé : c’était il y a plus de 24 heures.")
    for one in told:
        reopen_appointment(tx, appointment_id=one.id, version=one.version)
    tx.journal("forget_attendance", workshop=found.id, number=len(told))
    return Told(changed=len(told), records=tuple(one.record_id for one in told), left=len(told))


def may_take_back(tx: Transaction, one: AppointmentView) -> bool:
    """Whether what is noted of that appointment may still be corrected."""
    is_fresh = one.settled_at is not None and tx.now - one.settled_at <= CORRECTED_WITHIN
    by_staff = one.settled_by is not None and works_in(tx, one.settled_by, one.structure_id)
    return one.state in SAID and is_fresh and by_staff


def cancel_workshop(tx: Transaction, *, workshop_id: str) -> int:
    """Call a session off: everybody who was to come is told, whether the actor still sees her or not; gives how many.

    `Refused` once somebody came.
    """
    found = _held(tx, workshop_id)
    if found.is_cancelled:
        raise Refused(_CANCELLED)
    if found.states.get(AppointmentState.ATTENDED):
        raise Refused(_WAS_HELD)
    tx.execute(update(_workshop).where(_workshop.c.id == workshop_id).values(cancelled_at=tx.now))
    planned = _planned(tx, workshop_id)
    for one in planned:
        ended = {"settled_at": tx.now, "settled_by": tx.actor.account_id}
        change_appointment(tx, one, state=AppointmentState.CANCELLED.value, **ended)
        if one.starts_at > tx.now:
            tell_called_off(tx, one)
        tx.journal("cancel_appointment", records=same_person(tx, one.record_id), appointment=one.id)
    tx.journal("cancel_workshop", workshop=workshop_id, number=len(planned))
    return len(planned)


def _held(tx: Transaction, workshop_id: str) -> WorkshopView:
    """The session, until the end of the transaction nobody else's."""
    tx.execute(select(_workshop.c.id).where(_workshop.c.id == workshop_id).with_for_update())
    return workshop_seen(tx, workshop_id)


def _join(tx: Transaction, found: WorkshopView, record_ids: Collection[str]) -> int:
    held = _standing(tx, found.id)
    known = {one.record_id for one in held}
    people = {(same_person(tx, record_id) or [record_id])[0]: record_id for record_id in record_ids}
    joining = [record_id for person, record_id in people.items() if person not in known]
    check_number(len(known) + len(joining))
    leader = _leader(tx, held)
    _refuse_expected(tx, found, leader, [person for person in people if person not in known])
    for record_id in joining:
        plan_her_part(
            tx,
            record_id=record_id,
            workshop_id=found.id,
            starts_at=found.starts_at,
            slot=_slot(found),
            account_id=leader,
            subject=subject_of(found.title, found.place),
        )
    return len(joining)


def _refuse_expected(tx: Transaction, found: WorkshopView, leader: str, people: Collection[str]) -> None:
    """`Refused` with the names of those whom the leader already expects then. One whom the actor may not follow is no
    part of the answer: she is refused when she joins."""
    there = people_expected(tx, people, account_id=leader, starts_at=found.starts_at, minutes=found.minutes)
    accesses = accesses_of(tx, sorted(there)) if there else {}
    seen = sorted(name for name, access in accesses.items() if access.opens(Part.FOLLOWUP.value))
    if seen:
        names = sorted(f"{one.first_name} {one.last_name}" for one in identities(tx, seen).values())
        raise Refused(_EXPECTED.format(listed(names)), field="people")


def _planned_already(
    tx: Transaction, content: Mapping[str, str], starts_at: datetime, minutes: int, record_ids: Collection[str]
) -> WorkshopView | None:
    """The session the actor has just planned in the same words for the same people."""
    wait_for_other_creations(tx)
    wanted = {(same_person(tx, record_id) or [record_id])[0] for record_id in record_ids}
    recent = just_planned(tx, starts_at=starts_at, minutes=minutes, since=tx.now - SAME_WITHIN)
    same = (one for one in recent if {"title": one.title, "place": one.place} == content)
    return next((one for one in same if {line.record_id for line in _standing(tx, one.id)} == wanted), None)


def _leader(tx: Transaction, held: Sequence[AppointmentView]) -> str:
    """Whoever leads it: the professional its people are to meet, the actor when nobody is in it or she has left."""
    leader = held[0].account_id if held else ""
    return leader if leader and works_in(tx, leader, tx.actor.structure_id) else tx.actor.account_id


def _slot(found: WorkshopView) -> Slot:
    at = found.starts_at.astimezone(PARIS)
    return Slot(day=at.date(), hour=at.time(), minutes=found.minutes, way=AppointmentWay.IN_PERSON)


def _standing(tx: Transaction, workshop_id: str) -> list[AppointmentView]:
    """Every appointment of it that stands, whoever may see it."""
    here = (
        _appointment.c.workshop_id == workshop_id,
        _appointment.c.structure_id == tx.actor.structure_id,
        _appointment.c.state != AppointmentState.CANCELLED.value,
    )
    query = select(_appointment, _record.c.canonical_id).join(_record, _record.c.id == _appointment.c.record_id)
    rows = tx.execute(query.where(*here).order_by(_appointment.c.recorded_at, _appointment.c.id))
    return [view_of(tx, row) for row in rows]


def _planned(tx: Transaction, workshop_id: str) -> list[AppointmentView]:
    return [one for one in _standing(tx, workshop_id) if _is_open(one)]


def _is_open(one: AppointmentView) -> bool:
    return one.state is AppointmentState.PLANNED


def _came(one: AppointmentView) -> Tick:
    return Tick(appointment_id=one.id, state=AppointmentState.ATTENDED, version=one.version)


def _tell(tx: Transaction, one: AppointmentView, tick: Tick) -> None:
    if tick.state not in (*SAID, AppointmentState.PLANNED):
        raise Invalid(_NOT_TOLD, field=one.id)
    version = tick.version
    try:
        if tick.state is AppointmentState.PLANNED:
            reopen_appointment(tx, appointment_id=one.id, version=version)
            return
        if tick.version == one.version and _must_reopen(one.state, tick.state):
            version = reopen_appointment(tx, appointment_id=one.id, version=version)
        settle_appointment(tx, appointment_id=one.id, state=tick.state, version=version)
    except (Conflict, Refused) as refusal:
        raise Refused(refusal.sentence, field=one.id) from refusal


def _must_reopen(before: AppointmentState, after: AppointmentState) -> bool:
    """Whether a correction takes back what was noted first: a contact was recorded, or she was told excused."""
    is_kept = before is AppointmentState.ATTENDED
    return is_kept or (before is AppointmentState.EXCUSED and after is AppointmentState.MISSED)
