"""Adding a passkey, and taking one away."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from pathway.casework.factors.actions import add_passkey, keep_challenge, remove_passkey
from pathway.casework.factors.passkeys import ask_registration
from pathway.casework.factors.queries import credentials_of
from pathway.casework.factors.rules import Purpose
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Refused
from pathway.kernel.languages import FRENCH, marked, speaking
from pathway.kernel.languages import gettext as _
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.account.enrolment import current_session, install, is_enrolling, take_away
from pathway.web.account.mine import layout
from pathway.web.account.party import needed_party, relying_party
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, enrolling, fresh, gate

_HOLDER = "Mon compte"  # what the telephone shows: nothing that names a person
_NO_ANSWER = marked("Le navigateur n’a pas créé de clé d’accès. Réessayez, ou choisissez l’application de codes.")


class PasskeyForm(CarteForm):
    """The name she gives it, and what the browser made."""

    name = StringField(
        marked("Le nom de cette clé"), [Length(max=60, message=marked("Choisissez un nom de 60 caractères au plus."))]
    )
    credential = HiddenField()


@allow(Permission.ACCOUNT_USE)
@fresh
@enrolling
def view() -> ResponseReturnValue:
    """Offer to make a passkey; on POST, check what the browser made and keep it."""
    form = PasskeyForm()
    if request.method == "POST" and form.validate():
        if not form.credential.data:
            form.refuse(Refused(_NO_ANSWER))
        else:
            done = install(form, lambda tx: _keep(tx, form))
            if done is not None:
                return done
    return _page(form, 422 if form.has_errors else 200)


@allow(Permission.ACCOUNT_USE)
@fresh
@enrolling
def challenge() -> ResponseReturnValue:
    """What the browser needs to make a passkey, as JSON."""
    session, party = current_session(), needed_party()
    with gate().reading() as tx:
        known = credentials_of(tx, session.account_id)
    asked = ask_registration(party, account_id=session.account_id, holder=_HOLDER, known=known)
    with gate().writing() as tx:
        keep_challenge(tx, session, asked, purpose=Purpose.REGISTER)
    return Response(asked.options, mimetype="application/json")


@allow(Permission.ACCOUNT_USE)
@fresh
def remove_view() -> ResponseReturnValue:
    """Take one passkey away, unless it is a professional's last protection."""
    account_id, passkey_id = current_session().account_id, request.form.get("cle", "")
    return take_away(lambda tx: remove_passkey(tx, account_id, passkey_id), said=_("La clé d’accès est retirée."))


def _keep(tx: Transaction, form: PasskeyForm) -> None:
    with speaking(FRENCH):  # it is kept: what is kept is French
        usual = f"Clé du {said_date(tx.today)}"
    name = (form.name.data or "").strip() or usual
    add_passkey(tx, current_session(), needed_party(), form.credential.data or "", name=name)


def _page(form: PasskeyForm, status: int) -> ResponseReturnValue:
    form.credential.data = ""
    page = render_template(
        "account/passkey.html",
        layout=layout(),
        form=form,
        can_passkey=relying_party() is not None,
        options=url_for("account.passkey_challenge"),
        is_enrolling=is_enrolling(current_session()),
    )
    return page, status
