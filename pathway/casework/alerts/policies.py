"""The version of the thresholds in force on a day."""

from dataclasses import dataclass
from datetime import date, datetime

import orjson
from sqlalchemy import Date, bindparam, func, select

from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY, AlertPolicy, policy_of
from pathway.casework.alerts.tables import AlertPolicyVersion
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_version = table_of(AlertPolicyVersion)
# Those of one day are numbered: of two published at one instant, the higher number came last.
_LAST_FIRST = (
    _version.c.from_on.desc(),
    _version.c.recorded_at.desc(),
    func.length(_version.c.version).desc(),
    _version.c.version.desc(),
)
_ON = (
    select(_version.c.version, _version.c.thresholds)
    .where(_version.c.from_on <= bindparam("day", type_=Date), _version.c.recorded_at <= bindparam("known_at"))
    .order_by(*_LAST_FIRST)
    .limit(1)
)
_EVERY = select(_version).order_by(*_LAST_FIRST)


@dataclass(frozen=True, kw_only=True)
class Since:
    """Thresholds and the day they hold from; None for those of the start."""

    policy: AlertPolicy
    from_on: date | None


def policies_known(tx: Transaction) -> list[Since]:
    """Every version, those to come too, the last to hold first; those of the start last."""
    kept = [
        Since(policy=policy_of(row.version, orjson.loads(row.thresholds)), from_on=row.from_on)
        for row in tx.execute(_EVERY)
    ]
    return [*kept, Since(policy=DEFAULT_ALERT_POLICY, from_on=None)]


def policy_since(tx: Transaction) -> Since:
    """The thresholds in force today."""
    return next(one for one in policies_known(tx) if one.from_on is None or one.from_on <= tx.today)


def policy_on(tx: Transaction, day: date, *, known_at: datetime | None = None) -> AlertPolicy:
    """The thresholds in force that day, as published up to `known_at` (now when there is none): the last version from
    that day or before, else those of the start."""
    row = tx.execute(_ON, {"day": day, "known_at": known_at or tx.now}).one_or_none()
    return policy_of(row.version, orjson.loads(row.thresholds)) if row else DEFAULT_ALERT_POLICY
