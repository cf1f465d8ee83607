"""Her own pathway: what comes next first, then the story of what was done."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.answering import answer_alert
from pathway.casework.alerts.vocabulary import Answer
from pathway.casework.journey.queries import journey_of
from pathway.casework.partners.queries import staff_names
from pathway.casework.records.queries import ReferentView, record_opened
from pathway.casework.retention.queries import told_erasure
from pathway.casework.sharing.permissions import Permission
from pathway.store.transaction import Transaction
from pathway.web.drafts import keeps
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.jobseeker.alerts import AnswerForm, HerAlert, answer_form, confirmation, her_alerts
from pathway.web.jobseeker.appointments import HerAppointment, next_appointment
from pathway.web.jobseeker.callback import Calls, calls
from pathway.web.jobseeker.news import News, news
from pathway.web.jobseeker.plan import PlanGlance, glance
from pathway.web.jobseeker.prepare import Preparation, preparations
from pathway.web.jobseeker.relays import HerRelay, pending
from pathway.web.jobseeker.same import questions
from pathway.web.jobseeker.story import Chapter, Companion, NextStep, next_step_of, story_of
from pathway.web.jobseeker.told import Told, exceptional_told

_UNDER_WAY = ("open", "now")  # states of a chapter


@dataclass(frozen=True, kw_only=True)
class PathwayPage:
    """What she reads on her first page. `questions`: how many other cards may be hers."""

    first_name: str
    companion: Companion | None
    next_step: NextStep | None
    alerts: tuple[HerAlert, ...]
    calls: Calls
    told: tuple[Told, ...]
    news: tuple[News, ...]
    questions: int
    erased_on: date | None
    preparations: tuple[Preparation, ...]
    relays: tuple[HerRelay, ...]
    appointment: HerAppointment | None
    plan: PlanGlance
    story: tuple[Chapter, ...]

    @property
    def is_met_first(self) -> bool:
        """Whether the appointment comes before the next step: one thing alone comes next."""
        on = self.next_step.on if self.next_step else None
        return self.appointment is not None and (on is None or self.appointment.on <= on)

    @property
    def chapters_now(self) -> list[Chapter]:
        """The steps under way, and a time without one that still lasts."""
        return [one for one in self.story if one.state in _UNDER_WAY]

    @property
    def chapters_before(self) -> list[Chapter]:
        """What lies behind her, newest first."""
        return [one for one in self.story if one.state not in _UNDER_WAY]


@allow(Permission.OWN_PATHWAY_READ)
def view() -> ResponseReturnValue:
    """Show her pathway and nobody else's: the record is the session's, never asked for."""
    return _shown(200)


@allow(Permission.OWN_FOLLOWUP)
@keeps
def answer_view(ref: str) -> ResponseReturnValue:
    """What she says of one alert; whoever follows her reads it."""
    here, form, said = gate(), answer_form(ref), ""
    if form.validate():
        with here.attempt(form) as tx:
            answer = Answer.read(form.answer.data, field="answer") if form.answer.data else None
            kept = (form.note.data or "").strip()
            done = answer_alert(tx, alert_id=ref, record_id=here.actor.record_id, answer=answer, note=kept)
            said = confirmation(done, answer, today=tx.today)
    if form.has_errors:
        return _shown(422, (ref, form))
    notify(said)
    return redirect(url_for("jobseeker.pathway"), 303)


def _shown(status: int, refused: tuple[str, AnswerForm] | None = None) -> ResponseReturnValue:
    here = gate()
    with here.reading() as tx:
        page = _gathered(tx, here.actor.record_id, refused)
    form = refused[1] if refused else None
    return render_template("jobseeker/pathway.html", page=page, form=form), status


def _gathered(tx: Transaction, record_id: str, refused: tuple[str, AnswerForm] | None) -> PathwayPage:
    record = record_opened(tx, record_id, only=frozenset())
    journey = journey_of(tx, record_id)
    companion = _companion(tx, record.referent, journey.names)
    return PathwayPage(
        first_name=record.card.identity.first_name,
        companion=companion,
        next_step=next_step_of(journey, companion, today=tx.today),
        alerts=her_alerts(tx, record.referent, companion.name if companion else "", journey.names, refused),
        calls=calls(tx),
        told=exceptional_told(tx),
        news=news(tx),
        questions=questions(tx),
        erased_on=told_erasure(tx),
        preparations=preparations(tx, journey.names),
        relays=pending(tx),
        appointment=next_appointment(tx, journey.names),
        plan=glance(tx),
        story=story_of(journey, companion, today=tx.today),
    )


def _companion(tx: Transaction, referent: ReferentView | None, names: dict[str, str]) -> Companion | None:
    """Her référent de parcours, the one professional whose name she is given."""
    if referent is None:
        return None
    name = staff_names(tx, [referent.account_id]).get(referent.account_id)
    if name is None:
        return None
    return Companion(account_id=referent.account_id, name=name, structure=names[referent.structure_id])
