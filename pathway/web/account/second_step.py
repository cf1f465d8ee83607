"""The second step of signing in: a code, a passkey or a recovery code, then the session under a new secret."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.queries import Seat, SessionView, account_by_id, seat_of
from pathway.casework.factors.queries import factors_of
from pathway.casework.factors.rules import FEW_RECOVERY_CODES, Way
from pathway.casework.partners.rules import Role
from pathway.casework.team.queries import replaced_by
from pathway.kernel.errors import NotAllowed, Refused
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked, ngettext
from pathway.store.transaction import Transaction
from pathway.web.account.arrival import Arrived, arrive, welcomed
from pathway.web.account.brake import code_tries_of
from pathway.web.account.home import page_after_sign_in
from pathway.web.account.proof import (
    NOTHING_TYPED,
    Outcome,
    ProofForm,
    asked_of,
    challenge_for,
    say_refused,
    try_proof,
)
from pathway.web.gate import NOBODY, SIGN_IN, gate, public
from pathway.web.jinja import notify

_NO_POST = marked("Votre habilitation ne tient plus. Voyez avec votre responsable.")


@public
def view() -> ResponseReturnValue:
    """Ask for the second factor; on POST, open the session and lead to the page asked for."""
    half = gate().pending
    if half is None:
        return redirect(url_for(SIGN_IN), 303)
    form = ProofForm(suite=request.args.get("suite", ""))
    if request.method != "POST":
        return _page(form, half, 200)
    if not form.validate() or form.is_empty:
        form.refuse(Refused(NOTHING_TYPED, field="code"))
        return _page(form, half, 422)
    return _tried(form, half)


@public
def challenge() -> ResponseReturnValue:
    """What a passkey must sign, for the browser that waits at the second step."""
    half = gate().pending
    if half is None:
        raise NotAllowed
    return challenge_for(half)


def _tried(form: ProofForm, half: SessionView) -> ResponseReturnValue:
    seat, arrived, replaces = None, None, False
    with gate().writing() as tx:
        outcome = try_proof(tx, half, form)
        if outcome.way:
            seat, arrived = _enter(tx, half)
            replaces = seat is not None and _replaces(tx, seat)
        left = factors_of(tx, half.account_id).recovery_left
    if not outcome.way:
        return _refused(form, half, outcome)
    if seat is None or arrived is None:
        form.refuse(Refused(_NO_POST))
        return _page(form, half, 422)
    here = gate()
    here.pending, here.actor = None, NOBODY
    response = welcomed(page_after_sign_in(seat.role, form.suite.data or "", replaces=replaces), arrived)
    _warn(outcome.way, left)
    return response


def _enter(tx: Transaction, half: SessionView) -> tuple[Seat | None, Arrived | None]:
    """The habilitation is read now: it may have ended since the password was typed."""
    account = account_by_id(tx, half.account_id)
    seat = seat_of(tx, half.account_id, account.record_id if account else None)
    who = code_tries_of(tx, half.account_id)
    return seat, arrive(tx, seat, tries_of=who[0], half=half) if seat else None


def _replaces(tx: Transaction, seat: Seat) -> bool:
    """Whether the queue of a responsable who is away is lent to her today: the letter of the day leads there."""
    if seat.role is not Role.COUNSELLOR or not seat.structure_id:
        return False
    return replaced_by(tx, account_id=seat.account_id, structure_id=seat.structure_id) is not None


def _warn(way: Way, left: int) -> None:
    if way is Way.RECOVERY:
        said = ngettext(
            "Vous avez utilisé un code de secours. Il en reste %(num)s code.",
            "Vous avez utilisé un code de secours. Il en reste %(num)s codes.",
            left,
        )
        hurry = _("Imprimez une nouvelle liste dans « Sécurité de mon compte ».") if left <= FEW_RECOVERY_CODES else ""
        notify(f"{said} {hurry}".rstrip(), "info")


def _refused(form: ProofForm, half: SessionView, outcome: Outcome) -> ResponseReturnValue:
    status = say_refused(form, outcome)
    response = make_response(_page(form, half, status))
    if outcome.wait:
        response.headers["Retry-After"] = str(outcome.wait)
    return response


def _page(form: ProofForm, half: SessionView, status: int) -> ResponseReturnValue:
    form.code.data, form.credential.data = "", ""
    with gate().reading() as tx:
        asked = asked_of(tx, half.account_id)
    page = render_template(
        "account/second_step.html",
        form=form,
        asked=asked,
        action=url_for("account.second_step"),
        options=url_for("account.second_step_challenge"),
    )
    return page, status
