"""Many ids asked as one parameter: a statement of hundreds of parameters costs more to prepare than to run."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, Dialect, String, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine


class _Ids(TypeDecorator[Sequence[str]]):
    """An array for PostgreSQL, JSON for SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(String()))

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        ids = list(value or ())
        return orjson.dumps(ids).decode() if dialect.name == "sqlite" else ids


class _Among(FunctionElement[Any]):
    """Whether the first of its two clauses is one of the ids that the second gives."""

    type = NullType()  # a Boolean would be compared with 1 on SQLite, which then uses no index
    inherit_cache = True
    name = "among"


@compiles(_Among, "sqlite")
def _in_json(element: Any, compiler: Any, **more: Any) -> str:
    asked, given = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{asked} IN (SELECT value FROM json_each({given}))"


@compiles(_Among, "postgresql")
def _in_array(element: Any, compiler: Any, **more: Any) -> str:
    asked, given = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{asked} = ANY ({given})"


def among(asked: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether that column is one of the ids given under that name: `execute(statement, {name: [id, …]})`."""
    given: BindParameter[Sequence[str]] = bindparam(name, type_=_Ids())
    return _Among(asked, given)
