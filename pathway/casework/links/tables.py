"""Possible matches with every decision taken on them, the links between cards, and which cards were compared."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from pathway.casework.links.rules import MatchState
from pathway.store.columns import ID_LENGTH, STRICT, coded


class PossibleMatch(SQLModel, table=True):
    """Two cards that may be one person's, in a fixed order. `why` holds codes, never a name.

    `low_seq` and `high_seq` are the writings of the two cards that were compared; `low_yes_at` and `high_yes_at`, when
    the owner of each said it is hers.
    """

    __tablename__ = "possible_match"
    __table_args__ = (
        coded("state", MatchState),
        CheckConstraint("low_id < high_id", name="ordered"),
        UniqueConstraint("low_id", "high_id"),
        Index("ix_possible_match_state", "state", "found_at", "id"),
        Index("ix_possible_match_high", "high_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    low_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    high_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    score: int
    why: str = Field(max_length=200)
    state: str = Field(max_length=10)
    low_seq: int
    high_seq: int
    low_yes_at: datetime | None = None
    high_yes_at: datetime | None = None
    version: int = 1
    found_at: datetime


class MatchChange(SQLModel, table=True):
    """A decision on a possible match: by whom, in which role, why. Append only."""

    __tablename__ = "match_change"
    __table_args__ = (coded("state", MatchState), STRICT)

    match_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="possible_match.id")
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    state: str = Field(max_length=10)
    reason: str = Field(max_length=20)
    decided_by: str = Field(max_length=ID_LENGTH)
    role: str = Field(max_length=20)
    decided_at: datetime


class CardLink(SQLModel, table=True):
    """Two cards put together, until they are taken apart. What each holds stays under it."""

    __tablename__ = "card_link"
    __table_args__ = (
        Index("ix_card_link_record", "record_id", "ended_at"),
        Index("ix_card_link_other", "other_id", "ended_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    other_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    linked_at: datetime
    linked_by: str = Field(max_length=ID_LENGTH)
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=ID_LENGTH)


class ComparedCard(SQLModel, table=True):
    """How much had been written on a card when it was last compared with the others."""

    __tablename__ = "compared_card"
    __table_args__ = (STRICT,)

    record_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="record.id")
    seals_used: int
