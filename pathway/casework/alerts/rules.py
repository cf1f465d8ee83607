"""When a pathway risks a break: facts of the follow-up at a cut-off in, findings out. No fact about who she is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.casework.followup.rules import ExitKind
from pathway.casework.schemes.rules import Intensity
from pathway.kernel.choice import Choice


class RuleId(Choice):
    """The rules of a risk of break. A code, once kept with an alert, never changes its meaning."""

    R02 = "R02", "Point de suivi en retard"
    R03 = "R03", "Sans contact"
    R07 = "R07", "Sans étape suivante"


class Level(Choice):
    """How pressing an alert is."""

    MEDIUM = "medium", "À surveiller"
    HIGH = "high", "À traiter"


class AlertState(Choice):
    """Where an alert stands. Snoozing leaves it open, with a date."""

    OPEN = "open", "Ouverte"
    CLEARED = "cleared", "Effacée"
    DISMISSED = "dismissed", "Écartée"


class DismissReason(Choice):
    """Why a responsable sets an alert aside. « Pas pertinente » counts against the rule's precision."""

    HANDLED = "handled", "Déjà traitée autrement"
    NOT_RELEVANT = "not_relevant", "Pas pertinente pour cette personne"
    PERSON_ASKED = "person_asked", "La personne demande qu’on attende"
    WRONG_DATA = "wrong_data", "Une information du dossier est fausse"


@dataclass(frozen=True, kw_only=True)
class AlertPolicy:
    """One version of the thresholds, all in calendar days.

    R02 counts days overdue and fires at its threshold; R03 (`silent_*`) and R07 (`gap_days`) fire beyond theirs.
    """

    version: str
    overdue_days: int
    overdue_responsable_days: int
    silent_intensive_days: int
    silent_standard_days: int
    silent_light_days: int
    silent_in_work_days: int
    silent_hard_days: int
    gap_days: int


DEFAULT_ALERT_POLICY = AlertPolicy(
    version="2026-1",
    overdue_days=7,
    overdue_responsable_days=14,
    silent_intensive_days=14,
    silent_standard_days=30,
    silent_light_days=60,
    silent_in_work_days=91,
    silent_hard_days=90,
    gap_days=28,
)

_NEED_NO_NEXT_STEP = (ExitKind.DURABLE_JOB, ExitKind.CLOSED)


@dataclass(frozen=True, kw_only=True)
class OpenPoint:
    """A point de suivi not done yet. `due_on`: the day its lateness counts from, which replanning does not move."""

    point_id: str
    due_on: date
    structure_id: str
    owner_id: str | None


@dataclass(frozen=True, kw_only=True)
class Support:
    """A support that is open in a structure."""

    enrolment_id: str
    structure_id: str
    intensity: Intensity
    entered_on: date


@dataclass(frozen=True, kw_only=True)
class ContactFact:
    """The last contact in which she was reached, by whichever structure."""

    contact_id: str
    on: date


@dataclass(frozen=True, kw_only=True)
class ExitFact:
    """The last exit of a step."""

    exit_id: str
    kind: ExitKind
    event_on: date
    structure_id: str


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """All that the rules may know of a pathway, as recorded at the cut-off.

    `next_planned_on`: the day a next step is planned. `is_exempt`: the last exit is `closed`. `follow_from`: the day
    the present follow-up began, from which a silence counts when there was no contact since. `late_set_aside_on`: when
    a responsable last dismissed R02; what was late enough that day stays set aside, what becomes late since does not.
    `circle`: who may see those facts; empty for all who follow her, else the one sensitive structure that also counts
    what it alone wrote.
    """

    record_id: str
    circle: str = ""
    points: tuple[OpenPoint, ...] = ()
    supports: tuple[Support, ...] = ()
    last_contact: ContactFact | None = None
    last_exit: ExitFact | None = None
    next_planned_on: date | None = None
    is_paused: bool = False
    is_exempt: bool = False
    late_set_aside_on: date | None = None
    follow_from: date


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule that fires: what is kept of an alert, from which its sentences are rendered.

    `version`: of the rule, new when its meaning changes. `parameters`: the thresholds used. `facts`: ids and ISO dates
    only. `due_from`: the first day on which it could fire.
    """

    rule: RuleId
    version: str
    policy_version: str
    level: Level
    structure_id: str
    parameters: dict[str, int]
    facts: dict[str, str]
    due_from: date


@dataclass(frozen=True, kw_only=True)
class _Silence:
    """What R03 measures: since when, how many days are bearable, whose support or follow-up it concerns."""

    since_on: date
    threshold_days: int
    structure_id: str
    source: dict[str, str]

    @property
    def due_from(self) -> date:
        return self.since_on + timedelta(days=self.threshold_days + 1)


Rule = Callable[[PersonFacts, AlertPolicy, date], Finding | None]


def evaluate(facts: PersonFacts, *, on: date, policy: AlertPolicy) -> tuple[Finding, ...]:
    """The findings of that day, one at most for each rule, in the order of the rules.

    A circle of one structure gives that structure's own findings only: the others are told by the common circle.
    Pure: the same facts, day and policy give the same findings, so that any past night can be replayed.
    """
    found = (rule(facts, policy, on) for rule in _RULES)
    return tuple(
        finding
        for finding in found
        if finding is not None and finding.due_from <= on and facts.circle in ("", finding.structure_id)
    )


def next_alert_on(facts: PersonFacts, policy: AlertPolicy) -> date | None:
    """The earliest day on which any rule fires if nothing changes, perhaps past; None when none ever would."""
    found = (rule(facts, policy, facts.follow_from) for rule in _RULES)
    return min((finding.due_from for finding in found if finding is not None), default=None)


def _overdue_point(facts: PersonFacts, policy: AlertPolicy, on: date) -> Finding | None:
    """R02: a point de suivi is overdue. The most overdue one speaks for all."""
    aside = facts.late_set_aside_on
    late = timedelta(days=policy.overdue_days)
    point = _oldest_point(one for one in facts.points if aside is None or one.due_on + late > aside)
    if point is None:
        return None
    responsable_from = point.due_on + timedelta(days=policy.overdue_responsable_days)
    owner = {"owner_id": point.owner_id} if point.owner_id else {}
    return Finding(
        rule=RuleId.R02,
        version="1",
        policy_version=policy.version,
        level=Level.HIGH,
        structure_id=point.structure_id,
        parameters={
            "threshold_days": policy.overdue_days,
            "responsable_days": policy.overdue_responsable_days,
            "responsable": on >= responsable_from,
        },
        facts={"point_id": point.point_id, "due_on": point.due_on.isoformat(), **owner},
        due_from=point.due_on + timedelta(days=policy.overdue_days),
    )


def _silent_person(facts: PersonFacts, policy: AlertPolicy, on: date) -> Finding | None:
    """R03: no successful contact for longer than her closest support bears."""
    silence = _silence(facts, policy)
    if silence is None:
        return None
    hard_from = silence.since_on + timedelta(days=policy.silent_hard_days)
    contact = _counted_contact(facts)
    known = {"contact_id": contact.contact_id} if contact else {}
    return Finding(
        rule=RuleId.R03,
        version="1",
        policy_version=policy.version,
        level=Level.HIGH if on >= hard_from else Level.MEDIUM,
        structure_id=silence.structure_id,
        parameters={"threshold_days": silence.threshold_days, "hard_days": policy.silent_hard_days},
        facts={"since_on": silence.since_on.isoformat(), **silence.source, **known},
        due_from=silence.due_from,
    )


def _gap_between_steps(facts: PersonFacts, policy: AlertPolicy, on: date) -> Finding | None:
    """R07: the last step ended and no other began. A planned step that did not begin on its day no longer counts."""
    ended = facts.last_exit
    if ended is None or _is_quiet(facts) or facts.supports or ended.kind in _NEED_NO_NEXT_STEP:
        return None
    beyond = ended.event_on + timedelta(days=policy.gap_days)
    planned = {"planned_on": facts.next_planned_on.isoformat()} if facts.next_planned_on else {}
    return Finding(
        rule=RuleId.R07,
        version="1",
        policy_version=policy.version,
        level=Level.HIGH,
        structure_id=ended.structure_id,
        parameters={"threshold_days": policy.gap_days},
        facts={"exit_id": ended.exit_id, "ended_on": ended.event_on.isoformat(), **planned},
        due_from=max(beyond, facts.next_planned_on or beyond) + timedelta(days=1),
    )


_RULES: tuple[Rule, ...] = (_overdue_point, _silent_person, _gap_between_steps)


def _is_quiet(facts: PersonFacts) -> bool:
    return facts.is_paused or facts.is_exempt


def _oldest_point(points: Iterable[OpenPoint]) -> OpenPoint | None:
    return min(points, key=lambda point: (point.due_on, point.point_id), default=None)


def _counted_contact(facts: PersonFacts) -> ContactFact | None:
    """The last contact, unless it belongs to an earlier follow-up: coming back after a year is no silence of a year."""
    contact = facts.last_contact
    return contact if contact and contact.on >= facts.follow_from else None


def _silence(facts: PersonFacts, policy: AlertPolicy) -> _Silence | None:
    if _is_quiet(facts):
        return None
    contact = _counted_contact(facts)
    since_on = contact.on if contact else facts.follow_from
    if facts.supports:
        return _silence_in_support(facts, policy, since_on)
    return _silence_after_exit(facts, policy, since_on)


def _silence_in_support(facts: PersonFacts, policy: AlertPolicy, since_on: date) -> _Silence:
    """The most demanding of her supports decides."""
    bearable = {
        Intensity.INTENSIVE: policy.silent_intensive_days,
        Intensity.STANDARD: policy.silent_standard_days,
        Intensity.LIGHT: policy.silent_light_days,
        Intensity.IN_WORK: policy.silent_in_work_days,
    }
    closest = min(facts.supports, key=lambda one: (bearable[one.intensity], one.entered_on, one.enrolment_id))
    return _Silence(
        since_on=since_on,
        threshold_days=bearable[closest.intensity],
        structure_id=closest.structure_id,
        source={"enrolment_id": closest.enrolment_id},
    )


def _silence_after_exit(facts: PersonFacts, policy: AlertPolicy, since_on: date) -> _Silence | None:
    """Without support, the hard limit holds as long as a follow-up is open; somebody in durable work bears more."""
    point = _oldest_point(facts.points)
    if point is None:
        return None
    is_in_work = facts.last_exit is not None and facts.last_exit.kind is ExitKind.DURABLE_JOB
    return _Silence(
        since_on=since_on,
        threshold_days=policy.silent_in_work_days if is_in_work else policy.silent_hard_days,
        structure_id=point.structure_id,
        source={"point_id": point.point_id},
    )
