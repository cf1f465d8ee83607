"""The contrat d’engagement beside the steps: reference, days, objectives, next review; and its paper. Hours nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField

from pathway.casework.action_plan.actions import amend_engagement, record_engagement, settle_engagement
from pathway.casework.action_plan.queries import (
    engagement_kept,
    engagement_seen,
    engagements_read,
    engagements_to_put_back,
)
from pathway.casework.action_plan.reading import EngagementView
from pathway.casework.action_plan.rules import ENGAGEMENT_SECTION, EngagementState
from pathway.casework.partners.queries import structure_names
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import access_of, same_person
from pathway.kernel.errors import Conflict, Refused
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, DayField, Needed, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import Undo, notify

_SAID = {
    EngagementState.ENDED: "Contrat terminé.",
    EngagementState.CURRENT: "Contrat repris.",
    EngagementState.CANCELLED: "Contrat annulé. Pendant 24 heures, vous pouvez le remettre.",
}
_MEANWHILE = "Ce contrat vient de changer : le voici à jour."
_TO_COME = "À venir"


class ContractForm(CarteForm):
    """A contract, as it was read when it is changed."""

    from_on = DayField("Début", [Needed("Écrivez le jour où le contrat commence.")])
    until_on = DayField("Fin")
    review_on = DayField("Prochaine revue", description="Le jour où vous le relisez ensemble.")
    reference = StringField("Référence", description="Celle du document signé.")
    objectives = TextAreaField("Objectifs", [Needed("Écrivez au moins un objectif du contrat.")])
    version = HiddenField()


class StateForm(CarteForm):
    """One button on one contract, as it was read."""

    state = HiddenField()
    version = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One contract in words. `is_to_come`: it has not begun; `is_mistake`: it is shown to be put back. `may_reopen`: it
    is the structure's own, ended or a mistake, and none is under way there."""

    id: str
    structure: str
    days: str
    review: str
    reference: str
    objectives: str
    state: str
    is_current: bool
    is_to_come: bool
    is_mistake: bool
    is_ours: bool
    may_reopen: bool
    version: int
    print_href: str
    state_href: str


@dataclass(frozen=True, kw_only=True)
class ContractsPage:
    """What the template needs. `own`: the one the form changes, None to begin one; `others`: all the rest; `mistakes`:
    those that may still be put back."""

    name: str
    href: str
    record_href: str
    own: Contract | None
    others: list[Contract]
    mistakes: list[Contract]
    may_write: bool


@allow(Permission.PLAN_KEEP)
def view(ref: str) -> ResponseReturnValue:
    """The contract under way with its form, and those before; on POST, it is recorded or changed."""
    here = gate()
    with here.reading() as tx:
        found = engagements_read(tx, ref)
        own = _own(tx, found)
        page = _page(tx, ref, found)
        today = tx.today
    form = _form(own, today)
    if form.validate_on_submit() and form.from_on.day:
        typed: dict[str, Any] = {
            "from_on": form.from_on.day,
            "until_on": form.until_on.day,
            "review_on": form.review_on.day,
            "reference": form.reference.data or "",
            "objectives": form.objectives.data or "",
        }
        with here.attempt(form) as tx:
            if own:
                amend_engagement(tx, engagement_id=own.id, version=read_version(form.version.data), **typed)
            else:
                record_engagement(tx, record_id=ref, **typed)
        if not form.has_errors:
            notify("Contrat d’engagement enregistré. La personne le lit dans « Mon plan ».")
            return redirect(page.href, 303)
    if form.form_errors and own:  # it changed meanwhile, and she was told: what she sends next is meant
        form.version.data = str(own.version)
    return render_template("counsellor/contract.html", form=form, page=page), 422 if form.has_errors else 200


@allow(Permission.PLAN_KEEP)
def state_view(ref: str) -> ResponseReturnValue:
    """A contract ends, goes on, was a mistake, or is put back."""
    here, form = gate(), StateForm()
    with here.reading() as tx:
        record_id, _found = engagement_kept(tx, ref)
    state, version = EngagementState.read(form.state.data or "", field="state"), read_version(form.version.data)
    try:
        with here.writing() as tx:
            settle_engagement(tx, engagement_id=ref, state=state, version=version)
    except Conflict:
        notify(_MEANWHILE, "info")
    except Refused as refusal:
        notify(refusal.sentence, "late")
    else:
        notify(_SAID[state], undo=_undo(ref, version + 1) if state is EngagementState.CANCELLED else None)
    return redirect(url_for("counsellor.contract", ref=record_id), 303)


@allow(Permission.PLAN_KEEP)
def print_view(ref: str) -> ResponseReturnValue:
    """One contract on one page, to be printed and signed."""
    with gate().reading() as tx:
        record_id, found = engagement_seen(tx, ref)
        who = identities(tx, [record_id], act="read_engagement")[record_id]
        contract = _told(tx, found, structure_names(tx), has_current=True)
    href = url_for("counsellor.contract", ref=record_id)
    born = said_date(who.birth_date)
    return render_template("counsellor/contract_print.html", one=contract, name=full_name(who), born=born, href=href)


def _own(tx: Transaction, found: list[EngagementView]) -> EngagementView | None:
    live = (one for one in found if one.state is EngagementState.CURRENT)
    return next((one for one in live if one.structure_id == tx.actor.structure_id), None)


def _undo(ref: str, version: int) -> Undo:
    fields = {"state": EngagementState.CURRENT.value, "version": str(version)}
    return Undo(label="Remettre", href=url_for("counsellor.contract_state", ref=ref), fields=fields)


def _form(own: EngagementView | None, today: date) -> ContractForm:
    if own is None:
        return ContractForm(from_on=today)
    shown = {
        "from_on": own.from_on,
        "until_on": own.until_on,
        "review_on": own.review_on,
        "reference": own.reference,
        "objectives": own.objectives,
    }
    return ContractForm(**shown, version=str(own.version))


def _page(tx: Transaction, ref: str, found: list[EngagementView]) -> ContractsPage:
    access, card = access_of(tx, ref), same_person(tx, ref)[0]
    names, own = structure_names(tx), _own(tx, found)
    told = [_told(tx, one, names, has_current=own is not None) for one in found]
    mistakes = [_told(tx, one, names, has_current=own is not None) for one in engagements_to_put_back(tx, ref)]
    return ContractsPage(
        name=full_name(identities(tx, [card], act="read_engagement")[card]),
        href=url_for("counsellor.contract", ref=card),
        record_href=url_for("counsellor.record", ref=card),
        own=next((one for one in told if own and one.id == own.id), None),
        others=[one for one in told if not own or one.id != own.id],
        mistakes=mistakes,
        may_write=access.may_write and access.opens(ENGAGEMENT_SECTION),
    )


def _told(tx: Transaction, one: EngagementView, names: Mapping[str, str], *, has_current: bool) -> Contract:
    is_ours = one.structure_id == tx.actor.structure_id
    is_current, is_mistake = one.state is EngagementState.CURRENT, one.state is EngagementState.CANCELLED
    is_to_come = is_current and one.from_on > tx.today
    end = f" au {said_date(one.until_on)}" if one.until_on else ", sans date de fin"
    return Contract(
        id=one.id,
        structure=names.get(one.structure_id, ""),
        days=f"Du {said_date(one.from_on)}{end}",
        review=said_date(one.review_on) if one.review_on else "",
        reference=one.reference,
        objectives=one.objectives,
        state=_TO_COME if is_to_come else one.state.label,
        is_current=is_current,
        is_to_come=is_to_come,
        is_mistake=is_mistake,
        is_ours=is_ours,
        may_reopen=is_ours and not has_current and not is_current,
        version=one.version,
        print_href=url_for("counsellor.contract_print", ref=one.id),
        state_href=url_for("counsellor.contract_state", ref=one.id),
    )
