"""Agreements she gave or may sign, and the legal basis of each structure."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from pathway.casework.agreements.rules import AgreementWay, Basis, Purpose
from pathway.store.columns import ID_LENGTH, STRICT, coded


class Agreement(SQLModel, table=True):
    """What she lets one structure see, until when. A paper that waits for its signature has no `given_at`.

    `by_structure_id` is the structure that recorded it, empty when she did it herself. `withdrawn_at`: she withdrew
    it, or gave a newer one to the same structure. Its id is the reference printed on the paper.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        coded("purpose", Purpose),
        coded("way", AgreementWay),
        Index("ix_agreement_record", "record_id", "structure_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    by_structure_id: str = Field(default="", max_length=ID_LENGTH)
    recorded_by: str = Field(max_length=ID_LENGTH)
    purpose: str = Field(max_length=20)
    way: str = Field(max_length=20)
    sections: str = Field(max_length=400)
    recorded_at: datetime
    given_at: datetime | None = None
    until_at: datetime
    document_id: str | None = Field(default=None, max_length=ID_LENGTH, foreign_key="document.id")
    withdrawn_at: datetime | None = None


class SharingBasis(SQLModel, table=True):
    """What gives a structure the right to use records for one purpose. Replaced by a newer one, never rewritten."""

    __tablename__ = "sharing_basis"
    __table_args__ = (
        coded("purpose", Purpose),
        coded("basis", Basis),
        Index("ix_sharing_basis_structure", "structure_id", "purpose"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    purpose: str = Field(max_length=20)
    basis: str = Field(max_length=20)
    notice_version: str = Field(max_length=20)
    recorded_on: date
    recorded_by: str = Field(max_length=ID_LENGTH)
    superseded_on: date | None = None
