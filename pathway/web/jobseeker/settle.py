"""« Choisir la bonne réponse »: she decides between answers that disagree."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from pathway.casework.partners.queries import structure_names
from pathway.casework.records.actions import settle_answer
from pathway.casework.records.catalogue import CATALOGUE, Item, reaches_her
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, gate, unproved
from pathway.web.jinja import notify
from pathway.web.jobseeker.information import answer_href, told
from pathway.web.versions import Version, sides_of, versions


class SettleForm(CarteForm):
    """The answer chosen."""

    choice = RadioField(
        marked("Quelle est la bonne réponse ?"),
        [Needed(marked("Choisissez la bonne réponse."))],
        choices=[],
        validate_choice=False,
    )


@dataclass(frozen=True, kw_only=True)
class SettlePage:
    """The item, and the answers that disagree."""

    key: str
    label: str
    versions: tuple[Version, ...]


@allow(Permission.OWN_RIGHTS)
def view(item: str) -> ResponseReturnValue:
    """The answers, who said them and when; on POST, the one she chose stands."""
    if item not in CATALOGUE:
        abort(404)
    again = unproved(gate()) if reaches_her(item) else None
    return again or _settling(item)


def _settling(item: str) -> ResponseReturnValue:
    form, page = SettleForm(), _page(CATALOGUE[item])
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            settle_answer(tx, record_id=tx.actor.record_id, item_key=item, choice=form.choice.data)
        if not form.has_errors:
            notify(_("C’est noté. L’autre réponse reste dans l’historique."))
            return redirect(answer_href(item), 303)
        page = _page(CATALOGUE[item])
    if len(page.versions) < 2:
        return redirect(answer_href(item), 303)
    sides = sides_of(page.versions, form.choice.data)
    html = render_template("jobseeker/settle.html", form=form, page=page, sides=sides)
    return html, 422 if form.has_errors else 200


def _page(asked: Item) -> SettlePage:
    with gate().reading() as tx:
        record = record_opened(tx, tx.actor.record_id, only=frozenset({asked.section}))
        names = structure_names(tx)
    said = versions(asked, record.facts.get(asked.key), lambda source: told(source, names))
    return SettlePage(key=asked.key, label=_(asked.label), versions=said)
