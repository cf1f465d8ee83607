"""One structure: what it is, what may be changed of it, and the ways to its accounts, its schemes and its end."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField

from pathway.casework.lifecycle.changes import change_kind
from pathway.casework.lifecycle.unused import is_empty, is_unused
from pathway.casework.partners.actions import change_structure
from pathway.casework.partners.queries import KnownStructure, known_structure, namesake
from pathway.casework.partners.rules import SensitiveKind, StructureKind
from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.queries import responsable_of
from pathway.casework.team.reading import Awaited, invitations_to
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid
from pathway.web.drafts import keeps
from pathway.web.forms import Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.operator.structure_form import CHOICES, IS_ANOTHER, KINDS, ORDINARY_CHOICES, AddressForm, same_name

_SECRET_KINDS = frozenset(kind.value for kind in SensitiveKind)
_AS_IT_IS = SelectChoice("", "Ne pas changer")


class ChangeForm(AddressForm):
    """Another name, kind or address. The present name and kind of a sensitive structure are not shown."""

    name = StringField("Nom", [Needed("Écrivez le nom de la structure.")])
    kind = SelectField("Genre", choices=ORDINARY_CHOICES, validate_choice=False, default="")
    is_another = BooleanField(IS_ANOTHER)


@dataclass(frozen=True, kw_only=True)
class StructurePage:
    """What the template needs. `has_head`: a responsable is at work there today. `is_empty`: nobody works or is
    followed there. `may_turn`: it may still become sensitive, or ordinary. `namesake`: another one so named."""

    ref: str
    one: KnownStructure
    kind: str
    since: date
    is_territory: bool
    has_head: bool
    is_empty: bool
    may_turn: bool
    namesake: str
    awaited: tuple[Awaited, ...]


@allow(Permission.STRUCTURES_KEEP)
def view(ref: str) -> ResponseReturnValue:
    """Show it."""
    return _page(ref, None, 200)


@allow(Permission.STRUCTURES_KEEP)
@keeps
def change(ref: str) -> ResponseReturnValue:
    """Give it another name, kind or address."""
    form, same = ChangeForm(), ""
    if form.validate():
        with gate().reading() as tx:
            is_secret = known_structure(tx, ref).is_sensitive
            same = namesake(tx, form.name.data or "", but=ref)
            tx.journal("read_structure", structure_read=ref)
        if same and not form.is_another.data:
            form.refuse(same_name(same))
        elif form.kind.data in (_SECRET_KINDS if not is_secret else KINDS):
            _turned(form, ref)
        else:
            _changed(form, ref)
    if form.has_errors:
        return _page(ref, form, 422, same)
    notify("Structure modifiée.")
    return redirect(url_for("operator.structure", ref=ref), 303)


def _turned(form: ChangeForm, ref: str) -> None:
    with gate().attempt(form) as tx:
        change_kind(tx, ref, name=form.name.data or "", kind=KINDS[form.kind.data], address=form.address.data or "")


def _changed(form: ChangeForm, ref: str) -> None:
    with gate().attempt(form) as tx:
        change_structure(tx, ref, name=form.name.data or "", kind=_kind(form.kind.data), address=form.address.data)


def _kind(typed: str | None) -> StructureKind | None:
    """The kind chosen; None when the form shows none (a sensitive structure, the coordination)."""
    if not typed:
        return None
    if typed not in {kind.value for kind in StructureKind}:
        raise Invalid("Choisissez le genre dans la liste.", field="kind")
    return StructureKind(typed)


def _page(ref: str, refused: ChangeForm | None, status: int, same: str = "") -> ResponseReturnValue:
    with gate().reading() as tx:
        one = known_structure(tx, ref)
        page = StructurePage(
            ref=ref,
            one=one,
            kind="" if one.is_sensitive else one.kind.label,
            since=local_day(one.recorded_at),
            is_territory=one.kind is StructureKind.TERRITORY,
            has_head=responsable_of(tx, ref) is not None,
            is_empty=is_empty(tx, ref),
            may_turn=one.is_active and one.kind is not StructureKind.TERRITORY and is_unused(tx, ref),
            namesake=same,
            awaited=tuple(invitations_to(tx, ref)),
        )
        tx.journal("read_structure", structure_read=ref)
    shown = "" if one.is_sensitive else one.name
    kind = "" if one.is_sensitive else one.kind.value
    form = refused or ChangeForm(formdata=None, name=shown, kind=kind, address=one.address)
    if page.may_turn:
        form.kind.choices = [_AS_IT_IS, *CHOICES] if one.is_sensitive else list(CHOICES)
    return render_template("operator/structure.html", page=page, form=form, refused=refused), status
