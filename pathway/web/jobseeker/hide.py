"""« Cacher une partie »: a section or one answer, from one structure; and showing it again."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField

from pathway.casework.agreements.actions import hide_part, show_part
from pathway.casework.agreements.queries import Sharing, sharing_with
from pathway.casework.agreements.rules import ALWAYS_SEEN, WHO_SHE_IS
from pathway.casework.records.catalogue import CAUTIONS, items_of
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.parts import options

_WHOLE = marked("Toute cette partie")


class PartForm(CarteForm):
    """First, which part."""

    section = RadioField(marked("Quelle partie ?"), validators=[Needed(marked("Choisissez une partie."))])


class HideForm(CarteForm):
    """Then, the whole of it or one answer."""

    section = HiddenField()
    what = RadioField(
        marked("Que voulez-vous cacher ?"), validators=[Needed(marked("Choisissez ce que vous voulez cacher."))]
    )


class ShowForm(CarteForm):
    """What to show again: « section.item », the item empty for the whole section."""

    what = HiddenField()


@dataclass(frozen=True, kw_only=True)
class HidePage:
    """From whom, and which sections are in sight: (code, label)."""

    structure_id: str
    structure: str
    sections: list[tuple[str, str]]


@allow(Permission.SHARING_DECIDE)
def view(structure_ref: str) -> ResponseReturnValue:
    """Choose a part, then how much of it; only the second answer hides anything."""
    with gate().reading() as tx:
        page = _page(sharing_with(tx, tx.actor.record_id, structure_ref))
    if request.form.get("step") == "what":
        return _second(page, request.form.get("section", ""))
    form = PartForm()
    form.section.choices = options(page.sections)
    if request.method == "POST" and form.validate():
        return _second(page, form.section.data)
    answer = render_template("jobseeker/hide.html", form=form, page=page, part="")
    return answer, 422 if form.has_errors else 200


@allow(Permission.SHARING_DECIDE)
@fresh
def show_view(structure_ref: str) -> ResponseReturnValue:
    """Show again what was hidden, at once."""
    form = ShowForm()
    if form.validate():
        section, _dot, item = (form.what.data or "").partition(".")
        with gate().writing() as tx:
            show_part(tx, record_id=tx.actor.record_id, structure_id=structure_ref, section=section, item_key=item)
        notify(_("C’est fait : cette partie n’est plus cachée."))
    return redirect(url_for("jobseeker.access"), 303)


def _page(one: Sharing) -> HidePage:
    access = one.access
    return HidePage(
        structure_id=one.structure_id,
        structure=one.name,
        sections=[(part.value, part.label) for part in Section if access and access.opens(part.value)],
    )


def _second(page: HidePage, code: str) -> ResponseReturnValue:
    section = next((part for part in Section if part.value == code and code in dict(page.sections)), None)
    if section is None:
        return redirect(url_for("jobseeker.hide", structure_ref=page.structure_id), 303)
    form = HideForm(section=section.value)
    form.what.choices = options(_choices(section))
    is_chosen = request.form.get("step") == "what"
    if is_chosen and form.validate() and _hidden(page, form, section):
        notify(_("C’est caché, dès maintenant."))
        return redirect(url_for("jobseeker.access"), 303)
    answer = render_template("jobseeker/hide.html", form=form, page=page, part=section.label)
    return answer, 422 if form.has_errors else 200


def _hidden(page: HidePage, form: HideForm, section: Section) -> bool:
    item = "" if form.what.data == section.value else form.what.data.removeprefix(".")
    with gate().attempt(form) as tx:
        hide_part(
            tx, record_id=tx.actor.record_id, structure_id=page.structure_id, section=section.value, item_key=item
        )
    return not form.has_errors


def _choices(section: Section) -> list[tuple[str, str]]:
    """The whole section first; who she is stays visible. A dot tells an answer from a section of the same code."""
    whole = [] if section.value == ALWAYS_SEEN else [(section.value, _WHOLE)]
    kept = WHO_SHE_IS | CAUTIONS.keys()
    return whole + [(f".{one.key}", one.label) for one in items_of(section) if one.key not in kept]
