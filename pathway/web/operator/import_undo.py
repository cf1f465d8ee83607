"""« Annuler cet import »: what will be undone and what will not, then it is."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.intake.queries import one_import
from pathway.casework.lifecycle.undoing import ask_undo, undo_weight
from pathway.casework.sharing.permissions import Permission
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, fresh, gate
from pathway.web.operator.import_work import carry_on_at_once


class UndoForm(CarteForm):
    """Nothing to fill: to be sure."""


@allow(Permission.PEOPLE_IMPORT)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """Show what undoing would do; on POST, do it."""
    form = UndoForm()
    with gate().reading() as tx:
        one = one_import(tx, ref)
        weight = undo_weight(tx, ref) if one.may_be_undone else None
        tx.journal("read_import", batch=ref)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            ask_undo(tx, ref)
        if not form.has_errors:
            carry_on_at_once(gate(), ref)
            return redirect(url_for("operator.import_one", ref=ref), 303)
    if weight is None and not form.has_errors:
        return redirect(url_for("operator.import_one", ref=ref), 303)
    shown = render_template("operator/import_undo.html", form=form, one=one, weight=weight, ref=ref)
    return shown, 422 if form.has_errors else 200
