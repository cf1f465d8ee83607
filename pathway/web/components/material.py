"""What the examples of the catalogue show: invented fields, days and lines."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing

from wtforms import BooleanField, FileField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from pathway.web import qr
from pathway.web.forms import CarteForm, DayField, SelectChoice

_WAYS = [SelectChoice("phone", "Téléphone"), SelectChoice("sms", "SMS"), SelectChoice("letter", "Courrier")]
_LONG = (
    "Attestation d’hébergement ou quittance de loyer de moins de trois mois, au nom de la personne ou de l’hébergeant"
)


class ExampleForm(CarteForm):
    """One field of each kind; each rendering takes a prefix of its own, so that no two share an id."""

    name = StringField("Nom", [InputRequired()], description="Tel qu’il est écrit sur la pièce d’identité.")
    note = TextAreaField("Note")
    day = DayField("Date du rendez-vous", [InputRequired()])
    way = RadioField("Moyen", choices=_WAYS, validators=[InputRequired()])
    ways = SelectMultipleField("Moyens possibles", choices=_WAYS)
    scheme = SelectField(
        "Dispositif",
        choices=[SelectChoice("", "Choisissez"), SelectChoice("plie", "Parcours PLIE"), SelectChoice("long", _LONG)],
    )
    present = BooleanField("La personne est présente")
    paper = FileField("Fichier", [InputRequired()])
    kind = SelectField("Genre de papier", choices=[SelectChoice("cv", "CV"), SelectChoice("other", "Autre papier")])
    title = StringField("Nom du papier")
    sight = RadioField(
        "Qui le voit",
        choices=[SelectChoice("all", "Les structures qui la suivent"), SelectChoice("own", "La structure seule")],
    )


def material() -> Mapping[str, object]:
    """By the name under which examples speak of it."""
    return {
        "Thing": Thing,
        "wrong": _refused(_form("erreur")),
        "field": _form,
        "refused": lambda prefix: _refused(_form(prefix)),
        "day_to_come": date(2026, 11, 24),
        "day_past": date(2026, 10, 13),
        "at": datetime(2026, 11, 22, 14, 5, tzinfo=UTC),
        "drawing": qr.drawn("https://carte.invalid/"),
        "hints": {"phone": "Entre 9 h et 18 h.", "sms": "Sans rien dire de sa situation."},
    }


def _form(prefix: str) -> ExampleForm:
    return ExampleForm(prefix=f"{prefix}-", meta={"csrf": False})


def _refused(form: ExampleForm) -> ExampleForm:
    for field in form:
        field.errors = ["Cette réponse manque. Écrivez-la."]
    return form
