"""Her own pathway: what comes next first, then the story of what was done."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.queries import alerts_about
from pathway.casework.alerts.wording import person_sentence
from pathway.casework.journey.queries import journey_of
from pathway.casework.partners.queries import staff_names
from pathway.casework.records.queries import ReferentView, record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate
from pathway.web.jobseeker.appointments import HerAppointment, next_appointment
from pathway.web.jobseeker.callback import Calls, calls
from pathway.web.jobseeker.news import News, news
from pathway.web.jobseeker.prepare import Preparation, preparations
from pathway.web.jobseeker.relays import HerRelay, pending
from pathway.web.jobseeker.same import questions
from pathway.web.jobseeker.story import Chapter, Companion, NextStep, next_step_of, story_of
from pathway.web.jobseeker.told import Told, exceptional_told


@dataclass(frozen=True, kw_only=True)
class PathwayPage:
    """What she reads on her first page. `questions`: how many other cards may be hers."""

    first_name: str
    companion: Companion | None
    next_step: NextStep | None
    alerts: tuple[str, ...]
    calls: Calls
    told: tuple[Told, ...]
    news: tuple[News, ...]
    questions: int
    preparations: tuple[Preparation, ...]
    relays: tuple[HerRelay, ...]
    appointment: HerAppointment | None
    story: tuple[Chapter, ...]

    @property
    def is_met_first(self) -> bool:
        """Whether the appointment comes before the next step: one thing alone comes next."""
        on = self.next_step.on if self.next_step else None
        return self.appointment is not None and (on is None or self.appointment.on <= on)


@allow(Permission.OWN_PATHWAY_READ)
def view() -> ResponseReturnValue:
    """Show her pathway and nobody else's: the record is the session's, never asked for."""
    here = gate()
    with here.reading() as tx:
        page = _gathered(tx, here.actor.record_id)
    return render_template("jobseeker/pathway.html", page=page)


def _gathered(tx: Transaction, record_id: str) -> PathwayPage:
    record = record_opened(tx, record_id, only=frozenset())
    journey = journey_of(tx, record_id)
    companion = _companion(tx, record.referent, journey.names)
    alerts = alerts_about(tx, record_id)
    return PathwayPage(
        first_name=record.card.identity.first_name,
        companion=companion,
        next_step=next_step_of(journey, companion, today=tx.today),
        alerts=tuple(person_sentence(one.rule, one.facts, one.parameters, today=tx.today) for one in alerts),
        calls=calls(tx),
        told=exceptional_told(tx),
        news=news(tx),
        questions=questions(tx),
        preparations=preparations(tx, journey.names),
        relays=pending(tx),
        appointment=next_appointment(tx, journey.names),
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
