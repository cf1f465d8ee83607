"""Values sealed in rows of their own, wherever a table says it keeps some: gone through, and sealed again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, FromClause, Select, and_, func, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel

from pathway.kernel.errors import Conflict
from pathway.store.columns import SEALED, SealedAs, table_of
from pathway.store.sealing import EDITED_MEANWHILE, Sealing
from pathway.store.tables import DataKey
from pathway.vault.envelope import room_of

_key = table_of(DataKey)


@dataclass(frozen=True, kw_only=True)
class SealedValue:
    """One value: whose key seals it, under which name and row, and where it lies."""

    subject: str
    name: str
    row: str
    blob: bytes
    place: ColumnElement[bool]


def sealed_columns() -> list[Column[bytes]]:
    """Every column that keeps such values, in the order of the tables."""
    tables = SQLModel.metadata.sorted_tables
    return [column for table in tables for column in table.columns if SEALED in column.info]


def sealed_counts(connection: Connection) -> dict[str, int]:
    """How many such values each table keeps; a table without any is not named."""
    found: dict[str, int] = {}
    for column in sealed_columns():
        count = connection.execute(select(func.count(column))).scalar_one()
        if count:
            found[column.table.name] = found.get(column.table.name, 0) + int(count)
    return found


def ownerless(connection: Connection) -> dict[str, int]:
    """How many values of each table are sealed by a key that is not there: nobody opens them any more."""
    found: dict[str, int] = {}
    for column in sealed_columns():
        owner, source = _owner(column)
        query = select(func.count()).select_from(source.outerjoin(_key, _key.c.subject_id == owner))
        left = connection.execute(query.where(column.is_not(None), _key.c.subject_id.is_(None))).scalar_one()
        if left:
            found[column.table.name] = found.get(column.table.name, 0) + int(left)
    return found


def values_of(connection: Connection, column: Column[bytes], subjects: Sequence[str]) -> Iterator[SealedValue]:
    """The values that column keeps under the keys of those subjects."""
    said: SealedAs = column.info[SEALED]
    owner, source = _owner(column)
    query: Select[tuple[object, ...]] = select(*column.table.columns, owner.label("sealed_by")).select_from(source)
    for row in connection.execute(query.where(column.is_not(None), owner.in_(subjects))):
        known = row._mapping
        yield SealedValue(
            subject=str(known["sealed_by"]),
            name=said.name,
            row=said.row.format_map({one.name: known[one] for one in column.table.columns}),
            blob=known[column],
            place=and_(*(one == known[one] for one in column.table.primary_key)),
        )


def reseal_values(connection: Connection, sealing: Sealing, subject: str) -> int:
    """Seal every value of that subject again under its key of today, each as long as it was; gives how many.

    `Sealed` when one does not open, `Conflict` when one was written meanwhile.
    """
    done = 0
    for column in sealed_columns():
        for one in list(values_of(connection, column, [subject])):
            kept = sealing.open_value(one.subject, one.name, one.row, one.blob)
            blob = sealing.seal_value(one.subject, one.name, one.row, kept, bucket=room_of(one.blob))
            change = update(column.table).where(one.place, column == one.blob).values({column.name: blob})
            if connection.execute(change).rowcount != 1:
                raise Conflict(EDITED_MEANWHILE)
            done += 1
    return done


def _owner(column: Column[bytes]) -> tuple[ColumnElement[str], FromClause]:
    """Whose key seals the values of that column, and the tables where it is read."""
    said: SealedAs = column.info[SEALED]
    source: FromClause = column.table
    names = []
    for one in said.by:
        parent, _, name = one.rpartition(".")
        if parent:
            table = SQLModel.metadata.tables[parent]
            source = source.join(table)  # by its one foreign key
            names.append(table.c[name])
        else:
            names.append(column.table.c[name])
    return (names[0] if len(names) == 1 else func.coalesce(*names)), source
