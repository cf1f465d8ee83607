"""Choosing a new password with a code given in person, for whoever has no e-mail: code and birth date go together."""

from dataclasses import dataclass

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from pathway.casework.accounts import passwords
from pathway.casework.accounts.actions import count_failure, same_birth_date
from pathway.casework.records.queries import CARD
from pathway.casework.resets.actions import choose_password, count_wrong_birth_date
from pathway.casework.resets.queries import Chance, chance_of_code
from pathway.kernel.errors import Refused
from pathway.kernel.languages import marked
from pathway.web.account.brake import tries_of, wait_seconds
from pathway.web.account.chosen import ChosenForm, is_strong, own_words
from pathway.web.account.reset import changed
from pathway.web.forms import DayField, Needed
from pathway.web.gate import gate, public
from pathway.web.tries import wait_sentence

WRONG = marked(
    "Ce code et cette date de naissance ne vont pas ensemble, ou le code a expiré. "
    "Demandez un nouveau code à votre conseiller·ère."
)


class ResetCodeForm(ChosenForm):
    """What she was given, what only she and her counsellor know, and the new password."""

    code = StringField(
        marked("Code donné par votre conseiller·ère"), [Needed(marked("Écrivez le code que l’on vous a donné."))]
    )
    birth_date = DayField(marked("Votre date de naissance"), [Needed(marked("Écrivez votre date de naissance."))])


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What code and birth date gave. `chance` only when both are right; `reset_id` as soon as the code is."""

    who: list[str]
    wait: int = 0
    reset_id: str = ""
    chance: Chance | None = None
    words: tuple[str, ...] = ()


@public
def view() -> ResponseReturnValue:
    """Ask for all of it; on POST, keep the new password, end every session and lead to sign-in."""
    form = ResetCodeForm()
    if request.method != "POST":
        return _page(form, 200)
    is_valid = form.validate()
    if form.code.errors or form.birth_date.errors:
        return _page(form, 422)
    checked = _check(form)
    gate().close()
    if checked.chance is None:
        return _refused(form, checked)
    if not is_valid or not is_strong(form, checked.words):
        return _page(form, 422)
    password_hash = passwords.hash_password(form.password.data or "")
    with gate().attempt(form) as tx:
        choose_password(tx, checked.chance, password_hash=password_hash)
    return _page(form, 422) if form.has_errors else changed()


def _check(form: ResetCodeForm) -> Checked:
    typed = form.code.data or ""
    with gate().reading() as tx:
        who = tries_of(tx, typed)
        wait = wait_seconds(tx, who)
        chance = None if wait else chance_of_code(tx, typed)
        if chance is None:
            return Checked(who=who, wait=wait)
        card = tx.sealing.open_many([chance.record_id], CARD)[chance.record_id]
        words = own_words(tx, chance.account_id, chance.record_id)
    born = form.birth_date.day
    is_hers = born is not None and same_birth_date(card["birth_date"], born)
    return Checked(who=who, reset_id=chance.reset_id, chance=chance if is_hers else None, words=words)


def _refused(form: ResetCodeForm, checked: Checked) -> ResponseReturnValue:
    """Count the failure, for the code and for the network, and give the one sentence."""
    form.password.errors, form.again.errors = [], []
    if checked.wait:
        form.refuse(Refused(wait_sentence(checked.wait)))
        response = make_response(_page(form, 429))
        response.headers["Retry-After"] = str(checked.wait)
        return response
    with gate().writing() as tx:
        count_failure(tx, who=checked.who, action="reset_code_failed")
        if checked.reset_id:
            count_wrong_birth_date(tx, checked.reset_id)
    form.refuse(Refused(WRONG))
    return _page(form, 422)


def _page(form: ResetCodeForm, status: int) -> tuple[str, int]:
    return render_template("account/reset_code.html", form=form), status
