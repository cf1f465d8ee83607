"""Inviting a person to prepare an entry on her phone, before the appointment."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.preparation.actions import invite_to_prepare
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Conflict, Refused
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify


@allow(Permission.ENTRY_RECORD)
def view(ref: str, scheme_ref: str) -> ResponseReturnValue:
    """Invite her; the page of schemes then says so."""
    form = CarteForm()
    if form.validate():
        try:
            with gate().writing() as tx:
                invite_to_prepare(tx, record_id=ref, scheme_id=scheme_ref)
        except (Refused, Conflict) as refusal:
            notify(refusal.sentence, "next")  # there is no form to show again: the page of schemes says why
        else:
            notify("Invitation faite. La personne la voit sur « Mon parcours », et par e-mail si elle a donné le sien.")
    return redirect(url_for("counsellor.entry_choice", ref=ref), 303)
