"""Many ids asked as one parameter: a statement of hundreds of parameters costs more to prepare than to run."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, Dialect, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator


class _Ids(TypeDecorator[Sequence[str]]):
    """One text: JSON for SQLite, ids between commas for PostgreSQL (which no id has), whose driver would look at each
    element of an array for what it must quote."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        ids = list(value or ())
        return orjson.dumps(ids).decode() if dialect.name == "sqlite" else ",".join(ids)


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
    return f"{asked} = ANY (string_to_array({given}, ','))"


def among(asked: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether that column is one of the ids given under that name: `execute(statement, {name: [id, …]})`."""
    given: BindParameter[Sequence[str]] = bindparam(name, type_=_Ids())
    return _Among(asked, given)
