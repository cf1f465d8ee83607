"""« Mot de passe oublié ? »: one page and one duration for everybody; a letter leaves where there is an account."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from pathway.casework.accounts.actions import count_tries
from pathway.casework.accounts.queries import login_of
from pathway.casework.accounts.rules import FAILURES_FADE
from pathway.casework.resets.actions import ask_reset
from pathway.kernel.errors import Refused
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.account.brake import wait_seconds
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import gate, public
from pathway.web.tries import network_of

_MANY = marked("Trop de demandes. Attendez un peu, et regardez aussi dans les courriers indésirables.")


class ForgottenForm(CarteForm):
    """What one signs in with."""

    login = StringField(
        marked("Adresse e-mail ou numéro de carte"), [Needed(marked("Écrivez votre e-mail ou votre numéro de carte."))]
    )


@public
def view() -> ResponseReturnValue:
    """Ask what one signs in with; on POST, keep the request without looking whether it names somebody."""
    form = ForgottenForm()
    if request.method != "POST":
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    typed = form.login.data or ""
    with gate().reading() as tx:
        who = _tries(tx, typed)
        wait = wait_seconds(tx, who)
    if wait:
        form.refuse(Refused(_MANY))
        response = make_response(_page(form, 429))
        response.headers["Retry-After"] = str(wait)
        return response
    with gate().writing() as tx:
        count_tries(tx, who=who, fade=FAILURES_FADE)  # each request counts: nobody's letter box is to be flooded
        ask_reset(tx, typed)
    return render_template("account/forgotten_sent.html")


def _tries(tx: Transaction, typed: str) -> list[str]:
    """Counted apart from wrong passwords: asking for a letter must not shut the owner out."""
    kind, token = login_of(tx, typed)
    digest = tx.store.fingerprints.digest
    address = network_of(request.remote_addr or "")
    return [digest("tries-reset", kind.value, str(token)).hex(), digest("tries-reset-address", address).hex()]


def _page(form: ForgottenForm, status: int) -> tuple[str, int]:
    return render_template("account/forgotten.html", form=form), status
