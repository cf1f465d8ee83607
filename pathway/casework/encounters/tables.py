"""Appointments with every change they went through, and the keys of calendars that follow a professional's times."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.encounters.rules import LONGEST_MINUTES, SHORTEST_MINUTES
from pathway.casework.encounters.vocabulary import AppointmentState, AppointmentWay, NextStep
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_PLANNED = text("state = 'planned'")
_LIVE = text("revoked_at IS NULL")
_TOGETHER = text("workshop_id IS NOT NULL")


class Appointment(SQLModel, table=True):
    """One appointment as it stands: with whom, when (UTC), how. What it is about lies sealed in `subject`.

    `number`: its rank in its series. `next_step`: what followed, once missed or excused, None while nothing did.
    `workshop_id`: the group session it is her part of, None for one of her own.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        coded("way", AppointmentWay),
        coded("state", AppointmentState),
        coded("next_step", NextStep, optional=True),
        CheckConstraint(f"minutes BETWEEN {SHORTEST_MINUTES} AND {LONGEST_MINUTES}", name="minutes"),
        CheckConstraint("(state = 'planned') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("next_step IS NULL OR state IN ('missed', 'excused')", name="followed"),
        Index("ix_appointment_record", "record_id", "starts_at"),
        Index("ix_appointment_structure", "structure_id", "state", "starts_at"),
        Index("ix_appointment_account", "account_id", "starts_at", sqlite_where=_PLANNED, postgresql_where=_PLANNED),
        Index("ix_appointment_planned", "starts_at", sqlite_where=_PLANNED, postgresql_where=_PLANNED),
        Index("ix_appointment_workshop", "workshop_id", sqlite_where=_TOGETHER, postgresql_where=_TOGETHER),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    account_id: str = Field(max_length=ID_LENGTH)
    starts_at: datetime
    minutes: int
    way: str = Field(max_length=20)
    state: str = Field(max_length=10)
    series_id: str | None = Field(default=None, max_length=ID_LENGTH)
    number: int = 1
    workshop_id: str | None = Field(default=None, max_length=ID_LENGTH)
    subject: bytes | None = Field(default=None, sa_column_kwargs=sealed("appointment"))
    next_step: str | None = Field(default=None, max_length=20)
    recorded_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = Field(default=None, max_length=ID_LENGTH)
    version: int = 1


class AppointmentChange(SQLModel, table=True):
    """An appointment as it stood from an instant on. Append only."""

    __tablename__ = "appointment_change"
    __table_args__ = (Index("ix_appointment_change_record", "record_id", "recorded_at"), STRICT)

    appointment_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="appointment.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    record_id: str = Field(max_length=ID_LENGTH)
    account_id: str = Field(max_length=ID_LENGTH)
    starts_at: datetime
    minutes: int
    way: str = Field(max_length=20)
    state: str = Field(max_length=10)
    changed_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime


class FeedKey(SQLModel, table=True):
    """The keyed hash of the secret address by which a calendar follows the times of one account."""

    __tablename__ = "feed_key"
    __table_args__ = (
        Index("uq_feed_key_live", "account_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(max_length=ID_LENGTH, foreign_key="account.id")
    digest: bytes = Field(unique=True)
    made_at: datetime
    revoked_at: datetime | None = None
