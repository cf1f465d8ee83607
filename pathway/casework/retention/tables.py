"""What is archived, who was told, when she last came by herself, what is held for a litigation, evidence kept apart."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from pathway.store.columns import ID_LENGTH, STRICT, sealed


class ArchivedRecord(SQLModel, table=True):
    """A card that nobody opens any more, since when, and when its person was told that it will be erased."""

    __tablename__ = "archived_record"
    __table_args__ = (STRICT,)

    record_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="record.id")
    archived_on: date
    told_on: date | None = None


class LastGesture(SQLModel, table=True):
    """The last day on which the person was seen on her own account: sessions and devices are forgotten long before."""

    __tablename__ = "last_gesture"
    __table_args__ = (STRICT,)

    record_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="record.id")
    seen_on: date


class RetentionHold(SQLModel, table=True):
    """A record kept for a litigation until a day, that day included. Why lies sealed. `structure_id` is empty for the
    operator."""

    __tablename__ = "retention_hold"
    __table_args__ = (Index("ix_retention_hold_record", "record_id", "until_on"), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(default="", max_length=ID_LENGTH)
    reason: bytes = Field(sa_column_kwargs=sealed("retention_hold"))
    until_on: date
    placed_by: str = Field(max_length=ID_LENGTH)
    placed_at: datetime
    lifted_by: str | None = Field(default=None, max_length=ID_LENGTH)
    lifted_at: datetime | None = None


class StepEvidence(SQLModel, table=True):
    """What an audit of a co-financed scheme still asks of one step, once the person is forgotten: sealed under a key of
    its own, which is destroyed after `kept_until`. Nothing in it leads back to her record."""

    __tablename__ = "step_evidence"
    __table_args__ = (Index("ix_step_evidence_scheme", "scheme_id", "kept_until"), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    scheme_id: str = Field(max_length=ID_LENGTH, foreign_key="scheme.id")
    kept_until: date
