"""« Lire en français, English, العربية, Українська »: one gesture, on every page she reads."""

from flask import current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.actions import choose_language
from pathway.casework.partners.rules import Role
from pathway.kernel.errors import NotFound
from pathway.kernel.languages import NAMES
from pathway.web.account.home import page_again
from pathway.web.gate import gate, public
from pathway.web.languages import COOKIE


@public
def view() -> ResponseReturnValue:
    """Keep the language in this browser and, for a person signed in, on her account; back to the page she was on."""
    chosen = request.form.get("langue", "")
    if chosen not in NAMES:
        raise NotFound
    here = gate()
    if here.user is not None and here.user.role is Role.JOBSEEKER:
        with here.writing() as tx:
            choose_language(tx, chosen)
    response = make_response(redirect(page_again(request.form.get("retour", "")), 303))
    response.set_cookie(
        COOKIE, chosen, secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax", path="/"
    )
    return response
