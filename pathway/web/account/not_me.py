"""« Ce n’est pas moi »: a person closes an account that somebody else uses, until her counsellor gives a new code."""

from flask import make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.actions import disown_account
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.web.account.enrolment import current_session
from pathway.web.account.notices import announce_change
from pathway.web.gate import NOBODY, SIGN_IN, allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.session_cookie import drop_session_cookie


@allow(Permission.OWN_PATHWAY_READ)
@fresh
def view() -> ResponseReturnValue:
    """Say what will happen; on POST, close everything."""
    if request.method != "POST":
        return render_template("account/not_me.html")
    here, hers = gate(), current_session()
    with here.writing() as tx:
        disown_account(tx, account_id=hers.account_id, record_id=hers.record_id)
        announce_change(tx, hers.account_id)
    here.session, here.user, here.actor = None, None, NOBODY
    session.clear()
    notify(_("Le compte est fermé. Demandez un nouveau code à votre conseiller·ère pour l’ouvrir à nouveau."), "info")
    response = make_response(redirect(url_for(SIGN_IN), 303))
    drop_session_cookie(response)
    return response
