"""Roles of PostgreSQL: the program's, which adds to the journal and never changes it, and the one that prunes it."""

from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from pathway.store.columns import table_of
from pathway.store.tables import JournalCheckpoint, JournalEntry, JournalSubject

KEPT = tuple(table_of(one).name for one in (JournalCheckpoint, JournalEntry, JournalSubject))
_CHECKPOINT = table_of(JournalCheckpoint).name
_ADDED_TO = tuple(name for name in KEPT if name != _CHECKPOINT)


@dataclass(frozen=True, kw_only=True)
class RoleState:
    """What the account at work may do to the journal's tables: each right it has beyond reading and adding."""

    name: str
    beyond: tuple[str, ...]


def role_state(connection: Connection) -> RoleState:
    """What this account of a PostgreSQL base may do to the journal."""
    name = str(connection.execute(text("SELECT current_user")).scalar_one())
    query = text("SELECT has_table_privilege(:kept, :right)")
    rights = [(right, kept) for kept in KEPT for right in ("UPDATE", "DELETE", "TRUNCATE")]
    has = [f"{r} {t}" for r, t in rights if connection.execute(query, {"kept": t, "right": r}).scalar_one()]
    return RoleState(name=name, beyond=tuple(has))


def roles_sql(*, program: str, pruner: str, database: str, schema: str = "public") -> list[str]:
    """The statements that make both roles over the tables as they stand, to be run by their owner; safe to run again.

    Neither owns a table: an owner may give itself back what is taken here. Passwords are set apart.
    """
    tables = sorted({*SQLModel.metadata.tables} - {*KEPT})
    both = [statement for name in (program, pruner) for statement in _base(_quoted(name), database, schema)]
    return [*both, *_rights(_quoted(program), schema, tables), *_pruning(_quoted(pruner), schema)]


def _base(role: str, database: str, schema: str) -> list[str]:
    bare = role[1:-1].replace('""', '"').replace("'", "''")
    exists = f"SELECT 1 FROM pg_roles WHERE rolname = '{bare}'"
    return [
        f"DO $$ BEGIN IF NOT EXISTS ({exists}) THEN CREATE ROLE {role} LOGIN; END IF; END $$",
        f"GRANT CONNECT ON DATABASE {_quoted(database)} TO {role}",
        f"GRANT USAGE ON SCHEMA {_quoted(schema)} TO {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {_quoted(schema)} FROM {role}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {_quoted(schema)} TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {_quoted(schema)} TO {role}",
    ]


def _rights(role: str, schema: str, tables: list[str]) -> list[str]:
    return [
        *(f"GRANT INSERT, UPDATE, DELETE ON {_in(schema, name)} TO {role}" for name in tables),
        *(f"GRANT INSERT ON {_in(schema, name)} TO {role}" for name in _ADDED_TO),
    ]


def _pruning(role: str, schema: str) -> list[str]:
    return [
        *(f"GRANT INSERT, DELETE ON {_in(schema, name)} TO {role}" for name in KEPT),
        f"GRANT UPDATE ON {_in(schema, 'journal_head')} TO {role}",
    ]


def _in(schema: str, name: str) -> str:
    return f"{_quoted(schema)}.{_quoted(name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
