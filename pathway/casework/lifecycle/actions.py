"""Passing on everything somebody held, and closing structures and schemes with everybody in good hands."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

from sqlalchemy import func, insert, or_, select, update

from pathway.casework.action_plan.passing import give_actions
from pathway.casework.encounters.passing import call_off, give_appointments
from pathway.casework.encounters.queries import AppointmentView, waiting
from pathway.casework.encounters.rules import AppointmentState
from pathway.casework.enrolments.actions import record_exit
from pathway.casework.enrolments.tables import Enrolment, EnrolmentMove
from pathway.casework.followup.actions import change_referent
from pathway.casework.followup.writing import change_point
from pathway.casework.intake.queries import is_bringing
from pathway.casework.lifecycle.queries import (
    Departure,
    awaited_structures,
    departures,
    is_gone,
    may_enter_somebody,
    open_points_on,
    owned_points,
    schemes_under_way,
    structure_row,
    supported_cards,
    territory_id,
)
from pathway.casework.lifecycle.unused import is_empty
from pathway.casework.partners.queries import works_in
from pathway.casework.partners.rules import StructureState
from pathway.casework.partners.tables import Membership, Structure
from pathway.casework.records.actions import SUPPORT_SECTIONS, replace_referents
from pathway.casework.records.queries import referent_of
from pathway.casework.relays.passing import bounce_received, give_relays, take_over_relay
from pathway.casework.relays.queries import open_relays
from pathway.casework.relays.reading import RelayView
from pathway.casework.retention.actions import pass_holds
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.casework.schemes.tables import Scheme
from pathway.casework.sharing.actions import end_grants, open_support
from pathway.casework.sharing.queries import is_stopped, same_person
from pathway.casework.sharing.rules import Cause
from pathway.casework.team.actions import acting_in, end_habilitation, prolong
from pathway.casework.team.queries import member_seen, responsable_of
from pathway.casework.team.reading import post_seen
from pathway.kernel.errors import NotFound, Refused
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_enrolment = table_of(Enrolment)
_membership = table_of(Membership)
_move = table_of(EnrolmentMove)
_scheme = table_of(Scheme)
_structure = table_of(Structure)

_NO_HEIR = "Choisissez un·e collègue qui suit des personnes dans votre structure."
_NOBODY = "Aucune structure active ne porte ce code. Voyez ./carte partners list."
_SAME = "Une structure ne se reprend pas elle-même. Donnez une autre structure."
_SECRET = (
    "Une structure sensible n’est reprise que par une structure sensible, et inversement : "
    "sinon, la reprise dirait ce qui doit rester caché."
)
_NOT_EMPTY = "Quelqu’un y travaille ou y est suivi : choisissez une structure qui reprend."
_BRINGING = "Un import y amène encore des personnes : attendez sa fin sur « Imports », ou annulez-le."
_TERRITORY = "La coordination du territoire ne suit personne. Donnez une structure qui accompagne."


@dataclass(frozen=True, kw_only=True)
class PassedOn:
    """What changed hands: people who have another référent, points, appointments and relays that have another owner."""

    people: int = 0
    points: int = 0
    appointments: int = 0
    relays: int = 0


@dataclass(frozen=True, kw_only=True)
class Closed:
    """What a structure left when it closed: people taken over, points and steps moved, people who had stopped sharing
    with the heir and wait in the territory's queue, appointments called off, relays taken over or given back."""

    people: int = 0
    points: int = 0
    steps: int = 0
    waiting: int = 0
    appointments: int = 0
    relays: int = 0


def leave(tx: Transaction, membership_id: str, *, last_on: date | None, heir_id: str | None) -> PassedOn:
    """End somebody's habilitation in the actor's structure and pass on what she holds: at once when it ends at once,
    else in the night after her last day. Without heir her points wait in the queue, and the responsable answers for her
    people. `Refused` for an heir who follows nobody there.
    """
    member = member_seen(tx, membership_id)
    if heir_id and (heir_id == member.account_id or not works_in(tx, heir_id, tx.actor.structure_id)):
        raise Refused(_NO_HEIR, field="heir_id")
    end_habilitation(tx, membership_id, last_on=last_on)
    tx.execute(update(_membership).where(_membership.c.id == membership_id).values(heir_id=heir_id))
    structure_id = tx.actor.structure_id
    if works_in(tx, member.account_id, structure_id):
        return PassedOn()  # her last day is to come, or another role keeps her there
    return hand_over(tx, structure_id=structure_id, from_id=member.account_id, heir_id=heir_id)


def end_post(tx: Transaction, membership_id: str, *, last_on: date | None) -> PassedOn:
    """End a habilitation in any structure, for whoever operates the instance: as `leave`, without naming an heir, so
    that points wait in the queue and the responsable answers for the people."""
    with acting_in(tx, post_seen(tx, membership_id).structure_id):
        return leave(tx, membership_id, last_on=last_on, heir_id=None)


def prolong_post(tx: Transaction, membership_id: str, *, until_on: date) -> None:
    """Move the last day of a habilitation in any structure, for whoever operates the instance: as `prolong`."""
    with acting_in(tx, post_seen(tx, membership_id).structure_id):
        prolong(tx, membership_id, until_on=until_on)


def hand_over(
    tx: Transaction, *, structure_id: str, from_id: str, heir_id: str | None, cards: Sequence[str] = ()
) -> PassedOn:
    """Give the heir what somebody held in that structure (about those cards, or anybody). Without an heir at work
    there, points go to the queue, and people, appointments and relays to the responsable; without responsable, the
    people keep their référent's name until there is one, and appointments to come are called off, each with a point in
    the queue."""
    heir = heir_id if heir_id and works_in(tx, heir_id, structure_id) else None
    points = owned_points(tx, account_id=from_id, structure_id=structure_id, cards=cards)
    for row in points:
        change_point(tx, row, reason="left", owner_id=heir)
    answerable = heir or responsable_of(tx, structure_id)
    people = (
        replace_referents(tx, structure_id=structure_id, from_id=from_id, to_id=answerable, among=cards)
        if answerable and answerable != from_id
        else []
    )
    meetings, relays = _hand_over_meetings(
        tx, structure_id, from_id, answerable if answerable != from_id else None, cards
    )
    actions = give_actions(tx, structure_id=structure_id, from_id=from_id, to_id=heir, cards=cards)
    records = {*people, *actions, *(row.record_id for row in points), *(one.card_id for one in meetings)}
    records |= {one.record_id for one in relays}
    tx.journal("hand_over", records=sorted(records), structure=structure_id, left=from_id, to=heir or "")
    return PassedOn(people=len(people), points=len(points), appointments=len(meetings), relays=len(relays))


def _hand_over_meetings(
    tx: Transaction, structure_id: str, from_id: str, to_id: str | None, cards: Sequence[str]
) -> tuple[list[AppointmentView], list[RelayView]]:
    """The appointments and relays that somebody held there, given to a colleague; without one, those to come are called
    off. What comes back of a relay then goes to the queue by itself."""
    if to_id:
        here = {"structure_id": structure_id, "from_id": from_id, "to_id": to_id}
        return give_appointments(tx, cards=cards, **here), give_relays(tx, cards=cards, **here)
    held = waiting(tx, structure_id=structure_id, account_id=from_id, cards=cards)
    to_come = [one for one in held if one.starts_at > tx.now and one.state is AppointmentState.PLANNED]
    call_off(tx, to_come, holder_id=structure_id)
    return to_come, []


def give_people(tx: Transaction, *, record_ids: Sequence[str], from_id: str, to_id: str) -> tuple[int, int]:
    """Give a colleague chosen people of another, each looked at: (how many were given, how many could not be).

    Her open points, her appointments and the relays she sent, in the actor's structure, go with each person. `Refused`
    for somebody who follows nobody there.
    """
    if not works_in(tx, to_id, tx.actor.structure_id):
        raise Refused(_NO_HEIR, field="to_id")
    given, refused = [], 0
    for record_id in record_ids:
        try:
            _give_one(tx, record_id, from_id, to_id)
            given.append(record_id)
        except (NotFound, Refused):
            refused += 1  # no more hers, or stopped in between: nothing was written for that person
    tx.journal("give_people", records=given, refused=refused, left=from_id, to=to_id)
    return len(given), refused


def _give_one(tx: Transaction, record_id: str, from_id: str, to_id: str) -> None:
    current = referent_of(tx, record_id)
    if current is None or (current.account_id, current.structure_id) != (from_id, tx.actor.structure_id):
        raise NotFound
    change_referent(tx, record_id=record_id, account_id=to_id)
    here = {"structure_id": tx.actor.structure_id, "from_id": from_id, "to_id": to_id}
    cards = same_person(tx, record_id)
    give_appointments(tx, cards=cards, **here)
    give_relays(tx, cards=cards, **here)


def pass_on_left(tx: Transaction) -> PassedOn:
    """Pass on what people who no longer work somewhere still hold there; for the night. Safe to run again."""
    done = [
        hand_over(tx, structure_id=one.structure_id, from_id=one.account_id, heir_id=one.heir_id)
        for one in departures(tx)
    ]
    tx.journal("pass_on_left", departures=len(done))
    totals = {one.name: sum(getattr(each, one.name) for each in done) for one in fields(PassedOn)}
    return PassedOn(**totals)


def pass_on(tx: Transaction, left: Departure, *, cards: Sequence[str]) -> PassedOn:
    """Pass on what one of `departures` holds about those cards; nothing when she is back. For the night."""
    tx.journal("pass_on_left", departures=1)
    if not is_gone(tx, left):
        return PassedOn()
    return hand_over(tx, structure_id=left.structure_id, from_id=left.account_id, heir_id=left.heir_id, cards=cards)


def close_scheme(tx: Transaction, scheme_id: str) -> int:
    """Let nobody enter that scheme any more; gives how many steps are still under way. They end as any other, each exit
    with its points: closing a scheme puts nobody out. A relay is sent to a structure, not to a scheme: those that wait
    come back at once where nobody can be entered any more. `NotFound` for a scheme that is not open."""
    here = (_scheme.c.id == scheme_id, _scheme.c.is_open)
    if tx.execute(update(_scheme).where(*here).values(is_open=False)).rowcount != 1:
        raise NotFound("Aucun dispositif ouvert ne porte ce code.")
    count = select(func.count()).select_from(_enrolment)
    under_way: int = tx.execute(
        count.where(_enrolment.c.scheme_id == scheme_id, _enrolment.c.exited_at.is_(None))
    ).scalar_one()
    carried_by = tx.execute(select(_scheme.c.structure_id).where(_scheme.c.id == scheme_id)).scalar_one()
    for receiver in [carried_by] if carried_by else awaited_structures(tx):
        if not may_enter_somebody(tx, receiver):
            bounce_received(tx, structure_id=receiver)
    tx.journal("close_scheme", scheme=scheme_id, steps=under_way)
    return under_way


def close_structure(tx: Transaction, *, structure_id: str, heir_id: str) -> Closed:
    """Close a structure for good: another one takes over its people, its points and its steps under way.

    Each person is told by a letter of the structure that takes her over. Those who stopped sharing with it are not
    given to it: their points wait in the territory's queue. Appointments are called off, each with a point to plan
    again; relays that wait there come back at once, those it sent are answered for by the heir; the holds it laid for
    litigations are the heir's. Memberships end yesterday. `Refused` for an heir that cannot be.
    """
    _check_heir(tx, structure_id, heir_id)
    fallback = territory_id(tx)
    done = Closed()
    cards = supported_cards(tx, structure_id)
    for record_id in cards:
        done = _take_over(tx, done, record_id, structure_id, heir_id, fallback)
    _end_all(tx, structure_id)
    _pass_referents(tx, structure_id, heir_id)
    relays = _pass_relays(tx, structure_id, heir_id, fallback)
    pass_holds(tx, structure_id=structure_id, heir_id=heir_id)
    records = sorted({*cards, *(one.record_id for one in relays)})
    tx.journal("close_structure", records=records, structure_closed=structure_id, heir=heir_id)
    return replace(done, relays=len(relays))


def close_empty(tx: Transaction, structure_id: str) -> None:
    """Close for good a structure where nobody works and from which nobody is followed: nobody takes over.

    Its schemes close to entries, the holds it laid for litigations are the operator's. `NotFound` for a closed one,
    `Refused` for the coordination or one that is not empty.
    """
    row = structure_row(tx, structure_id)
    if row is None or row.state != StructureState.ACTIVE.value:
        raise NotFound(_NOBODY)
    if structure_id == territory_id(tx) or not is_empty(tx, structure_id):
        raise Refused(_NOT_EMPTY)
    _check_no_import(tx, structure_id)
    _end_all(tx, structure_id)
    pass_holds(tx, structure_id=structure_id, heir_id="")
    tx.journal("close_structure", structure_closed=structure_id)


def _check_heir(tx: Transaction, structure_id: str, heir_id: str) -> None:
    closing, heir = structure_row(tx, structure_id), structure_row(tx, heir_id)
    for row in (closing, heir):
        if row is None or row.state != StructureState.ACTIVE.value:
            raise NotFound(_NOBODY)
    assert closing is not None and heir is not None
    if closing.id == heir.id:
        raise Refused(_SAME)
    if heir.id == territory_id(tx):
        raise Refused(_TERRITORY)
    if closing.is_sensitive != heir.is_sensitive:
        raise Refused(_SECRET)
    _check_no_import(tx, structure_id)


def _check_no_import(tx: Transaction, structure_id: str) -> None:
    if is_bringing(tx, structure_id):
        raise Refused(_BRINGING)


def _take_over(
    tx: Transaction, done: Closed, record_id: str, structure_id: str, heir_id: str, fallback: str | None
) -> Closed:
    is_refused = is_stopped(tx, record_id, heir_id)
    moved = _pass_steps(tx, record_id, structure_id, None if is_refused else heir_id)
    holder = fallback if is_refused and fallback else heir_id
    points = open_points_on(tx, record_id=record_id, structure_id=structure_id)
    for row in points:
        change_point(tx, row, reason="structure_closed", structure_id=holder, owner_id=None)
    if not is_refused:
        open_support(tx, record_id=record_id, structure_id=heir_id, cause_id=structure_id, sections=SUPPORT_SECTIONS)
    meetings = waiting(tx, structure_id=structure_id, cards=[record_id])
    call_off(tx, meetings, holder_id=holder)
    end_grants(tx, record_id=record_id, structure_id=structure_id, cause=Cause.SUPPORT, until_at=tx.now)
    return replace(
        done,
        people=done.people + (not is_refused),
        points=done.points + len(points),
        steps=done.steps + moved,
        waiting=done.waiting + is_refused,
        appointments=done.appointments + len(meetings),
    )


def _pass_relays(tx: Transaction, structure_id: str, heir_id: str, fallback: str | None) -> list[RelayView]:
    """Those it sent are the heir's to answer for (the territory's, about whoever stopped sharing with the heir); those
    that wait there come back to whoever sent them."""
    sent = open_relays(tx, from_structure=structure_id)
    for one in sent:
        holder = fallback if fallback and is_stopped(tx, one.record_id, heir_id) else heir_id
        take_over_relay(tx, one, structure_id=holder, account_id=responsable_of(tx, holder))
    return [*sent, *bounce_received(tx, structure_id=structure_id)]


def _pass_steps(tx: Transaction, record_id: str, structure_id: str, heir_id: str | None) -> int:
    """Let the open steps go on under the heir; gives how many. One that cannot (no heir for her, or it follows her in
    that scheme already) ends, with its points: a step of a closed structure could not be left any more."""
    ours = schemes_under_way(tx, record_id=record_id, structure_id=structure_id)
    theirs = schemes_under_way(tx, record_id=record_id, structure_id=heir_id) if heir_id else {}
    moved = [step for scheme, step in ours.items() if heir_id and scheme not in theirs]
    if moved:
        kept = {"record_id": record_id, "from_structure_id": structure_id, "moved_at": tx.now}
        tx.execute(insert(_move), [{"enrolment_id": step, **kept} for step in moved])
        tx.execute(update(_enrolment).where(_enrolment.c.id.in_(moved)).values(structure_id=heir_id))
    reason = exit_reason("other_structure" if heir_id else "stopped_by_structure")
    acting = tx.actor
    tx.actor = replace(acting, structure_id=structure_id)  # the step is its own to end
    for step in (step for step in ours.values() if step not in moved):
        record_exit(tx, enrolment_id=step, reason=reason, event_on=tx.today)
    tx.actor = acting
    return len(moved)


def _end_all(tx: Transaction, structure_id: str) -> None:
    yesterday = tx.today - timedelta(days=1)
    held = (
        _membership.c.structure_id == structure_id,
        or_(_membership.c.until_on.is_(None), _membership.c.until_on > yesterday),
    )
    tx.execute(update(_membership).where(*held).values(until_on=yesterday))
    tx.execute(update(_scheme).where(_scheme.c.structure_id == structure_id).values(is_open=False))
    tx.execute(update(_structure).where(_structure.c.id == structure_id).values(state=StructureState.CLOSED.value))


def _pass_referents(tx: Transaction, structure_id: str, heir_id: str) -> None:
    """Whoever had a référent there has the heir's responsable, until the heir chooses."""
    answerable = responsable_of(tx, heir_id)
    if answerable:
        replace_referents(tx, structure_id=structure_id, from_id=None, to_id=answerable, to_structure_id=heir_id)
