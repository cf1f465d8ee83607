"""« Imprimer son parcours », with her beside: she says which parts she wants on her paper, among those seen here."""

from dataclasses import dataclass

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from pathway.casework.portfolio.actions import print_pathway
from pathway.casework.portfolio.rules import Chapter, offered
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Refused
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.pathway_paper import HINTS, ChaptersForm, pathway_pdf

_EXCEPTIONAL = "Un accès exceptionnel ne permet pas d’imprimer le parcours de la personne."
_NOT_THERE = "Cochez cette case : ce papier se prépare avec la personne, et pour elle."


class WithHerForm(ChaptersForm):
    """The same, and that she is there."""

    present = BooleanField("La personne est avec moi et choisit ces parties", [Needed(_NOT_THERE)])


@dataclass(frozen=True, kw_only=True)
class PaperPage:
    """Whose pathway, and what of it may be printed here."""

    name: str
    href: str
    chapters: list[Chapter]


@allow(Permission.PATHWAY_PRINT)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """What may be on the paper; on POST, the paper."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    form = WithHerForm()
    form.offer(page.chapters, is_new=request.method == "GET")
    if request.method == "POST" and form.validate():
        budgets = current_app.extensions["carte_budgets"]
        with gate().attempt(form) as tx:
            paper, today = print_pathway(tx, record_id=ref, chapters=form.chosen, budgets=budgets), tx.today
        if not form.has_errors:
            return pathway_pdf(paper, today=today)
    html = render_template("counsellor/pathway_paper.html", form=form, page=page, hints=HINTS)
    return html, 422 if form.has_errors else 200


def _page(tx: Transaction, ref: str) -> PaperPage:
    record = record_opened(tx, ref, only=frozenset())
    if not record.access.may_enter:
        raise Refused(_EXCEPTIONAL)
    return PaperPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=record.id),
        chapters=offered(record.access),
    )
