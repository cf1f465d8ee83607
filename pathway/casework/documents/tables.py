"""Kept files in clear: whose, of which kind and type, by whom. The content is sealed under the document's id."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from pathway.casework.documents.rules import DocumentKind, MediaType
from pathway.store.columns import ID_LENGTH, STRICT, coded


class Document(SQLModel, table=True):
    """One file of a record. `structure_id` is the structure that added it."""

    __tablename__ = "document"
    __table_args__ = (coded("kind", DocumentKind), coded("media_type", MediaType), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(index=True, max_length=ID_LENGTH, foreign_key="record.id")
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    kind: str = Field(max_length=40)
    media_type: str = Field(max_length=40)
    added_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime
