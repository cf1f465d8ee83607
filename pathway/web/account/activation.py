"""Opening one's own account: the code given by the counsellor and the birth date, then a password."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import ValidationError

from pathway.casework.accounts import passwords
from pathway.casework.accounts.actions import (
    WRONG_CODE,
    activate,
    count_failure,
    count_wrong_birth_date,
    record_behind_code,
    same_birth_date,
)
from pathway.casework.accounts.queries import Seat
from pathway.casework.accounts.rules import check_password
from pathway.casework.factors.actions import forget_factors
from pathway.casework.partners.rules import Role
from pathway.casework.records.queries import CARD, CardView, card_view
from pathway.casework.records.values import read_email
from pathway.casework.resets.actions import ask_email_check
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.account.arrival import Arrived, arrive, welcomed
from pathway.web.account.brake import tries_of, wait_seconds, wait_sentence
from pathway.web.account.home import first_page
from pathway.web.account.sign_out import leave
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import gate, public
from pathway.web.jinja import notify


class CodeForm(CarteForm):
    """What she was given, and what only she and her counsellor know."""

    code = StringField(
        marked("Code d’activation"), [Needed(marked("Écrivez le code que votre conseiller·ère vous a donné."))]
    )
    birth_date = DayField(marked("Votre date de naissance"), [Needed(marked("Écrivez votre date de naissance."))])


class PasswordForm(CarteForm):
    """Her password, and what was verified a moment ago, to be verified again."""

    code = HiddenField(validators=[Needed(WRONG_CODE)])
    birth_date = DayField(validators=[Needed(WRONG_CODE)])
    password = PasswordField(marked("Votre mot de passe"), [Needed(marked("Choisissez un mot de passe."))])
    again = PasswordField(
        marked("Le même mot de passe, encore une fois"), [Needed(marked("Écrivez le mot de passe une deuxième fois."))]
    )
    email = EmailField(marked("Votre adresse e-mail"))

    def validate_again(self, field: PasswordField) -> None:
        """Refuse two different passwords."""
        if field.data != self.password.data:
            raise ValidationError(_("Les deux mots de passe sont différents. Écrivez-les à nouveau."))

    def validate_email(self, field: EmailField) -> None:
        """Keep the address as it will be kept; empty is fine."""
        try:
            field.data = read_email(field.data) if field.data and field.data.strip() else ""
        except Invalid as refusal:
            raise ValidationError(refusal.sentence) from None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What code and birth date gave: whose record they open, or nothing. `wait`: seconds before the next try."""

    who: list[str]
    wait: int = 0
    activation_id: str = ""
    record_id: str = ""
    card: CardView | None = None


@public
def view() -> ResponseReturnValue:
    """Ask for the code and the birth date; when they go together, ask for a password."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _code_page(form, 422 if form.is_submitted() else 200)
    checked = _check(form)
    if checked.card is None:
        return _refused(form, checked)
    with gate().writing() as tx:
        tx.journal("activation_checked", records=[checked.record_id])
    following = PasswordForm(formdata=None, code=form.code.data, birth_date=form.birth_date.day)
    return _password_page(following, checked.card, 200)


@public
def password_view() -> ResponseReturnValue:
    """Verify code and birth date again, open the account with that password, and sign her in."""
    form = PasswordForm()
    is_valid = form.validate()
    checked = _check(form)
    if checked.card is None:
        return _refused(CodeForm(formdata=None), checked)
    if not _is_strong(form, checked.card) or not is_valid:
        with gate().writing() as tx:  # this answer shows her first name and her card again
            tx.journal("activation_checked", records=[checked.record_id])
        return _password_page(form, checked.card, 422)
    password_hash = passwords.hash_password(form.password.data or "")
    leave()
    with gate().attempt(form) as tx:
        arrived = _open_account(tx, form, checked, password_hash)
    if form.has_errors:
        return _password_page(form, checked.card, 422)
    response = welcomed(first_page(Role.JOBSEEKER), arrived)
    today = said_date(local_day(gate().clock.now()))
    notify(
        _(
            "Votre compte est ouvert depuis aujourd’hui, %(today)s. "
            "Notez votre numéro de carte : il sert à vous connecter.",
            today=today,
        )
    )
    return response


def _check(form: CodeForm | PasswordForm) -> Checked:
    """Whose record code and birth date open together; the reading only, nothing is counted."""
    typed = form.code.data or ""
    with gate().reading() as tx:
        who = tries_of(tx, typed)
        wait = wait_seconds(tx, who)
        found = None if wait else record_behind_code(tx, typed)
        if found is None:
            return Checked(who=who, wait=wait)
        activation_id, record_id = found
        card = tx.sealing.open_many([record_id], CARD)[record_id]
    born = form.birth_date.day
    is_hers = born is not None and same_birth_date(card["birth_date"], born)
    return Checked(who=who, activation_id=activation_id, record_id=record_id, card=card_view(card) if is_hers else None)


def _refused(form: CodeForm, checked: Checked) -> ResponseReturnValue:
    """Count the failure, for the code and for the network, and give the one sentence."""
    if checked.wait:
        form.refuse(Refused(wait_sentence(checked.wait)))
        return _code_page(form, 429)
    with gate().writing() as tx:
        count_failure(tx, who=checked.who, action="activation_failed")
        if checked.activation_id:
            count_wrong_birth_date(tx, checked.activation_id)
    form.refuse(Refused(WRONG_CODE))
    return _code_page(form, 422)


def _is_strong(form: PasswordForm, card: CardView) -> bool:
    if form.password.errors:
        return False
    names = (card.identity.first_name, card.identity.last_name, (form.email.data or "").partition("@")[0])
    try:
        check_password(form.password.data or "", context=names)
    except Invalid as refusal:
        form.refuse(refusal)
        return False
    return True


def _open_account(tx: Transaction, form: PasswordForm, checked: Checked, password_hash: str) -> Arrived:
    assert checked.card is not None
    account_id = activate(
        tx,
        activation_id=checked.activation_id,
        record_id=checked.record_id,
        card_number=checked.card.card_number,
        password_hash=password_hash,
    )
    if form.email.data:
        ask_email_check(tx, account_id, form.email.data)
    forget_factors(tx, account_id)  # an account opened anew keeps nothing of whoever used it
    seat = Seat(account_id=account_id, role=Role.JOBSEEKER, record_id=checked.record_id)
    return arrive(tx, seat, tries_of=checked.who[0])


def _code_page(form: CodeForm, status: int) -> ResponseReturnValue:
    return render_template("account/activation.html", form=form), status


def _password_page(form: PasswordForm, card: CardView, status: int) -> ResponseReturnValue:
    page = render_template(
        "account/activation_password.html",
        form=form,
        first_name=card.identity.first_name,
        card_number=card.card_number,
    )
    return page, status
