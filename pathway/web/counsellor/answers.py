"""« Réponses à lire »: what people answered to an alert about them, for whoever follows them, until it is read."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from pathway.casework.alerts.answering import AnswerLine, answers_to_read, note_answer
from pathway.casework.alerts.wording import staff_sentence
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import NotFound
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify


class ReadForm(CarteForm):
    """One button. `version`: that of the answer as it was read."""

    version = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One answer to read: who gave it, to which alert, her message."""

    person: str
    href: str
    said: str
    note: str
    earlier: list[str]
    sentence: str
    at: datetime
    read_href: str
    version: int


@allow(Permission.CONTACT_RECORD)
def read_view(ref: str) -> ResponseReturnValue:
    """« Lu »: the answer leaves the list."""
    if not ref.isalnum():
        raise NotFound  # no reference is written so: nothing to lead back to
    form = ReadForm()
    if form.validate():
        with gate().attempt(form) as tx:
            note_answer(tx, alert_id=ref, version=read_version(form.version.data))
    if form.has_errors:
        notify(next(iter(form.form_errors), "Rechargez la page, puis réessayez."), "info")
    else:
        notify("Réponse lue.")
    return redirect(url_for("counsellor.day"), 303)


def answers_shown(tx: Transaction) -> list[Answered]:
    """The answers the reader has to read, with names and messages: journalled as read."""
    lines = answers_to_read(tx)
    if not lines:
        return []
    people = identities(tx, (one.record_id for one in lines), act="read_answers")
    return [_shown(tx, one, full_name(people[one.record_id])) for one in lines]


def _shown(tx: Transaction, line: AnswerLine, person: str) -> Answered:
    return Answered(
        person=person,
        href=url_for("counsellor.record", ref=line.record_id),
        said=line.answer.label,
        note=line.note,
        earlier=[f"{answer.label} : « {note} »" if note else answer.label for answer, note in line.earlier],
        sentence=staff_sentence(line.rule, line.facts, line.parameters, today=tx.today),
        at=line.at,
        read_href=url_for("counsellor.answer_read", ref=line.alert_id),
        version=line.version,
    )
