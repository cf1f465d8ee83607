"""The register in clear: which structure met how many people which day, how, and what it led to."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.walk_ins.rules import MOST_PEOPLE, WalkInKind, WalkInOutcome
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_LINKED = text("record_id IS NOT NULL")


class WalkIn(SQLModel, table=True):
    """One line: somebody who came by, or was met outside. Nobody is named but by `record_id`, when it was chosen.

    `place` lies sealed under the record's key, or the author's. `contact_id`: the contact of her record it stands for;
    `made_contact`: it was recorded with this line, and goes with it.
    """

    __tablename__ = "walk_in"
    __table_args__ = (
        coded("kind", WalkInKind),
        coded("outcome", WalkInOutcome),
        CheckConstraint(f"number BETWEEN 1 AND {MOST_PEOPLE}", name="number"),
        CheckConstraint("record_id IS NULL OR number = 1", name="alone"),
        CheckConstraint("(record_id IS NULL) = (contact_id IS NULL)", name="linked"),
        Index("ix_walk_in_structure", "structure_id", "happened_on"),
        Index("ix_walk_in_record", "record_id", sqlite_where=_LINKED, postgresql_where=_LINKED),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    account_id: str = Field(max_length=ID_LENGTH)
    kind: str = Field(max_length=10)
    outcome: str = Field(max_length=20)
    number: int
    happened_on: date
    place: bytes | None = Field(default=None, sa_column_kwargs=sealed("walk_in", by=("record_id", "account_id")))
    record_id: str | None = Field(default=None, max_length=ID_LENGTH, foreign_key="record.id")
    contact_id: str | None = Field(default=None, max_length=ID_LENGTH)
    made_contact: bool
    recorded_at: datetime
    version: int
