"""Accesses she asks to be explained with their answers, and exceptional accesses with their review. Never deleted."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from pathway.casework.oversight.rules import ContestState, ExceptionalReason, Outcome
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed


class Contest(SQLModel, table=True):
    """One line of her log that she does not understand.

    The line is named by a journal entry and an act; `structure_id` and `account_id` are empty when the program itself
    acted. What she wrote lies sealed in `message`.
    """

    __tablename__ = "contest"
    __table_args__ = (
        coded("state", ContestState),
        Index("uq_contest_line", "record_id", "seq", "action", unique=True),
        Index("ix_contest_structure", "structure_id", "state", "due_on"),
        Index("ix_contest_state", "state", "due_on"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    seq: int = Field(sa_type=BigInteger)
    action: str = Field(max_length=40)
    times: int
    done_at: datetime
    structure_id: str = Field(max_length=ID_LENGTH)
    account_id: str = Field(max_length=ID_LENGTH)
    role: str = Field(max_length=20)
    state: str = Field(max_length=10)
    message: bytes | None = Field(default=None, sa_column_kwargs=sealed("contest"))
    opened_at: datetime
    due_on: date
    reopened_at: datetime | None = None


class ContestAnswer(SQLModel, table=True):
    """One answer, sealed; `round` is 1, then 2 when the first was not enough for her. Append only."""

    __tablename__ = "contest_answer"
    __table_args__ = (
        CheckConstraint("round IN (1, 2)", name="round"),
        Index("uq_contest_answer_round", "contest_id", "round", unique=True),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    contest_id: str = Field(max_length=ID_LENGTH, foreign_key="contest.id")
    round: int
    account_id: str = Field(max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH)
    text: bytes = Field(sa_column_kwargs=sealed("contest_answer", by=("contest.record_id",)))
    answered_at: datetime


class ExceptionalAccess(SQLModel, table=True):
    """An access opened for an hour by a responsable, why, and what its review found."""

    __tablename__ = "exceptional_access"
    __table_args__ = (
        coded("reason", ExceptionalReason),
        coded("outcome", Outcome, optional=True),
        CheckConstraint("(outcome IS NULL) = (reviewed_at IS NULL)", name="reviewed"),
        Index("ix_exceptional_access_record", "record_id", "opened_at"),
        Index("ix_exceptional_access_structure", "structure_id", "opened_at"),
        Index("ix_exceptional_access_due", "outcome", "review_due_on"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    account_id: str = Field(max_length=ID_LENGTH)
    reason: str = Field(max_length=20)
    note: bytes | None = Field(default=None, sa_column_kwargs=sealed("exceptional_access"))
    opened_at: datetime
    until_at: datetime
    review_due_on: date
    outcome: str | None = Field(default=None, max_length=20)
    verdict: bytes | None = Field(default=None, sa_column_kwargs=sealed("exceptional_verdict"))
    reviewed_by: str | None = Field(default=None, max_length=ID_LENGTH)
    reviewed_at: datetime | None = None
