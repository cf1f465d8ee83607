"""A session that ends loses no words: what a form had sent is kept, sealed, until its author is back on the page.

A form sent too late never reaches its view. The answer (sign in again, or reload the page) is left as it is; its long
texts are kept beside it, for the account of the session that ended, and `draft_of` gives them back on the same address.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from pathway.casework.accounts.drafts import KEPT_FOR, keep_draft
from pathway.casework.accounts.queries import lapsed_account
from pathway.casework.accounts.sessions import session_id
from pathway.store.transaction import Transaction
from pathway.web.gate import Gate, cookie_name, kept_fields, marked_as_kept

_LONGEST = 20_000  # characters of one field

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def keeps(*fields: str) -> Callable[[View], View]:
    """Keep those fields of a form sent after its session ended. The view answers GET at the same address, where it
    shows `draft_of(tx, request.path)`, and calls `drop_draft` with it once the words are saved."""

    def mark(view: View) -> View:
        marked_as_kept(view, fields)
        return view

    return mark


def install_drafts(app: Flask) -> None:
    """Look at every answer to a form that came too late."""
    app.after_request(_keep)


def form_is_late() -> None:
    """Say that the form of this request was refused for its age: its words are worth keeping."""
    g.form_is_late = True


def _keep(response: Response) -> Response:
    here: Gate | None = g.get("gate")
    if here is None or request.method != "POST" or not _came_too_late(here):
        return response
    here.close()
    try:
        _keep_words(here)
    except Exception as error:  # the answer stands, whatever becomes of the words
        current_app.logger.error("draft refused: %s", type(error).__qualname__)
    return response


def _keep_words(here: Gate) -> None:
    words = {name: request.form.get(name, "")[:_LONGEST] for name in kept_fields(request.endpoint)}
    secret = request.cookies.get(cookie_name(current_app), "")
    if not secret or not any(words.values()) or not _is_ours():
        return
    with Transaction(here.store, actor=here.actor, clock=here.clock, door="web", write=False) as tx:
        account_id = lapsed_account(tx, session_id(secret), since=tx.now - KEPT_FOR)
    if account_id is not None:  # nothing is written for strangers
        with Transaction(here.store, actor=here.actor, clock=here.clock, door="web") as tx:
            keep_draft(tx, account_id=account_id, place=request.path, words=words)


def _came_too_late(here: Gate) -> bool:
    return bool(kept_fields(request.endpoint)) and (here.session is None or g.get("form_is_late", False))


def _is_ours() -> bool:
    """Whether the form is one of our pages, however long it stayed open."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    try:
        validate_csrf(request.form.get("csrf_token"), time_limit=int(KEPT_FOR.total_seconds()))
    except ValidationError:
        return False
    return True
