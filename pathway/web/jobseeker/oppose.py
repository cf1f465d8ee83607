"""« M’opposer »: the sharing with one structure stops at once, and its responsable must answer."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from pathway.casework.agreements.queries import sharing_with
from pathway.casework.rights.actions import object_to
from pathway.casework.rights.rules import TEXT_LENGTH, RequestWay, answer_due
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date
from pathway.web.forms import AtMost, CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.jobseeker.sights import sight_of


class OpposeForm(CarteForm):
    """Why, if she wishes."""

    text = TextAreaField(marked("Pourquoi ?"), [AtMost(TEXT_LENGTH)])


@allow(Permission.OWN_RIGHTS)
def view(structure_ref: str) -> ResponseReturnValue:
    """Say what stops and who answers; on POST, stop and ask."""
    with gate().reading() as tx:
        sight = sight_of(sharing_with(tx, tx.actor.record_id, structure_ref))
        due = said_date(answer_due(tx.today))
    form = OpposeForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            object_to(
                tx,
                record_id=tx.actor.record_id,
                structure_id=structure_ref,
                text=form.text.data or "",
                way=RequestWay.ACCOUNT,
            )
        if not form.has_errors:
            notify(_("Le partage est arrêté, dès maintenant. Votre demande est envoyée."))
            return redirect(url_for("jobseeker.requests"), 303)
    answer = render_template("jobseeker/oppose.html", form=form, sight=sight, due=due)
    return answer, 422 if form.has_errors else 200
