"""« Présenter une carte »: the code on her phone, or her printed card and its personal code, open her record today.

A wrong code, an expired one, a card that does not exist and one she stopped sharing get one sentence, and cost a try.
"""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from pathway.casework.accounts import passwords
from pathway.casework.cards.actions import Presented, present_code, present_printed, try_printed
from pathway.casework.cards.rules import read_code
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Refused
from pathway.web.drafts import unkept
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.tries import network_of, wait_sentence

_OPENED = "Carte présentée : le dossier est ouvert pour votre structure jusqu’à ce soir, minuit."
_STOPPED = (
    "La personne a arrêté le partage avec votre structure, et sa carte ne le rouvre pas. Vous voyez ce que votre "
    "structure a noté. Elle peut partager à nouveau depuis « Qui voit quoi »."
)
_WRONG_CODE = "Ce code ne marche pas, ou ne marche plus. Demandez à la personne d’en afficher un nouveau."
_WRONG_CARD = (
    "Ce numéro et ce code ne vont pas ensemble, ou la carte ne marche plus. Vérifiez-les. "
    "Après cinq mauvais codes, il faut imprimer une nouvelle carte."
)


class CodeForm(CarteForm):
    """What her phone shows."""

    code = StringField("Code affiché sur le téléphone", [Needed("Écrivez le code à 6 caractères.")])


class PaperForm(CarteForm):
    """What her printed card says, and what only she knows."""

    card_number = StringField("Numéro de la carte", [Needed("Écrivez le numéro de la carte.")])
    personal_code = StringField("Code personnel", [Needed("Demandez son code personnel à la personne.")])


@allow(Permission.CARD_PRESENT)
@unkept
def view() -> ResponseReturnValue:
    """Both forms; on POST of a code, the record of the person who shows it."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(form, PaperForm(formdata=None), status=422 if form.has_errors else 200)
    with gate().writing() as tx:
        done = present_code(tx, typed=form.code.data or "", address=_network())
    if done.record_id:
        return _arrived(done)
    status = _refuse(form, done.wait, Refused(_WRONG_CODE, field="code"))
    return _page(form, PaperForm(formdata=None), status=status, wait=done.wait)


@allow(Permission.CARD_PRESENT)
@unkept
def paper_view() -> ResponseReturnValue:
    """The same for a printed card: its tries are counted before the personal code is checked, outside any write."""
    form = PaperForm()
    if not form.validate_on_submit():
        return _page(CodeForm(formdata=None), form, status=422 if form.has_errors else 200)
    with gate().writing() as tx:
        tried = try_printed(tx, number=form.card_number.data or "", address=_network())
    done = Presented(wait=tried.wait)
    if not tried.wait:
        is_right = passwords.check(tried.code_hash, read_code(form.personal_code.data or ""))
        with gate().writing() as tx:
            done = present_printed(tx, tried=tried, is_right=is_right)
    if done.record_id:
        return _arrived(done)
    status = _refuse(form, done.wait, Refused(_WRONG_CARD, field="personal_code"))
    return _page(CodeForm(formdata=None), form, status=status, wait=done.wait)


def _arrived(done: Presented) -> ResponseReturnValue:
    notify(_STOPPED if done.is_stopped else _OPENED, "info" if done.is_stopped else "done")
    return redirect(url_for("counsellor.record", ref=done.record_id), 303)


def _refuse(form: CarteForm, wait: int, wrong: Refused) -> int:
    form.refuse(Refused(wait_sentence(wait)) if wait else wrong)
    return 429 if wait else 422


def _page(code: CodeForm, paper: PaperForm, *, status: int, wait: int = 0) -> ResponseReturnValue:
    is_paper = request.endpoint == "counsellor.presented_on_paper"
    page = render_template(
        "counsellor/presented.html", code=code, paper=paper, asked=paper if is_paper else code, is_paper=is_paper
    )
    response = make_response(page, status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _network() -> str:
    return network_of(request.remote_addr or "")
