"""One alert: why, since when, what would clear it, what was done, and what may be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from pathway.casework.alerts.actions import dismiss_alert, give_alert, snooze_alert
from pathway.casework.alerts.answering import last_answers
from pathway.casework.alerts.queries import AlertHistory, alert_ever_seen, history_of
from pathway.casework.alerts.vocabulary import AlertChangeKind, Answer, DismissReason
from pathway.casework.alerts.wording import answer_sentence, clearing_sentence, person_sentence, staff_sentence
from pathway.casework.partners.queries import colleagues, staff_names
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.wording import said_weekday
from pathway.store.transaction import Transaction
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.supervisor.alerts import NOTE_LENGTH, owners_of, replaced_said
from pathway.web.supervisor.narrowing import Narrowed, asked

_NOBODY = ("", "Choisir…")
_NIGHT = "le programme de la nuit"
_HERSELF = "la personne"


class GiveForm(CarteForm):
    """To whom the alert is given."""

    account_id = SelectField("Confier à", [Needed("Choisissez à qui confier l’alerte.")])


class DismissForm(CarteForm):
    """Why the alert is set aside."""

    reason = RadioField(
        "Pourquoi l’écarter ?",
        choices=[SelectChoice(*pair) for pair in DismissReason.pairs()],
        validators=[Needed("Dites pourquoi vous écartez cette alerte.")],
    )
    note = TextAreaField("Note", [Length(max=NOTE_LENGTH, message=f"Écrivez {NOTE_LENGTH} caractères au plus.")])


class SnoozeForm(CarteForm):
    """Nothing to fill in: seen, to be reminded later."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """One thing that happened to the alert, in words; `note`: what was written then."""

    said: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, kw_only=True)
class AlertPage:
    """One alert with its life, what the person answered (empty when she did not), and who may take it. `ended_at`: once
    it ended, nothing more is to be done about it. `relay_id`: the relay it speaks of, empty for the other rules."""

    ref: str
    record_id: str
    relay_id: str
    name: str
    rule: str
    level: str
    sentence: str
    to_her: str
    clears: str
    answer: str
    owner: str
    since: date
    returned_on: date | None
    ended_at: datetime | None
    history: list[Done]
    team: Mapping[str, str]
    now: Narrowed
    replaced: str


@allow(Permission.ALERTS_READ)
def view(ref: str) -> ResponseReturnValue:
    """The alert as it stands, or as it was when it ended."""
    return _shown(ref, 200)


@allow(Permission.ALERTS_ACT)
@keeps
def give(ref: str) -> ResponseReturnValue:
    """Give the alert, and the points that go with it, to a colleague."""
    here = gate()
    with here.reading() as tx:
        team = colleagues(tx)
    form = _give_form(team)
    if form.validate():
        with here.attempt(form) as tx:
            give_alert(tx, alert_id=ref, account_id=form.account_id.data)
    name = team.get(form.account_id.data or "", "")
    said = f"Alerte confiée à {name}. Les points de suivi de cette personne l’accompagnent."
    return _answer(ref, said, give_form=form)


@allow(Permission.ALERTS_ACT)
def snooze(ref: str) -> ResponseReturnValue:
    """Put the alert off for a week."""
    form, said = SnoozeForm(), ""
    with gate().attempt(form) as tx:
        until = snooze_alert(tx, alert_id=ref)
        said = f"Vu. L’alerte reviendra {said_weekday(until, today=tx.today)}."
    return _answer(ref, said, snooze_form=form)


@allow(Permission.ALERTS_ACT)
@keeps
def dismiss(ref: str) -> ResponseReturnValue:
    """Set the alert aside, with a reason."""
    form = DismissForm()
    if form.validate():
        with gate().attempt(form) as tx:
            reason = DismissReason.read(form.reason.data, field="reason")
            dismiss_alert(tx, alert_id=ref, reason=reason, note=(form.note.data or "").strip())
    return _answer(ref, "Alerte écartée. Elle ne reviendra pas pour les mêmes faits.", dismiss_form=form)


def _answer(
    ref: str,
    said: str,
    *,
    give_form: GiveForm | None = None,
    snooze_form: SnoozeForm | None = None,
    dismiss_form: DismissForm | None = None,
) -> ResponseReturnValue:
    refused = next((form for form in (give_form, snooze_form, dismiss_form) if form and form.has_errors), None)
    if refused is None:
        notify(said)
        return redirect(asked().list_href, 303)
    return _shown(ref, 422, refused=refused, give_form=give_form, dismiss_form=dismiss_form)


def _shown(
    ref: str,
    status: int,
    *,
    refused: CarteForm | None = None,
    give_form: GiveForm | None = None,
    dismiss_form: DismissForm | None = None,
) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _page(tx, ref)
    return (
        render_template(
            "supervisor/alert.html",
            page=page,
            refused=refused,
            give=give_form or _give_form(page.team, blank=True),
            dismiss=dismiss_form or DismissForm(formdata=None),
        ),
        status,
    )


def _page(tx: Transaction, ref: str) -> AlertPage:
    line = alert_ever_seen(tx, ref)
    then = local_day(line.ended_at) if line.ended_at else tx.today
    known = identities(tx, [line.record_id], act="read_alerts")[line.record_id]
    said, answered = (line.rule, line.facts, line.parameters), last_answers(tx, [line]).get(ref)
    return AlertPage(
        ref=ref,
        record_id=line.record_id,
        relay_id=line.facts.get("relay_id", ""),
        name=f"{known.first_name} {known.last_name}",
        rule=line.rule.label,
        level=line.level.value,
        sentence=staff_sentence(*said, today=then),
        to_her=person_sentence(*said, today=tx.today),
        clears=clearing_sentence(*said, today=tx.today),
        answer=answer_sentence(answered.answer, answered.note, local_day(answered.at), today=tx.today)
        if answered
        else "",
        owner=owners_of(tx, [line])[ref],
        since=line.opened_on,
        returned_on=line.returned_on,
        ended_at=line.ended_at,
        history=_history(tx, history_of(tx, line)),
        team=colleagues(tx),
        now=asked(),
        replaced=replaced_said(tx),
    )


def _history(tx: Transaction, changes: list[AlertHistory]) -> list[Done]:
    names = staff_names(tx, [name for one in changes for name in (one.changed_by, one.assigned_to)])
    answers = [one for one in changes if one.change == AlertChangeKind.ANSWERED]
    # Her last message stands above, beside her answer.
    return [_done(one, names, "" if one in answers[-1:] else one.note) for one in changes]


def _done(one: AlertHistory, names: Mapping[str, str], note: str) -> Done:
    change = AlertChangeKind(one.change)
    said = change.label
    if change is AlertChangeKind.GIVEN:
        said = f"Confiée à {names.get(one.assigned_to or '', 'quelqu’un qui est parti')}"
    elif change is AlertChangeKind.DISMISSED and one.reason:
        said = f"Écartée : {DismissReason(one.reason).label}"
    elif change is AlertChangeKind.ANSWERED and one.reason:
        said = f"La personne a répondu : « {Answer(one.reason).label} »"
    by = _HERSELF if change is AlertChangeKind.ANSWERED else names.get(one.changed_by, _NIGHT)
    return Done(said=said, by=by, at=one.recorded_at, note=note)


def _give_form(team: Mapping[str, str], *, blank: bool = False) -> GiveForm:
    form = GiveForm(formdata=None) if blank else GiveForm()
    form.account_id.choices = [SelectChoice(*pair) for pair in (_NOBODY, *team.items())]
    return form
