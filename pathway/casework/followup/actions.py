"""Opening points de suivi, closing them, putting them off, resuming and giving them; contacts and asked calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select, update

from pathway.casework.followup.callbacks import ask_callback, choose_rhythm
from pathway.casework.followup.contacting import ContactDone, record_contact, undo_contact
from pathway.casework.followup.protocol import QUESTIONS, is_resumed, question_points, questions_limit, replanned
from pathway.casework.followup.rules import (
    PlanKind,
    PlannedPoint,
    PlanRequest,
    PointKind,
    PointState,
    Policy,
    ReplanReason,
    plan_points,
    successor_of_last,
)
from pathway.casework.followup.tables import Plan, Point
from pathway.casework.followup.vocabulary import QUESTION_ITEMS
from pathway.casework.followup.writing import (
    CHANGED,
    UNSEEN,
    change_point,
    close_point,
    holidays_of_point,
    insert_plan,
    insert_points,
    open_rows,
    seen_row,
    wait_for_others,
)
from pathway.casework.partners.queries import is_sensitive, works_in
from pathway.casework.records.actions import save_answers, set_referent
from pathway.casework.records.catalogue import CATALOGUE, check_value
from pathway.casework.records.queries import RecordView, record_opened, referent_of
from pathway.casework.records.rules import Answer, Gesture, Way
from pathway.casework.sharing.queries import require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

__all__ = [
    "ContactDone",
    "OpenedPlan",
    "answer_questions",
    "ask_callback",
    "cancel_plan",
    "change_referent",
    "choose_rhythm",
    "mark_not_done",
    "open_plan",
    "open_questions",
    "reassign_points",
    "record_contact",
    "replan_point",
    "resume_points",
    "undo_contact",
]

_point = table_of(Point)
_plan = table_of(Plan)

_NOT_OURS = "Ce point de suivi est tenu par une autre structure : elle seule peut le noter « non fait »."
_NOT_OURS_TO_MOVE = "Ce point de suivi est tenu par une autre structure : elle seule peut le reporter."
_ONLY_ANSWERED = (
    "Ces questions se ferment par une réponse. Si la personne ne souhaite pas répondre, ouvrez-les et cochez-le."
)
_ASKED_ELSEWHERE = "Ces questions sont posées par la structure qui porte l’opération."
_UNANSWERED = "Donnez la réponse, ou cochez « La personne ne souhaite pas répondre »."


@dataclass(frozen=True, kw_only=True)
class OpenedPlan:
    """What an exit opened: the plan and its points by due date. No plan id when the policy opens nothing."""

    plan_id: str | None
    points: tuple[PlannedPoint, ...]


def open_plan(
    tx: Transaction, *, record_id: str, policy: Policy, request: PlanRequest, structure_id: str, owner_id: str | None
) -> OpenedPlan:
    """Open the points that follow an exit, owned by `owner_id` or held by the queue. `Refused` by the rules."""
    points = plan_points(policy, request)
    if not points:
        return OpenedPlan(plan_id=None, points=())
    plan_id = insert_plan(
        tx,
        record_id=record_id,
        kind=PlanKind(request.kind.value),
        policy_version=policy.version,
        event_on=request.event_on,
    )
    insert_points(tx, plan_id, record_id, structure_id, owner_id, points)
    return OpenedPlan(plan_id=plan_id, points=points)


def open_questions(
    tx: Transaction,
    *,
    plan_id: str,
    record_id: str,
    policy: Policy,
    event_on: date,
    structure_id: str,
    owner_id: str | None,
) -> tuple[PlannedPoint, ...]:
    """Add to the plan of an exit the questions on results that its scheme must ask: they stay with that structure."""
    points = question_points(event_on, tx.today, holidays=policy.holidays)
    insert_points(tx, plan_id, record_id, structure_id, owner_id, points)
    return points


def mark_not_done(tx: Transaction, *, point_id: str, reason: str) -> None:
    """Close a point as « non fait », with its reason code. A last point always gets a successor 28 days later.

    `Refused` for another structure's point: it alone knows what it did; and for questions, which an answer closes.
    """
    row = seen_row(tx, point_id)
    if row.structure_id != tx.actor.structure_id:
        raise Refused(_NOT_OURS)
    if row.kind in QUESTIONS:
        raise Refused(_ONLY_ANSWERED)
    close_point(tx, row, PointState.NOT_DONE, contact_id=None, reason=reason)
    if row.is_last:
        kind = PointKind.CALLBACK if row.plan_kind == PlanKind.CALLBACK else PointKind.CONTACT
        due_on = successor_of_last(tx.today, holidays=holidays_of_point(tx, row))
        points = (PlannedPoint(kind=kind, due_on=due_on, is_last=True),)
        tx.execute(update(_point).where(_point.c.id == row.id).values(is_last=False))
        insert_points(tx, row.plan_id, row.record_id, row.structure_id, row.owner_id, points)
    tx.journal("mark_not_done", records=[row.record_id], point=point_id)


def replan_point(tx: Transaction, *, point_id: str, on: date, reason: ReplanReason, version: int) -> date:
    """Put a point off to that day, for that reason; gives the working day it is now due. Its first date stays.

    `version` is the point's number when it was read: `Conflict` if it changed since. `Refused` for another structure's
    point, or (field `on`) by the rules. The third time, the responsable gets it.
    """
    row = seen_row(tx, point_id)
    if row.structure_id != tx.actor.structure_id:
        raise Refused(_NOT_OURS_TO_MOVE)
    if row.version != version:
        raise Conflict(CHANGED)
    limit_on = questions_limit(PointKind(row.kind), row.event_on)
    moved = replanned(
        on=on,
        today=tx.today,
        due_on=row.due_on,
        replans=row.replans,
        holidays=holidays_of_point(tx, row),
        limit_on=limit_on,
    )
    changes: dict[str, Any] = {"due_on": moved.due_on, "replans": row.replans + 1}
    changes["to_responsable"] = row.to_responsable or moved.to_responsable
    change_point(tx, row, reason=reason.value, **changes)
    tx.journal("replan_point", records=[row.record_id], point=point_id, reason=reason.value)
    return moved.due_on


def answer_questions(tx: Transaction, *, point_id: str, values: Mapping[str, object], declined: bool) -> None:
    """Keep the answers to the questions on results as facts, and close their point.

    `declined`: she does not wish to answer those left empty. `Invalid` names the first item without an answer;
    `Refused` for another structure's questions.
    """
    row = seen_row(tx, point_id)
    if row.kind not in QUESTIONS:
        raise NotFound(UNSEEN)
    if row.structure_id != tx.actor.structure_id:
        raise Refused(_ASKED_ELSEWHERE)
    items = QUESTION_ITEMS[PointKind(row.kind)]
    missing = [key for key in items if values.get(key) in (None, "", [])]
    if missing and not declined:
        raise Invalid(_UNANSWERED, field=missing[0])
    record = record_opened(tx, row.record_id, only=frozenset(CATALOGUE[key].section for key in items))
    given = [_answer(record, key, values[key]) for key in items if key not in missing]
    save_answers(tx, record, given, way=Way.SAID)
    close_point(tx, row, PointState.DONE, contact_id=None, reason="declined" if missing else "answered")
    tx.journal("answer_questions", records=[row.record_id], point=point_id, answers=len(given))


def resume_points(tx: Transaction, *, record_id: str, entered_on: date) -> int:
    """Close as « repris » the points of her earlier exits that an entry answers for; gives how many. Journalled by the
    entry."""
    cards = same_person(tx, record_id)
    wait_for_others(tx, cards)
    own = tx.actor.structure_id
    # Elsewhere, « repris » would tell that somebody entered her: a sensitive structure resumes its own only.
    is_secret = is_sensitive(tx, own)
    seen = [row for row in open_rows(tx, cards) if row.structure_id == own or not is_secret]
    rows = [row for row in seen if _is_resumed(row, entered_on)]
    for row in rows:
        close_point(tx, row, PointState.RESUMED, contact_id=None, reason="returned")
    return len(rows)


def change_referent(tx: Transaction, *, record_id: str, account_id: str) -> None:
    """Make a colleague her référent de parcours, who takes over the open points of the one before, in that structure.

    `Refused` as by `set_referent`.
    """
    former = referent_of(tx, record_id)
    set_referent(tx, record_id=record_id, account_id=account_id)
    if former is None or former.structure_id != tx.actor.structure_id or former.account_id == account_id:
        return
    for row in open_rows(tx, same_person(tx, record_id)):
        if (row.structure_id, row.owner_id) == (former.structure_id, former.account_id):
            change_point(tx, row, reason="referent_changed", owner_id=account_id)


def reassign_points(tx: Transaction, *, record_id: str, owner_id: str) -> int:
    """Give every open point that the actor's structure holds for a person to one colleague; gives how many."""
    require_part(tx, record_id, Part.FOLLOWUP.value)
    if not works_in(tx, owner_id, tx.actor.structure_id):
        raise Refused(
            "Cette personne ne suit personne dans votre structure. Choisissez un·e collègue.", field="owner_id"
        )
    cards = same_person(tx, record_id)
    rows = [row for row in open_rows(tx, cards) if row.structure_id == tx.actor.structure_id]
    for row in rows:
        change_point(tx, row, reason="reassigned", owner_id=owner_id)
    tx.journal("reassign_points", records=cards, to=owner_id, points=len(rows))
    return len(rows)


def cancel_plan(tx: Transaction, *, plan_id: str) -> None:
    """Cancel a plan and its open points, because the exit that opened it was a mistake."""
    tx.execute(update(_plan).where(_plan.c.id == plan_id).values(cancelled_at=tx.now))
    rows = tx.execute(select(_point).where(_point.c.plan_id == plan_id, _point.c.state == PointState.OPEN)).all()
    for row in rows:
        close_point(tx, row, PointState.CANCELLED, contact_id=None, reason="exit_cancelled")


def _is_resumed(row: Row[Any], entered_on: date) -> bool:
    return is_resumed(
        plan_kind=PlanKind(row.plan_kind),
        kind=PointKind(row.kind),
        is_last=row.is_last,
        original_due_on=row.original_due_on,
        event_on=row.event_on,
        entered_on=entered_on,
    )


def _answer(record: RecordView, key: str, value: object) -> Answer:
    kept = check_value(CATALOGUE[key], value)
    known = record.facts.get(key)
    if known is None:
        return Answer(key=key, value=kept, gesture=Gesture.ANSWERED)
    is_same = known.value == kept and not known.rivals
    return Answer(key=key, value=kept, gesture=Gesture.CONFIRMED if is_same else Gesture.CHANGED)
