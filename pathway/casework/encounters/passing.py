"""What becomes of appointments when whoever was to meet her leaves, or a structure closes: given on, or called off."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import func, select

from pathway.casework.encounters.queries import AppointmentView, waiting
from pathway.casework.encounters.rules import AppointmentState, call_again_on
from pathway.casework.encounters.tables import AppointmentChange
from pathway.casework.encounters.writing import change_appointment, tell_called_off, tell_hour
from pathway.casework.followup.protocol import QUESTIONS
from pathway.casework.followup.rules import PlanKind, PlannedPoint, PointKind, PointState
from pathway.casework.followup.tables import Point
from pathway.casework.followup.writing import insert_plan, insert_points
from pathway.casework.policies.queries import policy_for
from pathway.casework.sharing.queries import same_person
from pathway.kernel.clock import local_day
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.transaction import Transaction

_change = table_of(AppointmentChange)
_point = table_of(Point)

_MOVED = (
    select(_change.c.appointment_id)
    .group_by(_change.c.appointment_id)
    .having(func.count(_change.c.starts_at.distinct()) > 1)
)
_REMINDED = timedelta(days=2)  # the night reminds of the whole next day


def give_appointments(
    tx: Transaction, *, structure_id: str, from_id: str, to_id: str, cards: Sequence[str] = ()
) -> list[AppointmentView]:
    """Give a colleague the appointments that another still has in that structure (with the person of those cards, or
    with anybody): to come, not told of, or to take up; gives them as they were.

    Hours stay. Each person is told once, by the first hour to come, that something changed.
    """
    those = waiting(tx, structure_id=structure_id, account_id=from_id, cards=cards)
    for one in those:
        change_appointment(tx, one, account_id=to_id)
    for hers in _by_person(those):
        first = _first_to_come(tx, hers)
        if first:
            kind, number = LetterKind.APPOINTMENT_CHANGED, first.version + 1
            tell_hour(tx, first.card_id, kind, first.id, number, first.starts_at, first.minutes)
    return those


def call_off(tx: Transaction, those: Sequence[AppointmentView], *, holder_id: str) -> None:
    """Call off, among those, the appointments to come, and ask that structure to plan again with each of the people.

    She is told of each hour she knows. Of the past ones nobody can say any more what became of them: they stay as they
    are. The asking is a point in the queue of `holder_id`, unless one of hers is due there by then.
    """
    for one in those:
        if one.state is AppointmentState.PLANNED and one.starts_at > tx.now:
            ended = {"settled_at": tx.now, "settled_by": tx.actor.account_id or None}
            change_appointment(tx, one, state=AppointmentState.CANCELLED.value, **ended)
    for hers in _by_person(those):
        first = _first_to_come(tx, hers)
        for one in _known_to_her(tx, hers):
            tell_called_off(tx, one)
        _ask_again(tx, hers[0].card_id, holder_id, local_day((first or hers[0]).starts_at))


def _by_person(those: Sequence[AppointmentView]) -> Iterator[list[AppointmentView]]:
    ordered = sorted(those, key=lambda one: (one.record_id, one.starts_at, one.id))
    return (list(hers) for _person, hers in groupby(ordered, key=lambda one: one.record_id))


def _to_come(tx: Transaction, hers: Sequence[AppointmentView]) -> list[AppointmentView]:
    return [one for one in hers if one.state is AppointmentState.PLANNED and one.starts_at > tx.now]


def _first_to_come(tx: Transaction, hers: Sequence[AppointmentView]) -> AppointmentView | None:
    return next(iter(_to_come(tx, hers)), None)


def _known_to_her(tx: Transaction, hers: Sequence[AppointmentView]) -> list[AppointmentView]:
    """Those whose hour she was told: the next of each series, what was moved since, what she was reminded of."""
    coming = _to_come(tx, hers)
    firsts = {one.series_id or one.id: one.id for one in reversed(coming)}.values()
    moved = tx.execute(_MOVED.where(_change.c.appointment_id.in_([one.id for one in coming]))).scalars().all()
    told = {*firsts, *moved}
    return [one for one in coming if one.id in told or one.starts_at <= tx.now + _REMINDED]


def _ask_again(tx: Transaction, card_id: str, holder_id: str, expected_on: date) -> None:
    policy = policy_for(tx, structure_id=holder_id, scheme_id="", on=tx.today)
    due_on = call_again_on(expected_on, today=tx.today, holidays=policy.holidays)
    sooner = select(_point.c.id).where(
        _point.c.record_id.in_(same_person(tx, card_id)),
        _point.c.structure_id == holder_id,
        _point.c.state == PointState.OPEN.value,
        _point.c.kind.not_in([kind.value for kind in QUESTIONS]),
        _point.c.due_on <= due_on,
    )
    if tx.execute(sooner).first() is not None:
        return
    plan_id = insert_plan(tx, record_id=card_id, kind=PlanKind.RELAY, policy_version=policy.version, event_on=tx.today)
    # The last of its plan: closed on a silence, it opens another.
    point = PlannedPoint(kind=PointKind.CONTACT, due_on=due_on, is_last=True)
    insert_points(tx, plan_id, card_id, holder_id, None, (point,))
