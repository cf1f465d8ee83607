"""Deciding with the person between answers that disagree."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from pathway.casework.partners.queries import structure_names
from pathway.casework.records.actions import settle_answer
from pathway.casework.records.catalogue import CATALOGUE, Item
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import NotFound
from pathway.web.counsellor.telling import full_name, origin
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.versions import Version, sides_of, versions


class SettleForm(CarteForm):
    """The answer chosen."""

    choice = RadioField(
        "Quelle est la bonne réponse ?", [Needed("Choisissez une des réponses.")], choices=[], validate_choice=False
    )


@dataclass(frozen=True, kw_only=True)
class SettlePage:
    """The item, and the answers that disagree."""

    name: str
    href: str
    section_href: str
    label: str
    versions: tuple[Version, ...]


@allow(Permission.RECORD_EDIT)
def view(ref: str, item: str) -> ResponseReturnValue:
    """The answers side by side; on POST, the one chosen stands and the others go to history."""
    if item not in CATALOGUE:
        abort(404)
    form, page = SettleForm(), _page(ref, CATALOGUE[item])
    if len(page.versions) < 2:
        notify("Il n’y a plus qu’une réponse.", "info")
        return redirect(page.href, 303)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            settle_answer(tx, record_id=ref, item_key=item, choice=form.choice.data)
        if not form.has_errors:
            notify("C’est décidé. L’autre réponse reste dans l’historique.")
            return redirect(page.href, 303)
        page = _page(ref, CATALOGUE[item])
    sides = sides_of(page.versions, form.choice.data)
    html = render_template("counsellor/settle.html", form=form, page=page, sides=sides)
    return html, 422 if form.has_errors else 200


def _page(ref: str, asked: Item) -> SettlePage:
    with gate().reading() as tx:
        record = record_opened(tx, ref, only=frozenset({asked.section}))
        if asked.key not in record.facts:
            raise NotFound
        names = structure_names(tx)
    return SettlePage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=record.id),
        section_href=url_for("counsellor.section", ref=record.id, section=asked.section.value),
        label=asked.label,
        versions=versions(asked, record.facts[asked.key], lambda source: origin(source, names)),
    )
