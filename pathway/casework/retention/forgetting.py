"""Forgetting a person: nothing is left of how long her record was kept, nor of why."""

from collections.abc import Sequence

from sqlalchemy import delete

from pathway.casework.retention.tables import ArchivedRecord, LastGesture, RetentionHold
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_tables = [table_of(one) for one in (ArchivedRecord, LastGesture, RetentionHold)]


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete what is said of how long those cards are kept."""
    for table in _tables:
        tx.execute(delete(table).where(table.c.record_id.in_(record_ids)))
