"""Forgetting a person: her account, with all that signs in to it."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from pathway.casework.accounts.actions import forget_login_tries
from pathway.casework.accounts.tables import Account, Activation
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_activation = table_of(Activation)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the accounts of those cards with all that signs in to them, and the codes given to open one."""
    tx.execute(delete(_activation).where(_activation.c.record_id.in_(record_ids)))
    accounts = tx.execute(select(_account.c.id).where(_account.c.record_id.in_(record_ids))).scalars().all()
    for account_id in accounts:
        forget_login_tries(tx, account_id)
    tx.execute(delete(_account).where(_account.c.id.in_(accounts)))  # the rest of an account goes with it
    tx.sealing.destroy(accounts)
