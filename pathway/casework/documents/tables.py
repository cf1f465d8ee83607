"""Kept files in clear: whose, of which kind and type, by whom. The content is sealed under the document's id."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.documents.rules import DocumentKind, HeldKind, MediaType, RemovalReason, Sight
from pathway.store.columns import ID_LENGTH, STRICT, coded

_WAITING = text("removed_at IS NOT NULL AND forgotten_at IS NULL")


class Document(SQLModel, table=True):
    """One file of a record. `structure_id` is the structure that added it."""

    __tablename__ = "document"
    __table_args__ = (coded("kind", DocumentKind), coded("media_type", MediaType), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(index=True, max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    kind: str = Field(max_length=40)
    media_type: str = Field(max_length=40)
    added_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime


class HeldDocument(SQLModel, table=True):
    """One paper of hers: a CV, a diploma, a contract. Its content and its name are sealed under its own id.

    `structure_id` is the structure that added it, NULL for herself. `size`: bytes kept, for the room left. A paper
    taken away keeps this row as its trace; ten minutes later its key is destroyed.
    """

    __tablename__ = "held_document"
    __table_args__ = (
        coded("kind", HeldKind),
        coded("media_type", MediaType),
        coded("sight", Sight),
        coded("removal_reason", RemovalReason, optional=True),
        CheckConstraint("(removed_at IS NULL) = (removal_reason IS NULL)", name="removed"),
        CheckConstraint("forgotten_at IS NULL OR removed_at IS NOT NULL", name="forgotten"),
        Index("ix_held_document_record", "record_id", "recorded_at"),
        Index("ix_held_document_structure", "structure_id", "size"),
        Index("ix_held_document_removed", "removed_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str | None = Field(default=None, max_length=ID_LENGTH, foreign_key="structure.id")
    kind: str = Field(max_length=20)
    media_type: str = Field(max_length=40)
    sight: str = Field(max_length=10)
    size: int
    added_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime
    removed_at: datetime | None = None
    removed_by: str | None = Field(default=None, max_length=ID_LENGTH)
    removal_reason: str | None = Field(default=None, max_length=20)
    forgotten_at: datetime | None = None
