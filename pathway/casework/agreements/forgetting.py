"""Forgetting a person: the agreements she gave."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from pathway.casework.agreements.tables import Agreement
from pathway.casework.documents.tables import Document
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_agreement = table_of(Agreement)
_document = table_of(Document)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the agreements of those cards. One of a linked card loses the signed paper that was kept with them."""
    tx.execute(delete(_agreement).where(_agreement.c.record_id.in_(record_ids)))
    papers = select(_document.c.id).where(_document.c.record_id.in_(record_ids))
    tx.execute(update(_agreement).where(_agreement.c.document_id.in_(papers)).values(document_id=None))
