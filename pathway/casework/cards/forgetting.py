"""Forgetting a person: the codes her phone shows and her printed cards."""

from collections.abc import Sequence

from sqlalchemy import delete

from pathway.casework.cards.tables import CardCode, PrintedCard
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_tables = [table_of(CardCode), table_of(PrintedCard)]


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the codes and printed cards of those cards: none opens anything any more."""
    for table in _tables:
        tx.execute(delete(table).where(table.c.record_id.in_(record_ids)))
