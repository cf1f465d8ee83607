"""Taking one's list out in a file: what it will hold is said before, and each person reads it in her log after."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from pathway.casework.partners.queries import colleagues
from pathway.casework.partners.rules import Role
from pathway.casework.portfolio.actions import take_out
from pathway.casework.portfolio.queries import supported
from pathway.casework.portfolio.rules import PersonRow
from pathway.casework.sharing.permissions import Permission
from pathway.casework.usage.queries import room_for_rows
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction
from pathway.web.files import attached
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.sheets import Cell, Format, sheet

MINE, WHOLE = "mine", "whole"
_MINE = SelectChoice(MINE, "Les personnes dont je suis référent·e")
_ELSEWHERE = "une autre structure"  # a name of another team has no business in a file
HEAD = (
    "Nom d’usage",
    "Prénom",
    "Nom de naissance",
    "Date de naissance",
    "Téléphone",
    "E-mail",
    "Code postal",
    "Commune",
    "Référent de parcours",
    "Dispositifs en cours dans votre structure",
    "Prochain point de suivi",
)


class FileForm(CarteForm):
    """Whose list, in which kind of file."""

    whose = RadioField(
        "Quelles personnes ?",
        [Needed("Choisissez les personnes.")],
        choices=[_MINE],
        default=MINE,
    )
    format = RadioField(
        "Quel fichier ?",
        [Needed("Choisissez le fichier.")],
        choices=[SelectChoice(*pair) for pair in Format.pairs()],
        default=Format.XLSX.value,
    )


@dataclass(frozen=True, kw_only=True)
class FilePage:
    """How many lines each choice gives, how many may still leave today, what they hold."""

    counts: Mapping[str, int]
    left: int
    columns: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to take out."""
        return not any(self.counts.values())


@allow(Permission.PEOPLE_EXPORT)
@fresh
def view() -> ResponseReturnValue:
    """The form; on POST, the file."""
    form = FileForm()
    may_whole = gate().actor.role == Role.SUPERVISOR
    if may_whole:
        form.whose.choices = [_MINE, SelectChoice(WHOLE, "Toutes les personnes de ma structure")]
    if request.method == "POST" and form.validate():
        return _file(Format.read(form.format.data), only_mine=form.whose.data == MINE)
    with gate().reading() as tx:
        page = _page(tx, may_whole=may_whole)
    if request.method == "GET" and may_whole and not page.counts[MINE]:
        form.whose.data = WHOLE
    hints = {whose: counted(count, "ligne") for whose, count in page.counts.items()}
    html = render_template("counsellor/people_file.html", form=form, page=page, hints=hints)
    return html, 422 if form.has_errors else 200


def _page(tx: Transaction, *, may_whole: bool) -> FilePage:
    people = supported(tx, only_mine=not may_whole)
    counts = {MINE: sum(one.referent_id == tx.actor.account_id for one in people)}
    if may_whole:
        counts[WHOLE] = len(people)
    return FilePage(counts=counts, left=room_for_rows(tx, current_app.extensions["carte_budgets"]), columns=HEAD)


def _file(form: Format, *, only_mine: bool) -> ResponseReturnValue:
    with gate().writing() as tx:
        people = take_out(tx, only_mine=only_mine, budgets=current_app.extensions["carte_budgets"])
        names = colleagues(tx)
        day = tx.today
    content = sheet(form, title="Mes personnes", head=HEAD, rows=[_cells(one, names) for one in people])
    return attached(content, name=f"mes-personnes-{day.isoformat()}.{form.value}", media_type=form.media_type)


def _cells(one: PersonRow, names: Mapping[str, str]) -> tuple[Cell, ...]:
    who = one.identity
    return (
        who.last_name,
        who.first_name,
        who.birth_name or "",
        who.birth_date,
        one.phones,
        one.email,
        one.postcode,
        one.city,
        names.get(one.referent_id, _ELSEWHERE) if one.referent_id else "",
        " / ".join(one.schemes),
        one.next_due_on,
    )
