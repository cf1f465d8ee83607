"""Signing in: one sentence for every failure, the password checked outside any write, then the second factor if any."""

from dataclasses import dataclass

import orjson
from flask import Response, current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField

from pathway.casework.accounts import passwords
from pathway.casework.accounts.actions import count_failure, hold_account, strengthen_hash
from pathway.casework.accounts.queries import Seat, account_by_id, account_by_login, seat_of
from pathway.casework.accounts.rules import AccountState, Stage
from pathway.casework.accounts.sessions import start_half_session
from pathway.casework.factors.queries import factors_of
from pathway.casework.partners.rules import Role
from pathway.kernel.errors import Refused
from pathway.kernel.languages import marked
from pathway.store.opening import read_marks
from pathway.store.transaction import Transaction
from pathway.web.account.arrival import arrive, welcomed
from pathway.web.account.brake import tries_of, wait_seconds, wait_sentence
from pathway.web.account.devices import device_words
from pathway.web.account.home import page_after_sign_in
from pathway.web.account.sign_out import leave
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import ENROLMENT, gate, public
from pathway.web.session_cookie import cookie_name, set_session_cookie

DEMO_PERSONAS = "demo-personas"
_WRONG = marked(
    "Identifiant ou mot de passe inconnu. Vérifiez-les, puis réessayez. "
    "Après cinq essais, il faut attendre un peu avant le suivant."
)


class SignInForm(CarteForm):
    """What is typed to sign in, and the page asked for before."""

    login = StringField(
        marked("Adresse e-mail ou numéro de carte"), [Needed(marked("Écrivez votre e-mail ou votre numéro de carte."))]
    )
    password = PasswordField(marked("Mot de passe"), [Needed(marked("Écrivez votre mot de passe."))])
    suite = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What the base says of a try before the password is checked. Nothing in `seat` or `kept_hash` for a stranger."""

    who: list[str]
    wait: int
    seat: Seat | None = None
    kept_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class DemoPersona:
    """One invented person of a demonstration base, and how to sign in as her."""

    name: str
    role: str
    wants: str
    login: str
    password: str
    totp_secret: str = ""


@public
def view() -> ResponseReturnValue:
    """Show the form; on POST, check the password and lead to the second step, or to the page asked for."""
    form = SignInForm(suite=request.args.get("suite", ""))
    if request.method != "POST":
        user = gate().user
        return redirect(page_after_sign_in(user.role, ""), 303) if user else _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    with gate().reading() as tx:
        tried = _tried(tx, form.login.data or "")
    gate().close()
    if tried.wait:
        return _blocked(form, tried.wait)
    if not passwords.check(tried.kept_hash, form.password.data or "") or tried.seat is None or not tried.kept_hash:
        return _failed(form, tried)
    return _let_in(form, tried, tried.seat, tried.kept_hash)


def demo_personas(tx: Transaction) -> list[DemoPersona]:
    """Who may be tried on a demonstration base; nobody elsewhere."""
    if not tx.store.is_demo:
        return []
    kept = orjson.loads(read_marks(tx.connection).get(DEMO_PERSONAS, "[]"))
    return [
        DemoPersona(
            name=one["name"],
            role=one["role"],
            wants=one["wants"],
            login=one["login"],
            password=one["password"],
            totp_secret=one.get("totp_secret", ""),
        )
        for one in kept
    ]


def _tried(tx: Transaction, login: str) -> Tried:
    """The same questions to the base whether the account exists, may sign in, or not."""
    account = account_by_login(tx, login)
    account_id = account.id if account else ""
    who = tries_of(tx, login, account_id=account_id)
    wait = wait_seconds(tx, who)
    seat = seat_of(tx, account_id, account.record_id if account else None)
    if account is None or account.state != AccountState.ACTIVE:
        return Tried(who=who, wait=wait)
    return Tried(who=who, wait=wait, seat=seat, kept_hash=account.password_hash)


def _let_in(form: SignInForm, tried: Tried, seat: Seat, kept_hash: str) -> Response:
    """The password is right: what follows depends on what else protects the account."""
    with gate().reading() as tx:
        factors = factors_of(tx, seat.account_id)
    gate().close()
    typed = form.password.data or ""
    stronger = passwords.hash_password(typed) if passwords.is_outdated(kept_hash) else ""
    suite = form.suite.data or ""
    leave()
    with gate().writing() as tx:
        _check_unchanged(tx, seat.account_id, kept_hash)
        if stronger:
            strengthen_hash(tx, account_id=seat.account_id, old_hash=kept_hash, new_hash=stronger)
        if factors.has_any:
            return _half_way(_half(tx, tried, seat, Stage.PENDING), url_for("account.second_step", suite=suite or None))
        if seat.role is not Role.JOBSEEKER:
            return _half_way(_half(tx, tried, seat, Stage.ENROLLING), url_for(ENROLMENT))
        arrived = arrive(tx, seat, tries_of=tried.who[0])
    return welcomed(page_after_sign_in(seat.role, suite), arrived)


def _check_unchanged(tx: Transaction, account_id: str, kept_hash: str) -> None:
    """The password may have been changed, and every session ended, while this one was being checked."""
    hold_account(tx, account_id)
    account = account_by_id(tx, account_id)
    if account is None or account.password_hash != kept_hash:
        raise Refused(_WRONG)


def _half(tx: Transaction, tried: Tried, seat: Seat, stage: Stage) -> str:
    return start_half_session(
        tx,
        account_id=seat.account_id,
        record_id=seat.record_id,
        stage=stage,
        tries_of=tried.who[0],
        device=device_words(),
    )


def _half_way(secret: str, href: str) -> Response:
    session.clear()
    response = make_response(redirect(href, 303))
    set_session_cookie(response, secret)
    return response


def _failed(form: SignInForm, tried: Tried) -> ResponseReturnValue:
    with gate().writing() as tx:
        count_failure(tx, who=tried.who)
    form.refuse(Refused(_WRONG))
    return _page(form, 422)


def _blocked(form: SignInForm, wait: int) -> ResponseReturnValue:
    form.refuse(Refused(wait_sentence(wait)))
    response = make_response(_page(form, 429))
    response.headers["Retry-After"] = str(wait)
    return response


def _page(form: SignInForm, status: int) -> ResponseReturnValue:
    here = gate()
    is_expired = here.session is None and here.pending is None and cookie_name(current_app) in request.cookies
    with here.reading() as tx:
        personas = demo_personas(tx)
    page = render_template("account/sign_in.html", form=form, personas=personas, is_expired=is_expired)
    return page, status
