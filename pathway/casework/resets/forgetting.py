"""Forgetting a person: what was asked for her password, her second factor, her address."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select

from pathway.casework.accounts.tables import Account
from pathway.casework.resets.tables import EmailCheck, FactorReset, PasswordReset
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_factor = table_of(FactorReset)
_tables = [table_of(EmailCheck), table_of(PasswordReset)]


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete what waits for the accounts of those cards."""
    accounts = select(_account.c.id).where(_account.c.record_id.in_(record_ids))
    for table in _tables:
        tx.execute(delete(table).where(table.c.account_id.in_(accounts)))
    hers = or_(_factor.c.record_id.in_(record_ids), _factor.c.account_id.in_(accounts))
    tx.execute(delete(_factor).where(hers))
