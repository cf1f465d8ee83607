"""« À savoir » on her first page: why somebody will call or look for what comes next, in her words, and her answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from wtforms import HiddenField, TextAreaField
from wtforms.validators import ValidationError

from pathway.casework.alerts.answering import LONGEST_NOTE, Answered, Said, answers_to, is_read_by, last_answers
from pathway.casework.alerts.queries import AlertLine, alerts_about
from pathway.casework.alerts.vocabulary import Answer, Level, RuleId
from pathway.casework.alerts.wording import person_sentence
from pathway.casework.records.queries import ReferentView
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_weekday
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm

_READERS = {
    True: marked("Votre référent de parcours lira votre réponse."),
    False: marked("La structure qui vous suit lira votre réponse."),
}


class AnswerForm(CarteForm):
    """One of the answers offered, each a button, and a message if she wishes."""

    answer = HiddenField(marked("Réponse"))
    note = TextAreaField(marked("Votre message"))

    def validate_note(self, field: TextAreaField) -> None:
        """Refuse a message longer than is kept."""
        if len(field.data or "") > LONGEST_NOTE:
            raise ValidationError(
                _("Votre message est trop long. Écrivez %(most)s caractères au plus.", most=LONGEST_NOTE)
            )


@dataclass(frozen=True, kw_only=True)
class HerAlert:
    """One alert in her words. `said`: what she answered, empty before, on what day and with which message; `reader`:
    the sentence that says who reads it. `is_hers_to_decide`: she does it on « Qui voit quoi ». `answers`: those she may
    give."""

    sentence: str
    structure: str
    href: str
    said: str
    said_on: date | None
    note: str
    reader: str
    is_hers_to_decide: bool
    answers: tuple[Answer, ...]
    form: AnswerForm


def answer_form(ref: str, *, blank: bool = False) -> AnswerForm:
    """The form of that alert: a page has one for each."""
    return AnswerForm(formdata=None, prefix=f"a{ref}") if blank else AnswerForm(prefix=f"a{ref}")


def her_alerts(
    tx: Transaction,
    referent: ReferentView | None,
    name: str,
    structures: Mapping[str, str],
    refused: tuple[str, AnswerForm] | None,
) -> tuple[HerAlert, ...]:
    """The alerts about the person whose session this is, the most pressing first; `name`: her référent's. `refused`:
    the form to show again, with the alert it answers."""
    lines = alerts_about(tx, tx.actor.record_id)
    said = last_answers(tx, lines)
    shown = dict([refused]) if refused else {}
    ordered = sorted(lines, key=lambda one: (one.level is not Level.HIGH, one.opened_on, one.id))
    return tuple(
        _told(
            tx,
            one,
            said.get(one.id),
            shown.get(one.id) or answer_form(one.id, blank=True),
            structure=structures.get(one.structure_id, ""),
            reader=name if name and is_read_by(tx, one, referent) else "",
        )
        for one in ordered
    )


def confirmation(done: Answered, answer: Answer | None, *, today: date) -> str:
    """What she reads once she has answered. No name: it travels in a cookie."""
    reader = _(_READERS[done.is_for_referent])
    if done.call_on:
        called = _("C’est noté : nous vous appelons %(day)s.", day=said_weekday(done.call_on, today=today))
        return f"{called} {reader}"
    more = _("Elle verra comment vous rappeler.") if answer is Answer.CALL_ME else ""
    return " ".join(filter(None, [_("C’est noté."), reader, more]))


def _told(
    tx: Transaction, line: AlertLine, said: Said | None, form: AnswerForm, *, structure: str, reader: str
) -> HerAlert:
    who = reader or structure
    will_read = _("%(who)s lira votre réponse.", who=who) if who else _(_READERS[False])
    return HerAlert(
        sentence=person_sentence(line.rule, line.facts, line.parameters, today=tx.today),
        structure=structure,
        href=url_for("jobseeker.answer_alert", ref=line.id),
        said=said.answer.label if said else "",
        said_on=local_day(said.at) if said else None,
        note=said.note if said else "",
        reader=_("Votre réponse a été lue.") if said and said.is_read else will_read,
        is_hers_to_decide=line.rule is RuleId.R14 and "ends_on" in line.facts,
        answers=answers_to(line.rule),
        form=form,
    )
