"""The pathway of one person: its moments with their words, and what comes next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select, union

from pathway.casework.action_plan.tables import ActionPlanLine, Engagement
from pathway.casework.alerts.tables import Alert
from pathway.casework.documents.tables import Document, HeldDocument
from pathway.casework.enrolments.queries import StepView, steps
from pathway.casework.enrolments.reading import StageLine, stages_of
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.protocol import Try, is_lost_from_sight
from pathway.casework.followup.queries import ContactLine, PointLine, contacts, open_points
from pathway.casework.followup.reading import ClosedLine, closed_points
from pathway.casework.followup.tables import Point
from pathway.casework.journey.rules import Moment, Overlap, Span, overlaps, timeline
from pathway.casework.notes.queries import NoteView, notes_about
from pathway.casework.notes.tables import Note
from pathway.casework.oversight.tables import Contest, ExceptionalAccess
from pathway.casework.partners.queries import staff_names, structure_names
from pathway.casework.relays.tables import Relay
from pathway.casework.schemes.queries import SchemeView, schemes_by_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

# What an address may name instead of a person.
_ABOUT_HER = tuple(
    table_of(model)
    for model in (
        Enrolment,
        SchemeExit,
        Point,
        Note,
        Relay,
        ActionPlanLine,
        Engagement,
        Alert,
        Document,
        HeldDocument,
        Contest,
        ExceptionalAccess,
    )
)


@dataclass(frozen=True, kw_only=True)
class Journey:
    """A pathway as screens tell it. `names` are structures by id, `people` professionals by account id; `stages`: step
    id → the stages of its scheme that it came to, oldest first."""

    moments: tuple[Moment, ...]
    steps: dict[str, StepView]
    contacts: dict[str, ContactLine]
    points: tuple[PointLine, ...]
    closed: tuple[ClosedLine, ...]
    notes: tuple[NoteView, ...] = ()
    schemes: dict[str, SchemeView]
    names: dict[str, str]
    people: dict[str, str]
    stages: Mapping[str, tuple[StageLine, ...]] = field(default_factory=dict)

    def stage_name(self, step_id: str, line: StageLine) -> str:
        """The name of a stage that step came to."""
        return self.schemes[self.steps[step_id].scheme_id].stage_names.get(line.stage, "")

    def stage_now(self, step: StepView) -> str:
        """The name of the stage a step under way is in; empty once it is over, and where none was said."""
        said = self.stages.get(step.id, ())
        return self.stage_name(step.id, said[-1]) if said and step.exit is None else ""

    @property
    def open_steps(self) -> list[StepView]:
        """The steps under way, the latest first."""
        return [step for step in self.steps.values() if step.exit is None]

    @property
    def overlaps(self) -> tuple[Overlap, ...]:
        """The supports of one kind that several structures run at once, as far as the actor may know of them."""
        return overlaps((self.schemes[step.scheme_id].kind, step.structure_id) for step in self.open_steps)

    @property
    def is_lost_from_sight(self) -> bool:
        """Whether she is « perdue de vue », by the contacts the actor may know of."""
        spoken = reversed(self.contacts.values())
        return is_lost_from_sight([Try(channel=one.channel, result=one.result) for one in spoken])

    @property
    def next_point(self) -> PointLine | None:
        """The next point de suivi, overdue ones first."""
        return self.points[0] if self.points else None


def journey_of(tx: Transaction, record_id: str) -> Journey:
    """The pathway of that person; empty when the actor may not see her."""
    walked = steps(tx, record_id)
    spoken = contacts(tx, record_id)
    points = open_points(tx, record_id)
    written = notes_about(tx, record_id)
    schemes = schemes_by_id(tx, (one.scheme_id for one in walked))
    stages = stages_of(tx, record_id) if any(one.stage_names for one in schemes.values()) else {}
    spans = [
        Span(step_id=one.id, from_on=one.entered_on, until_on=one.exit.event_on if one.exit else None) for one in walked
    ]
    involved = [
        *(one.account_id for one in walked),
        *(one.account_id for one in spoken),
        *(one.owner_id for one in points),
        *(one.account_id for one in written),
        *(one.account_id for lines in stages.values() for one in lines),
    ]
    return Journey(
        moments=timeline(spans, [(one.id, one.made_on) for one in spoken], today=tx.today),
        steps={one.id: one for one in walked},
        contacts={one.id: one for one in spoken},
        points=tuple(points),
        closed=tuple(closed_points(tx, record_id)),
        notes=tuple(written),
        schemes=schemes,
        names=structure_names(tx),
        people=staff_names(tx, involved),
        stages=stages,
    )


def records_behind(tx: Transaction, references: Collection[str]) -> list[str]:
    """The records that those ids belong to (a step, an exit, a point, a note, a relay, a line of her plan, a contract,
    an alert, a document, a question about an access), whoever may see them: a refused try on any of them is told to
    the person."""
    if not references:
        return []
    parts = (select(table.c.record_id).where(table.c.id.in_(list(references))) for table in _ABOUT_HER)
    return sorted(row.record_id for row in tx.execute(union(*parts)) if row.record_id)
