"""Invitations to prepare an entry."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from pathway.store.columns import ID_LENGTH, STRICT, sealed


class EntryInvitation(SQLModel, table=True):
    """One structure invites one person to prepare one scheme's entry, until a day, or until the entry closes it.

    `later` seals the questions she keeps for the appointment and, for half an hour, what she typed before proving who
    she is. Her answers are facts of her record, not of this row.
    """

    __tablename__ = "entry_invitation"
    __table_args__ = (
        Index("ix_entry_invitation_record", "record_id", "closed_at"),
        Index("ix_entry_invitation_structure", "structure_id", "record_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    scheme_id: str = Field(max_length=ID_LENGTH, foreign_key="scheme.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    invited_by: str = Field(max_length=ID_LENGTH)
    invited_at: datetime
    until_at: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    later: bytes | None = Field(default=None, sa_column_kwargs=sealed("entry_invitation"))
