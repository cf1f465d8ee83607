"""Opening, updating and clearing alerts; giving them to somebody, putting them off, dismissing them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, and_, bindparam, func, insert, select, update

from pathway.casework.alerts.changes import hold_alert, note_change, note_changes
from pathway.casework.alerts.findings import Finding
from pathway.casework.alerts.firing import Key, dismissal, dump, fired, set_aside
from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.policy import AlertPolicy, changed, thresholds
from pathway.casework.alerts.queries import AlertLine, alert_seen
from pathway.casework.alerts.reading import Seen, facts_of, people_of, seen_now, works_now
from pathway.casework.alerts.since import touched_since
from pathway.casework.alerts.tables import Alert, AlertChange, AlertPolicyVersion, WorkSeen
from pathway.casework.alerts.vocabulary import AlertChangeKind, AlertState, DismissReason
from pathway.casework.followup.actions import reassign_points
from pathway.casework.partners.queries import works_in
from pathway.casework.sharing.queries import require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)

_version = table_of(AlertPolicyVersion)
_work = table_of(WorkSeen)
_STILL = select(_work).where(_work.c.until_at.is_(None))
_STANDING = (  # built once: every contact asks it
    select(_alert)
    .where(_alert.c.record_id.in_(bindparam("cards", expanding=True)), _alert.c.state == AlertState.OPEN.value)
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
        _alert.c.record_id.in_(bindparam("cards", expanding=True)),
        _alert.c.state != AlertState.OPEN.value,
        and_(_alert.c.opened_at <= _CUTOFF, _alert.c.ended_at > _CUTOFF, ~_ENDED_BY_THEN),
    )
    .order_by(_alert.c.opened_at, _alert.c.id)
)

_SNOOZE_DAYS = 7
_SAID = ("rule_version", "policy_version", "level", "structure_id")
_OURS = "Choisissez un·e collègue de votre structure."
_WHY = "Dites pourquoi vous écartez cette alerte."


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one lot of the nightly changed."""

    opened: int
    updated: int
    cleared: int


@dataclass(frozen=True, kw_only=True)
class Together:
    """What became of several alerts: how many were done, which ended meanwhile or may only be read, and which the actor
    may not know of. Nothing was written about the two last."""

    done: int
    left: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def refused(self) -> int:
        """How many were not done."""
        return len(self.left) + len(self.unknown)


def sweep(tx: Transaction, record_ids: Sequence[str], *, on: date, seen: Seen | None = None) -> Swept:
    """Evaluate those pathways as recorded at the cut-off: open what fires, renew what still does, clear what no longer
    does.

    The ids are cards that stand for a person; of alerts opened twice about her linked cards, one stays. `seen`: the
    territory at the cut-off, the transaction's instant when there is none. Safe to run again: the same facts change
    nothing. An alert dismissed comes back on other facts or a higher level; one that ended since the cut-off is said as
    it stood then, and stays ended. What becomes another structure's is another alert: to whom one gave it, until when
    it put it off and what she answered to it do not go with it.
    """
    at = seen.at if seen else None
    seen = seen or seen_now(tx)
    person = people_of(tx, record_ids, hold=True)
    open_now, doubled = _standing(tx, person)
    ended = _ended_since(tx, person, seen.at)
    found = fired(facts_of(tx, person, seen), on=on, policy=policy_on(tx, on, known_at=seen.at))
    moved = _taken_elsewhere(open_now, found, seen.at)
    standing = ended | {key: row for key, row in open_now.items() if row.opened_at <= seen.at}
    updated = _renew(tx, [(standing[key], finding) for key, finding in found.items() if key in standing], at)
    # Cleared before others open: the same person, rule and circle have one open alert.
    gone = [row for key, row in standing.items() if key not in found] + moved + doubled
    _clear(tx, gone, at)
    fresh = {key: finding for key, finding in found.items() if key not in standing and key not in open_now}
    dismissed = set_aside(tx, person, seen.at) if fresh else {}
    to_open = {
        key: finding
        for key, finding in fresh.items()
        if dismissal(finding.facts, finding.level) not in dismissed.get(key, set())
    }
    _open(tx, to_open, on, at)
    return Swept(opened=len(to_open), updated=updated, cleared=sum(row.state == AlertState.OPEN.value for row in gone))


def clear_settled(tx: Transaction, *, record_id: str) -> int:
    """Clear at once the alerts of a person that what was just recorded has answered; gives how many. Opens none."""
    return _settle(tx, people_of(tx, same_person(tx, record_id)[:1], hold=True))


def look_again(tx: Transaction, record_ids: Sequence[str], *, since: datetime) -> int:
    """After `sweep`: clear what was answered about those people since the cut-off, on present facts; gives how many."""
    person = people_of(tx, record_ids)
    touched = {person[card] for card in touched_since(tx, since, cards=person)}
    return _settle(tx, {card: name for card, name in person.items() if name in touched})


def _settle(tx: Transaction, person: Mapping[str, str]) -> int:
    standing, _ = _standing(tx, person)
    if not standing:
        return 0
    found = fired(facts_of(tx, person, seen_now(tx)), on=tx.today, policy=policy_on(tx, tx.today))
    gone = [row for key, row in standing.items() if key not in found]
    _clear(tx, gone)
    return len(gone)


def settle_cards(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Look again at people whose cards were just linked or taken apart: no alert speaks of what is no longer hers."""
    people = {card: None for name in record_ids for card in same_person(tx, name)[:1]}
    sweep(tx, list(people), on=tx.today)


def publish_policy(tx: Transaction, changes: Mapping[str, int], *, from_on: date) -> AlertPolicy:
    """Publish new thresholds from that day on, the others as they are in force that day; gives the new version.

    `Invalid` for a threshold that cannot be, `Refused` for a day already past: nights that were lived keep theirs.
    """
    if from_on < tx.today:
        raise Refused("Les nuits passées gardent leurs seuils. Donnez aujourd’hui ou un jour à venir.", field="from_on")
    rank = tx.execute(select(func.count()).select_from(_version).where(_version.c.from_on == from_on)).scalar_one()
    policy = changed(policy_on(tx, from_on), f"{from_on.isoformat()}.{rank + 1}", changes)
    values = {
        "version": policy.version,
        "from_on": from_on,
        "thresholds": dump(thresholds(policy)),
        "published_by": tx.actor.account_id,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_version).values(**values))
    tx.journal("publish_alert_policy", version=policy.version, changes=dict(changes))
    return policy


def observe_work(tx: Transaction) -> int:
    """Keep who follows people where as it is now, for the night that comes and any replay of it; gives how many posts
    began or ended since the last time."""
    here = works_now(tx)
    known = {(row.account_id, row.structure_id): row.id for row in tx.execute(_STILL)}
    begun, ended = sorted(here - set(known)), [known[key] for key in sorted(set(known) - here)]
    if begun:
        rows = [
            {"id": new_id(), "account_id": account, "structure_id": structure, "from_at": tx.now, "until_at": None}
            for account, structure in begun
        ]
        tx.execute(insert(_work), rows)
    if ended:
        tx.execute(update(_work).where(_work.c.id.in_(ended)).values(until_at=tx.now))
    tx.journal("observe_work", begun=len(begun), ended=len(ended))
    return len(begun) + len(ended)


def give_alert(tx: Transaction, *, alert_id: str, account_id: str) -> None:
    """Give an alert, and the points de suivi the structure holds for that person, to a colleague."""
    alert = _alert_held(tx, alert_id)
    _check_ours(tx, account_id)
    # First what may be refused: among several given at once, one refused must leave nothing half written.
    reassign_points(tx, record_id=alert.record_id, owner_id=account_id)
    tx.execute(update(_alert).where(_alert.c.id == alert_id).values(assigned_to=account_id, returned_on=None))
    note_change(tx, alert.card_id, alert_id, AlertChangeKind.GIVEN, assigned_to=account_id)
    tx.journal("give_alert", records=[alert.record_id], alert=alert_id, to=account_id)


def snooze_alert(tx: Transaction, *, alert_id: str) -> date:
    """« Vu, me le rappeler dans 7 jours » ; gives the day it comes back."""
    alert = _alert_to_settle(tx, alert_id)
    until = tx.today + timedelta(days=_SNOOZE_DAYS)
    tx.execute(update(_alert).where(_alert.c.id == alert_id).values(snoozed_until=until, returned_on=None))
    note_change(tx, alert.card_id, alert_id, AlertChangeKind.SNOOZED)
    tx.journal("snooze_alert", records=[alert.record_id], alert=alert_id)
    return until


def dismiss_alert(tx: Transaction, *, alert_id: str, reason: DismissReason | None, note: str = "") -> None:
    """End an alert with a reason; it does not come back on the same facts. The note, if any, is sealed."""
    if reason is None:
        raise Invalid(_WHY, field="reason")
    alert = _alert_to_settle(tx, alert_id)
    _end(tx, [alert_id], AlertState.DISMISSED)
    note_change(
        tx,
        alert.card_id,
        alert_id,
        AlertChangeKind.DISMISSED,
        reason=reason.value,
        facts=dismissal(alert.facts, alert.level),
        note=note,
    )
    tx.journal("dismiss_alert", records=[alert.record_id], alert=alert_id, reason=reason.value)


def give_alerts(tx: Transaction, alert_ids: Sequence[str], *, account_id: str) -> Together:
    """Give several alerts to a colleague, each looked at."""
    _check_ours(tx, account_id)
    return _each(tx, alert_ids, lambda alert_id: give_alert(tx, alert_id=alert_id, account_id=account_id))


def snooze_alerts(tx: Transaction, alert_ids: Sequence[str]) -> Together:
    """Put several alerts off for a week, each looked at."""
    return _each(tx, alert_ids, lambda alert_id: snooze_alert(tx, alert_id=alert_id))


def dismiss_alerts(
    tx: Transaction, alert_ids: Sequence[str], *, reason: DismissReason | None, note: str = ""
) -> Together:
    """Set several alerts aside for one reason, each looked at."""
    if reason is None:
        raise Invalid(_WHY, field="reason")
    return _each(tx, alert_ids, lambda alert_id: dismiss_alert(tx, alert_id=alert_id, reason=reason, note=note))


def _each(tx: Transaction, alert_ids: Sequence[str], gesture: Callable[[str], object]) -> Together:
    left: list[str] = []
    unknown: list[str] = []
    for alert_id in alert_ids:
        try:
            gesture(alert_id)
        except (Conflict, Refused):
            left.append(alert_id)
        except NotFound:
            unknown.append(alert_id)
    found = Together(done=len(alert_ids) - len(left) - len(unknown), left=tuple(left), unknown=tuple(unknown))
    tx.journal("settle_alerts", done=found.done, refused=found.refused)
    return found


def _check_ours(tx: Transaction, account_id: str) -> None:
    if not works_in(tx, account_id, tx.actor.structure_id):
        raise Refused(_OURS, field="account_id")


def _alert_to_settle(tx: Transaction, alert_id: str) -> AlertLine:
    """The alert, for who may write about that person; `Refused` when her structure may only read."""
    alert = _alert_held(tx, alert_id)
    require_part(tx, alert.record_id, Part.ALERTS.value)
    return alert


def _alert_held(tx: Transaction, alert_id: str) -> AlertLine:
    """The alert as it stands once a colleague or the night is done with it; `Conflict` if it ended."""
    hold_alert(tx, alert_id)
    return alert_seen(tx, alert_id)


def _standing(tx: Transaction, person: Mapping[str, str]) -> tuple[dict[Key, Row[Any]], list[Row[Any]]]:
    """The open alert of each key, and those that double one: the oldest stays."""
    first: dict[Key, Row[Any]] = {}
    doubled: list[Row[Any]] = []
    for row in tx.execute(_STANDING, {"cards": list(person)}):
        if first.setdefault((person[row.record_id], row.rule, row.circle), row) is not row:
            doubled.append(row)
    return first, doubled


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
    rows = tx.execute(_ENDED_SINCE, {"cards": list(person), "cutoff": cutoff})
    return {(person[row.record_id], row.rule, row.circle): row for row in rows}


def _open(tx: Transaction, found: Mapping[Key, Finding], on: date, at: datetime | None) -> None:
    if not found:
        return
    rows = [
        {
            "id": new_id(),
            "record_id": record_id,
            "rule": rule,
            "circle": circle,
            "state": AlertState.OPEN.value,
            "opened_on": on,
            "opened_at": at or tx.now,
            **_content(finding),
        }
        for (record_id, rule, circle), finding in found.items()
    ]
    tx.execute(insert(_alert), rows)
    note_changes(tx, AlertChangeKind.OPENED, {row["id"]: _said(row) for row in rows}, at=at)


def _renew(tx: Transaction, standing: Sequence[tuple[Row[Any], Finding]], at: datetime | None) -> int:
    """Say again what those alerts say where it changed; gives how many did."""
    contents = {row.id: (row, _content(finding)) for row, finding in standing}
    changed = {
        alert_id: content
        for alert_id, (row, content) in contents.items()
        if any(row._mapping[name] != value for name, value in content.items())
    }
    for alert_id, content in changed.items():
        tx.execute(update(_alert).where(_alert.c.id == alert_id).values(**content))
    said = {alert_id: _said(content) for alert_id, content in changed.items()}
    note_changes(tx, AlertChangeKind.UPDATED, said, at=at)
    return len(changed)


def _said(content: Mapping[str, Any]) -> str:
    """What the alert says from then on, kept with its change."""
    said = {name: content[name] for name in _SAID}
    return dump({**said, "parameters": orjson.loads(content["parameters"]), "facts": orjson.loads(content["facts"])})


def _content(finding: Finding) -> dict[str, Any]:
    return {
        "rule_version": finding.version,
        "policy_version": finding.policy_version,
        "level": finding.level.value,
        "structure_id": finding.structure_id,
        "parameters": dump(finding.parameters),
        "facts": dump(finding.facts),
    }


def _clear(tx: Transaction, rows: Sequence[Row[Any]], at: datetime | None = None) -> None:
    """End those as answered; of those that ended since that instant, only say that they had no reason left then."""
    _end(tx, [row.id for row in rows if row.state == AlertState.OPEN.value], AlertState.CLEARED, at)
    note_changes(tx, AlertChangeKind.CLEARED, {row.id: None for row in rows}, at=at)


def _end(tx: Transaction, alert_ids: Sequence[str], state: AlertState, at: datetime | None = None) -> None:
    if alert_ids:
        ended = {"state": state.value, "ended_at": at or tx.now}
        # One set aside while the night looked at it stays set aside.
        standing = (_alert.c.id.in_(alert_ids), _alert.c.state == AlertState.OPEN.value)
        tx.execute(update(_alert).where(*standing).values(**ended))
