"""Inviting a professional to the team: name, address, role, until when; a letter does the rest."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, RadioField, StringField
from wtforms.validators import Length, ValidationError

from pathway.casework.partners.rules import Role
from pathway.casework.records.values import read_email
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.actions import invite
from pathway.casework.team.rules import STAFF, default_end
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid
from pathway.web.forms import CarteForm, DayField, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

_LONGEST = 80
_SHORT = Length(max=_LONGEST, message=f"Écrivez {_LONGEST} caractères au plus.")


class InviteForm(CarteForm):
    """Who is invited, in which role, until when."""

    first_name = StringField("Prénom", [Needed("Écrivez le prénom."), _SHORT])
    last_name = StringField("Nom", [Needed("Écrivez le nom."), _SHORT])
    email = EmailField("Adresse e-mail professionnelle", [Needed("Écrivez l’adresse e-mail.")])
    role = RadioField(
        "Rôle",
        choices=[SelectChoice(role.value, role.label) for role in STAFF],
        validators=[Needed("Choisissez un rôle.")],
    )
    until_on = DayField("Habilitation jusqu’au", [Needed("Écrivez le dernier jour de l’habilitation.")])

    def validate_email(self, field: EmailField) -> None:
        """Keep the address as it will be kept."""
        try:
            field.data = read_email(field.data or "")
        except Invalid as refusal:
            raise ValidationError(refusal.sentence) from None


@allow(Permission.TEAM_MANAGE)
@fresh
def view() -> ResponseReturnValue:
    """Show the form; on POST, send the letter. The answer is the same whether the address has an account or not."""
    here = gate()
    if request.method != "POST":
        return _page(InviteForm(until_on=default_end(local_day(here.clock.now()))), 200)
    form = InviteForm()
    if form.validate():
        assert form.until_on.day is not None
        with here.attempt(form) as tx:
            invite(
                tx,
                structure_id=tx.actor.structure_id,
                email=form.email.data or "",
                first_name=(form.first_name.data or "").strip(),
                last_name=(form.last_name.data or "").strip(),
                role=Role.read(form.role.data, field="role"),
                until_on=form.until_on.day,
            )
    if form.has_errors:
        return _page(form, 422)
    notify("L’invitation est partie par e-mail. Son lien fonctionne pendant 7 jours.")
    return redirect(url_for("supervisor.team"), 303)


def _page(form: InviteForm, status: int) -> ResponseReturnValue:
    return render_template("supervisor/invite.html", form=form), status
