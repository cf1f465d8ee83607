"""Finding a person among those one may see; nothing typed is kept, nothing outside one's grants is hinted."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, StringField, TelField

from pathway.casework.records.names import Query
from pathway.casework.records.queries import Found, found
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import listed
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, DayField
from pathway.web.gate import allow, gate


class SearchForm(CarteForm):
    """What is known of the person looked for."""

    last_name = StringField("Nom")
    first_name = StringField("Prénom")
    birth_date = DayField("Date de naissance")
    phone = TelField("Téléphone")
    email = EmailField("E-mail")
    card_number = StringField("Numéro de carte")

    def query(self) -> Query:
        """The search it asks for."""
        return Query(
            last_name=self.last_name.data or None,
            first_name=self.first_name.data or None,
            birth_date=self.birth_date.day,
            phone=self.phone.data or None,
            email=self.email.data or None,
            card_number=self.card_number.data or None,
        )


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One person found, and why she matches."""

    name: str
    href: str
    born_on: date
    why: str
    is_certain: bool


@allow(Permission.RECORD_SEARCH)
def view() -> ResponseReturnValue:
    """The form, and on POST the people found."""
    form = SearchForm()
    hits = _hits(form) if request.method == "POST" and form.validate() else None
    page = render_template("counsellor/search.html", form=form, hits=hits)
    return page, 422 if form.has_errors else 200


def _hits(form: SearchForm) -> list[Hit] | None:
    try:
        with gate().reading() as tx:
            return [_hit(one) for one in found(tx, form.query())]
    except Invalid as refusal:
        form.refuse(refusal)
        return None


def _hit(one: Found) -> Hit:
    return Hit(
        name=full_name(one.identity),
        href=url_for("counsellor.record", ref=one.record_id),
        born_on=one.identity.birth_date,
        why=listed(list(one.why)),
        is_certain=one.score == 100,
    )
