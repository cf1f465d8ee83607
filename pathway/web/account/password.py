"""Changing one's password: the present one, a new one, and every other session ends."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField
from wtforms.validators import ValidationError

from pathway.casework.accounts import passwords
from pathway.casework.accounts.actions import change_password
from pathway.casework.accounts.queries import account_by_id
from pathway.casework.accounts.rules import check_password
from pathway.casework.accounts.sessions import end_sessions, forget_devices, forget_tries, renew_session
from pathway.casework.partners.queries import PROFILE
from pathway.casework.records.queries import CARD
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.account.arrival import renewed
from pathway.web.account.brake import code_tries_of, wait_seconds, wait_sentence
from pathway.web.account.confirm import count_wrong_password
from pathway.web.account.devices import known_name
from pathway.web.account.enrolment import current_session
from pathway.web.account.mine import layout
from pathway.web.account.notices import announce_change
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

_WRONG = marked("Ce n’est pas votre mot de passe actuel.")
_SAME = marked("C’est déjà votre mot de passe. Choisissez-en un autre.")


class ChangeForm(CarteForm):
    """The present password, and the new one twice."""

    current = PasswordField(marked("Votre mot de passe actuel"), [Needed(marked("Écrivez votre mot de passe actuel."))])
    password = PasswordField(marked("Votre nouveau mot de passe"), [Needed(marked("Choisissez un mot de passe."))])
    again = PasswordField(
        marked("Le même mot de passe, encore une fois"), [Needed(marked("Écrivez le mot de passe une deuxième fois."))]
    )

    def validate_again(self, field: PasswordField) -> None:
        """Refuse two different passwords."""
        if field.data != self.password.data:
            raise ValidationError(_("Les deux mots de passe sont différents. Écrivez-les à nouveau."))


@allow(Permission.ACCOUNT_USE)
@fresh
def view() -> ResponseReturnValue:
    """Show the form; on POST, check the present password, keep the new one and end every other session."""
    form = ChangeForm()
    if request.method != "POST":
        return _page(form, 200)
    return _change(form) if form.validate() and _is_strong(form) else _page(form, 422)


def _is_strong(form: ChangeForm) -> bool:
    with gate().reading() as tx:
        words = _own_words(tx)
    gate().close()
    try:
        check_password(form.password.data or "", context=words)
    except Invalid as refusal:
        form.refuse(refusal)
    if form.password.data == form.current.data:
        form.refuse(Refused(_SAME, field="password"))
    return not form.has_errors


def _own_words(tx: Transaction) -> tuple[str, ...]:
    """Her names and the beginning of her address, which the password must not hold."""
    session = current_session()
    profile = tx.sealing.open_many([session.account_id], PROFILE).get(session.account_id, {})
    card = tx.sealing.open_many([session.record_id], CARD).get(session.record_id, {}) if session.record_id else {}
    names = [str(kept.get(key, "")) for kept in (profile, card) for key in ("first_name", "last_name")]
    return (*filter(None, names), str(profile.get("email", "")).partition("@")[0])


def _change(form: ChangeForm) -> ResponseReturnValue:
    session = current_session()
    with gate().reading() as tx:
        who = code_tries_of(tx, session.account_id)
        wait = wait_seconds(tx, who)
        account = account_by_id(tx, session.account_id)
    gate().close()
    if wait or account is None:
        form.refuse(Refused(wait_sentence(wait)))
        return _page(form, 429)
    if not passwords.check(account.password_hash, form.current.data or ""):
        count_wrong_password(session, who)
        form.refuse(Refused(_WRONG, field="current"))
        return _page(form, 422)
    new_hash = passwords.hash_password(form.password.data or "")
    secret = ""
    with gate().attempt(form) as tx:
        forget_tries(tx, who[0])
        secret = _kept(tx, account.password_hash, new_hash)
    if form.has_errors:
        return _page(form, 422)
    response = renewed(make_response(redirect(url_for("account.security"), 303)), secret)
    notify(_("Votre mot de passe est changé. Vos autres appareils sont déconnectés."))
    return response


def _kept(tx: Transaction, old_hash: str, new_hash: str) -> str:
    session = current_session()
    change_password(
        tx, account_id=session.account_id, old_hash=old_hash, new_hash=new_hash, record_id=session.record_id
    )
    end_sessions(tx, session.account_id, but=session.id)
    forget_devices(tx, session.account_id, but=known_name(tx))
    announce_change(tx, session.account_id)
    return renew_session(tx, session, is_proved=True)


def _page(form: ChangeForm, status: int) -> ResponseReturnValue:
    return render_template("account/password.html", layout=layout(), form=form), status
