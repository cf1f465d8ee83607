"""Signing in: one sentence for every failure, the password checked outside any write, a new session each time."""

from dataclasses import dataclass

import orjson
from flask import Response, current_app, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField

from pathway.casework.accounts import passwords
from pathway.casework.accounts.actions import count_failure, start_session
from pathway.casework.accounts.queries import account_by_login
from pathway.casework.accounts.rules import AccountState
from pathway.casework.partners.queries import posts
from pathway.casework.partners.rules import Role
from pathway.kernel.errors import Refused
from pathway.store.opening import read_marks
from pathway.store.transaction import Transaction
from pathway.web.account.brake import tries_of, wait_seconds, wait_sentence
from pathway.web.account.home import page_after_sign_in
from pathway.web.account.sign_out import leave
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import cookie_name, gate, public, set_session_cookie

DEMO_PERSONAS = "demo-personas"
_WRONG = (
    "Identifiant ou mot de passe inconnu. Vérifiez-les, puis réessayez. "
    "Après cinq essais, il faut attendre un peu avant le suivant."
)


class SignInForm(CarteForm):
    """What is typed to sign in, and the page asked for before."""

    login = StringField("Adresse e-mail ou numéro de carte", [Needed("Écrivez votre e-mail ou votre numéro de carte.")])
    password = PasswordField("Mot de passe", [Needed("Écrivez votre mot de passe.")])
    suite = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What the base says of a try before the password is checked."""

    who: list[str]
    wait: int
    account_id: str = ""
    password_hash: str | None = None
    role: Role | None = None
    structure_id: str = ""
    record_id: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoPersona:
    """One invented person of a demonstration base, and how to sign in as her."""

    name: str
    role: str
    wants: str
    login: str
    password: str


@public
def view() -> ResponseReturnValue:
    """Show the form; on POST, open a session and lead to the page asked for."""
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
    if not passwords.check(tried.password_hash, form.password.data or "") or tried.role is None:
        return _failed(form, tried)
    secret = _open_session(tried)
    return welcomed(page_after_sign_in(tried.role, form.suite.data or ""), secret)


def welcomed(href: str, secret: str) -> Response:
    """Lead a browser that was just signed in to that page, with a fresh session and fresh form tokens."""
    session.clear()
    response = make_response(redirect(href, 303))
    set_session_cookie(response, secret)
    return response


def _tried(tx: Transaction, login: str) -> Tried:
    who = tries_of(tx, login)
    wait = wait_seconds(tx, who)
    account = account_by_login(tx, login)
    if account is None or account.state != AccountState.ACTIVE:
        return Tried(who=who, wait=wait)
    role, structure_id = _post(tx, account.id, account.record_id)
    return Tried(
        who=who,
        wait=wait,
        account_id=account.id,
        password_hash=account.password_hash,
        role=role,
        structure_id=structure_id,
        record_id=account.record_id or "",
    )


def _post(tx: Transaction, account_id: str, record_id: str | None) -> tuple[Role | None, str]:
    """The role taken and its structure; no role when no membership holds today."""
    if record_id:
        return Role.JOBSEEKER, ""
    post = next(iter(posts(tx, account_id)), None)
    return (post.role, post.structure_id) if post else (None, "")


def _open_session(tried: Tried) -> str:
    leave()
    assert tried.role is not None
    with gate().writing() as tx:
        return start_session(
            tx,
            account_id=tried.account_id,
            role=tried.role,
            structure_id=tried.structure_id,
            record_id=tried.record_id,
            tries_of=tried.who[0],
        )


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
    is_expired = here.session is None and cookie_name(current_app) in request.cookies
    page = render_template("account/sign_in.html", form=form, personas=_personas(), is_expired=is_expired)
    return page, status


def _personas() -> list[DemoPersona]:
    """Who may be tried on a demonstration base; nobody elsewhere."""
    here = gate()
    if not here.store.is_demo:
        return []
    with here.reading() as tx:
        kept = read_marks(tx.connection).get(DEMO_PERSONAS, "[]")
    return [
        DemoPersona(
            name=one["name"], role=one["role"], wants=one["wants"], login=one["login"], password=one["password"]
        )
        for one in orjson.loads(kept)
    ]
