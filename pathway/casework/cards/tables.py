"""The code a phone shows, and the printed card's personal code: digests and dates only."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from pathway.store.columns import ID_LENGTH, STRICT


def _one_at_a_time(table: str) -> Index:
    standing = text("ended_at IS NULL")
    return Index(f"uq_{table}_standing", "record_id", unique=True, sqlite_where=standing, postgresql_where=standing)


class CardCode(SQLModel, table=True):
    """The code shown on her phone, as a keyed digest. Ended by its use, by the next one, or by a lost card."""

    __tablename__ = "card_code"
    __table_args__ = (_one_at_a_time("card_code"), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    code_digest: bytes = Field(unique=True)
    made_at: datetime
    expires_at: datetime = Field(index=True)
    ended_at: datetime | None = None


class PrintedCard(SQLModel, table=True):
    """A card on paper: the keyed digest of its number, the Argon2id hash of its personal code, the tries since."""

    __tablename__ = "printed_card"
    __table_args__ = (_one_at_a_time("printed_card"), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    number_digest: bytes = Field(index=True)
    code_hash: str = Field(max_length=200)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    printed_by: str = Field(max_length=ID_LENGTH)
    printed_at: datetime
    tries: int = 0
    ended_at: datetime | None = None
