"""What became of alerts, read in the base for the precision of rules. Counts and dates only."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, Select, func, or_, select

from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY, policy_of, thresholds
from pathway.casework.alerts.precision import COUNTED, Outcome
from pathway.casework.alerts.tables import Alert, AlertChange, AlertPolicyVersion
from pathway.casework.alerts.vocabulary import AlertChangeKind, AlertState, DismissReason, RuleId
from pathway.casework.enrolments.tables import Enrolment
from pathway.casework.followup.rules import ContactResult
from pathway.casework.followup.tables import ContactAttempt, Point
from pathway.casework.partners.tables import Structure
from pathway.casework.sharing.tables import Record
from pathway.kernel.clock import local_day
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)
_contact = table_of(ContactAttempt)
_enrolment = table_of(Enrolment)
_point = table_of(Point)
_record = table_of(Record)
_structure = table_of(Structure)
_version = table_of(AlertPolicyVersion)

# Which thresholds may have opened an alert of each rule; for a silence, without a support or with one.
_NAMES: Mapping[RuleId, tuple[str, ...]] = {
    RuleId.R02: ("overdue_days",),
    RuleId.R06: ("unheld_days",),
    RuleId.R07: ("gap_days",),
}
_SILENT = {
    True: ("silent_hard_days", "silent_in_work_days"),
    False: ("silent_intensive_days", "silent_standard_days", "silent_light_days", "silent_in_work_days"),
}
_BY_HAND = (AlertChangeKind.GIVEN.value, AlertChangeKind.SNOOZED.value, AlertChangeKind.DISMISSED.value)


def outcomes(tx: Transaction, *, since: date, structure_id: str = "") -> list[Outcome]:
    """What became of the alerts opened from that day on, of one structure or of all: for its responsable and for the
    operator, who see no name."""
    here = [_alert.c.opened_on >= since, *([_alert.c.structure_id == structure_id] if structure_id else [])]
    rows = tx.execute(select(_alert).where(*here).order_by(_alert.c.opened_on, _alert.c.id)).all()
    touched, reasons = _first_touch(tx, here), _reasons(tx, here)
    over, policies = _over(tx, here, rows), _policies(tx)
    return [_outcome(row, touched.get(row.id), reasons.get(row.id, ""), over.get(row.id), policies) for row in rows]


def _first_touch(tx: Transaction, here: list[Any]) -> Mapping[str, datetime]:
    """alert id → when somebody first did something about it: on the alert, or tried to reach the person."""
    by_hand = (
        select(_alert.c.id, func.min(_change.c.recorded_at).label("at"))
        .join(_change, _change.c.alert_id == _alert.c.id)
        .where(*here, _change.c.change.in_(_BY_HAND))
        .group_by(_alert.c.id)
    )
    card = _record.alias()
    tried = (
        select(_alert.c.id, func.min(_contact.c.recorded_at).label("at"))
        .join(_record, _record.c.id == _alert.c.record_id)
        .join(card, card.c.canonical_id == _record.c.canonical_id)
        .join(_contact, _contact.c.record_id == card.c.id)
        .where(
            *here,
            _contact.c.structure_id == _alert.c.structure_id,
            _contact.c.recorded_at >= _alert.c.opened_at,
            _contact.c.undone_at.is_(None),
        )
        .group_by(_alert.c.id)
    )
    found: dict[str, datetime] = {}
    for query in (by_hand, tried):
        for row in tx.execute(query):
            found[row.id] = min(found.get(row.id, row.at), row.at)
    return found


def _reasons(tx: Transaction, here: list[Any]) -> Mapping[str, str]:
    query = (
        select(_alert.c.id, _change.c.reason)
        .join(_change, _change.c.alert_id == _alert.c.id)
        .where(*here, _change.c.change == AlertChangeKind.DISMISSED.value)
    )
    return {row.id: row.reason for row in tx.execute(query)}


def _over(tx: Transaction, here: list[Any], rows: Sequence[Row[Any]]) -> Mapping[str, date]:
    """alert id → when what an alert set aside told was over: its point closed, the person reached, a step begun."""
    aside = [*here, _alert.c.state == AlertState.DISMISSED.value]
    found = {**_first_day(tx, aside, RuleId.R03, _reached()), **_first_day(tx, aside, RuleId.R07, _begun())}
    points = {
        row.id: orjson.loads(row.facts)["point_id"]
        for row in rows
        if row.state == AlertState.DISMISSED.value and row.rule == RuleId.R02.value
    }
    closed = select(_point.c.id, _point.c.closed_at).where(
        _point.c.id.in_(list(points.values())), _point.c.closed_at.is_not(None)
    )
    days = {row.id: local_day(row.closed_at) for row in tx.execute(closed)}
    return {**found, **{alert_id: days[point] for alert_id, point in points.items() if point in days}}


def _reached() -> Select[Any]:
    return select(_contact.c.record_id, _contact.c.structure_id, _contact.c.made_on.label("day")).where(
        _contact.c.result == ContactResult.REACHED.value, _contact.c.undone_at.is_(None)
    )


def _begun() -> Select[Any]:
    return select(_enrolment.c.record_id, _enrolment.c.structure_id, _enrolment.c.entered_on.label("day"))


def _first_day(tx: Transaction, aside: list[Any], rule: RuleId, facts: Select[Any]) -> Mapping[str, date]:
    """alert id → the first of those days since it opened, on any card of the person; what a sensitive structure did
    counts for its own alerts only, as for the night."""
    card, fact = _record.alias(), facts.subquery()
    secret = select(_structure.c.id).where(_structure.c.is_sensitive)
    is_told = or_(fact.c.structure_id == _alert.c.structure_id, fact.c.structure_id.not_in(secret))
    query = (
        select(_alert.c.id, func.min(fact.c.day).label("day"))
        .join(_record, _record.c.id == _alert.c.record_id)
        .join(card, card.c.canonical_id == _record.c.canonical_id)
        .join(fact, fact.c.record_id == card.c.id)
        .where(*aside, _alert.c.rule == rule.value, fact.c.day >= _alert.c.opened_on, is_told)
        .group_by(_alert.c.id)
    )
    return {row.id: row.day for row in tx.execute(query)}


def _policies(tx: Transaction) -> Mapping[str, Mapping[str, int]]:
    """version → its thresholds."""
    kept = {row.version: policy_of(row.version, orjson.loads(row.thresholds)) for row in tx.execute(select(_version))}
    every = {DEFAULT_ALERT_POLICY.version: DEFAULT_ALERT_POLICY, **kept}
    return {version: thresholds(policy) for version, policy in every.items()}


def _threshold(row: Row[Any], facts: Mapping[str, str], days: int | None, policy: Mapping[str, int]) -> str:
    """The name of the threshold that opened it: for a silence, that of the support she had, told by its days."""
    names = _SILENT["point_id" in facts] if row.rule == RuleId.R03.value else _NAMES.get(RuleId(row.rule), ())
    return next((name for name in names if policy.get(name) == days), "")


def _outcome(
    row: Row[Any],
    touched: datetime | None,
    reason: str,
    over_on: date | None,
    policies: Mapping[str, Mapping[str, int]],
) -> Outcome:
    rule, facts = RuleId(row.rule), orjson.loads(row.facts)
    fact, _ = COUNTED.get(rule, ("", 0))
    since = facts.get(fact)
    days = orjson.loads(row.parameters).get("threshold_days")
    is_cleared = row.state == AlertState.CLEARED.value
    return Outcome(
        rule=rule,
        structure_id=row.structure_id,
        opened_on=row.opened_on,
        threshold=_threshold(row, facts, days, policies.get(row.policy_version, {})),
        threshold_days=days,
        since_on=date.fromisoformat(since) if since else None,
        over_on=local_day(row.ended_at) if is_cleared else over_on,
        acted_on=local_day(touched) if touched else None,
        is_not_relevant=reason == DismissReason.NOT_RELEVANT.value,
        is_cleared=is_cleared,
    )
