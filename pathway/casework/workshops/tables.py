"""Group sessions in clear: which structure holds one, and when. Who comes is told by the appointments alone."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from pathway.casework.encounters.rules import LONGEST_MINUTES, SHORTEST_MINUTES
from pathway.store.columns import ID_LENGTH, STRICT, sealed


class Workshop(SQLModel, table=True):
    """One group session: when (UTC), how long. Its name and place lie sealed in `content`, under the key of whoever
    planned it. Each person's part is an appointment that bears its id."""

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint(f"minutes BETWEEN {SHORTEST_MINUTES} AND {LONGEST_MINUTES}", name="minutes"),
        Index("ix_workshop_structure", "structure_id", "starts_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    planned_by: str = Field(max_length=ID_LENGTH)
    starts_at: datetime
    minutes: int
    content: bytes = Field(sa_column_kwargs=sealed("workshop", by=("planned_by",)))
    recorded_at: datetime
    cancelled_at: datetime | None = None
