"""A liaison sheet behind a single-use link: a button first, then the agreed parts for half an hour, and an answer.

Opening the link changes nothing: programs that look at letters before people do would spend it. The button spends it,
and gives that browser alone a signed mark that leads to the sheet, by an address without a secret.
"""

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import HiddenField, TextAreaField

from pathway.casework.accounts.actions import count_failure
from pathway.casework.accounts.queries import blocked_until
from pathway.casework.relays.actions import answer_by_link, use_link
from pathway.casework.relays.queries import RelayView, link_behind, sheet_of, used_link
from pathway.casework.relays.rules import SHEET_LIFE, RefusalReason, RelayGesture, RelayState
from pathway.kernel.errors import NotFound
from pathway.kernel.languages import marked
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of
from pathway.web.forms import CarteForm
from pathway.web.gate import gate, public
from pathway.web.liaison import SheetPage, sheet_page
from pathway.web.tries import network_of, wait_sentence

_ACTOR = Actor(role="outside")  # not her, and nobody known: her log says that the link was opened
_SALT = "liaison"
_COOKIE = "carte_liaison"


class OpenForm(CarteForm):
    """Nothing to fill: one button."""


class RefuseForm(CarteForm):
    """Why the structure does not take her."""

    reason = one_of(marked("Raison du refus"), RefusalReason, needed=marked("Choisissez la raison du refus."))
    note = TextAreaField(marked("Précision"))
    gesture = HiddenField()


@public
def link_view(secret: str) -> ResponseReturnValue:
    """A page without a name and its button; on POST the link is spent, and this browser is led to the sheet."""
    if request.method != "POST":
        with gate().reading() as tx:
            holds = link_behind(tx, secret) is not None
        return render_template("outside/open.html", form=OpenForm()) if holds else _dead()
    with gate().reading() as tx:
        who = _tries(tx, secret)
        until = blocked_until(tx, who)
    if until is not None:
        return _wait(max(1, int((until - gate().clock.now()).total_seconds())))
    gate().actor = _ACTOR
    with gate().writing() as tx:
        link_id = use_link(tx, secret)
        if link_id is None:
            count_failure(tx, who=who, action="relay_link_failed")
    return _led_to_sheet(link_id) if link_id else _dead()


@public
def sheet_view() -> ResponseReturnValue:
    """The sheet, for the browser that spent the link, half an hour; on POST its answer."""
    link_id = _marked()
    form = RefuseForm()
    found = _found(link_id)
    if found is None:
        return _dead()
    relay, page = found
    asked = request.form.get("gesture", "")
    if request.method == "POST" and asked in (RelayGesture.ACKNOWLEDGE, RelayGesture.REFUSE):
        is_refusal = asked == RelayGesture.REFUSE
        if (not is_refusal or form.validate()) and _answered(link_id, form, is_refusal=is_refusal):
            return render_template("outside/thanks.html", is_refusal=is_refusal)
    html = render_template(
        "outside/sheet.html",
        form=form,
        page=page,
        may_acknowledge=relay.state is RelayState.SENT,
        may_refuse=relay.state is not RelayState.ACCEPTED,
        state=relay.state.label,
        asked=asked,
    )
    return html, 422 if form.has_errors else 200


def _found(link_id: str) -> tuple[RelayView, SheetPage] | None:
    here = gate()
    here.actor = _ACTOR
    try:
        with here.reading() as tx:
            found = used_link(tx, link_id, since=tx.now - SHEET_LIFE)
            if found is None:
                return None
            return found[1], sheet_page(sheet_of(tx, found[1]))
    except NotFound:
        return None  # she stopped sharing with whoever sent it, since then


def _answered(link_id: str, form: RefuseForm, *, is_refusal: bool) -> bool:
    gesture = RelayGesture.REFUSE if is_refusal else RelayGesture.ACKNOWLEDGE
    with gate().attempt(form) as tx:
        reason = RefusalReason.read(form.reason.data or "", field="reason") if is_refusal else None
        answer_by_link(tx, link_id=link_id, gesture=gesture, reason=reason, note=form.note.data or "")
    return not form.has_errors


def _led_to_sheet(link_id: str) -> ResponseReturnValue:
    answer = make_response(redirect(url_for("outside.sheet"), 303))
    answer.set_cookie(
        _cookie_name(),
        _signer().dumps(link_id),
        max_age=int(SHEET_LIFE.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return answer


def _marked() -> str:
    """The link this browser spent less than half an hour ago; empty otherwise."""
    try:
        kept = _signer().loads(request.cookies.get(_cookie_name(), ""), max_age=int(SHEET_LIFE.total_seconds()))
    except BadSignature:
        return ""
    return str(kept)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or b"", salt=_SALT)


def _cookie_name() -> str:
    return f"__Host-{_COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else _COOKIE


def _tries(tx: Transaction, secret: str) -> list[str]:
    """Under which names a failed try is counted: what was aimed at, then the network."""
    digest = tx.store.fingerprints.digest
    address = network_of(request.remote_addr or "")
    return [digest("tries-liaison", secret).hex(), digest("tries-liaison-address", address).hex()]


def _wait(seconds: int) -> ResponseReturnValue:
    answer = make_response(render_template("outside/dead.html", wait=wait_sentence(seconds)), 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _dead() -> ResponseReturnValue:
    """The one page of every link that does not hold, be it unknown, spent, too old or answered."""
    return render_template("outside/dead.html", wait=""), 410
