"""The lines of action plans and the contrats d’engagement, each with every form it had."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.action_plan.vocabulary import EngagementState, LineKind, LineState
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_OPEN = text("state = 'open'")
_CURRENT = text("state = 'current'")


class ActionPlanLine(SQLModel, table=True):
    """A difficulty, a goal under it or an action under either, as it stands. Its theme and its words lie sealed in its
    last change.

    `root_id`: the difficulty, itself for one. `changed_in`: the structure of the last gesture, empty for her own.
    """

    __tablename__ = "action_plan_line"
    __table_args__ = (
        coded("kind", LineKind),
        coded("state", LineState),
        CheckConstraint("(kind = 'obstacle') = (parent_id IS NULL)", name="parent"),
        CheckConstraint("(kind = 'obstacle') = (root_id = id)", name="root"),
        CheckConstraint("kind = 'action' OR (owner_id IS NULL AND due_on IS NULL AND NOT is_hers)", name="doing"),
        CheckConstraint("NOT (is_hers AND owner_id IS NOT NULL)", name="owner"),
        CheckConstraint(
            "state IN ('open', 'cancelled') OR (kind = 'obstacle') = (state = 'closed')", name="state_of_kind"
        ),
        Index("ix_action_plan_line_record", "record_id", "structure_id"),
        Index("ix_action_plan_line_owner", "owner_id", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    kind: str = Field(max_length=10)
    parent_id: str | None = Field(default=None, max_length=ID_LENGTH, foreign_key="action_plan_line.id")
    root_id: str = Field(max_length=ID_LENGTH)
    state: str = Field(max_length=10)
    is_hers: bool = False
    owner_id: str | None = Field(default=None, max_length=ID_LENGTH)
    due_on: date | None = None
    recorded_at: datetime
    changed_at: datetime
    changed_by: str = Field(max_length=ID_LENGTH)
    changed_in: str = Field(max_length=ID_LENGTH)
    version: int = 1


class ActionPlanChange(SQLModel, table=True):
    """A line as it stood from an instant on, its theme and words sealed with it. Append only."""

    __tablename__ = "action_plan_change"
    __table_args__ = (Index("ix_action_plan_change_record", "record_id", "recorded_at"), STRICT)

    line_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="action_plan_line.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    record_id: str = Field(max_length=ID_LENGTH)
    state: str = Field(max_length=10)
    is_hers: bool
    owner_id: str | None = Field(default=None, max_length=ID_LENGTH)
    due_on: date | None = None
    content: bytes = Field(sa_column_kwargs=sealed("action_plan_change", row="{line_id}-{number}"))
    changed_by: str = Field(max_length=ID_LENGTH)
    changed_in: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime


class Engagement(SQLModel, table=True):
    """One contrat d’engagement as it stands: its days. Its reference and objectives lie sealed in its last change."""

    __tablename__ = "engagement"
    __table_args__ = (
        coded("state", EngagementState),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="until"),
        CheckConstraint("review_on IS NULL OR review_on >= from_on", name="review"),
        Index("ix_engagement_record", "record_id", "from_on"),
        Index(
            "uq_engagement_current",
            "record_id",
            "structure_id",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    state: str = Field(max_length=10)
    from_on: date
    until_on: date | None = None
    review_on: date | None = None
    recorded_at: datetime
    changed_at: datetime
    version: int = 1


class EngagementChange(SQLModel, table=True):
    """A contract as it stood from an instant on, its words sealed with it. Append only."""

    __tablename__ = "engagement_change"
    __table_args__ = (Index("ix_engagement_change_record", "record_id", "recorded_at"), STRICT)

    engagement_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="engagement.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    record_id: str = Field(max_length=ID_LENGTH)
    state: str = Field(max_length=10)
    from_on: date
    until_on: date | None = None
    review_on: date | None = None
    content: bytes = Field(sa_column_kwargs=sealed("engagement_change", row="{engagement_id}-{number}"))
    changed_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime
