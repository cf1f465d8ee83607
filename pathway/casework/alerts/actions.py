"""Opening, updating and clearing alerts; giving them to somebody, putting them off, dismissing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, func, insert, select, update

from pathway.casework.alerts.queries import AlertLine, alert_seen
from pathway.casework.alerts.reading import circle_of, facts_of, people_of, sensitive_structures
from pathway.casework.alerts.rules import AlertPolicy, AlertState, DismissReason, Finding, Level, PersonFacts, evaluate
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.followup.actions import reassign_points
from pathway.casework.partners.queries import works_in
from pathway.casework.sharing.queries import require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)

_SNOOZE_DAYS = 7
_STANDING = (  # built once: every contact asks it
    select(_alert)
    .where(_alert.c.record_id.in_(bindparam("cards", expanding=True)), _alert.c.state == AlertState.OPEN.value)
    .order_by(_alert.c.opened_at, _alert.c.id)
)

_Key = tuple[str, str, str]  # the person, the rule, the circle whose facts made the alert


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one lot of the nightly changed."""

    opened: int
    updated: int
    cleared: int


def sweep(tx: Transaction, record_ids: Sequence[str], *, on: date, policy: AlertPolicy) -> Swept:
    """Evaluate those pathways as recorded now: open what fires, renew what still does, clear what no longer does.

    The ids are cards that stand for a person; of alerts opened twice about her linked cards, one stays. Safe to run
    again: the same facts change nothing. An alert dismissed comes back on other facts or a higher level.
    """
    secret = sensitive_structures(tx)
    person = people_of(tx, record_ids)
    standing, doubled = _standing(tx, person, secret)
    found = _found(facts_of(tx, record_ids, cutoff=tx.now), on=on, policy=policy)
    updated = sum(_renew(tx, standing[key], finding) for key, finding in found.items() if key in standing)
    # Cleared before others open: a person has one open alert of a rule, and it may pass to another circle.
    gone = [row for key, row in standing.items() if key not in found] + doubled
    _clear(tx, gone)
    fresh = {key: finding for key, finding in found.items() if key not in standing}
    dismissed = _dismissed(tx, person, secret) if fresh else {}
    opened = sum(
        _open(tx, key[0], finding, on)
        for key, finding in fresh.items()
        if _dismissal(finding.facts, finding.level) not in dismissed.get(key, set())
    )
    return Swept(opened=opened, updated=updated, cleared=len(gone))


def clear_settled(tx: Transaction, *, record_id: str, policy: AlertPolicy) -> int:
    """Clear at once the alerts of a person that what was just recorded has answered; gives how many. Opens none."""
    her = same_person(tx, record_id)[:1]
    standing, _ = _standing(tx, people_of(tx, her), sensitive_structures(tx))
    if not standing:
        return 0
    found = _found(facts_of(tx, her, cutoff=tx.now), on=tx.today, policy=policy)
    gone = [row for key, row in standing.items() if key not in found]
    _clear(tx, gone)
    return len(gone)


def settle_cards(tx: Transaction, record_ids: Sequence[str], *, policy: AlertPolicy) -> None:
    """Look again at people whose cards were just linked or taken apart: no alert speaks of what is no longer hers."""
    people = {card: None for name in record_ids for card in same_person(tx, name)[:1]}
    sweep(tx, list(people), on=tx.today, policy=policy)


def give_alert(tx: Transaction, *, alert_id: str, account_id: str) -> None:
    """Give an alert, and the points de suivi the structure holds for that person, to a colleague."""
    alert = alert_seen(tx, alert_id)
    if not works_in(tx, account_id, tx.actor.structure_id):
        raise Refused("Choisissez un·e collègue de votre structure.", field="account_id")
    tx.execute(update(_alert).where(_alert.c.id == alert_id).values(assigned_to=account_id))
    reassign_points(tx, record_id=alert.record_id, owner_id=account_id)
    _note_change(tx, alert.card_id, alert_id, "given", assigned_to=account_id)
    tx.journal("give_alert", records=[alert.record_id], alert=alert_id, to=account_id)


def snooze_alert(tx: Transaction, *, alert_id: str) -> date:
    """« Vu, me le rappeler dans 7 jours » ; gives the day it comes back."""
    alert = _alert_to_settle(tx, alert_id)
    until = tx.today + timedelta(days=_SNOOZE_DAYS)
    tx.execute(update(_alert).where(_alert.c.id == alert_id).values(snoozed_until=until))
    _note_change(tx, alert.card_id, alert_id, "snoozed")
    tx.journal("snooze_alert", records=[alert.record_id], alert=alert_id)
    return until


def dismiss_alert(tx: Transaction, *, alert_id: str, reason: DismissReason | None, note: str = "") -> None:
    """End an alert with a reason; it does not come back on the same facts. The note, if any, is sealed."""
    if reason is None:
        raise Invalid("Dites pourquoi vous écartez cette alerte.", field="reason")
    alert = _alert_to_settle(tx, alert_id)
    _end(tx, [alert_id], AlertState.DISMISSED)
    _note_change(
        tx,
        alert.card_id,
        alert_id,
        "dismissed",
        reason=reason.value,
        facts=_dismissal(alert.facts, alert.level),
        note=note,
    )
    tx.journal("dismiss_alert", records=[alert.record_id], alert=alert_id, reason=reason.value)


def _alert_to_settle(tx: Transaction, alert_id: str) -> AlertLine:
    """The alert, for who may write about that person; `Refused` when her structure may only read."""
    alert = alert_seen(tx, alert_id)
    require_part(tx, alert.record_id, Part.ALERTS.value)
    return alert


def _found(facts: Sequence[PersonFacts], *, on: date, policy: AlertPolicy) -> dict[_Key, Finding]:
    """What fires: one finding for each person and rule. What all may see comes before what one structure alone sees."""
    found: dict[tuple[str, str], tuple[_Key, Finding]] = {}
    for one in facts:
        for finding in evaluate(one, on=on, policy=policy):
            key = (one.record_id, finding.rule.value, one.circle)
            found.setdefault(key[:2], (key, finding))
    return dict(found.values())


def _standing(
    tx: Transaction, person: Mapping[str, str], secret: frozenset[str]
) -> tuple[dict[_Key, Row[Any]], list[Row[Any]]]:
    """The open alert of each key, and those that double one: the oldest stays."""
    first: dict[_Key, Row[Any]] = {}
    doubled: list[Row[Any]] = []
    for row in tx.execute(_STANDING, {"cards": list(person)}):
        key = (person[row.record_id], row.rule, circle_of(row.structure_id, secret))
        if first.setdefault(key, row) is not row:
            doubled.append(row)
    return first, doubled


def _dismissed(tx: Transaction, person: Mapping[str, str], secret: frozenset[str]) -> dict[_Key, set[str]]:
    query = (
        select(_alert.c.record_id, _alert.c.rule, _alert.c.structure_id, _change.c.facts)
        .join(_change, _change.c.alert_id == _alert.c.id)
        .where(_alert.c.record_id.in_(list(person)), _change.c.change == "dismissed")
    )
    kept: dict[_Key, set[str]] = {}
    for row in tx.execute(query):
        key = (person[row.record_id], row.rule, circle_of(row.structure_id, secret))
        kept.setdefault(key, set()).add(row.facts)
    return kept


def _dismissal(facts: Mapping[str, str], level: Level) -> str:
    """What was set aside: an alert that becomes more pressing is another one."""
    return _dump({**facts, "level": level.value})


def _open(tx: Transaction, record_id: str, finding: Finding, on: date) -> int:
    values = {
        "id": new_id(),
        "record_id": record_id,
        "rule": finding.rule.value,
        "state": AlertState.OPEN.value,
        "opened_on": on,
        "opened_at": tx.now,
        **_content(finding),
    }
    tx.execute(insert(_alert).values(**values))
    return 1


def _renew(tx: Transaction, row: Row[Any], finding: Finding) -> int:
    content = _content(finding)
    if all(row._mapping[name] == value for name, value in content.items()):
        return 0
    tx.execute(update(_alert).where(_alert.c.id == row.id).values(**content))
    return 1


def _content(finding: Finding) -> dict[str, Any]:
    return {
        "rule_version": finding.version,
        "policy_version": finding.policy_version,
        "level": finding.level.value,
        "structure_id": finding.structure_id,
        "parameters": _dump(finding.parameters),
        "facts": _dump(finding.facts),
    }


def _clear(tx: Transaction, rows: Sequence[Row[Any]]) -> None:
    _end(tx, [row.id for row in rows], AlertState.CLEARED)
    for row in rows:
        _note_change(tx, row.record_id, row.id, "cleared")


def _end(tx: Transaction, alert_ids: Sequence[str], state: AlertState) -> None:
    if alert_ids:
        tx.execute(update(_alert).where(_alert.c.id.in_(alert_ids)).values(state=state.value, ended_at=tx.now))


def _note_change(tx: Transaction, record_id: str, alert_id: str, change: str, *, note: str = "", **more: Any) -> None:
    last = tx.execute(select(func.max(_change.c.version)).where(_change.c.alert_id == alert_id)).scalar_one()
    version = (last or 0) + 1
    place = f"{alert_id}-{version}"
    values = {
        "alert_id": alert_id,
        "version": version,
        "change": change,
        "changed_by": tx.actor.account_id,
        "note": tx.sealing.seal_value(record_id, "alert_change", place, {"note": note}) if note else None,
        "recorded_at": tx.now,
        **more,
    }
    tx.execute(insert(_change).values(**values))


def _dump(values: Any) -> str:
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
