"""What the rules change of the alerts about some people: read and decided, nothing written."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from pathway.casework.alerts.findings import Finding
from pathway.casework.alerts.firing import Key, dismissal, dump, fired, set_aside
from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.reading import Seen, facts_of, people_of
from pathway.casework.alerts.since import touched_since
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind, AlertState
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.journal import acts_since, last_seq
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)

# Built once: every contact and every lot of a night asks them.
_STANDING = (
    select(_alert)
    .where(among(_alert.c.record_id, "cards"), _alert.c.state == AlertState.OPEN.value)
    .order_by(_alert.c.opened_at, _alert.c.id)
)
_CUTOFF = bindparam("cutoff", type_=_alert.c.ended_at.type)
_ENDED_BY_THEN = (
    select(_change.c.alert_id)
    .where(
        _change.c.alert_id == _alert.c.id,
        _change.c.change.in_([AlertChangeKind.CLEARED.value, AlertChangeKind.DISMISSED.value]),
        _change.c.recorded_at <= _CUTOFF,
    )
    .exists()
)
_ENDED_SINCE = (
    select(_alert)
    .where(
        among(_alert.c.record_id, "cards"),
        _alert.c.state != AlertState.OPEN.value,
        and_(_alert.c.opened_at <= _CUTOFF, _alert.c.ended_at > _CUTOFF, ~_ENDED_BY_THEN),
    )
    .order_by(_alert.c.opened_at, _alert.c.id)
)


# What the step itself writes while it goes on; it changes nothing that was decided of anybody else.
_OF_THE_STEP = frozenset({"nightly_alerts", "renew_night_step"})


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`renewed`: alert id → what it says from then on. `gone`: the alerts without reason left, of which some ended
    since the cut-off. `opened`: what fires anew."""

    renewed: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    gone: list[Row[Any]] = field(default_factory=list)
    opened: dict[Key, Finding] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a snapshot found of one person: `cards`, all of hers; `is_touched`, whether something was recorded about her
    since the cut-off; `seq`, the last entry of the journal by then."""

    name: str
    cards: frozenset[str]
    decision: Decision
    is_touched: bool
    seq: int


def decide(
    tx: Transaction, person: Mapping[str, str], *, on: date, seen: Seen, at: datetime | None
) -> dict[str, Decision]:
    """Standing card → what changes for her, of those for whom something does, as recorded when the territory was
    `seen`. `at`: that cut-off when it is a night's; thresholds published since do not count. An alert that ended since
    is said as it stood then."""
    open_now, doubled = standing(tx, person)
    ended = _ended_since(tx, person, seen.at)
    found = fired(facts_of(tx, person, seen), on=on, policy=policy_on(tx, on, known_at=at))
    moved = _taken_elsewhere(open_now, found, seen.at)
    stood = ended | {key: row for key, row in open_now.items() if row.opened_at <= seen.at}
    gone = [row for key, row in stood.items() if key not in found] + moved + doubled
    fresh = {key: finding for key, finding in found.items() if key not in stood and key not in open_now}
    changes: defaultdict[str, Decision] = defaultdict(Decision)
    for key, row in ((key, stood[key]) for key in found if key in stood):
        says = content(found[key])
        if any(row._mapping[name] != says[name] for name in says):
            changes[key[0]].renewed[row.id] = says
    for row in gone:
        changes[person[row.record_id]].gone.append(row)
    for key, finding in _not_set_aside(tx, person, fresh, seen.at).items():
        changes[key[0]].opened[key] = finding
    return dict(changes)


def together(decisions: Iterable[Decision]) -> Decision:
    """What changes for several people, to be written at once."""
    whole = Decision()
    for one in decisions:
        whole.renewed.update(one.renewed)
        whole.gone.extend(one.gone)
        whole.opened.update(one.opened)
    return whole


def look_at(tx: Transaction, record_ids: Sequence[str], *, on: date, seen: Seen) -> list[Look]:
    """Those of these people about whom a night has something to write, in their order: the others are left as they are.

    Somebody touched since the cut-off is one of them while an alert about her is open: it may be answered.
    """
    seq = last_seq(tx.connection)
    person = people_of(tx, record_ids)
    changes = decide(tx, person, on=on, seen=seen, at=seen.at)
    touched = _touched(tx, person, seen.at, changes) if tx.now > seen.at else set()
    cards = _cards(person)
    return [
        Look(
            name=name,
            cards=frozenset(cards[name]),
            decision=changes.get(name, Decision()),
            is_touched=name in touched,
            seq=seq,
        )
        for name in record_ids
        if name in changes or name in touched
    ]


def outdated(tx: Transaction, looks: Sequence[Look], person: Mapping[str, str]) -> set[str]:
    """Those of these people, now held, of whom what the snapshot decided may no longer be true.

    Whatever was journalled since about a card of theirs may have changed it, and so may other cards than hers then.
    What names no card may have changed it for all: thresholds, an absence, a scheme, a structure that closes. `person`:
    their cards as they are now. Reads are journalled too: at worst somebody is evaluated twice.
    """
    acts = [act for act in acts_since(tx.connection, min(one.seq for one in looks)) if act.action not in _OF_THE_STEP]
    if not all(act.records for act in acts):
        return {one.name for one in looks}
    written = {card for act in acts for card in act.records}
    cards = _cards(person)
    return {one.name for one in looks if cards.get(one.name, set()) != one.cards or one.cards & written}


def standing(tx: Transaction, person: Mapping[str, str]) -> tuple[dict[Key, Row[Any]], list[Row[Any]]]:
    """The open alert of each key, and those that double one: the oldest stays."""
    first: dict[Key, Row[Any]] = {}
    doubled: list[Row[Any]] = []
    for row in tx.execute(_STANDING, {"cards": sorted(person)}).all():
        if first.setdefault((person[row.record_id], row.rule, row.circle), row) is not row:
            doubled.append(row)
    return first, doubled


def content(finding: Finding) -> dict[str, Any]:
    """What an alert says of that finding, by column."""
    return {
        "rule_version": finding.version,
        "policy_version": finding.policy_version,
        "level": finding.level.value,
        "structure_id": finding.structure_id,
        "parameters": dump(finding.parameters),
        "facts": dump(finding.facts),
    }


def _cards(person: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for card, name in person.items():
        found.setdefault(name, set()).add(card)
    return found


def _touched(tx: Transaction, person: Mapping[str, str], cutoff: datetime, changing: Collection[str]) -> set[str]:
    """Those who have an alert open, or about whom something changes, and were touched since the cut-off."""
    alerted = {person[row.record_id] for row in tx.execute(_STANDING, {"cards": sorted(person)})}
    cards = [card for card, name in person.items() if name in alerted or name in changing]
    return {person[card] for card in touched_since(tx, cutoff, cards=cards)} if cards else set()


def _taken_elsewhere(open_now: dict[Key, Row[Any]], found: Mapping[Key, Finding], at: datetime) -> list[Row[Any]]:
    """Take out the alerts that are now for another structure: those end, and others open there."""
    keys = [
        key
        for key, row in open_now.items()
        if row.opened_at <= at and key in found and found[key].structure_id != row.structure_id
    ]
    return [open_now.pop(key) for key in keys]


def _ended_since(tx: Transaction, person: Mapping[str, str], cutoff: datetime) -> dict[Key, Row[Any]]:
    """What was open at the cut-off and is no longer: an answer came before the night looked at that person."""
    if tx.now <= cutoff:
        return {}
    rows = tx.execute(_ENDED_SINCE, {"cards": sorted(person), "cutoff": cutoff}).all()
    return {(person[row.record_id], row.rule, row.circle): row for row in rows}


def _not_set_aside(
    tx: Transaction, person: Mapping[str, str], fresh: Mapping[Key, Finding], cutoff: datetime
) -> dict[Key, Finding]:
    dismissed = set_aside(tx, person, cutoff) if fresh else {}
    return {
        key: finding
        for key, finding in fresh.items()
        if dismissal(finding.facts, finding.level) not in dismissed.get(key, set())
    }
