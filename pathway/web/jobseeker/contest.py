"""« Je ne comprends pas cet accès »: she asks for the explanation of one line of her log."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from pathway.casework.oversight.actions import open_contest
from pathway.casework.oversight.queries import own_log
from pathway.casework.oversight.rules import TEXT_LENGTH, Line, answer_due
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import NotFound
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.forms import AtMost, CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.jobseeker.visits import Visit, speaker_of


class ContestForm(CarteForm):
    """What she wishes to add, if anything."""

    message = TextAreaField(marked("Que voulez-vous ajouter ?"), [AtMost(TEXT_LENGTH)])


@dataclass(frozen=True, kw_only=True)
class ContestPage:
    """The line in words, its day, and the last day of the answer."""

    visit: Visit
    on: date
    due_on: date
    form: ContestForm


@allow(Permission.OWN_LOG_CONTEST)
def view(seq: int, deed: str) -> ResponseReturnValue:
    """Show the line and the form; on POST, ask."""
    form = ContestForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            open_contest(tx, seq=seq, action=deed, message=form.message.data or "")
        if not form.has_errors:
            notify(_("Votre question est envoyée. La réponse s’affichera ici."))
            return redirect(url_for("jobseeker.questions"), 303)
    with gate().reading() as tx:
        page = _gathered(tx, _line(tx, seq, deed), form)
    return render_template("jobseeker/contest.html", page=page), 422 if form.has_errors else 200


def _line(tx: Transaction, seq: int, deed: str) -> Line:
    found = next((line for line in own_log(tx) if line.action == deed and seq in line.seqs), None)
    if found is None or found.is_own:
        raise NotFound
    return found


def _gathered(tx: Transaction, line: Line, form: ContestForm) -> ContestPage:
    return ContestPage(visit=speaker_of(tx).said(line), on=line.day, due_on=answer_due(tx.today), form=form)
