"""What was typed is never lost: a form that came too late is kept, sealed, and given back to its author to read again.

Too late: the session had ended, she had to prove again who she is, or the page had stayed open for hours. « Reprendre »
(pathway/web/account/resume.py) asks its view for it, marked to be read again: the view shows its form filled, and until
she sends it herself nothing is written.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.validators import ValidationError

from pathway.casework.accounts.drafts import KEPT_FOR, Kept, keep_draft
from pathway.casework.accounts.queries import lapsed_account
from pathway.casework.accounts.sessions import session_id
from pathway.casework.intake.cells import without_nir_in
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import Clock
from pathway.kernel.errors import PathwayError
from pathway.kernel.languages import marked
from pathway.store.actor import Actor
from pathway.store.opening import Store
from pathway.store.transaction import Transaction
from pathway.web.origin import is_said_ours
from pathway.web.session_cookie import cookie_name

READ_AGAIN = "relire"  # the hidden field of a form given back
_TOKEN = "csrf_token"  # a field's name
_MOST_FIELDS, _LONGEST = 500, 100_000  # fields of one form, characters of them all
_NEVER = {"account"}  # where passwords and codes are typed

_DO_AGAIN = marked("Rien n’a été enregistré. Refaites ce geste depuis sa page.")

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class ReadAgain(PathwayError):
    """A form that was only to be seen again came to where it would have been saved."""

    code = "read_again"

    def __init__(self) -> None:
        """One sentence: nothing was saved."""
        super().__init__(_DO_AGAIN)


def keeps(view: View) -> View:
    """Keep what is typed for a view that answers POST alone: its form stands on another page. A view that shows its
    own form needs no mark."""
    view.keeps_form = True  # type: ignore[attr-defined]  # read back by _is_kept
    return view


def unkept(view: View) -> View:
    """Keep nothing of what is typed there: a search, a code read on a card."""
    view.keeps_form = False  # type: ignore[attr-defined]  # read back by _is_kept
    return view


def keeps_form_of(endpoint: str) -> bool:
    """Whether a form sent to that endpoint is kept when it comes too late."""
    view = current_app.view_functions.get(endpoint)
    if view is None or not isinstance(getattr(view, "permission", None), Permission):
        return False  # for everybody: there is nobody to keep it for
    if endpoint.partition(".")[0] in _NEVER:
        return False
    is_kept: bool = getattr(view, "keeps_form", _shows_its_form(endpoint))
    return is_kept


def _shows_its_form(endpoint: str) -> bool:
    rules = current_app.url_map.iter_rules
    paths = {rule.rule for rule in rules(endpoint)}
    return any(rule.rule in paths and "GET" in (rule.methods or ()) for rule in rules())


def is_read_again() -> bool:
    """Whether this request only asks to see a form again as it was typed."""
    try:
        return request.method == "POST" and READ_AGAIN in request.form
    except RequestEntityTooLarge:  # refused unread
        return False


def fill_again(kept: Kept | None) -> None:
    """Put what was kept of this address where its view reads what is typed. It goes through no page before that view
    has said who may see it."""
    if kept is not None and kept.path == request.path:
        own = [(name, request.form.get(name, "")) for name in (_TOKEN, READ_AGAIN)]
        request.form = ImmutableMultiDict([*kept.fields, *own])


def keep_form(store: Store, clock: Clock, actor: Actor) -> bool:
    """Keep what this request holds for the actor, or for whose session has lapsed; whether something is kept.

    Whatever goes wrong, the answer the browser gets stands: the words are then lost, and it is logged.
    """
    try:
        return _keep(store, clock, actor)
    except Exception as error:  # whatever the cause
        current_app.logger.error("draft refused: %s", type(error).__qualname__)
        return False


def _keep(store: Store, clock: Clock, actor: Actor) -> bool:
    if request.method != "POST" or not keeps_form_of(request.endpoint or ""):
        return False
    account_id = actor.account_id or _lapsed(store, clock, actor)
    if not account_id or not _is_ours():  # nothing of strangers is read or written
        return False
    if READ_AGAIN in request.form:  # « Reprendre » itself comes too late: what is kept stays
        return True
    fields = _fields()
    if not any(value.strip() for _name, value in fields):
        return False
    with Transaction(store, actor=actor, clock=clock, door="web") as tx:
        had_file = any(one.filename for one in request.files.values())
        keep_draft(tx, account_id=account_id, place=_place(), fields=fields, had_file=had_file)
    return True


def _place() -> str:
    """The address the form was sent to, with how its page was narrowed: our addresses say nothing of a person."""
    return request.full_path.removesuffix("?")


def _fields() -> list[tuple[str, str]]:
    """What was typed, each name as often as it was sent, social security numbers taken out; nothing when it is longer
    than any form of ours."""
    lists = request.form.lists()
    sent = [(name, value) for name, values in lists for value in values if name not in (_TOKEN, READ_AGAIN)]
    length = sum(len(name) + len(value) for name, value in sent)
    if len(sent) > _MOST_FIELDS or length > _LONGEST:
        return []
    return [(name, without_nir_in(value)) for name, value in sent]


def _lapsed(store: Store, clock: Clock, actor: Actor) -> str | None:
    secret = request.cookies.get(cookie_name(current_app), "")
    if not secret:
        return None
    with Transaction(store, actor=actor, clock=clock, door="web", write=False) as tx:
        return lapsed_account(tx, session_id(secret), since=tx.now - KEPT_FOR)


def _is_ours() -> bool:
    """Whether the form is one of our pages, however long it stayed open, and whoever signed in since in another tab."""
    if is_said_ours() or not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    try:
        validate_csrf(request.form.get(_TOKEN), time_limit=int(KEPT_FOR.total_seconds()))
    except ValidationError:
        return False
    return True
