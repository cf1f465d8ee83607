"""A past night again: what it should have found, from what was recorded then, beside what it kept. Writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, select, union

from pathway.casework.accounts.tables import Account
from pathway.casework.alerts.firing import Key, dismissal, fired, set_aside
from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.reading import facts_of, seen_at
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind
from pathway.casework.links.rules import CardFact, groups, standing
from pathway.casework.links.tables import CardLink
from pathway.casework.sharing.tables import Record
from pathway.kernel.errors import NotFound, PathwayError, Unavailable
from pathway.kernel.wording import said_date
from pathway.store.columns import table_of
from pathway.store.tables import NightStep
from pathway.store.transaction import Transaction

_account = table_of(Account)
_alert = table_of(Alert)
_change = table_of(AlertChange)
_link = table_of(CardLink)
_record = table_of(Record)
_step = table_of(NightStep)

_LOT = 500
_SAYS = (AlertChangeKind.OPENED.value, AlertChangeKind.UPDATED.value)
_ENDS = (AlertChangeKind.CLEARED.value, AlertChangeKind.DISMISSED.value)


@dataclass(kw_only=True)
class Replay:
    """A night looked at again: how many people, what fires then, where that differs from what was kept, and about how
    many people it cannot be said because what is sealed about them no longer opens."""

    on: date
    cutoff_at: datetime
    people: int = 0
    unreadable: int = 0
    alerts: list[dict[str, Any]] = field(default_factory=list)
    missing: list[dict[str, Any]] = field(default_factory=list)
    unexpected: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """Whether the night kept exactly what it should have, about everybody."""
        return not self.missing and not self.unexpected and not self.unreadable


def cutoff_of(tx: Transaction, night: date) -> datetime:
    """The instant whose facts that night looked at. `NotFound` when it was never run to its end."""
    query = select(_step.c.cutoff_at).where(
        _step.c.night == night, _step.c.step == "alerts", _step.c.finished_at.is_not(None)
    )
    at: datetime | None = tx.execute(query).scalar_one_or_none()
    if at is None:
        raise NotFound(f"La nuit du {said_date(night)} n’a pas été faite, ou date d’avant l’enregistrement des nuits.")
    return at


def replay(tx: Transaction, replayed: Replay, *, record_id: str = "") -> Iterator[tuple[int, int]]:
    """Fill the replay of a night, for everybody or for one person; gives (done, total) people on the way."""
    people = _people_at(tx, replayed.cutoff_at, record_id)
    names = sorted(people)
    for start in range(0, len(names), _LOT):
        _compare_each(tx, replayed, {name: people[name] for name in names[start : start + _LOT]})
        replayed.people = min(start + _LOT, len(names))
        yield replayed.people, len(names)


def _compare_each(tx: Transaction, replayed: Replay, people: Mapping[str, Sequence[str]]) -> None:
    """That lot at once, else one by one: a record that no longer opens hides no other."""
    try:
        _compare(tx, replayed, {card: name for name, cards in people.items() for card in cards})
    except Unavailable:
        raise  # the base, not a record
    except PathwayError:
        if len(people) == 1:
            replayed.unreadable += 1
            return
        for name, cards in people.items():
            _compare_each(tx, replayed, {name: cards})


def _compare(tx: Transaction, replayed: Replay, person: Mapping[str, str]) -> None:
    cutoff = replayed.cutoff_at
    policy = policy_on(tx, replayed.on, known_at=cutoff)
    aside = set_aside(tx, person, cutoff)
    found = {
        key: {
            "version": one.version,
            "policy": one.policy_version,
            "level": one.level.value,
            "structure": one.structure_id,
            "parameters": one.parameters,
            "facts": one.facts,
        }
        for key, one in fired(facts_of(tx, person, seen_at(tx, cutoff)), on=replayed.on, policy=policy).items()
        if dismissal(one.facts, one.level) not in aside.get(key, set())
    }
    kept = _kept(tx, person, cutoff)
    replayed.alerts += [_said(key, found[key]) for key in sorted(found)]
    replayed.missing += [_said(key, found[key]) for key in sorted(found) if kept.get(key) != found[key]]
    replayed.unexpected += [_said(key, kept[key]) for key in sorted(kept) if found.get(key) != kept[key]]


def _said(key: Key, content: Mapping[str, Any]) -> dict[str, Any]:
    record_id, rule, circle = key
    return {"person": record_id, "rule": rule, "circle": circle, **content}


def _kept(tx: Transaction, person: Mapping[str, str], cutoff: datetime) -> dict[Key, dict[str, Any]]:
    """What was open once the night was done, as each alert said it then."""
    query = (
        select(_alert.c.record_id, _alert.c.rule, _alert.c.circle, _alert.c.id, _change.c.change, _change.c.facts)
        .join(_change, _change.c.alert_id == _alert.c.id)
        .where(
            _alert.c.record_id.in_(list(person)),
            _change.c.recorded_at <= cutoff,
            _change.c.change.in_((*_SAYS, *_ENDS)),
        )
        # By instant: what a night said of an alert that ended before it was looked at is written after its end.
        .order_by(_change.c.alert_id, _change.c.recorded_at, _change.c.version)
    )
    standing_now: dict[str, tuple[Key, str]] = {}
    for row in tx.execute(query):
        if row.change in _ENDS:
            standing_now.pop(row.id, None)
        else:
            standing_now[row.id] = ((person[row.record_id], row.rule, row.circle), row.facts)
    return {key: _content(said) for key, said in standing_now.values()}


def _content(said: str) -> dict[str, Any]:
    kept = orjson.loads(said)
    return {
        "version": kept["rule_version"],
        "policy": kept["policy_version"],
        "level": kept["level"],
        "structure": kept["structure_id"],
        "parameters": kept["parameters"],
        "facts": kept["facts"],
    }


def _people_at(tx: Transaction, cutoff: datetime, record_id: str) -> dict[str, Sequence[str]]:
    """The person's card that stood → her cards, as they were linked at the cut-off."""
    made = select(_record.c.id, _record.c.recorded_at).where(_record.c.recorded_at <= cutoff)
    cards = {row.id: row.recorded_at for row in tx.execute(made)}
    links = tx.execute(select(_link).where(_link.c.linked_at <= cutoff)).all()
    held = [(row.record_id, row.other_id) for row in links if row.ended_at is None or row.ended_at > cutoff]
    told, opened = _told_at(links, cutoff), _accounts(tx)
    people: dict[str, Sequence[str]] = {}
    for group in groups(cards, held):
        if record_id and record_id not in group:
            continue
        # Which card stands was said when links last changed: an account opened since changed nothing.
        said_at = max((told[card] for card in group if card in told), default=cutoff)
        facts = [
            CardFact(id=card, has_account=card in opened and opened[card] <= said_at, recorded_at=cards[card])
            for card in group
        ]
        people[standing(facts)] = sorted(group)
    return people


def _told_at(links: Sequence[Row[Any]], cutoff: datetime) -> dict[str, datetime]:
    """card → when the last of its links was made or ended, up to the cut-off."""
    told: dict[str, datetime] = {}
    for row in links:
        at = row.ended_at if row.ended_at is not None and row.ended_at <= cutoff else row.linked_at
        for card in (row.record_id, row.other_id):
            told[card] = max(told.get(card, at), at)
    return told


def _accounts(tx: Transaction) -> dict[str, datetime]:
    """card → when the person opened an account on it, for cards ever linked to another."""
    linked = union(select(_link.c.record_id.label("id")), select(_link.c.other_id.label("id"))).subquery()
    query = select(_account.c.record_id, _account.c.recorded_at).join(linked, linked.c.id == _account.c.record_id)
    return {row.record_id: row.recorded_at for row in tx.execute(query)}
