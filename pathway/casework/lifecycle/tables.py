"""What is left of somebody who was forgotten: that a card was, when and why, and nothing of who she is."""

from datetime import date

from sqlmodel import Field, SQLModel

from pathway.casework.lifecycle.rules import ForgetReason
from pathway.store.columns import ID_LENGTH, STRICT, coded


class Tombstone(SQLModel, table=True):
    """A card that was forgotten. It outlives the card, so it points at none; the same is written outside the base."""

    __tablename__ = "tombstone"
    __table_args__ = (coded("reason", ForgetReason), STRICT)

    record_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    forgotten_on: date
    reason: str = Field(max_length=20)
