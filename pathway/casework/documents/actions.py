"""Keeping a file with a record."""

from base64 import b64encode

from sqlalchemy import insert

from pathway.casework.documents.queries import CONTENT
from pathway.casework.documents.rules import DocumentKind, Upload
from pathway.casework.documents.tables import Document
from pathway.casework.sharing.queries import READ_ONLY, access_of
from pathway.kernel.errors import Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_document = table_of(Document)


def add_document(tx: Transaction, *, record_id: str, kind: DocumentKind, upload: Upload) -> str:
    """Keep a checked file with that record, sealed under a key of its own; gives its id.

    `NotFound` without a grant, `Refused` for an exceptional access, which only reads.
    """
    if not access_of(tx, record_id).may_enter:
        raise Refused(READ_ONLY)
    document_id = new_id()
    tx.sealing.create(document_id, {CONTENT: b64encode(upload.content).decode()})
    values = {
        "id": document_id,
        "record_id": record_id,
        "structure_id": tx.actor.structure_id,
        "kind": kind.value,
        "media_type": upload.media_type.value,
        "added_by": tx.actor.account_id,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_document).values(**values))
    tx.journal("document_added", records=[record_id], document=document_id)
    return document_id
