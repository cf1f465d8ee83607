"""Relays with every change they went through, and the single-use links given to structures outside the platform."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.relays.rules import (
    PENDING,
    AgreedWay,
    RefusalReason,
    RelayPurpose,
    RelayResult,
    RelayState,
)
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_PENDING = ", ".join(f"'{state.value}'" for state in RelayState if state in PENDING)
_IS_PENDING = text(f"state IN ({_PENDING})")


class Relay(SQLModel, table=True):
    """One person passed on: from where, to which structure (none when it is outside the platform), where it stands.

    `due_on`: the day by which the next step is expected, None once it has ended. `reminded_on`: the day its sender was
    told that it is late. `content` seals the message and, outside, the receiver's name and address. `plan_id`: the plan
    of the exit it follows, if there is one.
    """

    __tablename__ = "relay"
    __table_args__ = (
        coded("purpose", RelayPurpose),
        coded("agreed_way", AgreedWay, optional=True),
        coded("state", RelayState),
        coded("refusal", RefusalReason, optional=True),
        coded("result", RelayResult, optional=True),
        CheckConstraint(f"(state IN ({_PENDING})) = (due_on IS NOT NULL)", name="awaited"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused"),
        CheckConstraint("(state = 'closed') = (result IS NOT NULL)", name="closed"),
        CheckConstraint("state = 'draft' OR state = 'withdrawn' OR agreed_way IS NOT NULL", name="agreed"),
        Index("ix_relay_record", "record_id", "recorded_at"),
        Index("ix_relay_from", "from_structure_id", "state", "due_on"),
        Index("ix_relay_to", "to_structure_id", "state", "due_on"),
        Index("ix_relay_due", "due_on", sqlite_where=_IS_PENDING, postgresql_where=_IS_PENDING),
        Index(
            "uq_relay_pending",
            "record_id",
            "from_structure_id",
            "to_structure_id",
            unique=True,
            sqlite_where=_IS_PENDING,
            postgresql_where=_IS_PENDING,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    from_structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    sent_by: str = Field(max_length=ID_LENGTH)
    to_structure_id: str | None = Field(default=None, max_length=ID_LENGTH, foreign_key="structure.id")
    plan_id: str | None = Field(default=None, max_length=ID_LENGTH, foreign_key="plan.id")
    purpose: str = Field(max_length=20)
    agreed_way: str | None = Field(default=None, max_length=20)
    sections: str = Field(max_length=400)
    hands_over: bool
    state: str = Field(max_length=20)
    content: bytes = Field(sa_column_kwargs=sealed("relay"))
    due_on: date | None = None
    reminded_on: date | None = None
    first_appointment_on: date | None = None
    refusal: str | None = Field(default=None, max_length=20)
    result: str | None = Field(default=None, max_length=20)
    recorded_at: datetime
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 1


class RelayChange(SQLModel, table=True):
    """One step in the life of a relay: what was done, from where, by whom. Append only. `note` is sealed.

    `appointment_on`: the first appointment as set then. `from_structure_id`: the structure that answered for it then.
    """

    __tablename__ = "relay_change"
    __table_args__ = (Index("ix_relay_change_record", "record_id", "recorded_at"), STRICT)

    relay_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="relay.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    record_id: str = Field(max_length=ID_LENGTH)
    state: str = Field(max_length=20)
    side: str = Field(max_length=10)
    structure_id: str = Field(default="", max_length=ID_LENGTH)
    changed_by: str = Field(default="", max_length=ID_LENGTH)
    note: bytes | None = Field(default=None, sa_column_kwargs=sealed("relay_change", row="{relay_id}:{number}"))
    recorded_at: datetime
    appointment_on: date | None = None
    from_structure_id: str | None = Field(default=None, max_length=ID_LENGTH)


class RelayLink(SQLModel, table=True):
    """The keyed hash of one single-use link to a liaison sheet. Ended by its use, by the next one, or by its relay."""

    __tablename__ = "relay_link"
    __table_args__ = (Index("ix_relay_link_relay", "relay_id"), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    relay_id: str = Field(max_length=ID_LENGTH, foreign_key="relay.id")
    record_id: str = Field(max_length=ID_LENGTH)
    digest: bytes = Field(unique=True)
    made_by: str = Field(max_length=ID_LENGTH)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    ended_at: datetime | None = None
