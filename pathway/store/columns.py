"""How columns are declared once for both engines: codes under CHECK, opaque ids, strict SQLite types."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, MetaData, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import BigInteger, Boolean, Date, DateTime, LargeBinary, String
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from pathway.kernel.choice import Choice

ID_LENGTH = 26
SEALED = "sealed"
STRICT: dict[str, Any] = {"sqlite_strict": True}

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def coded(column: str, choice: type[Choice], *, optional: bool = False) -> CheckConstraint:
    """The CHECK that keeps a column inside a closed list; a change of the list needs a migration."""
    codes = ", ".join(f"'{member.value}'" for member in choice)
    rule = f"{column} IN ({codes})"
    return CheckConstraint(f"{column} IS NULL OR {rule}" if optional else rule, name=column)


@dataclass(frozen=True, kw_only=True)
class SealedAs:
    """Where the value of a column was sealed: the name said to the seal; how its row is called, columns between braces;
    whose key seals it: the first of those columns that says somebody, « parent.column » for one of a parent row."""

    name: str
    row: str
    by: tuple[str, ...]


def sealed(name: str, *, row: str = "{id}", by: tuple[str, ...] = ("record_id",)) -> dict[str, Any]:
    """What a column that keeps a sealed value says of itself: whoever looks through a base opens it by that, and
    whoever gives somebody another key seals it again."""
    return {"info": {SEALED: SealedAs(name=name, row=row, by=by)}}


def table_of(model: type[SQLModel]) -> Table:
    """The Core table a SQLModel class declares: what every query and action speaks to."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


# STRICT tables of SQLite take only INTEGER, REAL, TEXT, BLOB and ANY as type names.


@compiles(String, "sqlite")
@compiles(AutoString, "sqlite")
@compiles(DateTime, "sqlite")
@compiles(UTCDateTime, "sqlite")
@compiles(Date, "sqlite")
def _as_text(*_: Any, **__: Any) -> str:
    return "TEXT"


@compiles(Boolean, "sqlite")
@compiles(BigInteger, "sqlite")
def _as_integer(*_: Any, **__: Any) -> str:
    return "INTEGER"


@compiles(LargeBinary, "sqlite")
def _as_blob(*_: Any, **__: Any) -> str:
    return "BLOB"
