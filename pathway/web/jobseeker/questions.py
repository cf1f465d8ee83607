"""The accesses she asked about: the answers, how long is left, and « Cette réponse ne me suffit pas »."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.oversight.actions import reopen_contest
from pathway.casework.oversight.queries import ContestView, own_contests
from pathway.casework.oversight.rules import ContestState
from pathway.casework.oversight.vocabulary import deed_of
from pathway.casework.partners.queries import structure_names
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.jobseeker.visits import Speaker, speaker_of


class NotEnoughForm(CarteForm):
    """Nothing to fill in: the first answer is not enough."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer: which structure gave it, what it says, when."""

    who: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Question:
    """One access she asked about; `said`: who did what. `is_late`: the answer should have come."""

    id: str
    who: str
    said: str
    on: date
    asked_at: datetime
    message: str
    state: str
    is_awaited: bool
    is_late: bool
    due_on: date
    may_ask_again: bool
    is_over: bool
    answers: tuple[Answer, ...]


@dataclass(frozen=True, kw_only=True)
class QuestionsPage:
    """Her questions, newest first; a refusal of the last gesture."""

    questions: tuple[Question, ...]
    refused: CarteForm | None


@allow(Permission.OWN_LOG_CONTEST)
def view() -> ResponseReturnValue:
    """List her questions."""
    return _page(None)


@allow(Permission.OWN_LOG_CONTEST)
def not_enough(ref: str) -> ResponseReturnValue:
    """Ask for a second answer."""
    form = NotEnoughForm()
    with gate().attempt(form) as tx:
        due_on = reopen_contest(tx, contest_id=ref)
    if form.has_errors:
        return _page(form)
    notify(_("C’est noté. Une autre personne vous répondra, au plus tard le %(day)s.", day=said_date(due_on)))
    return redirect(url_for("jobseeker.questions"), 303)


def _page(refused: CarteForm | None) -> ResponseReturnValue:
    with gate().reading() as tx:
        names, speaker = structure_names(tx), speaker_of(tx)
        questions = tuple(_question(tx, one, names, speaker) for one in own_contests(tx))
    page = QuestionsPage(questions=questions, refused=refused)
    return render_template("jobseeker/questions.html", page=page), 422 if refused else 200


def _question(tx: Transaction, one: ContestView, names: Mapping[str, str], speaker: Speaker) -> Question:
    who = speaker.who(account_id=one.account_id, structure_id=one.structure_id)
    return Question(
        id=one.id,
        who=who,
        said=_(deed_of(one.action).sentence, who=who),
        on=local_day(one.done_at),
        asked_at=one.opened_at,
        message=one.message,
        state=one.state.label,
        is_awaited=one.is_awaited,
        is_late=one.is_awaited and one.due_on < tx.today,
        due_on=one.due_on,
        may_ask_again=one.state is ContestState.ANSWERED,
        is_over=one.state is ContestState.CLOSED,
        answers=tuple(
            Answer(who=names.get(said.structure_id) or _("La carte"), text=said.text, at=said.answered_at)
            for said in one.answers
        ),
    )
