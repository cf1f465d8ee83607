"""Finding a person among those one may see; nothing typed is kept, nothing outside one's grants is hinted."""

from dataclasses import dataclass, replace
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, Field, StringField, TelField

from pathway.casework.records.names import Query
from pathway.casework.records.queries import SHOWN, Found, found
from pathway.casework.records.quick import read_line
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid
from pathway.kernel.ids import spaced_card_number
from pathway.kernel.wording import listed, said_date
from pathway.web.counsellor.telling import full_name
from pathway.web.drafts import unkept
from pathway.web.forms import CarteForm, DayField
from pathway.web.gate import allow, gate


class SearchForm(CarteForm):
    """What is known of the person looked for: on one line, or field by field."""

    quick = StringField("Ce que vous savez de la personne")
    last_name = StringField("Nom")
    first_name = StringField("Prénom")
    birth_date = DayField("Date de naissance")
    phone = TelField("Téléphone")
    email = EmailField("E-mail")
    card_number = StringField("Numéro de carte")

    def query(self) -> Query:
        """The search it asks for: the fields, then what the line adds. `Invalid` names the field to mend."""
        try:
            line = read_line(self.quick.data or "")
        except Invalid as refusal:
            raise Invalid(refusal.sentence, field="quick") from None
        fields = self._fielded()
        if fields.last_name or fields.first_name:
            line = replace(line, last_name=None, first_name=None, any_order=False)
        given = {name: value for name, value in vars(fields).items() if value}
        return replace(line, **given)

    @property
    def is_fielded(self) -> bool:
        """Whether a field was used, or must be mended: they are then in sight."""
        return any(bool(field.data or field.errors) for field in self._several())

    def refuse_search(self, refusal: Invalid) -> None:
        """Show the refusal where the person typed: on the line unless she used the fields."""
        self.refuse(refusal if self.is_fielded and refusal.field else Invalid(refusal.sentence, field="quick"))

    def _several(self) -> tuple[Field, ...]:
        return (self.last_name, self.first_name, self.birth_date, self.phone, self.email, self.card_number)

    def _fielded(self) -> Query:
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


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a search gives. `is_cut`: there may be more people than are shown. `read_as`: how the line was understood,
    in words; `carried`: what was typed, for a new record."""

    hits: list[Hit]
    is_cut: bool
    read_as: str
    carried: dict[str, str]


@allow(Permission.RECORD_SEARCH)
@unkept
def view() -> ResponseReturnValue:
    """The form, and on POST the people found."""
    form = SearchForm()
    result = _result(form) if request.method == "POST" and form.validate() else None
    # How many more there are is not counted: a number would say something of people who are not shown.
    page = render_template("counsellor/search.html", form=form, result=result)
    return page, 422 if form.has_errors else 200


def _result(form: SearchForm) -> Result | None:
    try:
        query = form.query()
        with gate().reading() as tx:
            hits = [_hit(one) for one in found(tx, query)]
    except Invalid as refusal:
        form.refuse_search(refusal)
        return None
    return Result(
        hits=hits,
        is_cut=len(hits) == SHOWN,
        read_as=_read_as(query) if form.quick.data else "",
        carried=_carried(query),
    )


def _read_as(query: Query) -> str:
    """How the line was understood, so that a slip is seen at once."""
    names = " ".join(name for name in (query.last_name, query.first_name) if name)
    born = query.birth_date
    parts = (
        f"nom et prénom « {names} »" if query.last_name and query.first_name else f"nom ou prénom « {names} »",
        f"date de naissance : {said_date(born)}" if born else "",
        f"téléphone : {query.phone}" if query.phone else "",
        f"e-mail : {query.email}" if query.email else "",
        f"carte : {spaced_card_number(query.card_number)}" if query.card_number else "",
    )
    return listed([part for part in (parts if names else parts[1:]) if part])


def _carried(query: Query) -> dict[str, str]:
    """What goes on to a new record's form, by the name of its field."""
    known = {
        "last_name": query.last_name,
        "first_name": query.first_name,
        "birth_date": query.birth_date and query.birth_date.strftime("%d/%m/%Y"),
        "phones": query.phone,
        "email": query.email,
    }
    return {name: value for name, value in known.items() if value}


def _hit(one: Found) -> Hit:
    return Hit(
        name=full_name(one.identity),
        href=url_for("counsellor.record", ref=one.record_id),
        born_on=one.identity.birth_date,
        why=listed(list(one.why)),
        is_certain=one.score == 100,
    )
