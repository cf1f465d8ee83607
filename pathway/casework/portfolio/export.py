"""What the paper of her pathway holds, read as its reader may see it, without what could ever serve to control her."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pathway.casework.documents.queries import held_documents
from pathway.casework.documents.rules import HeldKind
from pathway.casework.encounters.queries import AppointmentView, coming_appointments
from pathway.casework.enrolments.queries import StepView, steps
from pathway.casework.enrolments.reading import stages_of
from pathway.casework.followup.queries import open_points
from pathway.casework.followup.rules import ExitKind
from pathway.casework.partners.queries import is_sensitive, staff_names, structure_names
from pathway.casework.portfolio.rules import ITEMS, Chapter, good_end, sections_of, told_facts
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.records.rules import Identity, Section
from pathway.casework.schemes.queries import schemes_by_id
from pathway.casework.sharing.rules import is_referent_untold
from pathway.store.transaction import Transaction

MEETINGS_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Named:
    """A structure and, where she knows it, the professional there; either may be empty."""

    person: str
    structure: str


@dataclass(frozen=True, kw_only=True)
class PaperStep:
    """One step. `left_on` is None while it is open; `end`: how it ended when that is a success, else None; `stage`: the
    one it is in, empty when it is over or when its scheme has none."""

    scheme: str
    structure: str
    entered_on: date
    planned_end_on: date | None
    left_on: date | None
    end: ExitKind | None
    stage: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperDocument:
    """One paper kept with her record: what it is, how it is called (it may be empty), since when."""

    kind: HeldKind
    title: str
    added_on: date


@dataclass(frozen=True, kw_only=True)
class PathwayPaper:
    """The chapters she chose, in order, with what they hold. What was not chosen is empty.

    `prepared_by`: the structure that prints it, empty when she does, or when its name would say too much.
    `contact_on`: when she is next called, None when nothing is planned from today on.
    """

    identity: Identity
    prepared_by: str
    chapters: tuple[Chapter, ...]
    facts: Mapping[Chapter, list[tuple[str, str]]]
    referent: Named | None
    meetings: tuple[tuple[AppointmentView, Named], ...]
    contact_on: date | None
    contact_by: str
    steps: tuple[PaperStep, ...]
    documents: tuple[PaperDocument, ...]


def pathway_paper(tx: Transaction, record_id: str, chapters: Collection[Chapter]) -> PathwayPaper:
    """That paper, of those chapters, which the actor may see (`rules.offered`); `NotFound` without a grant.

    Steps, appointments and papers of sensitive structures are never on it: their name alone tells of her health.
    """
    wanted = frozenset[Section]().union(*(sections_of(one) for one in chapters))
    record, told = record_opened(tx, record_id, only=wanted), _Told(tx)
    is_next = Chapter.NEXT in chapters
    contact = _next_contact(tx, record.id, told) if is_next else None
    return PathwayPaper(
        identity=record.card.identity,
        prepared_by=told.name(tx.actor.structure_id),
        chapters=tuple(one for one in Chapter if one in chapters),
        facts={one: told_facts(one, record.facts, record.cautions) for one in ITEMS if one in chapters},
        referent=_referent(tx, record, told) if is_next else None,
        meetings=_meetings(tx, record.id, told) if is_next else (),
        contact_on=contact[0] if contact else None,
        contact_by=contact[1] if contact else "",
        steps=_steps(tx, record.id, told) if Chapter.STEPS in chapters else (),
        documents=_documents(tx, record.id, told) if Chapter.DOCUMENTS in chapters else (),
    )


class _Told:
    """The structures that may be named on a paper: all but the sensitive ones, even for those who know them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx, self._names = tx, structure_names(tx)
        self._is_kept: dict[str, bool] = {"": False}  # what she added herself

    def name(self, structure_id: str) -> str:
        return "" if self.keeps(structure_id) else self._names.get(structure_id, "")

    def keeps(self, structure_id: str) -> bool:
        """Whether nothing of that structure is printed."""
        if structure_id not in self._is_kept:
            self._is_kept[structure_id] = is_sensitive(self._tx, structure_id)
        return self._is_kept[structure_id]


def _referent(tx: Transaction, record: RecordView, told: _Told) -> Named | None:
    one = record.referent
    if one is None or told.keeps(one.structure_id):
        return None
    if is_referent_untold(record.access, is_ours=one.structure_id == tx.actor.structure_id):
        return None
    name = staff_names(tx, [one.account_id]).get(one.account_id, "")
    return Named(person=name, structure=told.name(one.structure_id))


def _meetings(tx: Transaction, record_id: str, told: _Told) -> tuple[tuple[AppointmentView, Named], ...]:
    coming = [one for one in coming_appointments(tx, record_id) if one.starts_at > tx.now]
    kept = [one for one in coming if not told.keeps(one.structure_id)][:MEETINGS_SHOWN]
    people = staff_names(tx, [one.account_id for one in kept])
    return tuple(
        (one, Named(person=people.get(one.account_id, ""), structure=told.name(one.structure_id))) for one in kept
    )


def _next_contact(tx: Transaction, record_id: str, told: _Told) -> tuple[date, str] | None:
    """The next call that is not late, without its kind: a call that follows another in vain is a call like the rest."""
    coming = (one for one in open_points(tx, record_id) if one.due_on >= tx.today)
    one = next((point for point in coming if not told.keeps(point.structure_id)), None)
    return (one.due_on, told.name(one.structure_id)) if one else None


def _steps(tx: Transaction, record_id: str, told: _Told) -> tuple[PaperStep, ...]:
    walked = [one for one in steps(tx, record_id) if not told.keeps(one.structure_id)]
    schemes = schemes_by_id(tx, (one.scheme_id for one in walked))
    stages = stages_of(tx, record_id)
    now = {
        one.id: schemes[one.scheme_id].stage_names.get(stages[one.id][-1].stage, "")
        for one in walked
        if one.exit is None and one.id in stages
    }
    return tuple(
        _step(one, schemes[one.scheme_id].name, told.name(one.structure_id), now.get(one.id, "")) for one in walked
    )


def _step(one: StepView, scheme: str, structure: str, stage: str) -> PaperStep:
    return PaperStep(
        scheme=scheme,
        structure=structure,
        entered_on=one.entered_on,
        # Beside the day she left, the day that was planned would say that she left early.
        planned_end_on=None if one.exit else one.planned_end_on,
        left_on=one.exit.event_on if one.exit else None,
        end=good_end(one.exit.kind) if one.exit else None,
        stage=stage,
    )


def _documents(tx: Transaction, record_id: str, told: _Told) -> tuple[PaperDocument, ...]:
    there: Iterable[PaperDocument] = (
        PaperDocument(kind=one.kind, title=one.title, added_on=one.on)
        for one in held_documents(tx, record_id)
        if one.removed_at is None and not told.keeps(one.structure_id)
    )
    return tuple(there)
