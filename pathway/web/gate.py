"""What every request passes: who acts, may she, in which transaction, and the journal entry before a byte leaves."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin
from sqlalchemy.exc import DBAPIError

from pathway.casework.accounts.drafts import draft_of, drop_draft
from pathway.casework.accounts.queries import SessionView, live_session
from pathway.casework.accounts.rules import LAST_SEEN_EVERY, Stage, is_fresh
from pathway.casework.accounts.sessions import session_id, touch_session
from pathway.casework.partners.queries import PROFILE, Post, posts
from pathway.casework.partners.rules import Role
from pathway.casework.rights.queries import records_behind
from pathway.casework.sharing.permissions import Permission, require
from pathway.casework.team.queries import Replaced, replaced_by_actor
from pathway.casework.usage.actions import charge
from pathway.kernel.clock import Clock
from pathway.kernel.errors import Conflict, Invalid, PathwayError, Refused
from pathway.kernel.languages import marked
from pathway.store.actor import Actor
from pathway.store.clocks import clock_of
from pathway.store.journal import Act
from pathway.store.opening import Store
from pathway.store.transaction import Transaction, said
from pathway.web.drafts import ReadAgain, fill_again, is_read_again, keep_form
from pathway.web.languages import speak_to
from pathway.web.session_cookie import cookie_name

SIGN_IN, ENROLMENT, CONFIRM = "account.sign_in", "account.enrolment", "account.confirm"
RESUME = "account.resume"
NOBODY = Actor(role="nobody")
ENROLLING = "enrolling"  # the role of one who must install a second factor first: it holds no permission
_UNSAID, _EVERYBODY = "unsaid", "everybody"
_REFERENCE = re.compile(r"[a-z2-7]{26}")
_NO_LOG = marked(
    "Le journal ne peut pas être écrit : rien n’est montré tant qu’il ne l’est pas. Réessayez dans un instant."
)

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class RefusableForm(Protocol):
    """A form that can show a refusal beside the field it speaks of."""

    def refuse(self, error: PathwayError) -> None:
        """Keep the sentence for the page."""
        ...


class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """Who is signed in, as templates see it."""

    def __init__(self, session: SessionView, *, name: str, post: Post | None, replaced: Replaced | None = None) -> None:
        """`name` is shown in the masthead; `post` says where she works, None for a jobseeker; `replaced`: the
        responsables she stands in for today, alone or with all the team."""
        self.id = session.account_id
        self.role = Role(session.role)
        self.record_id = session.record_id
        self.name = name
        self.place = post.structure_name if post else ""
        self.is_territory = post is not None and post.is_territory
        self.replaced = replaced


@dataclass
class Gate:
    """One request: its actor, its transactions, and what it must say in the journal."""

    store: Store
    clock: Clock
    actor: Actor = NOBODY
    session: SessionView | None = None
    pending: SessionView | None = None  # the password was right, the second factor is awaited: it opens nothing
    user: SignedIn | None = None
    acts: list[Act] = field(default_factory=list)
    is_refused: bool = False
    _reader: Transaction | None = None

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A snapshot that only reads, shared by the whole request; what it journals is written at the end."""
        tx = self._snapshot()
        tx.actor = self.actor
        try:
            yield tx
        except DBAPIError as failure:
            raise said(failure) from failure
        finally:
            self.acts += tx.acts
            tx.acts = []

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """The one write transaction of the request; it also keeps what was read before. Any error writes nothing.

        `ReadAgain` when the form was only to be seen again. What was kept of it when it came too late is let go.
        """
        self.close()
        if is_read_again():
            raise ReadAgain
        with Transaction(self.store, actor=self.actor, clock=self.clock, door="web") as tx:
            tx.acts = list(self.acts)
            yield tx
            self._let_go(tx)
            _charge(tx)
        self.acts = []

    @contextmanager
    def attempt(self, form: RefusableForm) -> Iterator[Transaction]:
        """Like `writing`, but a refusal goes to the form and the view goes on, to show it again with what was typed."""
        try:
            with self.writing() as tx:
                yield tx
        except (Invalid, Refused, Conflict) as error:
            form.refuse(error)

    def close(self) -> None:
        """End the snapshot."""
        if self._reader is not None:
            self._reader.__exit__(None, None, None)
            self._reader = None

    def _let_go(self, tx: Transaction) -> None:
        if self.session and self.session.has_draft and (kept := draft_of(tx)) and kept.path == request.path:
            drop_draft(tx)

    def _snapshot(self) -> Transaction:
        if self._reader is None:
            self._reader = Transaction(self.store, actor=self.actor, clock=self.clock, door="web", write=False)
            self._reader.__enter__()
        return self._reader


def gate() -> Gate:
    """The gate of this request."""
    here: Gate = g.gate
    return here


def allow(permission: Permission) -> Callable[[View], View]:
    """Say which permission a view asks. A view without it, or without `public`, answers nobody."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]  # read back by _check
        return view

    return mark


def public(view: View) -> View:
    """Say that a view is for everybody, signed in or not."""
    view.permission = _EVERYBODY  # type: ignore[attr-defined]  # read back by _check
    return view


def enrolling(view: View) -> View:
    """Say that a view also answers a professional who has no second factor yet: only to install one."""
    view.is_for_enrolling = True  # type: ignore[attr-defined]  # read back by _check
    return view


def fresh(view: View) -> View:
    """Ask again who she is (her second factor, else her password) unless she proved it in the last ten minutes.

    Put it under `@allow` on every view that changes how the account is protected, gives an access away or takes data
    out. The browser comes back to the same address when a GET answers there, else to her security page: so put it on
    the GET of a form as well as on its POST, for her to be asked before she types.
    """
    view.is_fresh = True  # type: ignore[attr-defined]  # read back by _check
    return view


def unproved(here: Gate, *, suite: str = "") -> ResponseReturnValue | None:
    """Where she proves again who she is, or None when she did in the last ten minutes. For a view that asks it of some
    of its subjects only; `fresh` is for the others. `suite`: where she comes back to; by default the same page, or
    « Reprendre » with what she had typed."""
    if here.session is not None and is_fresh(here.session.proved_at, now=here.clock.now()):
        return None
    return redirect(url_for(CONFIRM, suite=suite or keeps_words(here) or request.path), 303)


def keeps_words(here: Gate) -> str:
    """The path where what this form holds is given back; empty when nothing of it is kept."""
    here.close()
    return url_for(RESUME) if keep_form(here.store, here.clock, here.actor) else ""


def install_gate(app: Flask, store: Store) -> None:
    """Put the gate before and after every view but static files."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.request_loader(lambda _request: g.gate.user if "gate" in g else None)
    app.extensions["carte_store"] = store
    app.before_request(_open)
    app.after_request(_journal)
    app.teardown_request(_close)


def record_refusal(error: PathwayError) -> None:
    """Write down, in a transaction of its own, that somebody was refused; the record asked for is kept by reference."""
    here = gate()
    here.close()
    with Transaction(here.store, actor=here.actor, clock=here.clock, door="web") as tx:
        journal_refusal(tx, error)
        _charge(tx)
    here.acts, here.is_refused = [], True


def journal_refusal(tx: Transaction, error: PathwayError, *, asked: str = "") -> None:
    """Say who was refused what: the record asked for, or the one behind the step, the point… in the address.

    `asked`: what a form named among others, when it is not in the address; what is no reference is not kept.
    """
    named = [one for one in [asked] if _REFERENCE.fullmatch(one)] if asked else references()
    about = dict.fromkeys([*named, *records_behind(tx, named)])
    tx.journal("refused", records=about, code=error.code, endpoint=request.endpoint or "")


def references() -> list[str]:
    """The ids in the address of this request."""
    return [value for value in (request.view_args or {}).values() if _REFERENCE.fullmatch(str(value))]


def _charge(tx: Transaction) -> None:
    charge(tx, references=references(), budgets=current_app.extensions["carte_budgets"])


def _open() -> ResponseReturnValue | None:
    if request.endpoint == "static":
        return None
    store: Store = current_app.extensions["carte_store"]
    if store.is_demo and not _is_here(request.remote_addr):
        abort(403)  # its passwords are public: it is served to this machine only
    here = Gate(store=store, clock=current_app.extensions.get("carte_clock") or clock_of(store))
    g.gate = here
    _recognise(here)
    refused = _check(here)
    if refused is None and here.session and here.session.has_draft and is_read_again():
        with here.reading() as tx:
            fill_again(draft_of(tx))
    return refused


def _is_here(address: str | None) -> bool:
    return address is not None and ip_address(address).is_loopback


def _recognise(here: Gate) -> None:
    secret = request.cookies.get(cookie_name(current_app))
    if not secret:
        return
    with here.reading() as tx:
        session = live_session(tx, session_id(secret))
        if session is None:
            return
        if session.stage is not Stage.OPEN:
            _half(here, session)
            return
        post = _post(tx, session)
        if post is None and not session.record_id:
            return
        profile = tx.sealing.open_many([session.account_id], PROFILE).get(session.account_id, {})
        here.session = session
        here.actor = tx.actor = Actor(
            role=session.role,
            account_id=session.account_id,
            structure_id=session.structure_id,
            record_id=session.record_id,
            session=session.id[:16],
        )
        speak_to(session)
        replaced = replaced_by_actor(tx) if session.role == Role.COUNSELLOR else None
    name = f"{profile.get('first_name', '')} {profile.get('last_name', '')}".strip()
    here.user = SignedIn(session, name=name, post=post, replaced=replaced)


def _half(here: Gate, session: SessionView) -> None:
    """The password was right, no more: neither role, nor structure, nor record."""
    if session.stage is Stage.PENDING:
        here.pending = session
        return
    here.session = session
    here.actor = Actor(role=ENROLLING, account_id=session.account_id, session=session.id[:16])


def _post(tx: Transaction, session: SessionView) -> Post | None:
    """The membership the session was opened for, if it still holds today; None for a jobseeker."""
    if session.record_id:
        return None
    held = (post for post in posts(tx, session.account_id) if post.structure_id == session.structure_id)
    return next((post for post in held if post.role == session.role), None)


def _check(here: Gate) -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None  # no such page: Flask answers 404 by itself
    permission = getattr(view, "permission", _UNSAID)
    if permission == _EVERYBODY:
        return None
    if not isinstance(permission, Permission):
        abort(500 if current_app.debug or current_app.testing else 403)
    if here.session is None:
        suite = request.path if request.method == "GET" else keeps_words(here)
        return redirect(url_for(SIGN_IN, suite=suite or None))
    if here.session.stage is Stage.ENROLLING:
        return None if getattr(view, "is_for_enrolling", False) else redirect(url_for(ENROLMENT), 303)
    require(here.actor.role, permission, replaces=here.user is not None and here.user.replaced is not None)
    return unproved(here) if getattr(view, "is_fresh", False) else None


def _journal(response: Response) -> Response:
    here: Gate | None = g.get("gate")
    if here is None or here.session is None or here.is_refused:
        return response
    here.close()
    acts = here.acts or [Act(action="page", detail={"endpoint": request.endpoint or ""})]
    if not here.acts and request.method != "GET":
        return response  # the write has said it already
    try:
        with Transaction(here.store, actor=here.actor, clock=here.clock, door="web") as tx:
            tx.acts = acts
            if tx.now - here.session.last_seen_at >= LAST_SEEN_EVERY:
                touch_session(tx, here.session.id)
            _charge(tx)
    except Exception as error:  # whatever the cause: no log, no data
        current_app.logger.error("journal refused: %s", type(error).__qualname__)
        return Response(_NO_LOG, status=503, mimetype="text/plain")
    here.acts = []
    return response


def _close(_error: BaseException | None) -> None:
    here: Gate | None = g.get("gate")
    if here is not None:
        here.close()
