"""« Retirer un accord à sa demande »: she asks, the professional records it, it counts at the next request."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField

from pathway.casework.agreements.actions import stop_sharing
from pathway.casework.agreements.queries import Sharing, sharing_of
from pathway.casework.agreements.rules import ALL_STRUCTURES
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import is_visible
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.parts import options, seen_words

_EVERYBODY = "all"


class WithdrawalForm(CarteForm):
    """With whom she stops, and her asking."""

    structure = RadioField(
        "Avec quelle structure arrêter le partage ?", validators=[Needed("Choisissez une structure.")]
    )
    asked = BooleanField(
        "La personne me le demande", validators=[Needed("Cochez cette case : seule la personne décide d’arrêter.")]
    )


@dataclass(frozen=True, kw_only=True)
class WithdrawalPage:
    """Whose record, and the structures that see something, with what they see and what remains."""

    name: str
    href: str
    structures: list[tuple[str, str]]
    hints: dict[str, str]


@allow(Permission.AGREEMENT_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, the sharing stops with that structure, or with all."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    form = WithdrawalForm()
    form.structure.choices = options(page.structures)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            chosen = form.structure.data
            stop_sharing(tx, record_id=ref, structure_id=ALL_STRUCTURES if chosen == _EVERYBODY else chosen)
        if not form.has_errors:
            notify("Le partage est arrêté, dès maintenant.")
            return redirect(_next(ref), 303)
    return render_template("counsellor/agreement_withdrawn.html", form=form, page=page), 422 if form.has_errors else 200


def _next(ref: str) -> str:
    """The record, unless it was the reader's own structure that has just lost it."""
    with gate().reading() as tx:
        still = is_visible(tx, ref)
    return url_for("counsellor.record", ref=ref) if still else url_for("counsellor.people")


def _page(tx: Transaction, ref: str) -> WithdrawalPage:
    record = record_opened(tx, ref, only=frozenset())
    own = tx.actor.structure_id
    # What she decided about the others is not told to a structure she stopped.
    held = [one for one in sharing_of(tx, ref) if not one.is_stopped]
    for_others = record.access.is_lasting_support and not record.access.is_own_only
    told = [one for one in held if one.structure_id == own or for_others]
    everybody = [(_EVERYBODY, "Toutes les structures")] if for_others else []
    return WithdrawalPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=ref),
        structures=[*((one.structure_id, one.name) for one in told), *everybody],
        hints={one.structure_id: _hint(one) for one in told},
    )


def _hint(one: Sharing) -> str:
    sees = seen_words(one.access.sections, whose="son") if one.access else ""
    keeps = " Elle l’accompagne : elle gardera ce qu’elle a écrit elle-même." if one.is_lasting_support else ""
    return f"{sees}.{keeps}"
