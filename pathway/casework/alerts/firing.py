"""What fires for each person and circle, and what was set aside: the same for the night and for its replay."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, literal, select

from pathway.casework.alerts.facts import PersonFacts
from pathway.casework.alerts.findings import Finding
from pathway.casework.alerts.policy import AlertPolicy
from pathway.casework.alerts.rules import evaluate
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind, Level
from pathway.casework.enrolments.tables import Enrolment
from pathway.casework.records.tables import Referent
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)
_enrolment = table_of(Enrolment)
_referent = table_of(Referent)

_CUTOFF = bindparam("cutoff", type_=_change.c.recorded_at.type)
_NAMED = select(_referent.c.record_id, literal("").label("structure_id"), _referent.c.from_at.label("at")).where(
    among(_referent.c.record_id, "cards"), _referent.c.from_at <= _CUTOFF
)
_ENTERED = select(_enrolment.c.record_id, _enrolment.c.structure_id, _enrolment.c.recorded_at.label("at")).where(
    among(_enrolment.c.record_id, "cards"), _enrolment.c.recorded_at <= _CUTOFF
)

Key = tuple[str, str, str]  # the person, the rule, the circle that alone may know


def fired(facts: Sequence[PersonFacts], *, on: date, policy: AlertPolicy) -> dict[Key, Finding]:
    """What fires: one finding at most for each person, rule and circle."""
    found: dict[Key, Finding] = {}
    for one in facts:
        for finding in evaluate(one, on=on, policy=policy):
            found.setdefault((one.record_id, finding.rule.value, finding.own_to or one.circle), finding)
    return found


def set_aside(tx: Transaction, person: Mapping[str, str], cutoff: datetime) -> dict[Key, set[str]]:
    """What responsables had set aside of those people up to the cut-off. `person`: card → standing card.

    « Nobody answers for her » has no fact of its own: it is set aside until somebody was named, or she entered
    a step of that structure.
    """
    query = (
        select(
            _alert.c.record_id,
            _alert.c.rule,
            _alert.c.circle,
            _alert.c.structure_id,
            _change.c.facts,
            _change.c.recorded_at,
        )
        .join(_change, _change.c.alert_id == _alert.c.id)
        .where(
            _alert.c.record_id.in_(list(person)),
            _change.c.change == AlertChangeKind.DISMISSED.value,
            _change.c.recorded_at <= cutoff,
        )
    )
    rows = tx.execute(query).all()
    anew = _anew(tx, person, cutoff) if any(row.facts == _NOBODY for row in rows) else {}
    kept: dict[Key, set[str]] = {}
    for row in rows:
        name = person[row.record_id]
        begun = [at for key in ((name, ""), (name, row.structure_id)) if (at := anew.get(key)) is not None]
        if row.facts != _NOBODY or all(at <= row.recorded_at for at in begun):
            kept.setdefault((name, row.rule, row.circle), set()).add(row.facts)
    return kept


def dismissal(facts: Mapping[str, str], level: Level) -> str:
    """What was set aside: an alert that becomes more pressing is another one."""
    return dump({**facts, "level": level.value})


def dump(values: Any) -> str:
    """The same values always as the same text."""
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()


_NOBODY = dismissal({}, Level.HIGH)


def _anew(tx: Transaction, person: Mapping[str, str], cutoff: datetime) -> dict[tuple[str, str], datetime]:
    """(standing card, structure) → when she last entered a step there; without structure, when somebody was last named
    to answer for her."""
    here = {"cards": sorted(person), "cutoff": cutoff}
    found: dict[tuple[str, str], datetime] = {}
    for query in (_NAMED, _ENTERED):
        for row in tx.execute(query, here):
            key = (person[row.record_id], row.structure_id)
            found[key] = max(found.get(key, row.at), row.at)
    return found
