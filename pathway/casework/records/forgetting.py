"""Forgetting a person: her référents, the history of her answers, the traces of those erased, her key."""

from collections.abc import Sequence

from sqlalchemy import delete

from pathway.casework.records.tables import ErasedAnswer, FactHistory, Referent
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_tables = [table_of(one) for one in (ErasedAnswer, FactHistory, Referent)]


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Destroy the keys of those cards, with sections and search tokens, and delete the history of their answers."""
    for table in _tables:
        tx.execute(delete(table).where(table.c.record_id.in_(record_ids)))
    tx.sealing.destroy(record_ids)
