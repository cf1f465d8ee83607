"""One line of the register, corrected or taken away by whoever wrote it, for 24 hours."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from pathway.casework.sharing.permissions import Permission
from pathway.casework.walk_ins.actions import correct_walk_in, remove_walk_in
from pathway.casework.walk_ins.queries import walk_in_seen
from pathway.casework.walk_ins.rules import WalkInKind, check_may_correct
from pathway.web.answers import one_of
from pathway.web.counsellor.walk_ins import MetForm
from pathway.web.forms import CarteForm, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

REMOVE = "remove"


class CorrectForm(MetForm):
    """The line as it is to be."""

    kind = one_of("Comment ?", WalkInKind, needed="Choisissez comment.")
    version = HiddenField()


@allow(Permission.WALK_IN_KEEP)
def view(ref: str) -> ResponseReturnValue:
    """The line; on POST, as corrected, or gone."""
    here = gate()
    with here.reading() as tx:
        found, today = walk_in_seen(tx, ref), tx.today
        is_author = found.account_id == tx.actor.account_id
        check_may_correct(recorded_at=found.recorded_at, is_author=is_author, now=tx.now)
    form = CorrectForm(
        kind=found.kind.value,
        outcome=found.outcome.value,
        day=found.happened_on,
        number=found.number,
        place=found.place,
        version=str(found.version),
    )
    is_removed = request.form.get("do") == REMOVE
    if request.method == "POST" and (CarteForm() if is_removed else form).validate():
        version = read_version(request.form.get("version"))
        with here.attempt(form) as tx:
            if is_removed:
                remove_walk_in(tx, walk_in_id=ref, version=version)
            else:
                correct_walk_in(tx, form.met(form.kind.data, today=today), walk_in_id=ref, version=version)
        if not form.has_errors:
            notify("Ligne retirée du registre." if is_removed else "Ligne corrigée.")
            return redirect(url_for("counsellor.walk_ins"), 303)
    answer = render_template("counsellor/walk_in.html", form=form, is_linked=found.is_linked)
    return answer, 422 if form.has_errors else 200
