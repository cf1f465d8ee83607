"""Forgetting a person: what she was invited to prepare, and what waits to be proved."""

from collections.abc import Sequence

from sqlalchemy import delete

from pathway.casework.preparation.tables import EntryInvitation
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_invitation = table_of(EntryInvitation)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the invitations of those cards."""
    tx.execute(delete(_invitation).where(_invitation.c.record_id.in_(record_ids)))
