"""Structures and memberships."""

from datetime import date, datetime

from sqlalchemy import Index, false
from sqlmodel import Field, SQLModel

from pathway.casework.partners.rules import LONGEST_ADDRESS, Role, StructureKind, StructureState
from pathway.store.columns import ID_LENGTH, STRICT, coded


class Structure(SQLModel, table=True):
    """A partner structure. `code` is what operators and files call it.

    A sensitive one (addiction care, probation, shelter…) and its steps are invisible to the others: its true name and
    kind are sealed under its id, `name` and `kind` are neutral, and it has no `address`: one or two lines, or nothing.
    """

    __tablename__ = "structure"
    __table_args__ = (coded("kind", StructureKind), coded("state", StructureState), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=30)
    state: str = Field(max_length=10)
    is_sensitive: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    address: str = Field(default="", max_length=LONGEST_ADDRESS, sa_column_kwargs={"server_default": ""})
    recorded_at: datetime


class Membership(SQLModel, table=True):
    """An account's role in a structure, between two dates; `heir_id` takes over what it held when it ends."""

    __tablename__ = "membership"
    __table_args__ = (coded("role", Role), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(index=True, max_length=ID_LENGTH)
    structure_id: str = Field(index=True, max_length=ID_LENGTH, foreign_key="structure.id")
    role: str = Field(max_length=20)
    from_on: date
    until_on: date | None = None
    heir_id: str | None = Field(default=None, max_length=ID_LENGTH)
    recorded_at: datetime


class Absence(SQLModel, table=True):
    """Days on which a professional is away from a structure, and who stands in. Cancelled, never deleted.

    Why she is away is not asked.
    """

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_structure", "structure_id", "until_on"), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    stand_in_id: str | None = Field(default=None, max_length=ID_LENGTH)
    from_on: date
    until_on: date
    declared_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime
    cancelled_at: datetime | None = None
