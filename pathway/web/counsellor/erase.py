"""Erasing an answer that is wrong or may not be kept: chosen, with its reason, and for good."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from pathway.casework.partners.queries import structure_names
from pathway.casework.records.catalogue import CATALOGUE, Item
from pathway.casework.records.erasure import erasable, erase_answer
from pathway.casework.records.facts import Claim
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import EraseReason
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import NotFound
from pathway.web.answers import one_of
from pathway.web.counsellor.telling import full_name, origin
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.versions import Version, sides_of, versions_of


class EraseForm(CarteForm):
    """Which answer, and why."""

    choice = RadioField(
        "La réponse à effacer", [Needed("Choisissez la réponse à effacer.")], choices=[], validate_choice=False
    )
    reason = one_of("Pourquoi l’effacer ?", EraseReason, needed="Dites pourquoi cette réponse est effacée.")


@dataclass(frozen=True, kw_only=True)
class ErasePage:
    """The item, and its answers that the reader may erase."""

    name: str
    href: str
    label: str
    versions: tuple[Version, ...]


@allow(Permission.RECORD_EDIT)
@fresh
def view(ref: str, item: str) -> ResponseReturnValue:
    """The answers one may erase; on POST, one is gone for good and its trace stays."""
    if item not in CATALOGUE:
        abort(404)
    page, form = _page(ref, CATALOGUE[item]), EraseForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            reason = EraseReason.read(form.reason.data)
            erase_answer(tx, record_id=ref, item_key=item, choice=form.choice.data, reason=reason)
        if not form.has_errors:
            notify("Réponse effacée. La personne le lit sur « Mes informations ».")
            return redirect(page.href, 303)
    chosen = form.choice.data or (page.versions[0].id if len(page.versions) == 1 else "")
    sides = sides_of(page.versions, chosen)
    html = render_template("counsellor/erase.html", form=form, page=page, sides=sides)
    return html, 422 if form.has_errors else 200


def _page(ref: str, asked: Item) -> ErasePage:
    with gate().reading() as tx:
        record = record_opened(tx, ref, only=frozenset({asked.section}))
        names = structure_names(tx)
        mine = erasable(tx, record, asked.key)
    if not mine.claims:
        raise NotFound

    def told(one: Claim) -> str:
        said = origin(one.provenance, names)
        return f"{said}, ancienne réponse" if one in mine.past else said

    return ErasePage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.section", ref=record.id, section=asked.section.value),
        label=asked.label,
        versions=versions_of(asked, mine.claims, told),
    )
