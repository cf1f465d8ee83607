"""The version of the thresholds in force on a day."""

from datetime import date, datetime

import orjson
from sqlalchemy import Date, bindparam, select

from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY, AlertPolicy, policy_of
from pathway.casework.alerts.tables import AlertPolicyVersion
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_version = table_of(AlertPolicyVersion)
_ON = (
    select(_version.c.version, _version.c.thresholds)
    .where(_version.c.from_on <= bindparam("day", type_=Date), _version.c.recorded_at <= bindparam("known_at"))
    .order_by(_version.c.from_on.desc(), _version.c.recorded_at.desc())
    .limit(1)
)


def policy_on(tx: Transaction, day: date, *, known_at: datetime | None = None) -> AlertPolicy:
    """The thresholds in force that day, as published up to `known_at` (now when there is none): the last version from
    that day or before, else those of the start."""
    row = tx.execute(_ON, {"day": day, "known_at": known_at or tx.now}).one_or_none()
    return policy_of(row.version, orjson.loads(row.thresholds)) if row else DEFAULT_ALERT_POLICY
