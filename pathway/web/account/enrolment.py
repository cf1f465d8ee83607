"""Installing a second factor: where a professional without one is led, and what ends every installation."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.actions import hold_account
from pathway.casework.accounts.queries import Seat, SessionView, account_by_id, seat_of
from pathway.casework.accounts.rules import Stage
from pathway.casework.factors.actions import make_recovery_codes
from pathway.casework.factors.queries import factors_of
from pathway.casework.factors.rules import spaced_recovery_code
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Refused
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.account.arrival import Arrived, arrive, given
from pathway.web.account.home import first_page
from pathway.web.account.mine import layout
from pathway.web.account.notices import announce_change
from pathway.web.account.party import relying_party
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, enrolling, gate
from pathway.web.jinja import notify

_PROTECTED = marked("Ce compte a déjà une double vérification. Déconnectez-vous, puis reconnectez-vous avec elle.")
_NO_POST = marked("Votre habilitation ne tient plus. Voyez avec votre responsable.")


class BareForm(CarteForm):
    """Nothing to fill: one button."""


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What an installation gave: fresh recovery codes if there were none, and the session it opened if it did."""

    codes: tuple[str, ...] = ()
    seat: Seat | None = None
    arrived: Arrived | None = None


@allow(Permission.ACCOUNT_USE)
@enrolling
def view() -> ResponseReturnValue:
    """Say why a second factor is needed, and offer the two kinds."""
    if not is_enrolling(current_session()):
        return redirect(url_for("account.security"), 303)
    return render_template("account/enrolment.html", can_passkey=relying_party() is not None)


def current_session() -> SessionView:
    """The session of this request: the gate lets nobody in without one."""
    session = gate().session
    assert session is not None
    return session


def is_enrolling(session: SessionView) -> bool:
    """Whether that session opens nothing yet but the installation of a second factor."""
    return session.stage is Stage.ENROLLING


def install(form: CarteForm, act: Callable[[Transaction], None]) -> ResponseReturnValue | None:
    """Do it, tell its owner, give recovery codes with a first factor, open the session that waited; None if refused."""
    session = current_session()
    installed = Installed()
    with gate().attempt(form) as tx:
        _refuse_late(tx, session)
        act(tx)
        announce_change(tx, session.account_id)
        installed = _completed(tx, session)
    return None if form.has_errors else _answer(installed)


def take_away(act: Callable[[Transaction], None], *, said: str) -> ResponseReturnValue:
    """Take a protection away, tell its owner, and go back to her security page with the sentence or the refusal."""
    form, account_id = BareForm(), current_session().account_id
    with gate().attempt(form) as tx:
        act(tx)
        tx.journal("second_factor_managed", account=account_id)
        announce_change(tx, account_id)
    if form.form_errors:
        notify(_(form.form_errors[0]), "late")
    else:
        notify(said)
    return redirect(url_for("account.security"), 303)


def codes_page(codes: tuple[str, ...], *, following: str) -> str:
    """The printable list, shown on this answer only."""
    return render_template(
        "account/recovery_codes.html",
        layout=layout(),
        codes=[spaced_recovery_code(code) for code in codes],
        following=following,
    )


def _refuse_late(tx: Transaction, session: SessionView) -> None:
    """A browser that waited to install a first factor installs none once there is one: whoever knows the password only
    must pass it."""
    hold_account(tx, session.account_id)
    if is_enrolling(session) and factors_of(tx, session.account_id).has_any:
        raise Refused(_PROTECTED)


def _completed(tx: Transaction, session: SessionView) -> Installed:
    has_codes = factors_of(tx, session.account_id).recovery_made_at is not None
    codes = () if has_codes else tuple(make_recovery_codes(tx, session.account_id))
    if not is_enrolling(session):
        return Installed(codes=codes)
    account = account_by_id(tx, session.account_id)
    seat = seat_of(tx, session.account_id, account.record_id if account else None)
    if seat is None:
        raise Refused(_NO_POST)
    return Installed(codes=codes, seat=seat, arrived=arrive(tx, seat, tries_of="", half=session))


def _answer(installed: Installed) -> ResponseReturnValue:
    following = first_page(installed.seat.role) if installed.seat else url_for("account.security")
    if installed.codes:
        response = make_response(codes_page(installed.codes, following=following))
    else:
        response = make_response(redirect(following, 303))
    if installed.arrived:
        given(response, installed.arrived)
    if not installed.codes:
        notify(_("C’est fait : votre compte est mieux protégé."))
    return response
