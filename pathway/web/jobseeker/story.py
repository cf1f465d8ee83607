"""Her journey in words for her: short sentences, no blame, no administrative word left alone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pathway.casework.enrolments.queries import StepView
from pathway.casework.followup.queries import ContactLine, PointLine
from pathway.casework.followup.rules import Channel, ExitKind, PointKind, PointState
from pathway.casework.journey.queries import Journey
from pathway.casework.journey.rules import Moment, MomentKind
from pathway.casework.notes.queries import NoteView
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked, ngettext
from pathway.kernel.wording import said_date, said_weekday
from pathway.web.jinja import french

_POINTS: Mapping[PointKind, str] = {
    PointKind.CONTACT: marked("Nous prenons de vos nouvelles"),
    PointKind.START_CHECK: marked("Nous vérifions que tout a bien commencé"),
    PointKind.BEFORE_END: marked("Nous préparons la suite avec vous"),
    PointKind.RECEPTION: marked("Nous vérifions que la structure suivante vous attend"),
    PointKind.FIRST_APPOINTMENT: marked("Nous parlons de votre premier rendez-vous"),
    PointKind.ATTEMPT: marked("Nous essayons de vous joindre"),
    PointKind.REVIEW: marked("Nous faisons le point ensemble"),
    PointKind.CLOSING_CALL: marked("Nous vous appelons une dernière fois"),
    PointKind.SHORT_ACTIVITY: marked("Nous parlons de l’activité que vous avez faite"),
    PointKind.CATCH_UP: marked("Nous prenons de vos nouvelles"),
    PointKind.CALLBACK: marked("Nous vous appelons, comme vous l’avez demandé"),
    PointKind.RESUME: marked("Nous reprenons de vos nouvelles"),
    PointKind.EXIT_QUESTIONS: marked("Nous vous posons quelques questions sur votre situation"),
    PointKind.LATER_QUESTIONS: marked("Nous vous posons quelques questions sur votre situation"),
}
_OUTCOMES: Mapping[ExitKind, tuple[str, str]] = {
    ExitKind.DURABLE_JOB: ("done", marked("Vous avez trouvé un emploi durable")),
    ExitKind.SHORT_JOB: ("done", marked("Vous avez trouvé un emploi")),
    ExitKind.TRAINING: ("done", marked("Vous avez commencé une formation")),
    ExitKind.RELAY: ("done", marked("Une autre structure prend la suite")),
    ExitKind.NO_SOLUTION: ("stopped", marked("Étape arrêtée")),
    ExitKind.LOST_CONTACT: ("stopped", marked("Étape arrêtée")),
    ExitKind.PAUSED: ("paused", marked("Étape arrêtée le temps d’une pause")),
    ExitKind.CLOSED: ("done", marked("Étape terminée")),
}
# After these ends, time without a step is no lack: she works, learns, rests, or has finished.
_NO_GAP_AFTER = frozenset(
    {ExitKind.DURABLE_JOB, ExitKind.SHORT_JOB, ExitKind.TRAINING, ExitKind.PAUSED, ExitKind.CLOSED}
)
_IN_SIGHT = 2  # contacts of a step shown at once; the others are one gesture away
_CONTACTS: Mapping[Channel, str] = {
    Channel.PHONE: marked("Vous avez parlé au téléphone"),
    Channel.SMS: marked("Vous avez échangé par SMS"),
    Channel.EMAIL: marked("Vous avez échangé par e-mail"),
    Channel.VISIT: marked("Vous vous êtes rencontrés"),
    Channel.POST: marked("Vous avez échangé par courrier"),
    Channel.VIDEO: marked("Vous avez parlé en visio"),
    Channel.OFF_PLATFORM: marked("Vous avez échangé"),
}
# The drawing says how, to who reads French with difficulty; the others are drawn as a call.
_DRAWN = {Channel.SMS: "message", Channel.EMAIL: "letter", Channel.POST: "letter", Channel.VISIT: "met"}


@dataclass(frozen=True, kw_only=True)
class Companion:
    """Her référent de parcours."""

    account_id: str
    name: str
    structure: str


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """The one thing that comes next. `on` is None when it has no day to come."""

    title: str
    text: str
    on: date | None
    with_whom: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """One contact in which she was reached (kind: contact, met, letter or message), or a note written with her (kind:
    note), with its words and what is said of them."""

    on: date
    title: str
    origin: str
    kind: str = "contact"
    text: str = ""
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One part of the story: a `step` with its events, a lone contact or `note`, a `gap`, or calls `resumed` by a new
    step. Dates as days; the rest in words.

    `events` are the latest of a step, `earlier` the others, newest first. `stage`: where a step under way is in its
    scheme, empty otherwise; `stages`: those it came to, newest first.
    """

    kind: str
    title: str
    from_on: date
    until_on: date | None = None
    origin: str = ""
    state: str = ""
    outcome: str | None = None
    text: str = ""
    more: str = ""
    events: tuple[Event, ...] = ()
    earlier: tuple[Event, ...] = ()
    stage: str = ""
    stages: tuple[tuple[str, date], ...] = ()


def next_step_of(journey: Journey, companion: Companion | None, *, today: date) -> NextStep | None:
    """The next point de suivi, else the step under way, else nothing."""
    if journey.next_point is not None:
        return _from_point(journey.next_point, journey, companion, today)
    if journey.open_steps:
        return _from_step(journey.open_steps[0], journey)
    return None


def story_of(journey: Journey, companion: Companion | None, *, today: date) -> tuple[Chapter, ...]:
    """The whole story, newest first: each contact, each note written with her told inside the step it belongs to."""
    homes = {line.id: _home(line.made_on, line.structure_id, journey) for line in journey.contacts.values()}
    homes |= {note.id: _home(note.on, note.structure_id, journey) for note in journey.notes}
    chapters = [_step_chapter(step, journey, companion, homes) for step in journey.steps.values()]
    chapters += [_lone(_note(one, journey, companion)) for one in journey.notes if not homes[one.id]]
    for moment in journey.moments:
        if moment.kind is MomentKind.GAP:
            chapters += _gap_chapter(moment, journey, today)
        elif moment.kind is MomentKind.CONTACT and not homes[moment.about]:
            chapters.append(_lone(_event(journey.contacts[moment.about], journey, companion)))
    chapters += _resumed(journey)
    return tuple(sorted(chapters, key=lambda one: (one.until_on or date.max, one.from_on), reverse=True))


def _from_point(point: PointLine, journey: Journey, companion: Companion | None, today: date) -> NextStep:
    is_theirs = companion is not None and point.owner_id == companion.account_id
    is_late = point.due_on < today
    planned = said_weekday(point.due_on, today=today)
    late = _("C’était prévu %(day)s. Nous vous contactons dès que possible.", day=planned)
    return NextStep(
        title=_(_POINTS[point.kind]),
        text=late if is_late else _("Nous vous contactons. Vous n’avez rien à préparer."),
        on=None if is_late else point.due_on,
        with_whom=french(companion.name if companion and is_theirs else journey.names[point.structure_id]),
    )


def _from_step(step: StepView, journey: Journey) -> NextStep:
    end_on = step.planned_end_on
    planned = _("Cette étape est prévue jusqu’au %(day)s.", day=said_date(end_on)) if end_on else ""
    return NextStep(
        title=_("Votre étape continue : %(step)s", step=journey.schemes[step.scheme_id].name),
        text=planned,
        on=None,
        with_whom=french(journey.names[step.structure_id]),
    )


def _home(on: date, structure_id: str, journey: Journey) -> str:
    """The id of the step during which something happened that day: its own structure's first, else the latest begun."""
    here = [step for step in journey.steps.values() if _covers(step, on)]
    here.sort(key=lambda step: (step.structure_id == structure_id, step.entered_on, step.id), reverse=True)
    return here[0].id if here else ""


def _covers(step: StepView, day: date) -> bool:
    return step.entered_on <= day and (step.exit is None or day <= step.exit.event_on)


def _step_chapter(step: StepView, journey: Journey, companion: Companion | None, homes: Mapping[str, str]) -> Chapter:
    told = [_event(line, journey, companion) for line in journey.contacts.values() if homes[line.id] == step.id]
    told += [_note(one, journey, companion) for one in journey.notes if homes[one.id] == step.id]
    events = tuple(sorted(told, key=lambda one: one.on, reverse=True))
    state, outcome = _ending(step, journey)
    return Chapter(
        kind="step",
        title=journey.schemes[step.scheme_id].name,
        from_on=step.entered_on,
        until_on=step.exit.event_on if step.exit else None,
        origin=journey.names[step.structure_id],
        state=state,
        outcome=outcome,
        events=events[:_IN_SIGHT],
        earlier=events[_IN_SIGHT:],
        stage=journey.stage_now(step),
        stages=tuple((journey.stage_name(step.id, one), one.on) for one in reversed(journey.stages.get(step.id, ()))),
    )


def _ending(step: StepView, journey: Journey) -> tuple[str, str | None]:
    if step.exit is None:
        return "open", None
    assert step.exit.kind is not None  # nothing is kept from the person herself
    if journey.schemes[step.scheme_id].is_short_activity and step.exit.kind is ExitKind.NO_SOLUTION:
        return "done", _("Activité terminée")
    state, outcome = _OUTCOMES[step.exit.kind]
    return state, _(outcome)


def _event(line: ContactLine, journey: Journey, companion: Companion | None) -> Event:
    is_theirs = companion is not None and line.account_id == companion.account_id
    origin = companion.name if companion and is_theirs else journey.names[line.structure_id]
    return Event(
        on=line.made_on, title=_(_CONTACTS[line.channel]), origin=origin, kind=_DRAWN.get(line.channel, "contact")
    )


def _note(one: NoteView, journey: Journey, companion: Companion | None) -> Event:
    is_theirs = companion is not None and one.account_id == companion.account_id
    origin = companion.name if companion and is_theirs else journey.names[one.structure_id]
    if one.removed_at is not None:
        return Event(on=one.on, title=_("Une note a été retirée"), origin=origin, kind="note")
    corrected_on = said_date(local_day(one.corrected_at)) if one.corrected_at else ""
    more = _("(Texte corrigé le %(day)s.)", day=corrected_on) if corrected_on else ""
    return Event(on=one.on, title=_("Noté avec vous"), origin=origin, kind="note", text=one.text, more=more)


def _lone(event: Event) -> Chapter:
    return Chapter(
        kind=event.kind,
        title=event.title,
        from_on=event.on,
        until_on=event.on,
        origin=event.origin,
        text=event.text,
        more=event.more,
    )


def _resumed(journey: Journey) -> list[Chapter]:
    """What a new step took over: calls that were planned, and that it replaces."""
    closed = Counter((one.closed_on, one.structure_id) for one in journey.closed if one.state is PointState.RESUMED)
    return [
        Chapter(
            kind="resumed",
            title=ngettext(
                "Votre nouvelle étape remplace %(num)s appel prévu",
                "Votre nouvelle étape remplace %(num)s appels prévus",
                count,
            ),
            from_on=on,
            until_on=on,
            origin=journey.names[structure_id],
        )
        for (on, structure_id), count in closed.items()
    ]


def _gap_chapter(moment: Moment, journey: Journey, today: date) -> list[Chapter]:
    ended = [step for step in journey.steps.values() if step.exit and step.exit.event_on < moment.on]
    last = max(ended, key=lambda step: step.exit.event_on if step.exit else date.min, default=None)
    if last is not None and last.exit is not None and last.exit.kind in _NO_GAP_AFTER:
        return []
    is_now = moment.until_on == today
    title = _without(moment.days) if is_now else _between(moment.days)
    return [
        Chapter(kind="gap", title=title, from_on=moment.on, until_on=moment.until_on, state="now" if is_now else "")
    ]


def _without(days: int) -> str:
    return ngettext(
        "%(num)s jour sans étape. Nous cherchons la suite avec vous.",
        "%(num)s jours sans étape. Nous cherchons la suite avec vous.",
        days,
    )


def _between(days: int) -> str:
    return ngettext("%(num)s jour entre deux étapes", "%(num)s jours entre deux étapes", days)
