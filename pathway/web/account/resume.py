"""« Reprendre »: a form that came too late is given back to its author, to read again and to send."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.drafts import draft_of, drop_draft
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.web.account.mine import layout
from pathway.web.drafts import READ_AGAIN
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify


class ForgetForm(CarteForm):
    """Nothing to fill: what is kept is not wanted any more."""


@allow(Permission.ACCOUNT_USE)
def view() -> ResponseReturnValue:
    """What is kept and the button that gives it back; on POST, it is forgotten."""
    here, form = gate(), ForgetForm()
    if request.method == "POST" and form.validate():
        with here.writing() as tx:
            drop_draft(tx)
            tx.journal("drop_draft", account=tx.actor.account_id)
        notify(_("C’est abandonné."))
        return redirect(url_for("account.home"), 303)
    with here.reading() as tx:
        kept = draft_of(tx)
    if kept is None:
        return redirect(url_for("account.home"), 303)
    return render_template("account/resume.html", layout=layout(), kept=kept, form=form, read_again=READ_AGAIN)
