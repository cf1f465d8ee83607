"""Asking again who she is before a sensitive change: her second factor, else her password."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField

from pathway.casework.accounts import passwords
from pathway.casework.accounts.actions import count_tries, hold_account
from pathway.casework.accounts.queries import SessionView, account_by_id
from pathway.casework.accounts.rules import EventKind
from pathway.casework.accounts.sessions import forget_tries, note, renew_session
from pathway.casework.factors.rules import CODE_FAILURES_FADE
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Refused
from pathway.kernel.languages import marked
from pathway.web.account.arrival import renewed
from pathway.web.account.brake import code_tries_of, wait_seconds, wait_sentence
from pathway.web.account.home import page_asked
from pathway.web.account.mine import layout
from pathway.web.account.proof import NOTHING_TYPED, Asked, ProofForm, asked_of, challenge_for, say_refused, try_proof
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, gate

_WRONG = marked("Ce mot de passe n’est pas le bon.")


class PasswordAgainForm(CarteForm):
    """The password, for an account that nothing else protects."""

    password = PasswordField(marked("Votre mot de passe"), [Needed(marked("Écrivez votre mot de passe."))])
    suite = HiddenField()


@allow(Permission.ACCOUNT_USE)
def view() -> ResponseReturnValue:
    """Ask, check, and lead back to the page that wanted to know."""
    session = _session()
    with gate().reading() as tx:
        asked = asked_of(tx, session.account_id)
        is_protected = asked.has_totp or asked.has_passkey or asked.recovery_left > 0
    return _by_factor(session, asked) if is_protected else _by_password(session, asked)


@allow(Permission.ACCOUNT_USE)
def challenge() -> ResponseReturnValue:
    """What a passkey must sign, for a browser that is signed in already."""
    return challenge_for(_session())


def _by_factor(session: SessionView, asked: Asked) -> ResponseReturnValue:
    form = ProofForm(suite=request.args.get("suite", ""))
    if request.method != "POST":
        return _page(form, asked, 200)
    if not form.validate() or form.is_empty:
        form.refuse(Refused(NOTHING_TYPED, field="code"))
        return _page(form, asked, 422)
    secret = ""
    with gate().writing() as tx:
        outcome = try_proof(tx, session, form)
        if outcome.way:
            secret = renew_session(tx, session, is_proved=True)
    if not secret:
        status = say_refused(form, outcome)
        form.code.data, form.credential.data = "", ""
        return _page(form, asked, status)
    return _back(form.suite.data or "", secret)


def _by_password(session: SessionView, asked: Asked) -> ResponseReturnValue:
    form = PasswordAgainForm(suite=request.args.get("suite", ""))
    if request.method != "POST":
        return _page(form, asked, 200)
    if not form.validate():
        return _page(form, asked, 422)
    with gate().reading() as tx:
        who = code_tries_of(tx, session.account_id)
        wait = wait_seconds(tx, who)
        account = account_by_id(tx, session.account_id)
    gate().close()
    if wait:
        form.refuse(Refused(wait_sentence(wait)))
        return _page(form, asked, 429)
    if account is None or not passwords.check(account.password_hash, form.password.data or ""):
        count_wrong_password(session, who)
        form.refuse(Refused(_WRONG, field="password"))
        return _page(form, asked, 422)
    with gate().writing() as tx:
        forget_tries(tx, who[0])
        tx.journal("proved_again", account=session.account_id)
        secret = renew_session(tx, session, is_proved=True)
    return _back(form.suite.data or "", secret)


def count_wrong_password(session: SessionView, who: list[str]) -> None:
    """A signed-in browser typed a wrong password: it is counted like a wrong code, and its owner can read it."""
    with gate().writing() as tx:
        hold_account(tx, session.account_id)
        count_tries(tx, who=who, fade=CODE_FAILURES_FADE)
        note(tx, EventKind.WRONG_CODE, account_id=session.account_id, record_id=session.record_id)


def _back(suite: str, secret: str) -> Response:
    user = gate().user
    otherwise = url_for("account.security")
    href = otherwise
    if user:
        href = page_asked(user.role, suite, otherwise=otherwise, replaces=user.replaced is not None)
    return renewed(make_response(redirect(href, 303)), secret)


def _session() -> SessionView:
    session = gate().session
    assert session is not None
    return session


def _page(form: CarteForm, asked: Asked, status: int) -> ResponseReturnValue:
    page = render_template(
        "account/confirm.html",
        layout=layout(),
        form=form,
        asked=asked,
        action=url_for("account.confirm"),
        options=url_for("account.confirm_challenge"),
    )
    return page, status
