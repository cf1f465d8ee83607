"""Her requests, until when each must be answered, and the answers. Never deleted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from pathway.casework.rights.rules import RequestKind, RequestState, RequestWay
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed


class RightsRequest(SQLModel, table=True):
    """One request. `structure_id` must answer it; `by_structure_id` noted it for her, empty when she did it herself.

    What she wrote, the answer and the reason of a longer delay lie sealed. `section` and `item_key` name what is
    restricted, and are empty for the other kinds. `due_on` never moves: a longer delay stands in `extended_until`.
    """

    __tablename__ = "rights_request"
    __table_args__ = (
        coded("kind", RequestKind),
        coded("state", RequestState),
        coded("way", RequestWay),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(state IN ('answered', 'refused')) = (answer IS NOT NULL)", name="answered"),
        CheckConstraint("extended_until IS NULL OR extended_until > due_on", name="longer"),
        Index("ix_rights_request_record", "record_id", "asked_at"),
        Index("ix_rights_request_structure", "structure_id", "state", "due_on"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    kind: str = Field(max_length=20)
    state: str = Field(max_length=10)
    way: str = Field(max_length=10)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    by_structure_id: str = Field(default="", max_length=ID_LENGTH)
    recorded_by: str = Field(max_length=ID_LENGTH)
    section: str = Field(default="", max_length=40)
    item_key: str = Field(default="", max_length=60)
    message: bytes | None = Field(default=None, sa_column_kwargs=sealed("rights_request"))
    asked_at: datetime
    due_on: date
    extended_until: date | None = None
    extension: bytes | None = Field(default=None, sa_column_kwargs=sealed("rights_extension"))
    answer: bytes | None = Field(default=None, sa_column_kwargs=sealed("rights_answer"))
    answered_by: str | None = Field(default=None, max_length=ID_LENGTH)
    closed_at: datetime | None = None
    version: int = 1
