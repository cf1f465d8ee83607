"""Cards in clear (ids and dates), the grants that open them, and what the person withdrew or hides."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.sharing.rules import Cause
from pathway.store.columns import ID_LENGTH, STRICT, coded


class Record(SQLModel, table=True):
    """One card: who she is lies in sealed sections under the same id.

    `canonical_id` is the card that stands for the person: its own id when she has one card only. It is never empty
    since the second migration; grants on one card of a person count for all her cards.
    """

    __tablename__ = "record"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    canonical_id: str | None = Field(default=None, index=True, max_length=ID_LENGTH, foreign_key="record.id")
    created_by: str = Field(max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    recorded_at: datetime


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


class Withdrawal(SQLModel, table=True):
    """She stopped sharing with a structure, or with all (`structure_id` empty). Ended when she shares again."""

    __tablename__ = "withdrawal"
    __table_args__ = (Index("ix_withdrawal_record", "record_id", "structure_id"), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(default="", max_length=ID_LENGTH)
    from_at: datetime
    until_at: datetime | None = None


class HiddenPart(SQLModel, table=True):
    """A section, or one item of it, that she hides from one structure. Ended when she shows it again."""

    __tablename__ = "hidden_part"
    __table_args__ = (Index("ix_hidden_part_record", "record_id", "structure_id"), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    section: str = Field(max_length=40)
    item_key: str = Field(default="", max_length=60)
    from_at: datetime
    until_at: datetime | None = None


class RestrictedPart(SQLModel, table=True):
    """A section, or one item of it, that is kept and used by no structure while its exactness is contested.

    Ended when she lifts it, or when her request is answered (RGPD, article 18).
    """

    __tablename__ = "restricted_part"
    __table_args__ = (
        Index(
            "uq_restricted_part_standing",
            "record_id",
            "section",
            "item_key",
            unique=True,
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    section: str = Field(max_length=40)
    item_key: str = Field(default="", max_length=60)
    from_at: datetime
    until_at: datetime | None = None
