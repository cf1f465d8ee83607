"""One invitation that waits in a structure: send it again, or take it back. Whom it names is not shown."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.partners.queries import known_structure
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.actions import acting_in, resend_invitation, revoke_invitation
from pathway.casework.team.reading import invitations_to
from pathway.kernel.errors import NotFound
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify


class AnswerForm(CarteForm):
    """Nothing to fill: one button."""


@allow(Permission.ACCOUNTS_KEEP)
@fresh
def view(ref: str, invitation_ref: str) -> ResponseReturnValue:
    """Show it."""
    return _page(AnswerForm(), ref, invitation_ref, 200)


@allow(Permission.ACCOUNTS_KEEP)
@fresh
def resend(ref: str, invitation_ref: str) -> ResponseReturnValue:
    """Send it again, under a new link."""
    form = AnswerForm()
    with gate().attempt(form) as tx, acting_in(tx, ref):
        resend_invitation(tx, invitation_ref)
    return _answer(form, ref, invitation_ref, "L’invitation repart. Le lien d’avant ne fonctionne plus.")


@allow(Permission.ACCOUNTS_KEEP)
@fresh
def revoke(ref: str, invitation_ref: str) -> ResponseReturnValue:
    """Take it back."""
    form = AnswerForm()
    with gate().attempt(form) as tx, acting_in(tx, ref):
        revoke_invitation(tx, invitation_ref)
    return _answer(form, ref, invitation_ref, "L’invitation est annulée. Son lien ne fonctionne plus.")


def _answer(form: AnswerForm, ref: str, invitation_ref: str, said: str) -> ResponseReturnValue:
    if form.has_errors:
        return _page(form, ref, invitation_ref, 422)
    notify(said)
    return redirect(url_for("operator.structure", ref=ref), 303)


def _page(form: AnswerForm, ref: str, invitation_ref: str, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        one = known_structure(tx, ref)
        line = next((sent for sent in invitations_to(tx, ref) if sent.id == invitation_ref), None)
        if line is None:
            raise NotFound
        tx.journal("read_invitation", invitation=invitation_ref)
    return render_template("operator/invitation.html", form=form, one=one, line=line), status
