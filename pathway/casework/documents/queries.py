"""The files of a person: which the actor may see, and opening one, journalled."""

from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select

from pathway.casework.documents.rules import (
    HEAVIEST_OF_PERSON,
    MOST_OF_PERSON,
    DocumentKind,
    HeldKind,
    MediaType,
    RemovalReason,
    Sight,
    file_name,
    is_forgotten,
)
from pathway.casework.documents.tables import Document, HeldDocument
from pathway.casework.sharing.queries import access_of, of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotAllowed, NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_document = table_of(Document)
_held = table_of(HeldDocument)

CONTENT, TITLE = "content", "title"

# A file goes with the pathway; one added by a sensitive structure, or after a withdrawal, is its author's alone.
_SEEN = select(_document).where(
    _document.c.id == bindparam("document_id"),
    of_person(_document.c.record_id),
    seen_in(bindparam("record_id"), Part.PATHWAY.value, by=_document.c.structure_id),
)

# Hers, and those of structures: each reads its own, and what was added for all who see her pathway.
_OF_HER = select(_held).where(of_person(_held.c.record_id)).order_by(_held.c.recorded_at.desc(), _held.c.id)
_OF_STRUCTURE = _OF_HER.where(
    # She added it herself when no structure did: it goes when she stops sharing, like those of the others.
    seen_in(bindparam("record_id"), Part.PATHWAY.value, by=func.coalesce(_held.c.structure_id, "")),
    or_(_held.c.structure_id == bindparam("own_structure"), _held.c.sight == Sight.SHARED.value),
)
_ROOM = select(func.count(_held.c.id).label("files"), func.coalesce(func.sum(_held.c.size), 0).label("weight")).where(
    of_person(_held.c.record_id), _held.c.forgotten_at.is_(None)
)
_WEIGHT = select(func.coalesce(func.sum(_held.c.size), 0).label("weight")).where(
    _held.c.structure_id == bindparam("structure_id"), _held.c.forgotten_at.is_(None)
)


@dataclass(frozen=True, kw_only=True)
class HeldView:
    """One paper of hers. `structure_id` is empty when she added it. `title` is empty when it has none, or is forgotten.

    `is_own`: the reader, or its structure, added it, and may take it away; `may_restore`: for ten minutes after that.
    """

    id: str
    card_id: str
    kind: HeldKind
    title: str
    media_type: MediaType
    size: int
    sight: Sight
    structure_id: str
    added_at: datetime
    removed_at: datetime | None
    reason: RemovalReason | None
    is_own: bool
    may_restore: bool

    @property
    def on(self) -> date:
        """The day it was added, in Paris."""
        return local_day(self.added_at)


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many papers are kept of a person, and how many bytes they weigh."""

    files: int
    weight: int

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be added."""
        return self.files >= MOST_OF_PERSON or self.weight >= HEAVIEST_OF_PERSON


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
        return _paper_opened(tx, record_id, document_id)
    opened = tx.sealing.open(document_id, [CONTENT])
    tx.journal("document_read", records=[row.record_id], document=document_id)
    media_type = MediaType(row.media_type)
    return OpenedDocument(
        name=file_name(DocumentKind(row.kind), media_type, local_day(row.recorded_at)),
        media_type=media_type,
        content=b64decode(opened[CONTENT].payload),
    )


def held_documents(tx: Transaction, record_id: str) -> list[HeldView]:
    """The papers of that person which the actor may see, newest first, with the traces of those taken away."""
    if tx.actor.record_id:
        access_of(tx, record_id)
        return _views(tx, tx.execute(_OF_HER, {"record_id": record_id}))
    return _views(tx, tx.execute(_OF_STRUCTURE, {"record_id": record_id, **sight(tx)}))


def own_documents(tx: Transaction) -> list[HeldView]:
    """All the papers of the actor herself; `NotAllowed` for anybody else."""
    if not tx.actor.record_id:
        raise NotAllowed
    return held_documents(tx, tx.actor.record_id)


def held_document(tx: Transaction, record_id: str, document_id: str) -> HeldView:
    """That paper of that person; `NotFound` when the actor may not see it, or it is not hers."""
    found = next((one for one in held_documents(tx, record_id) if one.id == document_id), None)
    if found is None:
        raise NotFound
    return found


def room_of(tx: Transaction, record_id: str) -> Room:
    """What is kept of that person, whoever added it: one limit for all."""
    row = tx.execute(_ROOM, {"record_id": record_id}).one()
    return Room(files=row.files, weight=int(row.weight))


def weight_of_structure(tx: Transaction, structure_id: str) -> int:
    """The bytes of everything that structure keeps."""
    return int(tx.execute(_WEIGHT, {"structure_id": structure_id}).one().weight)


def _paper_opened(tx: Transaction, record_id: str, document_id: str) -> OpenedDocument:
    paper = held_document(tx, record_id, document_id)
    if paper.removed_at is not None:
        raise NotFound
    opened = tx.sealing.open(document_id, [CONTENT])
    tx.journal("document_read", records=[paper.card_id], document=document_id)
    return OpenedDocument(
        name=file_name(paper.kind, paper.media_type, paper.on),
        media_type=paper.media_type,
        content=b64decode(opened[CONTENT].payload),
    )


def _views(tx: Transaction, found: Iterable[Row[Any]]) -> list[HeldView]:
    rows = list(found)
    titles = tx.sealing.open_many([row.id for row in rows if row.removed_at is None], TITLE)
    return [_view(tx, row, titles.get(row.id, "")) for row in rows]


def _view(tx: Transaction, row: Row[Any], title: str) -> HeldView:
    is_own = row.structure_id is None if tx.actor.record_id else row.structure_id == tx.actor.structure_id
    is_removed = row.removed_at is not None
    return HeldView(
        id=row.id,
        card_id=row.record_id,
        kind=HeldKind(row.kind),
        title=title,
        media_type=MediaType(row.media_type),
        size=row.size,
        sight=Sight(row.sight),
        structure_id=row.structure_id or "",
        added_at=row.recorded_at,
        removed_at=row.removed_at,
        reason=RemovalReason(row.removal_reason) if is_removed else None,
        is_own=is_own,
        may_restore=is_own and is_removed and not is_forgotten(row.removed_at, now=tx.now),
    )
