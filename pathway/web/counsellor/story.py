"""The timeline as the record draws it: steps as bars with what happened on them, gaps as gaps, the newest first."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from pathway.casework.enrolments.queries import StepView
from pathway.casework.followup.queries import ContactLine
from pathway.casework.followup.rules import ContactResult, ExitKind, PointState
from pathway.casework.journey.queries import Journey
from pathway.casework.journey.rules import MomentKind
from pathway.casework.notes.queries import NoteView
from pathway.kernel.wording import counted
from pathway.web.counsellor.note_told import NoteTold, note_told

_IN_SIGHT = 5
_NO_GAP_AFTER = (ExitKind.DURABLE_JOB, ExitKind.CLOSED)  # at work, or no longer followed: no time lost between steps
_STATES = {ExitKind.PAUSED: "paused", ExitKind.NO_SOLUTION: "stopped", ExitKind.LOST_CONTACT: "stopped"}

# What another structure does not say of an ending.
_UNTOLD = "Étape terminée"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. kind: contact, success, point, exit, step (it came to a stage) or note, which `note`
    holds."""

    on: date
    title: str
    kind: str
    origin: str
    note: NoteTold | None = None


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A step (`state` set), a gap (`is_gap`), or an event on the bare line (`events` holds it alone)."""

    begun_on: date
    ended_on: date | None = None
    title: str = ""
    structure: str = ""
    who: str = ""
    outcome: str = ""
    stage: str = ""
    state: str = ""
    is_gap: bool = False
    events: list[Event] = field(default_factory=list)

    @property
    def in_sight(self) -> list[Event]:
        """The latest events of the step, shown at once."""
        return self.events[:_IN_SIGHT]

    @property
    def earlier(self) -> list[Event]:
        """The older events, one gesture away: a year of weekly contacts must not hide what matters now."""
        return self.events[_IN_SIGHT:]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One way to narrow the story; `count` is None for the whole."""

    label: str
    href: str
    current: bool
    count: int | None


@dataclass(frozen=True, kw_only=True)
class Story:
    """The chapters to show, and the filters above them; `filters` is empty when there is nothing to narrow."""

    chapters: list[Chapter]
    filters: list[Filter]


def told_story(journey: Journey, *, today: date, href: str, only: str) -> Story:
    """The story, narrowed to one kind when `only` names one of the filters. `href`: the record's page."""
    whole = story(journey, today=today)
    parts = {name: narrow(whole) for name, (_, narrow) in _FILTERS.items()}
    shown = parts.get(only, whole)
    filters = [Filter(label="Tout", href=f"{href}#story", current=shown is whole, count=None)]
    filters += [
        Filter(label=label, href=f"{href}?voir={name}#story", current=only == name, count=len(parts[name]))
        for name, (label, _) in _FILTERS.items()
        if parts[name] or only == name
    ]
    return Story(chapters=shown, filters=filters if len(filters) > 2 or shown is not whole else [])


def _steps_alone(chapters: list[Chapter]) -> list[Chapter]:
    """The steps with their stages and their ends, and the gaps between them."""
    return [
        replace(one, events=[event for event in one.events if event.kind in ("exit", "step")])
        for one in chapters
        if one.state or one.is_gap
    ]


def _events_of(*kinds: str) -> Callable[[list[Chapter]], list[Chapter]]:
    def narrow(chapters: list[Chapter]) -> list[Chapter]:
        found = [event for one in chapters for event in one.events if event.kind in kinds]
        newest = sorted(found, key=lambda event: event.on, reverse=True)
        return [Chapter(begun_on=event.on, ended_on=event.on, events=[event]) for event in newest]

    return narrow


_FILTERS: dict[str, tuple[str, Callable[[list[Chapter]], list[Chapter]]]] = {
    "etapes": ("Étapes", _steps_alone),
    "contacts": ("Contacts", _events_of("contact", "success")),
    "notes": ("Notes", _events_of("note")),
}


def story(journey: Journey, *, today: date) -> list[Chapter]:
    """The chapters, newest first. A contact or a note lies on the step of the same structure, else on any step of that
    day."""
    by_step: dict[str, list[Event]] = {
        step_id: [*_ending(journey, step), *_stages(journey, step)] for step_id, step in journey.steps.items()
    }
    bare: list[Chapter] = []
    said = [(one.structure_id, _contact(journey, one)) for one in journey.contacts.values()]
    said += [(one.structure_id, _note(journey, one)) for one in journey.notes]
    for structure_id, event in said:
        step = _step_of(journey, event.on, structure_id)
        if step:
            by_step[step.id].append(event)
        else:
            bare.append(Chapter(begun_on=event.on, ended_on=event.on, events=[event]))
    for event in _resumed(journey):
        bare.append(Chapter(begun_on=event.on, ended_on=event.on, events=[event]))
    steps = [_bar(journey, step, by_step[step.id]) for step in journey.steps.values()]
    chapters = [*steps, *bare, *_gaps(journey)]
    return sorted(chapters, key=lambda one: (one.ended_on or today, one.begun_on, one.is_gap), reverse=True)


def outcome(step: StepView) -> str:
    """How a step ended: the exact reason where it may be read, else its kind; empty while it is open."""
    if step.exit is None:
        return ""
    if step.exit.said:
        return step.exit.said
    return step.exit.kind.label if step.exit.kind else _UNTOLD


def _bar(journey: Journey, step: StepView, events: list[Event]) -> Chapter:
    return Chapter(
        begun_on=step.entered_on,
        ended_on=step.exit.event_on if step.exit else None,
        title=journey.schemes[step.scheme_id].name,
        structure=journey.names.get(step.structure_id, ""),
        who=journey.people.get(step.account_id, ""),
        outcome=outcome(step),
        stage=journey.stage_now(step),
        state=_state(step),
        events=sorted(events, key=lambda one: one.on, reverse=True),
    )


def _state(step: StepView) -> str:
    if step.exit is None:
        return "open"
    return _STATES.get(step.exit.kind, "done") if step.exit.kind else "done"


def _ending(journey: Journey, step: StepView) -> list[Event]:
    if step.exit is None:
        return []
    origin = journey.names.get(step.structure_id, "")
    return [
        Event(
            on=step.exit.event_on,
            title=f"Sortie : {outcome(step)}" if step.exit.kind else _UNTOLD,
            kind="exit",
            origin=origin,
        )
    ]


def _stages(journey: Journey, step: StepView) -> list[Event]:
    """The stages of its scheme that a step came to, the last first."""
    return [
        Event(
            on=line.on,
            title=f"{'Entre' if line.is_entry else 'Passe'} en phase : {journey.stage_name(step.id, line)}",
            kind="step",
            origin=_place(journey, step.structure_id, line.account_id),
        )
        for line in reversed(journey.stages.get(step.id, ()))
    ]


def _place(journey: Journey, structure_id: str, account_id: str) -> str:
    return ", ".join(filter(None, (journey.names.get(structure_id, ""), journey.people.get(account_id, ""))))


def _contact(journey: Journey, line: ContactLine) -> Event:
    place = _place(journey, line.structure_id, line.account_id)
    reached = line.result is ContactResult.REACHED
    title = f"{line.result.label} – {_inside(line.channel.label)}"
    return Event(on=line.made_on, title=title, kind="success" if reached else "contact", origin=place)


def _note(journey: Journey, one: NoteView) -> Event:
    who = f"{journey.people.get(one.account_id, '')} ({one.role.label.lower()})".strip()
    origin = ", ".join(filter(None, (journey.names.get(one.structure_id, ""), who)))
    title = "Note" if one.removed_at is None else "Note retirée"
    return Event(on=one.on, title=title, kind="note", origin=origin, note=note_told(one))


def _resumed(journey: Journey) -> list[Event]:
    """What coming back took over, one line a day and a structure that held the points."""
    closed = Counter((one.closed_on, one.structure_id) for one in journey.closed if one.state is PointState.RESUMED)
    return [
        Event(
            on=on,
            title=f"{counted(count, 'point de suivi repris', 'points de suivi repris')} par une nouvelle étape",
            kind="point",
            origin=journey.names.get(structure_id, ""),
        )
        for (on, structure_id), count in closed.items()
    ]


def _inside(label: str) -> str:
    """A label within a sentence: « téléphone », but « SMS »."""
    return label if label.isupper() else label.lower()


def _step_of(journey: Journey, on: date, structure_id: str) -> StepView | None:
    open_then = [
        step
        for step in journey.steps.values()
        if step.entered_on <= on and (step.exit is None or on <= step.exit.event_on)
    ]
    own = [step for step in open_then if step.structure_id == structure_id]
    return next(iter(own or open_then), None)


def _gaps(journey: Journey) -> list[Chapter]:
    return [
        Chapter(
            begun_on=moment.on,
            ended_on=moment.until_on,
            title=f"{counted(moment.days, 'jour')} sans accompagnement",
            is_gap=True,
        )
        for moment in journey.moments
        if moment.kind is MomentKind.GAP and _last_exit_kind(journey, moment.on) not in _NO_GAP_AFTER
    ]


def _last_exit_kind(journey: Journey, before: date) -> ExitKind | None:
    ended = [step.exit for step in journey.steps.values() if step.exit and step.exit.event_on < before]
    return max(ended, key=lambda one: one.event_on).kind if ended else None
