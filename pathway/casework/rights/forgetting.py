"""Forgetting a person: her requests go with what she wrote and was answered."""

from collections.abc import Sequence

from sqlalchemy import delete

from pathway.casework.rights.tables import RightsRequest
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_request = table_of(RightsRequest)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the requests about those cards."""
    tx.execute(delete(_request).where(_request.c.record_id.in_(record_ids)))
