"""Her référent de parcours, the sealed history of facts, and the traces of those that were erased."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.records.rules import EraseReason
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed


class Referent(SQLModel, table=True):
    """Who answers for the pathway of a person, from when to when. At most one at a time."""

    __tablename__ = "referent"
    __table_args__ = (
        Index(
            "uq_referent_current",
            "record_id",
            unique=True,
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
        Index("ix_referent_account", "account_id", "until_at"),
        Index("ix_referent_record", "record_id", "from_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    account_id: str = Field(max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    from_at: datetime
    until_at: datetime | None = None


class FactHistory(SQLModel, table=True):
    """A fact that another one replaced: sealed, kept, never changed; gone only when its content is erased."""

    __tablename__ = "fact_history"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(index=True, max_length=ID_LENGTH, foreign_key="record.id")
    section: str = Field(max_length=40)
    blob: bytes = Field(sa_column_kwargs=sealed("fact_history"))
    superseded_at: datetime


class ErasedAnswer(SQLModel, table=True):
    """That an answer was erased: by whom, when, why, and which structure had said it. Never what it said.

    The item lies sealed: that somebody had an answer there may say something of her.
    """

    __tablename__ = "erased_answer"
    __table_args__ = (coded("reason", EraseReason), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(index=True, max_length=ID_LENGTH, foreign_key="record.id")
    section: str = Field(max_length=40)
    item: bytes = Field(sa_column_kwargs=sealed("erased_answer"))
    said_by: str = Field(default="", max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    erased_by: str = Field(max_length=ID_LENGTH)
    role: str = Field(max_length=20)
    reason: str = Field(max_length=20)
    erased_at: datetime
