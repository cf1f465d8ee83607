"""Cancelling an exit entered by mistake: what it undoes is said first, the reason is kept."""

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.enrolments.actions import cancel_exit
from pathway.casework.enrolments.queries import step_seen
from pathway.casework.enrolments.rules import CancelReason
from pathway.casework.followup.queries import open_points
from pathway.casework.sharing.permissions import Permission
from pathway.web.answers import one_of
from pathway.web.counsellor.exit import page_of
from pathway.web.counsellor.story import outcome
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify


class CancelForm(CarteForm):
    """Why the exit was a mistake."""

    reason = one_of("Pourquoi annuler ?", CancelReason, needed="Choisissez une raison.")


@allow(Permission.EXIT_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, the exit and its open points are cancelled together and the step opens again."""
    form = CancelForm()
    with gate().reading() as tx:
        step = step_seen(tx, ref)
        page = page_of(tx, step)
        plan_id = step.exit.plan_id if step.exit else None
        points = [one for one in open_points(tx, step.record_id) if one.plan_id == plan_id]
    if form.validate_on_submit():
        with gate().attempt(form) as tx:
            cancel_exit(tx, enrolment_id=ref, reason=CancelReason.read(form.reason.data, field="reason"))
            clear_settled(tx, record_id=page.record)
        if not form.has_errors:
            notify("Sortie annulée. L’étape est de nouveau en cours.")
            return redirect(page.href, 303)
    answer = render_template(
        "counsellor/exit_cancelled.html", form=form, page=page, ended=step.exit, outcome=outcome(step), points=points
    )
    return answer, 422 if form.has_errors else 200
