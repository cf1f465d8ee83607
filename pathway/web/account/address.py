"""One's e-mail address: said on one's security page, proved by a letter, used from then on."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField
from wtforms.validators import ValidationError

from pathway.casework.partners.queries import PROFILE
from pathway.casework.records.values import read_email
from pathway.casework.resets.actions import ask_email_check, prove_email
from pathway.casework.resets.queries import check_behind, email_to_check
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.web.account.enrolment import BareForm, current_session
from pathway.web.account.mine import layout
from pathway.web.account.reset import dead_link
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import SIGN_IN, allow, fresh, gate, public
from pathway.web.jinja import notify


class AddressForm(CarteForm):
    """An address of one's own."""

    email = EmailField(marked("Votre adresse e-mail"), [Needed(marked("Écrivez votre adresse e-mail."))])

    def validate_email(self, field: EmailField) -> None:
        """Keep the address as it will be kept."""
        try:
            field.data = read_email(field.data or "")
        except Invalid as refusal:
            raise ValidationError(refusal.sentence) from None


@dataclass(frozen=True, kw_only=True)
class Address:
    """The proved address, and the one a letter was sent to; either may be empty."""

    proved: str
    waiting: str


@allow(Permission.ACCOUNT_USE)
@fresh
def view() -> ResponseReturnValue:
    """Show the address; on POST, send the letter that proves another one, or the same one again."""
    session, form = current_session(), AddressForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            ask_email_check(tx, session.account_id, form.email.data or "")
        if not form.has_errors:
            notify(_("Un message est parti à cette adresse. Suivez son lien pour la confirmer."), "next")
            return redirect(url_for("account.address"), 303)
    with gate().reading() as tx:
        profile = tx.sealing.open_many([session.account_id], PROFILE).get(session.account_id, {})
        address = Address(proved=profile.get("email", ""), waiting=email_to_check(tx, session.account_id))
    page = render_template("account/address.html", layout=layout(), form=form, address=address)
    return page, 422 if form.has_errors else 200


@public
def prove_view(secret: str) -> ResponseReturnValue:
    """Ask for one press of a button; on POST, the address is hers."""
    form = BareForm()
    with gate().reading() as tx:
        waiting = check_behind(tx, secret)
    gate().close()
    if waiting is None:
        return dead_link()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            prove_email(tx, secret)
        if not form.has_errors:
            notify(_("Votre adresse est confirmée. Elle sert maintenant à vous connecter."))
            return redirect(url_for(SIGN_IN), 303)
    action = url_for("account.prove_address", secret=secret)
    page = render_template("account/address_proof.html", form=form, action=action)
    return page, 422 if form.has_errors else 200
