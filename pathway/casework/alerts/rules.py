"""When a pathway risks a break: facts of the follow-up at a cut-off in, findings out. No fact about who she is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.casework.alerts.facts import ContactFact, ExitFact, OpenPoint, PersonFacts
from pathway.casework.alerts.findings import Finding
from pathway.casework.alerts.own_rules import OWN_RULES
from pathway.casework.alerts.policy import AlertPolicy
from pathway.casework.alerts.vocabulary import Level, RuleId
from pathway.casework.followup.rules import ExitKind
from pathway.casework.relays.rules import PENDING
from pathway.casework.schemes.rules import Intensity
from pathway.kernel.calendar import add_working_days

NEED_NO_NEXT_STEP = (ExitKind.DURABLE_JOB, ExitKind.CLOSED)


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
    """The findings of that day: at most one of each rule and circle, in the order of the rules.

    A circle of one structure gives that structure's own findings only: the others are told by the common circle.
    Pure: the same facts, day and policy give the same findings, so that any past night can be replayed.
    """
    found = [finding for rule in _COMMON for finding in [rule(facts, policy, on)] if finding is not None]
    found += [finding for rule in OWN_RULES for finding in rule(facts, policy, on)]
    return tuple(finding for finding in found if finding.due_from <= on and _is_told(facts, finding.structure_id))


def _is_told(facts: PersonFacts, structure_id: str) -> bool:
    return structure_id == facts.circle if facts.circle else structure_id not in facts.apart


def _overdue_point(facts: PersonFacts, policy: AlertPolicy, on: date) -> Finding | None:
    """R02: a point de suivi is overdue. The most overdue one speaks for all."""
    aside = dict(facts.late_set_aside_on)
    late = timedelta(days=policy.overdue_days)
    points = (one for one in facts.points if _is_told(facts, one.structure_id))
    point = _oldest_point(one for one in points if one.due_on + late > aside.get(one.structure_id, date.min))
    if point is None:
        return None
    responsable_from = point.due_on + timedelta(days=policy.overdue_responsable_days)
    owner = {"owner_id": point.owner_id} if point.owner_id else {}
    return Finding(
        rule=RuleId.R02,
        version="2",
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
        version="2",
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
    if ended is None or facts.is_quiet or facts.supports or ended.kind in NEED_NO_NEXT_STEP or facts.is_own_only:
        return None  # what she does elsewhere is not known to whoever reads only what it wrote
    beyond = ended.event_on + timedelta(days=policy.gap_days)
    planned = {"planned_on": facts.next_planned_on.isoformat()} if facts.next_planned_on else {}
    return Finding(
        rule=RuleId.R07,
        version="2",
        policy_version=policy.version,
        level=Level.HIGH,
        structure_id=_follower_after(facts, ended),
        parameters={"threshold_days": policy.gap_days},
        facts={"exit_id": ended.exit_id, "ended_on": ended.event_on.isoformat(), **planned},
        due_from=max(beyond, facts.next_planned_on or beyond) + timedelta(days=1),
    )


def _ends_soon(facts: PersonFacts, policy: AlertPolicy, on: date) -> Finding | None:
    """R10: a step, or the contract or training it led to, ends soon and nothing is planned after."""
    if facts.is_quiet or facts.is_own_only or _next_step_is_planned(facts, on):
        return None
    ending = _ending_step(facts) if facts.supports else _ending_contract(facts, on)
    if ending is None:
        return None
    ends_on, structure_id, source = ending
    return Finding(
        rule=RuleId.R10,
        version="1",
        policy_version=policy.version,
        level=Level.MEDIUM,
        structure_id=structure_id,
        parameters={"threshold_days": policy.ending_days},
        facts={"ends_on": ends_on.isoformat(), **source},
        due_from=ends_on - timedelta(days=policy.ending_days),
    )


def _without_referent(facts: PersonFacts, policy: AlertPolicy, on: date) -> Finding | None:
    """R11: nobody answers for her pathway, or whoever does is away for long and nobody stands in."""
    structure_id = _follower(facts)
    if facts.is_exempt or structure_id is None:
        return None
    referent, away = facts.referent, {}
    if referent is not None and referent.works:
        if not _is_away_for_long(facts, policy, on):
            return None
        assert referent.away_from_on and referent.away_until_on
        away = {"away_from_on": referent.away_from_on.isoformat(), "away_until_on": referent.away_until_on.isoformat()}
    known = {"referent_id": referent.account_id, "since_on": referent.since_on.isoformat()} if referent else {}
    return Finding(
        rule=RuleId.R11,
        version="1",
        policy_version=policy.version,
        level=Level.HIGH,
        structure_id=referent.structure_id if referent and referent.works else structure_id,
        parameters={"threshold_working_days": policy.away_working_days},
        facts={**known, **away},
        due_from=on,
    )


_COMMON: tuple[Rule, ...] = (_overdue_point, _silent_person, _gap_between_steps, _ends_soon, _without_referent)


def _oldest_point(points: Iterable[OpenPoint]) -> OpenPoint | None:
    return min(points, key=lambda point: (point.due_on, point.point_id), default=None)


def _counted_contact(facts: PersonFacts) -> ContactFact | None:
    """The last contact, unless it belongs to an earlier follow-up: coming back after a year is no silence of a year."""
    contact = facts.last_contact
    return contact if contact and contact.on >= facts.follow_from else None


def _silence(facts: PersonFacts, policy: AlertPolicy) -> _Silence | None:
    if facts.is_quiet:
        return None
    contact = _counted_contact(facts)
    since_on = contact.on if contact else facts.follow_from
    if facts.supports:
        return _silence_in_support(facts, policy, since_on)
    return _silence_after_exit(facts, policy, since_on)


def _silence_in_support(facts: PersonFacts, policy: AlertPolicy, since_on: date) -> _Silence | None:
    """The most demanding of the supports that are told here decides."""
    bearable = {
        Intensity.INTENSIVE: policy.silent_intensive_days,
        Intensity.STANDARD: policy.silent_standard_days,
        Intensity.LIGHT: policy.silent_light_days,
        Intensity.IN_WORK: policy.silent_in_work_days,
    }
    theirs = [one for one in facts.supports if _is_told(facts, one.structure_id)]
    if not theirs:
        return None
    closest = min(theirs, key=lambda one: (bearable[one.intensity], one.entered_on, one.enrolment_id))
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


def _next_step_is_planned(facts: PersonFacts, on: date) -> bool:
    planned = facts.next_planned_on is not None and facts.next_planned_on >= on
    return planned or any(relay.state in PENDING for relay in facts.relays)


def _ending_step(facts: PersonFacts) -> tuple[date, str, dict[str, str]] | None:
    """The last of her steps to end; none when one of them has no end in sight."""
    last = max(facts.supports, key=lambda one: (one.ends_on or date.max, one.enrolment_id))
    if last.ends_on is None:
        return None
    return last.ends_on, last.structure_id, {"enrolment_id": last.enrolment_id}


def _ending_contract(facts: PersonFacts, on: date) -> tuple[date, str, dict[str, str]] | None:
    """The contract or training her last step led to, until it ends: what follows then is told by other rules."""
    ended = facts.last_exit
    if ended is None or ended.ends_on is None or ended.ends_on < on or not facts.points:
        return None
    return ended.ends_on, _follower_after(facts, ended), {"exit_id": ended.exit_id}


def _follower_after(facts: PersonFacts, ended: ExitFact) -> str:
    """The structure that follows her after that step: the one she left while it has a point for her, else the one that
    has, else her référent's. The one she left may have closed since: nobody would read its alerts."""
    held = {point.structure_id for point in facts.points}
    if facts.circle or ended.structure_id in held:
        return ended.structure_id
    point = _oldest_point(facts.points)
    if point is not None:
        return point.structure_id
    referent = facts.referent
    return referent.structure_id if referent and referent.works and referent.structure_id else ended.structure_id


def _follower(facts: PersonFacts) -> str | None:
    """The structure that follows her most lately: the one to name a référent."""
    support = max(facts.supports, key=lambda one: (one.entered_on, one.enrolment_id), default=None)
    point = _oldest_point(facts.points)
    if support is not None:
        return support.structure_id
    return point.structure_id if point is not None else None


def _is_away_for_long(facts: PersonFacts, policy: AlertPolicy, on: date) -> bool:
    referent = facts.referent
    if referent is None or referent.away_from_on is None or referent.away_until_on is None:
        return False
    is_away = referent.away_from_on <= on <= referent.away_until_on
    return is_away and add_working_days(referent.away_from_on, policy.away_working_days) <= referent.away_until_on
