"""« Corriger »: an answer she puts right at once, or what she asks somebody to put right."""

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, TextAreaField

from pathway.casework.agreements.rules import WHO_SHE_IS
from pathway.casework.records.catalogue import CATALOGUE, Item, reaches_her, shown
from pathway.casework.records.queries import record_opened
from pathway.casework.rights.actions import ask_rectification, correct_answer
from pathway.casework.rights.rules import TEXT_LENGTH, RequestWay, answer_due
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.answers import Control, answered, control, field, form_of
from pathway.web.forms import AtMost, CarteForm, Needed
from pathway.web.gate import allow, gate, unproved
from pathway.web.jinja import notify
from pathway.web.jobseeker.information import answer_href

_SEQ = "read_seq"


class AskForm(CarteForm):
    """What is false, and what is true."""

    text = TextAreaField(
        marked("Qu’est-ce qui est faux, et qu’est-ce qui est vrai ?"),
        [Needed(marked("Écrivez ce qui doit changer.")), AtMost(TEXT_LENGTH)],
    )


@dataclass(frozen=True, kw_only=True)
class CorrectPage:
    """The item, its control, and the answers known now."""

    control: Control
    known: tuple[str, ...]


@allow(Permission.OWN_RIGHTS)
def view(item: str) -> ResponseReturnValue:
    """Put one answer right; her names and birth date become a request."""
    if item not in CATALOGUE:
        abort(404)
    asked = CATALOGUE[item]
    if item in WHO_SHE_IS:
        return _asking(asked)
    # By her number, her address and her cautions she is reached, or protected: an open phone is not enough.
    again = unproved(gate()) if reaches_her(item) else None
    return again or _correcting(asked)


@allow(Permission.OWN_RIGHTS)
def ask_view() -> ResponseReturnValue:
    """Ask for a correction of anything else: a step, an exit, a document."""
    return _asking(None)


def _correcting(asked: Item) -> ResponseReturnValue:
    page, value, seq = _opened(asked)
    form = form_of({asked.key: field(asked, value=value, may_be_unknown=False), _SEQ: IntegerField("", default=seq)})
    if request.method == "POST" and form.validate():
        _save(asked, form)
        if not form.has_errors:
            notify(_("C’est noté. Votre réponse compte dès maintenant."))
            return redirect(answer_href(asked.key), 303)
        page, _value, form[_SEQ].data = _opened(asked)
    return render_template("jobseeker/correct.html", form=form, page=page), 422 if form.has_errors else 200


def _opened(asked: Item) -> tuple[CorrectPage, Any, int]:
    with gate().reading() as tx:
        record = record_opened(tx, tx.actor.record_id, only=frozenset({asked.section}))
    fact = record.facts.get(asked.key)
    said = [fact.value, *(one.value for one in fact.rivals)] if fact else []
    page = CorrectPage(control=control(asked), known=tuple(shown(asked, one) for one in said))
    # Of two answers that disagree, neither is shown as chosen.
    return page, said[0] if len(said) == 1 else None, record.seqs[asked.section.value]


def _save(asked: Item, form: CarteForm) -> None:
    with gate().attempt(form) as tx:
        value = answered(asked, form[asked.key])
        if value is None:
            raise Invalid(marked("Écrivez ou choisissez la bonne réponse."), field=asked.key)
        seq = form[_SEQ].data if isinstance(form[_SEQ].data, int) else -1
        correct_answer(tx, item_key=asked.key, value=value, seq=seq)


def _asking(asked: Item | None) -> ResponseReturnValue:
    form = AskForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            _ask(tx, asked, form.text.data or "")
        if not form.has_errors:
            notify(_("Votre demande est envoyée. La réponse s’affichera ici."))
            return redirect(url_for("jobseeker.requests"), 303)
    with gate().reading() as tx:
        due = said_date(answer_due(tx.today))
    label = _(asked.label) if asked else ""
    answer = render_template("jobseeker/ask_correction.html", form=form, label=label, due=due)
    return answer, 422 if form.has_errors else 200


def _ask(tx: Transaction, asked: Item | None, text: str) -> None:
    about = f"{asked.label} : {text.strip()}" if asked else text  # kept, and read by a professional: in French
    if not text.strip():
        raise Invalid(marked("Écrivez ce qui doit changer."), field="text")
    key = asked.key if asked else ""
    ask_rectification(tx, record_id=tx.actor.record_id, text=about, way=RequestWay.ACCOUNT, item_key=key)
