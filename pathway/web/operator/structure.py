"""One structure: what it is, what may be changed of it, and the ways to its accounts, its schemes and its end."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField

from pathway.casework.partners.actions import change_structure
from pathway.casework.partners.queries import KnownStructure, known_structure
from pathway.casework.partners.rules import ORDINARY_KINDS, StructureKind
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.queries import responsable_of
from pathway.casework.team.reading import Awaited, invitations_to
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify


class ChangeForm(CarteForm):
    """Another name, another kind. A sensitive structure has the name alone, and its present one is not shown."""

    name = StringField("Nom", [Needed("Écrivez le nom de la structure.")])
    kind = SelectField(
        "Genre",
        choices=[SelectChoice(kind.value, kind.label) for kind in ORDINARY_KINDS],
        validate_choice=False,
        default="",
    )


@dataclass(frozen=True, kw_only=True)
class StructurePage:
    """What the template needs. `has_head`: a responsable is at work there today. `may_close`: not the coordination."""

    ref: str
    one: KnownStructure
    kind: str
    since: date
    is_territory: bool
    has_head: bool
    awaited: tuple[Awaited, ...]


@allow(Permission.STRUCTURES_KEEP)
def view(ref: str) -> ResponseReturnValue:
    """Show it."""
    return _page(ref, None, 200)


@allow(Permission.STRUCTURES_KEEP)
def change(ref: str) -> ResponseReturnValue:
    """Give it another name or kind."""
    form = ChangeForm()
    if form.validate():
        with gate().attempt(form) as tx:
            change_structure(tx, ref, name=form.name.data or "", kind=_kind(form.kind.data))
    if form.has_errors:
        return _page(ref, form, 422)
    notify("Structure modifiée.")
    return redirect(url_for("operator.structure", ref=ref), 303)


def _kind(typed: str | None) -> StructureKind | None:
    """The kind chosen; None when the form shows none (a sensitive structure, the coordination)."""
    if not typed:
        return None
    if typed not in {kind.value for kind in StructureKind}:
        raise Invalid("Choisissez le genre dans la liste.", field="kind")
    return StructureKind(typed)


def _page(ref: str, refused: ChangeForm | None, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        one = known_structure(tx, ref)
        page = StructurePage(
            ref=ref,
            one=one,
            kind="" if one.is_sensitive else one.kind.label,
            since=local_day(one.recorded_at),
            is_territory=one.kind is StructureKind.TERRITORY,
            has_head=responsable_of(tx, ref) is not None,
            awaited=tuple(invitations_to(tx, ref)),
        )
        tx.journal("read_structure", structure_read=ref)
    shown = "" if one.is_sensitive else one.name
    form = refused or ChangeForm(formdata=None, name=shown, kind=one.kind.value)
    return render_template("operator/structure.html", page=page, form=form, refused=refused), status
