"""What each column of the file is: proposed from its title, decided by the operator, who reads no cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from pathway.casework.intake.cells import names_nir
from pathway.casework.intake.queries import ImportLine, SheetPlan, one_import, plan_of
from pathway.casework.intake.receiving import choose_import_columns
from pathway.casework.intake.rules import suggest_columns
from pathway.casework.intake.states import NOT_BEGUN
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid, PathwayError
from pathway.kernel.wording import counted
from pathway.web.forms import CarteForm, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.operator.import_work import carry_on_at_once

_LEFT_OUT = SelectChoice("", "Ne pas reprendre")


class ColumnsForm(CarteForm):
    """One choice for each column; the columns are those of the file."""

    titles: Mapping[str, str]

    def refuse(self, error: PathwayError) -> None:
        """What is wrong with a column is said beside it."""
        title = getattr(error, "field", "")
        named = [name for name, known in self.titles.items() if known == title]
        super().refuse(Invalid(error.sentence, field=named[0]) if named else error)

    @property
    def chosen(self) -> dict[str, str]:
        """Title → item; what is no item of the dictionary is not taken over."""
        typed = {title: self._fields[name].data or "" for name, title in self.titles.items()}
        return {title: key for title, key in typed.items() if key in CATALOGUE}


@dataclass(frozen=True, kw_only=True)
class ColumnsPage:
    """What the template needs. `hints`: field → how filled its column is and what it looks like; `never`: titles of
    columns that are never read."""

    ref: str
    line: ImportLine
    hints: Mapping[str, str]
    never: tuple[str, ...]
    recognised: int


@allow(Permission.PEOPLE_IMPORT)
def view(ref: str) -> ResponseReturnValue:
    """Show the columns; on POST, have the file checked with them."""
    with gate().reading() as tx:
        line = one_import(tx, ref)
        plan = plan_of(tx, ref) if line.state in NOT_BEGUN else None
        tx.journal("read_import", batch=ref)
    if plan is None or plan.sheet is None:
        return redirect(url_for("operator.import_sheet" if plan else "operator.import_one", ref=ref), 303)
    proposed = plan.chosen if plan.chosen is not None else suggest_columns(plan.table.titles)
    form = _form(plan.table, proposed)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            choose_import_columns(tx, ref, chosen=form.chosen)
        if not form.has_errors:
            carry_on_at_once(gate(), ref)
            return redirect(url_for("operator.import_one", ref=ref), 303)
    page = _page(ref, line, plan.table, form)
    return render_template("operator/import_columns.html", form=form, page=page), 422 if form.has_errors else 200


def _form(table: SheetPlan, proposed: Mapping[str, str]) -> ColumnsForm:
    titles = {f"colonne-{number}": one for number, one in enumerate(table.titles, 1) if not names_nir(one)}
    choices = _choices()
    fields: dict[str, Any] = {
        name: SelectField(title, choices=choices, default=proposed.get(title, ""), validate_choice=False)
        for name, title in titles.items()
    }
    made: ColumnsForm = type("FileColumnsForm", (ColumnsForm,), {**fields, "titles": titles})()
    return made


def _choices() -> list[SelectChoice]:
    return [
        _LEFT_OUT,
        *(SelectChoice(key, one.label, optgroup=one.section.label) for key, one in CATALOGUE.items()),
    ]


def _page(ref: str, line: ImportLine, table: SheetPlan, form: ColumnsForm) -> ColumnsPage:
    shapes = dict(zip(table.titles, zip(table.filled, table.shapes, strict=True), strict=True))
    return ColumnsPage(
        ref=ref,
        line=line,
        hints={name: _hint(*shapes[title], table.rows) for name, title in form.titles.items()},
        never=tuple(title for title in table.titles if title not in form.titles.values()),
        recognised=len(form.chosen),
    )


def _hint(filled: int, shape: str, rows: int) -> str:
    if not filled:
        return "Aucune cellule remplie."
    if filled == rows:
        return f"Toutes les cellules remplies : {shape}."
    return f"{counted(filled, 'cellule remplie', 'cellules remplies')} sur {rows} : {shape}."
