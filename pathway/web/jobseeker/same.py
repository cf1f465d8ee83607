"""« Est-ce vous ? »: another card that may be hers, told as little as she needs to answer; the cards put together."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.actions import settle_cards
from pathway.casework.links.actions import answer_match
from pathway.casework.links.queries import MyMatch, cards_of_match, my_matches
from pathway.casework.links.rules import MatchState
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

YES = "oui"
_YES = {
    MatchState.LINKED: marked("Merci. Vos deux cartes sont réunies : vous voyez tout votre parcours au même endroit."),
    MatchState.ASKED: marked("Merci. L’autre carte a aussi un compte : elle attend la même réponse."),
}
_NO = marked("Merci. Cette carte n’est pas la vôtre : elle n’est pas réunie avec la vôtre.")


class AnswerForm(CarteForm):
    """Nothing to fill: the button says yes or no."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One other card: when it was made, and which version of the question is answered."""

    href: str
    made_on: date
    version: int


@dataclass(frozen=True, kw_only=True)
class SamePage:
    """What is asked, and the cards already put together."""

    asked: tuple[Question, ...]
    linked: tuple[Question, ...]


@allow(Permission.OWN_PATHWAY_READ)
def view() -> ResponseReturnValue:
    """What she is asked, and what was put together."""
    return _shown(AnswerForm())


@allow(Permission.OWN_PATHWAY_READ)
def answer(ref: str) -> ResponseReturnValue:
    """Keep her answer: « oui, c’est moi », or « non »."""
    form = AnswerForm()
    is_me = request.form.get("reponse") == YES
    if form.validate():
        with gate().attempt(form) as tx:
            state = _answered(tx, ref, is_me)
        if not form.has_errors:
            notify(_(_YES[state] if is_me else _NO))
            return redirect(url_for("jobseeker.same"), 303)
    return _shown(form)


def questions(tx: Transaction) -> int:
    """How many questions wait for her, for her first page."""
    return sum(not one.is_linked for one in my_matches(tx))


def _answered(tx: Transaction, ref: str, is_me: bool) -> MatchState:
    version = read_version(request.form.get("version"))
    state = answer_match(tx, match_id=ref, is_me=is_me, version=version)
    settle_cards(tx, cards_of_match(tx, ref))
    return state


def _shown(form: AnswerForm) -> ResponseReturnValue:
    with gate().reading() as tx:
        found = my_matches(tx)
    page = SamePage(
        asked=tuple(_question(one) for one in found if not one.is_linked),
        linked=tuple(_question(one) for one in found if one.is_linked),
    )
    return render_template("jobseeker/same.html", form=form, page=page), 422 if form.has_errors else 200


def _question(one: MyMatch) -> Question:
    href = url_for("jobseeker.same_answer", ref=one.id)
    return Question(href=href, made_on=local_day(one.created_at), version=one.version)
