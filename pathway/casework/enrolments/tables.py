"""Entries in schemes, the stages passed through in them, their once-only meter, and exits."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.followup.rules import ExitKind
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_STANDS = text("cancelled_at IS NULL")
_OPEN = text("exited_at IS NULL")


class Enrolment(SQLModel, table=True):
    """A step: one person in one scheme, carried by one structure. Open until an exit closes it."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("ix_enrolment_record", "record_id", "entered_on"),
        Index("ix_enrolment_structure", "structure_id", "entered_on"),
        Index(
            "uq_enrolment_open",
            "record_id",
            "scheme_id",
            "structure_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    scheme_id: str = Field(max_length=ID_LENGTH, foreign_key="scheme.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    account_id: str = Field(max_length=ID_LENGTH)
    entered_on: date
    planned_end_on: date | None = None
    answers: bytes | None = Field(default=None, sa_column_kwargs=sealed("enrolment"))
    exited_at: datetime | None = None
    recorded_at: datetime


class EnrolmentMove(SQLModel, table=True):
    """A step that another structure went on with: which one carried it until then. Append only."""

    __tablename__ = "enrolment_move"
    __table_args__ = (Index("ix_enrolment_move_record", "record_id"), STRICT)

    enrolment_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="enrolment.id")
    moved_at: datetime = Field(primary_key=True)
    record_id: str = Field(max_length=ID_LENGTH)
    from_structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")


class EnrolmentStage(SQLModel, table=True):
    """The stage (« phase ») of its scheme that a step came to, on which day; the last one that stands is where it is.

    Append only: one said by mistake is marked cancelled. `is_entry`: the entry itself put the person there.
    """

    __tablename__ = "enrolment_stage"
    __table_args__ = (Index("ix_enrolment_stage_record", "record_id"), STRICT)

    enrolment_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="enrolment.id")
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    stage: str = Field(max_length=40)
    on_day: date
    is_entry: bool
    account_id: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime
    cancelled_by: str | None = Field(default=None, max_length=ID_LENGTH)
    cancelled_at: datetime | None = None


class EntryMeter(SQLModel, table=True):
    """How many items an entry needed, took over, confirmed and asked. Counts only."""

    __tablename__ = "entry_meter"
    __table_args__ = (STRICT,)

    enrolment_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="enrolment.id")
    needed: int
    reused: int
    confirmed: int
    asked: int
    asked_again: int
    refused: int


class SchemeExit(SQLModel, table=True):
    """The end of a step. Only its kind is in clear; the exact reason is sealed. No plan only when `closed`."""

    __tablename__ = "scheme_exit"
    __table_args__ = (
        coded("kind", ExitKind),
        CheckConstraint("plan_id IS NOT NULL OR kind = 'closed'", name="never_without_a_plan"),
        Index(
            "uq_scheme_exit_enrolment",
            "enrolment_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("ix_scheme_exit_record", "record_id", "event_on"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    enrolment_id: str = Field(max_length=ID_LENGTH, foreign_key="enrolment.id")
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    plan_id: str | None = Field(default=None, index=True, max_length=ID_LENGTH, foreign_key="plan.id")
    kind: str = Field(max_length=20)
    event_on: date
    ends_on: date | None = None
    reason: bytes = Field(sa_column_kwargs=sealed("scheme_exit"))
    recorded_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime
    cancelled_at: datetime | None = None
