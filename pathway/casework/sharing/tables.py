"""Grants: each access of a structure to a record has a cause, sections, a beginning and an end."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from pathway.casework.sharing.rules import Cause
from pathway.store.columns import ID_LENGTH, STRICT, coded


class AccessGrant(SQLModel, table=True):
    """One reason for which one structure may open one record. Ended, never deleted."""

    __tablename__ = "access_grant"
    __table_args__ = (
        coded("cause", Cause),
        Index("ix_access_grant_structure_record", "structure_id", "record_id", "until_at"),
        Index("ix_access_grant_record", "record_id", "structure_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    cause: str = Field(max_length=20)
    cause_id: str = Field(max_length=ID_LENGTH)
    sections: str = Field(max_length=400)
    from_at: datetime
    until_at: datetime | None = None
    recorded_at: datetime
