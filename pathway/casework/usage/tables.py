"""Counts of the hour and of the day, what was already seen today, and the notices given to the responsables."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from pathway.casework.usage.rules import CheckReason, Level, Meter, Scope, SeenAs
from pathway.store.columns import ID_LENGTH, STRICT, coded


class UsageCount(SQLModel, table=True):
    """How much an account or a structure used of one meter in one period."""

    __tablename__ = "usage_count"
    __table_args__ = (coded("meter", Meter), Index("ix_usage_count_began_at", "began_at"), STRICT)

    who: str = Field(primary_key=True, max_length=ID_LENGTH)
    meter: str = Field(primary_key=True, max_length=20)
    began_at: datetime = Field(primary_key=True)
    used: int


class UsageSeen(SQLModel, table=True):
    """What an account or a structure already saw on a local day, as blind marks: seen twice, counted once."""

    __tablename__ = "usage_seen"
    __table_args__ = (coded("seen_as", SeenAs), Index("ix_usage_seen_day", "day"), STRICT)

    who: str = Field(primary_key=True, max_length=ID_LENGTH)
    day: date = Field(primary_key=True)
    seen_as: str = Field(primary_key=True, max_length=10)
    mark: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


class VolumeNotice(SQLModel, table=True):
    """An unusual volume told to the responsables of one structure, until one of them says she looked into it."""

    __tablename__ = "volume_notice"
    __table_args__ = (
        coded("meter", Meter),
        coded("scope", Scope),
        coded("level", Level),
        coded("reason", CheckReason, optional=True),
        Index("uq_volume_notice_period", "who", "structure_id", "meter", "began_at", unique=True),
        Index("ix_volume_notice_structure", "structure_id", "checked_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    who: str = Field(max_length=ID_LENGTH)
    scope: str = Field(max_length=10)
    structure_id: str = Field(max_length=ID_LENGTH)
    meter: str = Field(max_length=20)
    began_at: datetime
    level: str = Field(max_length=10)
    used: int
    budget: int
    told_at: datetime
    checked_at: datetime | None = None
    checked_by: str | None = Field(default=None, max_length=ID_LENGTH)
    reason: str | None = Field(default=None, max_length=20)
