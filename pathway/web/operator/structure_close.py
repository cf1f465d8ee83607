"""Closing a structure: who takes over, what will change hands, then the code typed again to be sure."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from pathway.casework.lifecycle.actions import Closed, close_empty, close_structure
from pathway.casework.lifecycle.queries import Weight, weight_of
from pathway.casework.lifecycle.unused import is_empty
from pathway.casework.partners.queries import KnownStructure, heirs_of, known_structure
from pathway.casework.partners.rules import StructureKind
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import NotFound, Refused
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

# A page must answer in a few seconds: beyond, the command does the same at its own pace.
MOST_PEOPLE = 500
_ANOTHER_CODE = "Ce n’est pas le code de la structure qui ferme. Recopiez-le tel qu’il est écrit."
_NO_HEIR = "Choisissez d’abord la structure qui reprend, puis relisez ce qui se passera."
_TOO_MANY = (
    f"Cette structure suit plus de {MOST_PEOPLE} personnes : fermez-la avec « ./carte partners close-structure »."
)


class CloseForm(CarteForm):
    """Who takes over, and the code of the structure that closes."""

    heir = HiddenField()
    code = StringField("Code de la structure qui ferme", [Needed("Recopiez le code de la structure.")])


@dataclass(frozen=True, kw_only=True)
class ClosePage:
    """What the template needs. `heirs`: id → how it is called, those that may take over. `heir`: the one chosen, or
    empty: nothing is shown of what will happen before. `is_empty`: nobody works or is followed there, nobody takes
    over."""

    ref: str
    one: KnownStructure
    heirs: Mapping[str, str]
    heir: str
    weight: Weight
    is_empty: bool

    @property
    def is_too_large(self) -> bool:
        """Whether only the command may close it."""
        return self.weight.people > MOST_PEOPLE


@allow(Permission.STRUCTURES_KEEP)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """Show who may take over, then what will happen; on POST, close it."""
    form = CloseForm()
    is_sent = request.method == "POST"
    chosen = (form.heir.data or "") if is_sent else request.args.get("reprise", "")
    with gate().reading() as tx:
        page = _page(tx, ref, chosen)
    if "reprise" in request.args and not (is_sent or page.heir or page.is_empty):
        form.refuse(Refused(_NO_HEIR))
    if is_sent and form.validate() and _is_sure(form, page):
        done = Closed()
        with gate().attempt(form) as tx:
            if page.is_empty:
                close_empty(tx, ref)
            else:
                done = close_structure(tx, structure_id=ref, heir_id=page.heir)
        if not form.has_errors:
            notify("Structure fermée." if page.is_empty else _said(done))
            return redirect(url_for("operator.structures"), 303)
    form.heir.data = page.heir
    return render_template("operator/structure_close.html", page=page, form=form), 422 if form.has_errors else 200


def _is_sure(form: CloseForm, page: ClosePage) -> bool:
    if not (page.heir or page.is_empty):
        form.refuse(Refused(_NO_HEIR))
    elif page.is_too_large:
        form.refuse(Refused(_TOO_MANY))
    elif (form.code.data or "").strip() != page.one.code:
        form.refuse(Refused(_ANOTHER_CODE, field="code"))
    return not form.has_errors


def _page(tx: Transaction, ref: str, chosen: str) -> ClosePage:
    one = known_structure(tx, ref)
    if not one.is_active or one.kind is StructureKind.TERRITORY:
        raise NotFound
    heirs = {heir.id: f"{heir.name} ({heir.code})" for heir in heirs_of(tx, ref)}
    heir = chosen if chosen in heirs else ""
    weight = weight_of(tx, ref)
    if heir and weight.people <= MOST_PEOPLE:
        weight = weight_of(tx, ref, heir_id=heir)
    tx.journal("read_structure", structure_read=ref)
    return ClosePage(ref=ref, one=one, heirs=heirs, heir=heir, weight=weight, is_empty=is_empty(tx, ref))


def _said(done: Closed) -> str:
    people = counted(done.people, "personne reprise", "personnes reprises")
    points = counted(done.points, "point de suivi", "points de suivi")
    waiting = f" {counted(done.waiting, 'attend', 'attendent')} la coordination du territoire." if done.waiting else ""
    return f"Structure fermée : {people}, avec {points}.{waiting}"
