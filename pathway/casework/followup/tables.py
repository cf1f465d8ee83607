"""Plans, points de suivi with every change they went through, contact attempts, and the rhythm a person chooses."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.followup.rules import Channel, ContactResult, PlanKind, PointKind, PointState, Rhythm
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_OPEN = text("state = 'open'")


class Plan(SQLModel, table=True):
    """The points that one event opened, and the version of the policy they were born with."""

    __tablename__ = "plan"
    __table_args__ = (coded("kind", PlanKind), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(index=True, max_length=ID_LENGTH, foreign_key="record.id")
    kind: str = Field(max_length=20)
    policy_version: str = Field(max_length=40)
    event_on: date
    recorded_at: datetime
    cancelled_at: datetime | None = None


class Point(SQLModel, table=True):
    """A point de suivi as it stands now. It always has a structure (its queue); its owner may be empty."""

    __tablename__ = "point"
    __table_args__ = (
        coded("kind", PointKind),
        coded("state", PointState),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        Index("ix_point_due", "due_on", "record_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_point_owner", "owner_id", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_point_structure", "structure_id", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_point_record", "record_id", "due_on"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    plan_id: str = Field(index=True, max_length=ID_LENGTH, foreign_key="plan.id")
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    kind: str = Field(max_length=20)
    original_due_on: date
    due_on: date
    is_last: bool
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    owner_id: str | None = Field(default=None, max_length=ID_LENGTH)
    state: str = Field(max_length=10)
    replans: int = 0
    to_responsable: bool = False
    version: int = 1
    contact_id: str | None = Field(default=None, max_length=ID_LENGTH)
    closed_at: datetime | None = None
    closed_by: str | None = Field(default=None, max_length=ID_LENGTH)
    recorded_at: datetime


class PointChange(SQLModel, table=True):
    """A point as it stood from an instant on. Append only: any past night can be looked at again."""

    __tablename__ = "point_change"
    __table_args__ = (Index("ix_point_change_record", "record_id", "recorded_at"), STRICT)

    point_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="point.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    record_id: str = Field(max_length=ID_LENGTH)
    due_on: date
    state: str = Field(max_length=10)
    structure_id: str = Field(max_length=ID_LENGTH)
    owner_id: str | None = Field(default=None, max_length=ID_LENGTH)
    changed_by: str = Field(max_length=ID_LENGTH)
    reason: str = Field(max_length=40)
    recorded_at: datetime


class ContactAttempt(SQLModel, table=True):
    """One try to speak with the person: channel, result, day. What was said lies sealed in `note`.

    `undone_at`: when it was taken back, as it did not take place. The row stays, without its note: a past night looked
    at again knows what was known then.
    """

    __tablename__ = "contact_attempt"
    __table_args__ = (
        coded("channel", Channel),
        coded("result", ContactResult),
        Index("ix_contact_attempt_record", "record_id", "made_on"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    account_id: str = Field(max_length=ID_LENGTH)
    channel: str = Field(max_length=20)
    result: str = Field(max_length=20)
    made_on: date
    next_on: date | None = None
    note: bytes | None = Field(default=None, sa_column_kwargs=sealed("contact_attempt"))
    recorded_at: datetime
    undone_at: datetime | None = None


class FollowupWish(SQLModel, table=True):
    """How often a person wishes to be called, from when to when. Noted by herself, or by a structure on her word."""

    __tablename__ = "followup_wish"
    __table_args__ = (
        coded("rhythm", Rhythm),
        Index(
            "uq_followup_wish_current",
            "record_id",
            unique=True,
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
        Index("ix_followup_wish_record", "record_id", "from_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    rhythm: str = Field(max_length=20)
    structure_id: str | None = Field(default=None, max_length=ID_LENGTH, foreign_key="structure.id")
    set_by: str = Field(max_length=ID_LENGTH)
    from_at: datetime
    until_at: datetime | None = None
