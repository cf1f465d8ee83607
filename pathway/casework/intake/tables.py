"""What each import did, as counts; its rows sealed under its own key while they serve, then gone."""

from datetime import datetime

from sqlalchemy import Index, false
from sqlmodel import Field, SQLModel

from pathway.casework.intake.states import ImportState, RowKind
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_ZERO = {"server_default": "0"}


class ImportBatch(SQLModel, table=True):
    """One file brought in by one structure. What the file says is sealed under the key of that id, kept until
    `undo_until`.

    `rows`, `read`: the rows of the file, and how many of them were gone through. `is_staged`: the rows wait in
    `import_piece`, so that a worker may go on with them. `taken_back`, `kept`: what undoing it did. `problem`: the kind
    of the error that stopped it, or nothing.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        Index("ix_import_batch_started_at", "started_at"),
        coded("state", ImportState),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    account_id: str = Field(max_length=ID_LENGTH)
    created: int = 0
    known: int = 0
    refused: int = 0
    warnings: int = 0
    started_at: datetime
    finished_at: datetime | None = None
    state: str = Field(default=ImportState.DONE.value, max_length=10, sa_column_kwargs={"server_default": "done"})
    is_staged: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    rows: int = Field(default=0, sa_column_kwargs=_ZERO)
    read: int = Field(default=0, sa_column_kwargs=_ZERO)
    taken_back: int = Field(default=0, sa_column_kwargs=_ZERO)
    kept: int = Field(default=0, sa_column_kwargs=_ZERO)
    problem: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    leased_until: datetime | None = None
    undo_until: datetime | None = None
    undone_at: datetime | None = None


class ImportPiece(SQLModel, table=True):
    """Some rows of a file that waits to be brought in, sealed under the import's own key; gone once it is."""

    __tablename__ = "import_piece"
    __table_args__ = (STRICT,)

    batch_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="import_batch.id")
    sheet: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    blob: bytes = Field(sa_column_kwargs=sealed("import_piece", row="{sheet}-{number}", by=("batch_id",)))


class ImportRow(SQLModel, table=True):
    """What became of one row: the card it created, or what was refused and why, sealed under the import's own key;
    gone when the import can no longer be undone."""

    __tablename__ = "import_row"
    __table_args__ = (coded("kind", RowKind), STRICT)

    batch_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="import_batch.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(max_length=10)
    blob: bytes = Field(sa_column_kwargs=sealed("import_row", row="{number}", by=("batch_id",)))
