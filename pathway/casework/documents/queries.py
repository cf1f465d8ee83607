"""Opening a kept file: inside the actor's grants, and journalled."""

from base64 import b64decode
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from pathway.casework.documents.rules import DocumentKind, MediaType, file_name
from pathway.casework.documents.tables import Document
from pathway.casework.sharing.queries import of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_document = table_of(Document)

CONTENT = "content"

# A file goes with the pathway; one added by a sensitive structure, or after a withdrawal, is its author's alone.
_SEEN = select(_document).where(
    _document.c.id == bindparam("document_id"),
    of_person(_document.c.record_id),
    seen_in(bindparam("record_id"), Part.PATHWAY.value, by=_document.c.structure_id),
)


@dataclass(frozen=True, kw_only=True)
class OpenedDocument:
    """A kept file as it leaves: under a generated name."""

    name: str
    media_type: MediaType
    content: bytes


def document_opened(tx: Transaction, *, record_id: str, document_id: str) -> OpenedDocument:
    """That file of that person, journalled; `NotFound` when the actor may not see it, or it is not hers."""
    wanted = {"document_id": document_id, "record_id": record_id, **sight(tx)}
    row = tx.execute(_SEEN, wanted).one_or_none()
    if row is None:
        raise NotFound
    opened = tx.sealing.open(document_id, [CONTENT])
    tx.journal("document_read", records=[row.record_id], document=document_id)
    media_type = MediaType(row.media_type)
    return OpenedDocument(
        name=file_name(DocumentKind(row.kind), media_type, local_day(row.recorded_at)),
        media_type=media_type,
        content=b64decode(opened[CONTENT].payload),
    )
