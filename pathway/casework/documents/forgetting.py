"""Forgetting a person: her papers, and the keys that open them."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from pathway.casework.documents.tables import Document, HeldDocument
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_tables = [table_of(Document), table_of(HeldDocument)]


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Destroy the keys of the papers of those cards and delete what is said of them."""
    for table in _tables:
        papers = tx.execute(select(table.c.id).where(table.c.record_id.in_(record_ids))).scalars().all()
        tx.sealing.destroy(papers)
        tx.execute(delete(table).where(table.c.record_id.in_(record_ids)))
