"""Looking for somebody from inside another form: Enter does the form's own gesture, unless a name waits to be found."""

from collections.abc import Iterable

from flask import request
from wtforms import HiddenField, StringField

from pathway.casework.records.names import Query
from pathway.casework.records.queries import found
from pathway.casework.records.quick import read_line
from pathway.casework.records.rules import Identity
from pathway.casework.sharing.queries import accesses_of
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import Invalid
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm

LOOK, ENTER = "search", "enter"
LOOKED_BY = "Nom et prénom, téléphone ou numéro de carte."
_SAY_WHO = "Écrivez un nom et un prénom, un téléphone ou un numéro de carte."


class LookingForm(CarteForm):
    """A form within which somebody is looked for. `quick`: who; `looked`: what the last search has found already."""

    quick = StringField("Chercher son dossier", description=LOOKED_BY)
    looked = HiddenField()

    @property
    def looks(self) -> bool:
        """Whether this request only looks for somebody: by its button, or by Enter after a name not yet looked for."""
        asked = request.form.get("do") if request.method == "POST" else ""
        typed = request.form.get("quick", "").strip()
        return asked == LOOK or (asked == ENTER and typed not in ("", request.form.get("looked", "")))

    @property
    def is_begun(self) -> bool:
        """Whether the form itself is being filled: looking for nobody is then no mistake."""
        return False


def looked_up(tx: Transaction, form: LookingForm) -> dict[str, Identity] | None:
    """record id → those found whose follow-up the structure may write, the nearest first; None when nobody was looked
    for, or when the refusal is said beside the field."""
    if not form.looks:
        return None
    typed = (form.quick.data or "").strip()
    form.looked.data = ""
    if not typed and form.is_begun:
        return None
    try:
        hits = {one.record_id: one.identity for one in found(tx, _query(typed))}
    except Invalid as refusal:
        form.refuse(Invalid(refusal.sentence, field="quick"))
        return None
    seen = open_to(tx, hits)
    kept = {name: one for name, one in hits.items() if name in seen}
    form.looked.data = typed if kept else ""
    return kept


def open_to(tx: Transaction, record_ids: Iterable[str]) -> set[str]:
    """Those whose follow-up the structure may write."""
    accesses = accesses_of(tx, list(record_ids))
    return {name for name, access in accesses.items() if access.opens(Part.FOLLOWUP.value) and access.may_write}


def _query(typed: str) -> Query:
    if not typed.strip(" ,;."):
        raise Invalid(_SAY_WHO)
    return read_line(typed)
