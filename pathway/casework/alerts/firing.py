"""What fires for each person and circle, and what was set aside: the same for the night and for its replay."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select

from pathway.casework.alerts.facts import PersonFacts
from pathway.casework.alerts.findings import Finding
from pathway.casework.alerts.policy import AlertPolicy
from pathway.casework.alerts.rules import evaluate
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind, Level
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)

Key = tuple[str, str, str]  # the person, the rule, the circle that alone may know


def fired(facts: Sequence[PersonFacts], *, on: date, policy: AlertPolicy) -> dict[Key, Finding]:
    """What fires: one finding at most for each person, rule and circle."""
    found: dict[Key, Finding] = {}
    for one in facts:
        for finding in evaluate(one, on=on, policy=policy):
            found.setdefault((one.record_id, finding.rule.value, finding.own_to or one.circle), finding)
    return found


def set_aside(tx: Transaction, person: Mapping[str, str], cutoff: datetime) -> dict[Key, set[str]]:
    """What responsables had set aside of those people up to the cut-off. `person`: card → standing card."""
    query = (
        select(_alert.c.record_id, _alert.c.rule, _alert.c.circle, _change.c.facts)
        .join(_change, _change.c.alert_id == _alert.c.id)
        .where(
            _alert.c.record_id.in_(list(person)),
            _change.c.change == AlertChangeKind.DISMISSED.value,
            _change.c.recorded_at <= cutoff,
        )
    )
    kept: dict[Key, set[str]] = {}
    for row in tx.execute(query):
        kept.setdefault((person[row.record_id], row.rule, row.circle), set()).add(row.facts)
    return kept


def dismissal(facts: Mapping[str, str], level: Level) -> str:
    """What was set aside: an alert that becomes more pressing is another one."""
    return dump({**facts, "level": level.value})


def dump(values: Any) -> str:
    """The same values always as the same text."""
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
