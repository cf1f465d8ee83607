"""What is kept of a file while it serves: its rows and what became of them, sealed under the import's own key."""

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from zlib import compress, decompress

import orjson
from sqlalchemy import delete, insert, select

from pathway.casework.intake.states import RowKind
from pathway.casework.intake.tables import ImportPiece, ImportRow
from pathway.store.columns import table_of
from pathway.store.tables import DataKey
from pathway.store.transaction import Transaction

_piece = table_of(ImportPiece)
_row = table_of(ImportRow)
_key = table_of(DataKey)

LOT = 200  # rows in one piece, and in one transaction of an import

_LOT_OF_NAMES = 400
_BUCKET = 256

StagedRow = tuple[int, list[str] | None]


def packed(rows: Sequence[StagedRow]) -> str:
    """Those rows (line, cells) in as little room as can be, ready to be sealed."""
    return b64encode(compress(orjson.dumps([list(row) for row in rows]), 1)).decode()


def stage(tx: Transaction, batch_id: str, sheet: int, pieces: Sequence[str]) -> None:
    """Keep the packed rows of one sheet of that import."""
    rows = [
        {
            "batch_id": batch_id,
            "sheet": sheet,
            "number": number,
            "blob": tx.sealing.seal_value(batch_id, "import_piece", f"{sheet}-{number}", piece, bucket=_BUCKET),
        }
        for number, piece in enumerate(pieces)
    ]
    if rows:
        tx.execute(insert(_piece), rows)


def piece_of(tx: Transaction, batch_id: str, sheet: int, number: int) -> list[StagedRow]:
    """The rows of that piece, in the order of the file; none when there is no such piece."""
    here = (_piece.c.batch_id == batch_id, _piece.c.sheet == sheet, _piece.c.number == number)
    row = tx.execute(select(_piece.c.blob).where(*here)).one_or_none()
    if row is None:
        return []
    text = tx.sealing.open_value(batch_id, "import_piece", f"{sheet}-{number}", row.blob)
    return [(line, cells) for line, cells in orjson.loads(decompress(b64decode(text)))]


def unstage(tx: Transaction, batch_id: str, *, but_sheet: int | None = None) -> None:
    """Delete the rows that wait, all of them or those of the sheets that were not chosen."""
    here = [_piece.c.batch_id == batch_id] + ([_piece.c.sheet != but_sheet] if but_sheet is not None else [])
    tx.execute(delete(_piece).where(*here))


def keep_rows(tx: Transaction, batch_id: str, found: Mapping[int, tuple[RowKind, Any]]) -> None:
    """Keep what became of those rows: number → kind and what is sealed of it."""
    rows = [
        {
            "batch_id": batch_id,
            "number": number,
            "kind": kind.value,
            "blob": tx.sealing.seal_value(batch_id, "import_row", str(number), payload),
        }
        for number, (kind, payload) in found.items()
    ]
    if rows:
        tx.execute(insert(_row), rows)


def rows_kept(
    tx: Transaction, batch_id: str, kind: RowKind, *, after: int = -1, limit: int | None = None
) -> Iterator[tuple[int, Any]]:
    """(number, what was sealed) of the rows of that kind, in the order of the file, from the one after `after`."""
    here = (_row.c.batch_id == batch_id, _row.c.kind == kind.value, _row.c.number > after)
    query = select(_row.c.number, _row.c.blob).where(*here).order_by(_row.c.number).limit(limit)
    for row in tx.execute(query):
        yield row.number, tx.sealing.open_value(batch_id, "import_row", str(row.number), row.blob)


def destroy(tx: Transaction, batch_ids: Collection[str]) -> None:
    """Delete all that those imports said of anybody, and the keys that opened it. Their counts stay."""
    names = sorted(batch_ids)
    for start in range(0, len(names), _LOT_OF_NAMES):
        some = names[start : start + _LOT_OF_NAMES]
        tx.execute(delete(_piece).where(_piece.c.batch_id.in_(some)))
        tx.execute(delete(_row).where(_row.c.batch_id.in_(some)))
        tx.execute(delete(_key).where(_key.c.subject_id.in_(some)))
