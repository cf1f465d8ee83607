"""Installing an application of one-time codes: a drawing to scan or a key to type, then a first code."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from pathway.casework.factors.actions import confirm_totp, offer_totp, remove_totp
from pathway.casework.factors.one_time import seed_address, spaced_seed
from pathway.casework.factors.queries import offered_seed
from pathway.casework.partners.queries import PROFILE
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.account.enrolment import current_session, install, is_enrolling, take_away
from pathway.web.account.mine import layout
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, enrolling, fresh, gate
from pathway.web.qr import drawn


class FirstCodeForm(CarteForm):
    """The first code of the application, which proves that it has the seed."""

    code = StringField(
        marked("Le code à six chiffres que montre l’application"), [Needed(marked("Écrivez le code à six chiffres."))]
    )


@allow(Permission.ACCOUNT_USE)
@fresh
@enrolling
def view() -> ResponseReturnValue:
    """Show the drawing and the key; on POST, check the first code and install."""
    form, account_id = FirstCodeForm(), current_session().account_id
    if request.method == "POST" and form.validate():
        done = install(form, lambda tx: confirm_totp(tx, account_id, form.code.data or ""))
        if done is not None:
            return done
    return _page(form, account_id, 422 if form.has_errors else 200)


@allow(Permission.ACCOUNT_USE)
@fresh
@enrolling
def begin_view() -> ResponseReturnValue:
    """Draw a new seed, then show it."""
    with gate().writing() as tx:
        offer_totp(tx, current_session().account_id)
    return redirect(url_for("account.application"), 303)


@allow(Permission.ACCOUNT_USE)
@fresh
def remove_view() -> ResponseReturnValue:
    """Take the codes away, unless they are a professional's last protection."""
    account_id = current_session().account_id
    return take_away(lambda tx: remove_totp(tx, account_id), said=_("L’application de codes est retirée."))


def _page(form: FirstCodeForm, account_id: str, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        seed = offered_seed(tx, account_id)
        holder = _holder(tx, account_id)
    form.code.data = ""
    page = render_template(
        "account/application.html",
        layout=layout(),
        form=form,
        drawing=drawn(seed_address(seed, holder=holder)) if seed else None,
        seed=spaced_seed(seed),
        is_enrolling=is_enrolling(current_session()),
    )
    return page, status


def _holder(tx: Transaction, account_id: str) -> str:
    """What the application shows beside the codes: a professional's address; for a person, nothing that names her."""
    user = gate().user
    if user is not None and user.role is Role.JOBSEEKER:
        return "Mon compte"
    profile = tx.sealing.open_many([account_id], PROFILE).get(account_id, {})
    return str(profile.get("email") or "Mon compte")
