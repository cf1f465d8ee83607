"""Forgetting a person: what opened her cards, what she closed, and the cards themselves."""

from collections.abc import Sequence

from sqlalchemy import delete

from pathway.casework.sharing.tables import AccessGrant, HiddenPart, Record, RestrictedPart, Withdrawal
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_record = table_of(Record)
_tables = [table_of(one) for one in (AccessGrant, HiddenPart, RestrictedPart, Withdrawal)]


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the grants, stops and hidden parts of those cards, then the cards. Last of all rooms."""
    for table in _tables:
        tx.execute(delete(table).where(table.c.record_id.in_(record_ids)))
    tx.execute(delete(_record).where(_record.c.id.in_(record_ids)))
