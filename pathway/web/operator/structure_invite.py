"""Inviting the responsable of a structure that has none: the first key of a house, given by a letter."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, StringField
from wtforms.validators import Length, ValidationError

from pathway.casework.partners.queries import KnownStructure, known_structure
from pathway.casework.records.values import read_email
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.actions import invite_responsable
from pathway.casework.team.rules import default_end
from pathway.kernel.errors import Invalid, NotFound
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

_LONGEST = 80
_SHORT = Length(max=_LONGEST, message=f"Écrivez {_LONGEST} caractères au plus.")


class InviteForm(CarteForm):
    """Who is invited, until when."""

    first_name = StringField("Prénom", [Needed("Écrivez le prénom."), _SHORT])
    last_name = StringField("Nom", [Needed("Écrivez le nom."), _SHORT])
    email = EmailField("Adresse e-mail professionnelle", [Needed("Écrivez l’adresse e-mail.")])
    until_on = DayField("Habilitation jusqu’au", [Needed("Écrivez le dernier jour de l’habilitation.")])

    def validate_email(self, field: EmailField) -> None:
        """Keep the address as it will be kept."""
        try:
            field.data = read_email(field.data or "")
        except Invalid as refusal:
            raise ValidationError(refusal.sentence) from None


@allow(Permission.ACCOUNTS_KEEP)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """Show the form; on POST, send the letter. The answer is the same whether the address has an account or not."""
    with gate().reading() as tx:
        one = known_structure(tx, ref)
        proposed = default_end(tx.today)
        tx.journal("read_structure", structure_read=ref)
    if not one.is_active:
        raise NotFound
    if request.method != "POST":
        return _page(InviteForm(formdata=None, until_on=proposed), one, 200)
    form = InviteForm()
    if form.validate():
        _send(form, ref)
    if form.has_errors:
        return _page(form, one, 422)
    notify("L’invitation partira par e-mail dans un instant. Son lien fonctionne pendant 7 jours.")
    return redirect(url_for("operator.structure", ref=ref), 303)


def _send(form: InviteForm, ref: str) -> None:
    assert form.until_on.day is not None
    with gate().attempt(form) as tx:
        invite_responsable(
            tx,
            structure_id=ref,
            email=form.email.data or "",
            first_name=(form.first_name.data or "").strip(),
            last_name=(form.last_name.data or "").strip(),
            until_on=form.until_on.day,
        )


def _page(form: InviteForm, one: KnownStructure, status: int) -> ResponseReturnValue:
    return render_template("operator/structure_invite.html", form=form, one=one), status
