"""Helping a person who cannot sign in any more: a code for a new password; a lost second factor, with a colleague."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from pathway.casework.accounts.queries import has_password
from pathway.casework.accounts.rules import CODE_LIFE
from pathway.casework.factors.queries import factors_of
from pathway.casework.records.queries import record_opened
from pathway.casework.resets.actions import (
    ask_factor_reset_of_person,
    confirm_factor_reset,
    give_reset_code,
    refuse_factor_reset,
)
from pathway.casework.resets.queries import FactorRequest, account_supported, request_about
from pathway.casework.resets.rules import FactorReason
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.ids import spaced_card_number
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

_DONE = (
    "C’est fait. Son ancien mot de passe ne sert plus non plus : donnez-lui un code, elle en choisit un autre. "
    "Si son adresse e-mail est vérifiée, elle reçoit aussi un lien."
)


class CodeForm(CarteForm):
    """Nothing to fill: one button."""


class AskForm(CarteForm):
    """Why her second factor must be made anew."""

    reason = RadioField(
        "Pourquoi ?",
        choices=[SelectChoice(*pair) for pair in FactorReason.pairs()],
        validators=[Needed("Choisissez la raison.")],
    )


@dataclass(frozen=True, kw_only=True)
class HelpPage:
    """For whom, her card number, whether her account is open, and what protects it besides its password.

    `has_password`: not after her second factor was taken away, until she chooses another.
    """

    name: str
    ref: str
    card_number: str
    minutes: int
    has_account: bool
    has_password: bool
    has_factor: bool
    request: FactorRequest | None
    is_own_request: bool


@allow(Permission.ACCESS_MEND)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """What may be done; on POST, a fresh code for a new password, shown on this answer only."""
    form = CodeForm()
    code = ""
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            code = give_reset_code(tx, ref)
    return _page(ref, form, AskForm(formdata=None), code=code)


@allow(Permission.ACCESS_MEND)
@fresh
@keeps
def ask(ref: str) -> ResponseReturnValue:
    """Ask for her second factor to be taken away; a colleague confirms."""
    form = AskForm()
    if form.validate():
        with gate().attempt(form) as tx:
            ask_factor_reset_of_person(tx, ref, reason=FactorReason.read(form.reason.data, field="reason"))
    if form.has_errors:
        return _page(ref, CodeForm(formdata=None), form)
    notify("Demande enregistrée. Un·e collègue de votre structure doit la confirmer, sur cette même page.", "next")
    return redirect(url_for("counsellor.sign_in_help", ref=ref), 303)


@allow(Permission.ACCESS_MEND)
@fresh
def confirm(ref: str) -> ResponseReturnValue:
    """Confirm what a colleague asked for, or refuse it; whoever asked may take it back."""
    form = CodeForm()
    is_yes = request.form.get("reponse") == "oui"
    with gate().reading() as tx:
        account_id = account_supported(tx, ref)
        found = request_about(tx, account_id) if account_id else None
    with gate().attempt(form) as tx:
        (confirm_factor_reset if is_yes else refuse_factor_reset)(tx, found.id if found else "")
    if form.has_errors:
        return _page(ref, form, AskForm(formdata=None))
    notify(_DONE if is_yes else "Demande annulée. Rien n’a changé.")
    return redirect(url_for("counsellor.sign_in_help", ref=ref), 303)


def _page(ref: str, form: CodeForm, asking: AskForm, *, code: str = "") -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _gathered(tx, ref)
    answer = render_template(
        "counsellor/sign_in_help.html", form=form, asking=asking, page=page, code=f"{code[:4]} {code[4:]}".strip()
    )
    return answer, 422 if form.has_errors or asking.has_errors else 200


def _gathered(tx: Transaction, ref: str) -> HelpPage:
    record = record_opened(tx, ref, only=frozenset())
    account_id = account_supported(tx, ref)
    found = request_about(tx, account_id) if account_id else None
    return HelpPage(
        name=full_name(record.card.identity),
        ref=ref,
        card_number=spaced_card_number(record.card.card_number),
        minutes=int(CODE_LIFE.total_seconds() // 60),
        has_account=account_id is not None,
        has_password=account_id is not None and has_password(tx, account_id),
        has_factor=account_id is not None and factors_of(tx, account_id).has_any,
        request=found,
        is_own_request=found is not None and found.asked_by == tx.actor.account_id,
    )
