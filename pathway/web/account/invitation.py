"""Answering an invitation: a password for a new account, one button when the address already has one."""

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts import passwords
from pathway.casework.accounts.rules import Stage
from pathway.casework.accounts.sessions import start_half_session
from pathway.casework.team.actions import NOT_USABLE, accept_as_known, accept_as_new
from pathway.casework.team.queries import Invited, invited_by_secret
from pathway.kernel.errors import Refused
from pathway.web.account.chosen import ChosenForm, is_strong
from pathway.web.account.devices import device_words
from pathway.web.account.reset import dead_link
from pathway.web.account.sign_out import leave
from pathway.web.forms import CarteForm
from pathway.web.gate import ENROLMENT, SIGN_IN, gate, public
from pathway.web.jinja import notify
from pathway.web.session_cookie import set_session_cookie


class JoinForm(CarteForm):
    """Nothing to fill: one button."""


@public
def view(secret: str) -> ResponseReturnValue:
    """Say who is invited where; on POST, open the account and lead to its second factor, or add the habilitation."""
    with gate().reading() as tx:
        invited = invited_by_secret(tx, secret)
    gate().close()
    if invited is None:
        return dead_link()
    return _as_known(secret, invited) if invited.account_id else _as_new(secret, invited)


def _as_new(secret: str, invited: Invited) -> ResponseReturnValue:
    form = ChosenForm()
    if request.method != "POST":
        return _page(form, secret, invited, 200)
    words = (invited.first_name, invited.last_name, invited.email.partition("@")[0])
    if not form.validate() or not is_strong(form, words):
        return _page(form, secret, invited, 422)
    password_hash = passwords.hash_password(form.password.data or "")
    leave()
    half = ""
    with gate().attempt(form) as tx:
        account_id = accept_as_new(tx, secret, password_hash=password_hash)
        half = start_half_session(
            tx, account_id=account_id, record_id="", stage=Stage.ENROLLING, tries_of="", device=device_words()
        )
    return _protected_next(half) if half else dead_link()


def _as_known(secret: str, invited: Invited) -> ResponseReturnValue:
    form = JoinForm()
    if not invited.is_account_usable:
        form.refuse(Refused(NOT_USABLE))
        return _page(form, secret, invited, 422)
    if request.method != "POST":
        return _page(form, secret, invited, 200)
    with gate().attempt(form) as tx:
        accept_as_known(tx, secret)
    if form.has_errors:
        return dead_link()
    notify("C’est fait. Connectez-vous avec votre mot de passe habituel, puis choisissez ce poste dans « Mon compte ».")
    return redirect(url_for(SIGN_IN), 303)


def _protected_next(half: str) -> Response:
    """The letter and the new password are worth a password: a second factor comes before anything else."""
    session.clear()
    response = make_response(redirect(url_for(ENROLMENT), 303))
    set_session_cookie(response, half)
    return response


def _page(form: CarteForm, secret: str, invited: Invited, status: int) -> ResponseReturnValue:
    action = url_for("account.invitation", secret=secret)
    return render_template("account/invitation.html", form=form, invited=invited, action=action), status
