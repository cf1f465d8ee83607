"""Choosing a new password from the link of a letter. It opens no session: the second factor is still asked."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts import passwords
from pathway.casework.resets.actions import choose_password
from pathway.casework.resets.queries import chance_of_letter
from pathway.kernel.languages import gettext as _
from pathway.web.account.chosen import ChosenForm, is_strong, own_words
from pathway.web.account.sign_out import leave
from pathway.web.gate import SIGN_IN, gate, public
from pathway.web.jinja import notify


@public
def view(secret: str) -> ResponseReturnValue:
    """Ask for the new password; on POST, keep it, end every session and lead to sign-in."""
    form = ChosenForm()
    with gate().reading() as tx:
        chance = chance_of_letter(tx, secret)
        words = own_words(tx, chance.account_id, chance.record_id) if chance else ()
    gate().close()
    if chance is None:
        return dead_link()
    if request.method != "POST":
        return _page(form, secret, 200)
    if not form.validate() or not is_strong(form, words):
        return _page(form, secret, 422)
    password_hash = passwords.hash_password(form.password.data or "")
    with gate().attempt(form) as tx:
        choose_password(tx, chance, password_hash=password_hash)
    return dead_link() if form.has_errors else changed()


def dead_link() -> ResponseReturnValue:
    """The one page of every link that does not hold, be it unknown, spent or too old."""
    return render_template("account/dead_link.html"), 410


def changed() -> ResponseReturnValue:
    """Lead to sign-in: whoever sits at this browser signs in again."""
    leave()
    session.clear()
    notify(_("Votre mot de passe est changé. Connectez-vous avec le nouveau."))
    return redirect(url_for(SIGN_IN), 303)


def _page(form: ChosenForm, secret: str, status: int) -> ResponseReturnValue:
    page = render_template("account/reset.html", form=form, action=url_for("account.reset", secret=secret))
    return page, status
