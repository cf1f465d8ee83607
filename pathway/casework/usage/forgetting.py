"""Forgetting a person: what her accounts were counted for."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from pathway.casework.accounts.tables import Account
from pathway.casework.usage.tables import UsageCount, UsageSeen, VolumeNotice
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_tables = [table_of(one) for one in (UsageCount, UsageSeen, VolumeNotice)]


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete what the accounts of those cards were counted for."""
    accounts = select(_account.c.id).where(_account.c.record_id.in_(record_ids))
    for table in _tables:
        tx.execute(delete(table).where(table.c.who.in_(accounts)))
