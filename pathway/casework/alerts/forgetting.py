"""Forgetting a person: her alerts, what was answered to them and what was noted on them."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the alerts of those cards, open or not, with every change of them."""
    hers = select(_alert.c.id).where(_alert.c.record_id.in_(record_ids))
    tx.execute(delete(_change).where(_change.c.alert_id.in_(hers)))
    tx.execute(delete(_alert).where(_alert.c.record_id.in_(record_ids)))
