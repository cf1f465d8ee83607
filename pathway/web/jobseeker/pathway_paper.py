"""« Imprimer mon parcours »: she ticks what she wants to show, and keeps or hands over the paper."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from pathway.casework.portfolio.actions import print_pathway
from pathway.casework.portfolio.rules import Chapter
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import FRENCH, speaking
from pathway.web.gate import allow, fresh, gate
from pathway.web.pathway_paper import HINTS, ChaptersForm, pathway_pdf


@allow(Permission.OWN_PATHWAY_READ)
@fresh
def view() -> ResponseReturnValue:
    """What may be on the paper; on POST, the paper."""
    here, form = gate(), ChaptersForm()
    form.offer(Chapter, is_new=request.method == "GET")
    if request.method == "POST" and form.validate():
        with speaking(FRENCH):  # whoever is handed the paper reads French
            with here.attempt(form) as tx:
                paper, today = print_pathway(tx, record_id=here.actor.record_id, chapters=form.chosen), tx.today
            if not form.has_errors:
                return pathway_pdf(paper, today=today)
    html = render_template("jobseeker/pathway_paper.html", form=form, hints=HINTS)
    return html, 422 if form.has_errors else 200
