"""One invitation that waits for an answer: send it again, or take it back."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.actions import resend_invitation, revoke_invitation
from pathway.casework.team.queries import invitation_seen
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify


class AnswerForm(CarteForm):
    """Nothing to fill: one button."""


@allow(Permission.TEAM_MANAGE)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """Show it."""
    return _page(AnswerForm(), ref, 200)


@allow(Permission.TEAM_MANAGE)
@fresh
def resend(ref: str) -> ResponseReturnValue:
    """Send it again, under a new link."""
    form = AnswerForm()
    with gate().attempt(form) as tx:
        resend_invitation(tx, ref)
    return _answer(form, ref, "L’invitation est repartie. Le lien d’avant ne fonctionne plus.")


@allow(Permission.TEAM_MANAGE)
@fresh
def revoke(ref: str) -> ResponseReturnValue:
    """Take it back."""
    form = AnswerForm()
    with gate().attempt(form) as tx:
        revoke_invitation(tx, ref)
    return _answer(form, ref, "L’invitation est annulée. Son lien ne fonctionne plus.")


def _answer(form: AnswerForm, ref: str, said: str) -> ResponseReturnValue:
    if form.has_errors:
        return _page(form, ref, 422)
    notify(said)
    return redirect(url_for("supervisor.team"), 303)


def _page(form: AnswerForm, ref: str, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        line = invitation_seen(tx, ref)
        tx.journal("read_invitation", invitation=ref)
    return render_template("supervisor/invitation.html", form=form, line=line, ref=ref), status
