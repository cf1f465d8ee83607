"""Choosing a password away from one's account: the same two fields, the same strength, at every door that asks it."""

from wtforms import PasswordField
from wtforms.validators import ValidationError

from pathway.casework.accounts.rules import check_password
from pathway.casework.partners.queries import PROFILE
from pathway.casework.records.queries import CARD
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, Needed


class ChosenForm(CarteForm):
    """A new password, twice."""

    password = PasswordField(marked("Votre nouveau mot de passe"), [Needed(marked("Choisissez un mot de passe."))])
    again = PasswordField(
        marked("Le même mot de passe, encore une fois"), [Needed(marked("Écrivez le mot de passe une deuxième fois."))]
    )

    def validate_again(self, field: PasswordField) -> None:
        """Refuse two different passwords."""
        if field.data != self.password.data:
            raise ValidationError(_("Les deux mots de passe sont différents. Écrivez-les à nouveau."))


def own_words(tx: Transaction, account_id: str, record_id: str) -> tuple[str, ...]:
    """The names of the account's owner and the beginning of her address, which a password must not hold."""
    profile = tx.sealing.open_many([account_id], PROFILE).get(account_id, {})
    card = tx.sealing.open_many([record_id], CARD).get(record_id, {}) if record_id else {}
    names = [str(kept.get(key, "")) for kept in (profile, card) for key in ("first_name", "last_name")]
    return (*filter(None, names), str(profile.get("email", "")).partition("@")[0])


def is_strong(form: ChosenForm, words: tuple[str, ...]) -> bool:
    """Whether the password may be kept; else the form says why."""
    if form.password.errors:
        return False
    try:
        check_password(form.password.data or "", context=words)
    except Invalid as refusal:
        form.refuse(refusal)
    return not form.has_errors
