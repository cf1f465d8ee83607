"""Creating a record: the same page and the same answer whether or not the person is known elsewhere."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, Field, StringField
from wtforms.validators import ValidationError

from pathway.casework.records.actions import create_person
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.names import make_identity
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid
from pathway.store.transaction import Transaction
from pathway.web.answers import answered
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_CREATED = "Dossier créé. Vous êtes référent·e de parcours."
_KNOWN = (
    "Cette personne est déjà suivie par votre structure : voici son dossier. "
    "Ce que vous veniez de saisir n’y a pas été ajouté."
)


class PersonForm(CarteForm):
    """Who the person is, and how to reach her."""

    first_name = StringField("Prénom", [Needed("Écrivez le prénom.")])
    last_name = StringField("Nom d’usage", [Needed("Écrivez le nom.")])
    birth_name = StringField("Nom de naissance", description="S’il est différent du nom d’usage.")
    birth_date = DayField("Date de naissance", [Needed("Écrivez la date de naissance.")])
    phones = StringField("Téléphone", description="Séparez plusieurs numéros par une virgule.")
    email = EmailField("E-mail")

    def validate_phones(self, field: Field) -> None:
        """Refuse numbers that cannot be read, together with the rest of the form."""
        _readable(field)

    def validate_email(self, field: Field) -> None:
        """The same for the address."""
        _readable(field)


@allow(Permission.RECORD_CREATE)
def view() -> ResponseReturnValue:
    """The form, filled with what a search carried over; on POST, the record: a new one, or hers if one may see it."""
    form = PersonForm()
    is_sent = request.method == "POST" and "prefill" not in request.form
    if is_sent and form.validate():
        with gate().attempt(form) as tx:
            ref, is_new = _create(tx, form)
        if not form.has_errors:
            notify(_CREATED if is_new else _KNOWN, "done" if is_new else "info")
            return redirect(url_for("counsellor.record", ref=ref), 303)
    return render_template("counsellor/create.html", form=form), 422 if form.has_errors else 200


def _readable(field: Field) -> None:
    try:
        answered(CATALOGUE[field.name], field)
    except Invalid as refusal:
        raise ValidationError(refusal.sentence) from None


def _create(tx: Transaction, form: PersonForm) -> tuple[str, bool]:
    assert form.birth_date.day is not None
    identity = make_identity(
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        birth_name=form.birth_name.data,
        birth_date=form.birth_date.day,
        today=tx.today,
    )
    return create_person(tx, identity=identity, claims=_claims(form))


def _claims(form: PersonForm) -> dict[str, Any]:
    found = {key: answered(CATALOGUE[key], form[key]) for key in ("phones", "email")}
    return {key: value for key, value in found.items() if value is not None}
