"""Signing out: the session ends on the server, and the browser forgets what it kept."""

from flask import make_response, redirect, session, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.sessions import end_session
from pathway.kernel.languages import gettext as _
from pathway.web.gate import NOBODY, SIGN_IN, gate, public
from pathway.web.jinja import notify
from pathway.web.session_cookie import drop_session_cookie


@public
def view() -> ResponseReturnValue:
    """End the session if there is one, and lead to sign-in."""
    leave()
    session.clear()
    notify(_("Vous êtes déconnecté·e."), "info")
    response = make_response(redirect(url_for(SIGN_IN), 303))
    drop_session_cookie(response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def leave() -> None:
    """End the session of this request, if any: what follows is done by nobody."""
    here = gate()
    session = here.session or here.pending
    if session is None:
        return
    with here.writing() as tx:
        end_session(tx, session.id)
    here.session, here.pending, here.user, here.actor = None, None, None, NOBODY
