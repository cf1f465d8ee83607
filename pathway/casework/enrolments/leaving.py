"""Leaving a scheme with its points de suivi, and cancelling an exit entered by mistake."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import insert, update

from pathway.casework.enrolments.queries import StepView, has_other_open_support, is_in_scheme, step_seen
from pathway.casework.enrolments.reading import stages_of_step
from pathway.casework.enrolments.rules import CancelReason, check_exit
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.actions import OpenedPlan, cancel_plan, open_plan, open_questions
from pathway.casework.followup.protocol import question_points
from pathway.casework.followup.rules import (
    Candidate,
    PlannedPoint,
    PlanRequest,
    Policy,
    choose_owner,
    plan_points,
)
from pathway.casework.partners.queries import is_sensitive, works_in
from pathway.casework.policies.queries import policy_for
from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.records.queries import ReferentView, referent_of
from pathway.casework.schemes.exit_reasons import ExitReason, exit_reason
from pathway.casework.schemes.queries import schemes_by_id
from pathway.casework.sharing.actions import open_support, silence
from pathway.casework.sharing.queries import access_of, supports_card
from pathway.kernel.errors import Conflict, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)

_DEATH = exit_reason("death")
_ALREADY_BACK = "Cette sortie vient d’être annulée. Rechargez le dossier."
_NOT_REOPENED = "Un accès exceptionnel sert à lire : il ne rouvre pas d’étape. Demandez sa carte à la personne."
_CAME_BACK = (
    "La personne est revenue dans ce dispositif depuis cette sortie : la sortie ne peut plus être annulée. "
    "Si la nouvelle entrée est l’erreur, enregistrez sa sortie."
)
_ALREADY_OUT = "Cette sortie est déjà enregistrée. Rechargez le dossier pour voir les points de suivi."


@dataclass(frozen=True, kw_only=True)
class Exited:
    """A recorded exit: its id, the points it opened, and who owns them (None: the structure's queue)."""

    exit_id: str
    opened: OpenedPlan
    owner_id: str | None


def preview_exit(
    tx: Transaction,
    *,
    enrolment_id: str,
    reason: ExitReason,
    event_on: date,
    ends_on: date | None = None,
    review_on: date | None = None,
) -> tuple[PlannedPoint, ...]:
    """The points that recording this exit now would open. Writes nothing; refuses what recording would refuse."""
    step = step_seen(tx, enrolment_id)
    _check_open(tx, step, event_on)
    policy = _policy(tx, step)
    points = plan_points(policy, _request(tx, step, reason, event_on, ends_on, review_on))
    is_asked = points and _asks_results(tx, step)
    asked = question_points(event_on, tx.today, holidays=policy.holidays) if is_asked else ()
    return tuple(sorted((*points, *asked), key=lambda one: one.due_on))


def record_exit(
    tx: Transaction,
    *,
    enrolment_id: str,
    reason: ExitReason,
    event_on: date,
    ends_on: date | None = None,
    review_on: date | None = None,
    resume_on: date | None = None,
) -> Exited:
    """Record the end of a step and open its points de suivi, in this one transaction. Never an exit without a plan.

    `resume_on`: for an old exit brought in, the day of the one point that replaces its plan. `Refused` on impossible
    dates or another structure's step, `Conflict` when the step was already left.
    """
    step = step_seen(tx, enrolment_id)
    _check_open(tx, step, event_on)
    request = replace(_request(tx, step, reason, event_on, ends_on, review_on), resume_on=resume_on)
    structure_id, owner_id = _holder(tx, step, referent_of(tx, step.record_id))
    policy = _policy(tx, step)
    opened = open_plan(
        tx,
        record_id=step.record_id,
        policy=policy,
        request=request,
        structure_id=structure_id,
        owner_id=owner_id,
    )
    if opened.plan_id and resume_on is None:
        _open_questions(tx, step, opened.plan_id, policy, event_on)
    exit_id = _insert_exit(tx, step, reason, event_on, ends_on, opened.plan_id)
    if reason == _DEATH:
        silence(tx, step.record_id)
    here = (_enrolment.c.id == step.id, _enrolment.c.exited_at.is_(None))
    if tx.execute(update(_enrolment).where(*here).values(exited_at=tx.now)).rowcount != 1:
        raise Conflict(_ALREADY_OUT)
    tx.journal("record_exit", records=[step.record_id], exit=exit_id, kind=reason.kind.value, points=len(opened.points))
    return Exited(exit_id=exit_id, opened=opened, owner_id=owner_id)


def exit_owner(tx: Transaction, *, enrolment_id: str) -> str | None:
    """Who would own the points of that step's exit, recorded now; None for the structure's queue."""
    return exit_holder(tx, enrolment_id=enrolment_id)[1]


def exit_holder(tx: Transaction, *, enrolment_id: str) -> tuple[str, str | None]:
    """The structure that would hold the points of that step's exit, recorded now, and their owner if they have one."""
    step = step_seen(tx, enrolment_id)
    return _holder(tx, step, referent_of(tx, step.record_id))


def cancel_exit(tx: Transaction, *, enrolment_id: str, reason: CancelReason = CancelReason.NOT_LEFT) -> None:
    """« Sortie saisie par erreur » : cancel the exit and its open points together, and open the step again."""
    step = step_seen(tx, enrolment_id)
    if step.exit is None:
        raise Refused("Cette étape est en cours : il n’y a pas de sortie à annuler.")
    _check_own(tx, step)
    if not access_of(tx, step.record_id).may_enter:
        raise Refused(_NOT_REOPENED)
    if is_in_scheme(tx, record_id=step.record_id, scheme_id=step.scheme_id, structure_id=step.structure_id):
        raise Refused(_CAME_BACK)
    # Somebody may have cancelled it, and recorded another exit, since it was read: that one must stand.
    here = (_exit.c.id == step.exit.id, _exit.c.cancelled_at.is_(None))
    if tx.execute(update(_exit).where(*here).values(cancelled_at=tx.now)).rowcount != 1:
        raise Conflict(_ALREADY_BACK)
    tx.execute(update(_enrolment).where(_enrolment.c.id == step.id).values(exited_at=None))
    if step.exit.plan_id:
        cancel_plan(tx, plan_id=step.exit.plan_id)
    # The structure's reading may have been about to end with the step.
    open_support(
        tx, record_id=step.record_id, structure_id=step.structure_id, cause_id=step.id, sections=SUPPORT_SECTIONS
    )
    tx.journal("cancel_exit", records=[step.record_id], exit=step.exit.id, reason=reason.value)


def _check_open(tx: Transaction, step: StepView, event_on: date) -> None:
    if step.exit is not None:
        raise Conflict(_ALREADY_OUT)
    _check_own(tx, step)
    said = stages_of_step(tx, step.id)
    check_exit(entered_on=step.entered_on, event_on=event_on, stage_on=said[-1].on if said else None)


def _check_own(tx: Transaction, step: StepView) -> None:
    if step.structure_id != tx.actor.structure_id:
        raise Refused("Cette étape est portée par une autre structure : elle seule peut en changer la sortie.")


def _asks_results(tx: Transaction, step: StepView) -> bool:
    return schemes_by_id(tx, [step.scheme_id])[step.scheme_id].asks_results


def _open_questions(tx: Transaction, step: StepView, plan_id: str, policy: Policy, event_on: date) -> None:
    """Questions on results stay with the structure that carries the operation, whoever follows the rest."""
    if not _asks_results(tx, step):
        return
    exiting = _candidate(tx, step.record_id, tx.actor.account_id, step.structure_id)
    open_questions(
        tx,
        plan_id=plan_id,
        record_id=step.record_id,
        policy=policy,
        event_on=event_on,
        structure_id=step.structure_id,
        owner_id=choose_owner(referent=None, exiting=exiting),
    )


def _policy(tx: Transaction, step: StepView) -> Policy:
    """The rules of the structure that carries the step, as they hold on the day of recording: the plan keeps them."""
    return policy_for(tx, structure_id=step.structure_id, scheme_id=step.scheme_id, on=tx.today)


def _request(
    tx: Transaction, step: StepView, reason: ExitReason, event_on: date, ends_on: date | None, review_on: date | None
) -> PlanRequest:
    scheme = schemes_by_id(tx, [step.scheme_id])[step.scheme_id]
    return PlanRequest(
        kind=reason.kind,
        event_on=event_on,
        recorded_on=tx.today,
        ends_on=ends_on,
        review_on=review_on,
        is_short_activity=scheme.is_short_activity,
        has_open_support=has_other_open_support(tx, record_id=step.record_id, enrolment_id=step.id),
        is_retirement=reason.is_retirement,
    )


def _holder(tx: Transaction, step: StepView, referent: ReferentView | None) -> tuple[str, str | None]:
    """The structure whose queue holds the points, and their owner.

    A référent de parcours of another structure that supports the person takes them there: the exit is hers to follow.
    A sensitive structure keeps them: their days would tell the others of its step.
    """
    if is_sensitive(tx, step.structure_id):
        referent = None
    exiting = _candidate(tx, step.record_id, tx.actor.account_id, step.structure_id)
    held_by = _referent_candidate(tx, step, referent, exiting)
    owner_id = choose_owner(referent=held_by, exiting=exiting)
    if referent and owner_id == referent.account_id:
        return referent.structure_id, owner_id
    return step.structure_id, owner_id


def _referent_candidate(
    tx: Transaction, step: StepView, referent: ReferentView | None, exiting: Candidate
) -> Candidate | None:
    if referent is None:
        return None
    if (referent.account_id, referent.structure_id) == (exiting.account_id, step.structure_id):
        return exiting  # most often the same professional: nothing is asked twice
    return _candidate(tx, step.record_id, referent.account_id, referent.structure_id)


def _candidate(tx: Transaction, record_id: str, account_id: str, structure_id: str) -> Candidate:
    return Candidate(
        account_id=account_id,
        is_active=works_in(tx, account_id, structure_id),
        # Of linked cards, the very card of the step: its points stay with who may read them when they are taken apart.
        is_entitled=supports_card(tx, record_id, structure_id),
    )


def _insert_exit(
    tx: Transaction,
    step: StepView,
    reason: ExitReason,
    event_on: date,
    ends_on: date | None,
    plan_id: str | None,
) -> str:
    exit_id = new_id()
    values = {
        "id": exit_id,
        "enrolment_id": step.id,
        "record_id": step.record_id,
        "structure_id": step.structure_id,
        "plan_id": plan_id,
        "kind": reason.kind.value,
        "event_on": event_on,
        "ends_on": ends_on,
        "reason": tx.sealing.seal_value(step.record_id, "scheme_exit", exit_id, {"reason": reason.code}),
        "recorded_by": tx.actor.account_id,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_exit), values)
    return exit_id
