"""Notes in clear: about whom, by which structure and role, when, for whom. Each text lies sealed in its own row."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.notes.vocabulary import Audience, RemovalReason
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_GONE = text("removed_at IS NOT NULL")


class Note(SQLModel, table=True):
    """One note. `versions`: how many texts it has had, the last one being what is read. A note taken away keeps this
    row as its trace; its texts are deleted after ten minutes."""

    __tablename__ = "note"
    __table_args__ = (
        coded("audience", Audience),
        coded("removal_reason", RemovalReason, optional=True),
        CheckConstraint("(removed_at IS NULL) = (removal_reason IS NULL)", name="removed"),
        Index("ix_note_record", "record_id", "recorded_at"),
        Index("ix_note_removed", "removed_at", sqlite_where=_GONE, postgresql_where=_GONE),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    account_id: str = Field(max_length=ID_LENGTH)
    role: str = Field(max_length=20)
    audience: str = Field(max_length=10)
    versions: int = 1
    recorded_at: datetime
    removed_at: datetime | None = None
    removal_reason: str | None = Field(default=None, max_length=20)


class NoteText(SQLModel, table=True):
    """One text of a note, sealed under the key of the card it is about. Append only, until the note is forgotten."""

    __tablename__ = "note_text"
    __table_args__ = (STRICT,)

    note_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="note.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    text: bytes = Field(sa_column_kwargs=sealed("note", row="{note_id}-{number}", by=("note.record_id",)))
    recorded_at: datetime
