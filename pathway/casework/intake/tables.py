"""What each import did, as counts; the rows themselves are never kept."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from pathway.store.columns import ID_LENGTH, STRICT


class ImportBatch(SQLModel, table=True):
    """One file brought in by one structure."""

    __tablename__ = "import_batch"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    account_id: str = Field(max_length=ID_LENGTH)
    created: int = 0
    known: int = 0
    refused: int = 0
    warnings: int = 0
    started_at: datetime
    finished_at: datetime | None = None
