"""Rules whose facts belong to one structure and never leave it: appointments not kept, relays, early ends, sharing."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Protocol, TypeVar

from pathway.casework.alerts.facts import EarlyExit, PersonFacts, RelayFact, SharingFact
from pathway.casework.alerts.findings import Finding
from pathway.casework.alerts.policy import AlertPolicy
from pathway.casework.alerts.vocabulary import Level, RuleId
from pathway.casework.relays.rules import ACKNOWLEDGE_WORKING_DAYS, RelayState

OwnRule = Callable[[PersonFacts, AlertPolicy, date], Iterator[Finding]]

_ACCEPTED = frozenset({RelayState.ACCEPTED, RelayState.APPOINTMENT})


def _missed_twice(facts: PersonFacts, policy: AlertPolicy, on: date) -> Iterator[Finding]:
    """R04: several appointments missed in a structure within the window; none kept since, and nobody reached her."""
    since = on - timedelta(days=policy.missed_within_days)
    for structure_id, missed in _by_structure([one for one in facts.missed if since <= one.on <= on]):
        ordered = sorted(missed, key=lambda one: (one.on, one.appointment_id))
        last = ordered[-1]
        if len(ordered) >= policy.missed_times and not facts.is_quiet and not _was_heard(facts, structure_id, last.on):
            first = ordered[-policy.missed_times]
            yield _own(
                RuleId.R04,
                policy,
                structure_id,
                level=Level.MEDIUM,
                parameters={"threshold_times": policy.missed_times, "threshold_days": policy.missed_within_days},
                facts={
                    "first_on": first.on.isoformat(),
                    "last_on": last.on.isoformat(),
                    "last_id": last.appointment_id,
                },
                due_from=last.on,
            )


def _relay_unanswered(facts: PersonFacts, policy: AlertPolicy, _on: date) -> Iterator[Finding]:
    """R05: nobody acknowledged a relay in time; it came back to whoever sent it, and nothing followed since."""
    for structure_id, relays in _by_sender(facts.relays):
        last = max(relays, key=lambda one: (one.since_on, one.relay_id))
        if last.state is RelayState.BOUNCED and not _something_followed(facts, structure_id, last.since_on):
            yield _own(
                RuleId.R05,
                policy,
                structure_id,
                level=Level.HIGH,
                parameters={"threshold_working_days": ACKNOWLEDGE_WORKING_DAYS},
                facts={"relay_id": last.relay_id, "back_on": last.since_on.isoformat()},
                due_from=last.since_on,
            )


def _relay_not_begun(facts: PersonFacts, policy: AlertPolicy, _on: date) -> Iterator[Finding]:
    """R06: a relay was accepted and she was not met since. A waiting list has its own monthly contact. It is told to
    whoever sent it: until that first appointment nobody else answers for her."""
    late = [one for one in facts.relays if one.state in _ACCEPTED and not one.was_held]
    for structure_id, relays in _by_sender(late):
        relay = min(relays, key=lambda one: (_expected_from(one), one.relay_id))
        from_on = _expected_from(relay)
        yield _own(
            RuleId.R06,
            policy,
            structure_id,
            level=Level.HIGH,
            parameters={"threshold_days": policy.unheld_days},
            facts={
                "relay_id": relay.relay_id,
                "accepted_on": relay.since_on.isoformat(),
                "from_on": from_on.isoformat(),
            },
            due_from=from_on + timedelta(days=policy.unheld_days + 1),
        )


def _early_exit(facts: PersonFacts, policy: AlertPolicy, on: date) -> Iterator[Finding]:
    """R08: a step ended without solution, unplanned, within its first month or before a third of its planned time."""
    since = on - timedelta(days=policy.early_exit_shown_days)
    early = [one for one in facts.early_exits if one.event_on >= since and _is_early(one, policy)]
    for structure_id, exits in _by_structure(early):
        last = max(exits, key=lambda one: (one.event_on, one.exit_id))
        followed = _was_heard_after(facts, structure_id, last.event_on) or _a_step_began(facts, last.event_on)
        if not facts.is_quiet and not followed:
            planned = {"planned_end_on": last.planned_end_on.isoformat()} if last.planned_end_on else {}
            yield _own(
                RuleId.R08,
                policy,
                structure_id,
                level=Level.MEDIUM,
                parameters={"threshold_days": policy.early_exit_days},
                facts={
                    "exit_id": last.exit_id,
                    "entered_on": last.entered_on.isoformat(),
                    "ended_on": last.event_on.isoformat(),
                    **planned,
                },
                due_from=last.event_on,
            )


def _stopped_twice(facts: PersonFacts, policy: AlertPolicy, on: date) -> Iterator[Finding]:
    """R09: she stopped several steps of a structure within a year, and it has not spoken with her since."""
    since = on - timedelta(days=policy.stopped_within_days)
    stopped = [one for one in facts.early_exits if one.is_stopped_by_her and one.event_on >= since]
    for structure_id, exits in _by_structure(stopped):
        ordered = sorted(exits, key=lambda one: (one.event_on, one.exit_id))
        last = ordered[-1]
        if (
            len(ordered) < policy.stopped_times
            or facts.is_quiet
            or _was_heard_after(facts, structure_id, last.event_on)
        ):
            continue
        yield _own(
            RuleId.R09,
            policy,
            structure_id,
            level=Level.MEDIUM,
            parameters={"threshold_times": policy.stopped_times, "threshold_days": policy.stopped_within_days},
            facts={
                "first_on": ordered[-policy.stopped_times].event_on.isoformat(),
                "last_on": last.event_on.isoformat(),
                "exit_id": last.exit_id,
            },
            due_from=last.event_on,
        )


def _sharing_ends(facts: PersonFacts, policy: AlertPolicy, _on: date) -> Iterator[Finding]:
    """R14: what a structure that supports her may see ends soon, or she stopped it."""
    for structure_id, ends in _by_structure(facts.sharing):
        one = min(ends, key=lambda end: (end.stopped_on is None, end.ends_on or date.max, end.cause_id))
        yield _sharing_finding(one, policy, structure_id)


def _sharing_finding(one: SharingFact, policy: AlertPolicy, structure_id: str) -> Finding:
    day = one.stopped_on or one.ends_on
    assert day is not None
    name = "stopped_on" if one.stopped_on else "ends_on"
    return _own(
        RuleId.R14,
        policy,
        structure_id,
        level=Level.MEDIUM,
        parameters={"threshold_days": policy.sharing_ends_days},
        facts={"cause_id": one.cause_id, name: day.isoformat()},
        due_from=day if one.stopped_on else day - timedelta(days=policy.sharing_ends_days),
    )


OWN_RULES: tuple[OwnRule, ...] = (
    _missed_twice,
    _relay_unanswered,
    _relay_not_begun,
    _early_exit,
    _stopped_twice,
    _sharing_ends,
)


def _own(
    rule: RuleId,
    policy: AlertPolicy,
    structure_id: str,
    *,
    level: Level,
    parameters: dict[str, int],
    facts: dict[str, str],
    due_from: date,
) -> Finding:
    return Finding(
        rule=rule,
        version="1",
        policy_version=policy.version,
        level=level,
        structure_id=structure_id,
        parameters=parameters,
        facts=facts,
        due_from=due_from,
        own_to=structure_id,
    )


class _Owned(Protocol):
    @property
    def structure_id(self) -> str: ...


_O = TypeVar("_O", bound=_Owned)


def _by_structure(owned: Iterable[_O]) -> list[tuple[str, list[_O]]]:
    """structure → what is its own, in the order of structures."""
    groups: dict[str, list[_O]] = {}
    for one in owned:
        groups.setdefault(one.structure_id, []).append(one)
    return sorted(groups.items())


def _by_sender(relays: Iterable[RelayFact]) -> list[tuple[str, list[RelayFact]]]:
    groups: dict[str, list[RelayFact]] = {}
    for relay in relays:
        groups.setdefault(relay.from_structure_id, []).append(relay)
    return sorted(groups.items())


def _is_early(one: EarlyExit, policy: AlertPolicy) -> bool:
    stayed = one.event_on - one.entered_on
    is_short = stayed <= timedelta(days=policy.early_exit_days)
    if one.planned_end_on is None:
        return is_short
    return one.event_on < one.planned_end_on and (is_short or stayed * 3 < one.planned_end_on - one.entered_on)


def _expected_from(relay: RelayFact) -> date:
    """The day from which she should have been met: that of the appointment, else of the yes."""
    return max(relay.since_on, relay.next_on or relay.since_on)


def _was_heard(facts: PersonFacts, structure_id: str, since: date) -> bool:
    """Whether that structure reached her itself from that day on."""
    return any(name == structure_id and on >= since for name, on in facts.heard_on)


def _was_heard_after(facts: PersonFacts, structure_id: str, day: date) -> bool:
    """Whether that structure reached her later than that day: what was said the day she left is how it ended."""
    return _was_heard(facts, structure_id, day + timedelta(days=1))


def _a_step_began(facts: PersonFacts, since: date) -> bool:
    return any(one.entered_on >= since for one in facts.supports)


def _something_followed(facts: PersonFacts, structure_id: str, since: date) -> bool:
    """Whether that structure reached her from that day on, or a step began since."""
    return _was_heard(facts, structure_id, since) or _a_step_began(facts, since)
