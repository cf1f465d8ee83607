"""Which sheet of a workbook holds the people."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from pathway.casework.intake.queries import ImportPlan, one_import, plan_of
from pathway.casework.intake.receiving import choose_sheet
from pathway.casework.intake.states import ImportState
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import counted
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate


class SheetForm(CarteForm):
    """One of the sheets."""

    sheet = RadioField("Quelle feuille reprendre ?", [Needed("Choisissez une feuille.")], validate_choice=False)


@allow(Permission.PEOPLE_IMPORT)
def view(ref: str) -> ResponseReturnValue:
    """Show the sheets that hold rows; on POST, keep one and forget the others."""
    with gate().reading() as tx:
        line = one_import(tx, ref)
        plan = plan_of(tx, ref) if line.state is ImportState.RECEIVED else None
        tx.journal("read_import", batch=ref)
    if plan is None or plan.sheet is not None:
        return redirect(url_for("operator.import_one", ref=ref), 303)
    form = SheetForm()
    form.sheet.choices = _choices(plan)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            choose_sheet(tx, ref, sheet=_number(form.sheet.data or ""))
        if not form.has_errors:
            return redirect(url_for("operator.import_columns", ref=ref), 303)
    shown = render_template("operator/import_sheet.html", form=form, plan=plan, ref=ref)
    return shown, 422 if form.has_errors else 200


def _choices(plan: ImportPlan) -> list[SelectChoice]:
    told = (f"{one.name} : {counted(one.rows, 'ligne')}, {counted(len(one.titles), 'colonne')}" for one in plan.sheets)
    return [SelectChoice(str(number), said) for number, said in enumerate(told)]


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else -1
