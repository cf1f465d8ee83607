"""Passing from one stage of a scheme to another while in it, and taking back what was said by mistake."""

from datetime import date

from sqlalchemy import func, insert, select, update

from pathway.casework.enrolments.queries import StepView, step_seen
from pathway.casework.enrolments.reading import StageLine, stages_of_step
from pathway.casework.enrolments.rules import check_stage
from pathway.casework.enrolments.tables import Enrolment, EnrolmentStage
from pathway.casework.schemes.actions import hold_scheme
from pathway.casework.schemes.queries import scheme_seen
from pathway.casework.sharing.queries import access_of
from pathway.kernel.errors import Conflict, Invalid, Refused
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_enrolment = table_of(Enrolment)
_stage = table_of(EnrolmentStage)

_CHANGED = "La phase vient d’être changée ailleurs. Relisez-la, puis recommencez."
_IS_OVER = "Cette étape est terminée : sa phase ne change plus. Si la sortie est une erreur, annulez-la d’abord."
_NOT_OURS = "Cette étape est portée par une autre structure : elle seule dit où en est la personne."
_ONLY_READING = "Un accès exceptionnel sert à lire : il ne change pas la phase. Demandez sa carte à la personne."
_NO_SUCH_STAGE = "Choisissez une phase de ce dispositif, dans la liste."
_ALREADY_THERE = "La personne est déjà dans cette phase. Choisissez-en une autre."
_NOTHING = "Il n’y a aucun changement de phase à annuler."


def put_in_first_stage(tx: Transaction, *, enrolment_id: str, record_id: str, scheme_id: str, on: date) -> None:
    """Put a step that just began in the first stage of its scheme, if it has stages. Part of an entry."""
    hold_scheme(tx, scheme_id, shared=True)
    for first in scheme_seen(tx, scheme_id).stages[:1]:
        _insert(tx, enrolment_id, record_id, seq=1, stage=first.key, on=on, is_entry=True)


def change_stage(tx: Transaction, *, enrolment_id: str, stage: str, on: date, seq: int) -> None:
    """Say that the person came to that stage (its key) on that day. `seq`: of the stage one read, 0 when none was said.

    `NotFound` for a step the actor may not see, `Refused` where she may not write or on an impossible day, `Conflict`
    when the stage was changed since, `Invalid` for what is no stage of the scheme.
    """
    step, last = _held(tx, enrolment_id, seq)
    if stage not in {one.key for one in scheme_seen(tx, step.scheme_id).stages}:
        raise Invalid(_NO_SUCH_STAGE, field="stage")
    if last and last.stage == stage:
        raise Refused(_ALREADY_THERE, field="stage")
    check_stage(on=on, today=tx.today, entered_on=step.entered_on, last_on=last.on if last else None)
    latest: int | None = tx.execute(
        select(func.max(_stage.c.seq)).where(_stage.c.enrolment_id == enrolment_id)
    ).scalar_one()
    following = (latest or 0) + 1
    _insert(tx, enrolment_id, step.record_id, seq=following, stage=stage, on=on, is_entry=False)
    tx.journal("change_stage", records=[step.record_id], enrolment=enrolment_id, stage=stage)


def cancel_stage(tx: Transaction, *, enrolment_id: str, seq: int) -> None:
    """Take back the last change of stage: the person is where she was before. `seq`: of the stage one read.

    The stage the entry put her in stays. Errors as `change_stage`.
    """
    step, last = _held(tx, enrolment_id, seq)
    if last is None or last.is_entry:
        raise Refused(_NOTHING)
    here = (_stage.c.enrolment_id == enrolment_id, _stage.c.seq == last.seq)
    tx.execute(update(_stage).where(*here).values(cancelled_at=tx.now, cancelled_by=tx.actor.account_id))
    tx.journal("cancel_stage", records=[step.record_id], enrolment=enrolment_id, stage=last.stage)


def _held(tx: Transaction, enrolment_id: str, seq: int) -> tuple[StepView, StageLine | None]:
    """That step, held against another change at once, and the stage it is in; refused where the actor may not write."""
    asked = step_seen(tx, enrolment_id)
    hold_scheme(tx, asked.scheme_id, shared=True)
    tx.execute(select(_enrolment.c.id).where(_enrolment.c.id == enrolment_id).with_for_update())
    step = step_seen(tx, enrolment_id)
    if step.structure_id != tx.actor.structure_id:
        raise Refused(_NOT_OURS)
    if not access_of(tx, step.record_id).may_write:
        raise Refused(_ONLY_READING)
    if step.exit is not None:
        raise Refused(_IS_OVER)
    said = stages_of_step(tx, enrolment_id)
    last = said[-1] if said else None
    if seq != (last.seq if last else 0):
        raise Conflict(_CHANGED)
    return step, last


def _insert(
    tx: Transaction, enrolment_id: str, record_id: str, *, seq: int, stage: str, on: date, is_entry: bool
) -> None:
    values = {
        "enrolment_id": enrolment_id,
        "seq": seq,
        "record_id": record_id,
        "stage": stage,
        "on_day": on,
        "is_entry": is_entry,
        "account_id": tx.actor.account_id,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_stage), values)
