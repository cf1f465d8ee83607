"""Changing a closed list held by a CHECK, for migrations: PostgreSQL alters it, SQLite makes the table again."""

from sqlalchemy import Connection, text


def change_check(connection: Connection, table: str, name: str, rule: str) -> None:
    """Give the CHECK `ck_<table>_<name>` of that table the rule `rule`. Rows, indexes and foreign keys stay.

    On SQLite foreign keys must be off, as they are while migrations run. `LookupError` when there is no such CHECK.
    """
    named = f"ck_{table}_{name}"
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {named}, ADD CONSTRAINT {named} CHECK ({rule})"))
        return
    made = _made(connection, table)
    _make_again(connection, table, made.replace(_rule_of(made, named), f"CONSTRAINT {named} CHECK ({rule})"))


def add_check(connection: Connection, table: str, name: str, rule: str) -> None:
    """Hold a column that was free until now by the CHECK `ck_<table>_<name>`; as `change_check` for the rest."""
    named = f"ck_{table}_{name}"
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {named} CHECK ({rule})"))
        return
    head, _, options = _made(connection, table).rpartition(")")
    _make_again(connection, table, f"{head}, CONSTRAINT {named} CHECK ({rule})){options}")


def drop_check(connection: Connection, table: str, name: str) -> None:
    """Let that column free again; as `change_check` for the rest."""
    named = f"ck_{table}_{name}"
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {named}"))
        return
    before, _, after = (made := _made(connection, table)).partition(_rule_of(made, named))
    _make_again(connection, table, before.rstrip().removesuffix(",") + after)


def _made(connection: Connection, table: str) -> str:
    query = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :t")
    return str(connection.execute(query, {"t": table}).scalar_one())


def _make_again(connection: Connection, table: str, made: str) -> None:
    """SQLite's own procedure for what ALTER TABLE cannot do: https://sqlite.org/lang_altertable.html#otheralter"""
    query = text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :t AND sql IS NOT NULL")
    indexes = list(connection.execute(query, {"t": table}).scalars())
    new = f"{table}_new"
    head, body = made.split("(", 1)
    connection.exec_driver_sql(head.replace(table, new) + "(" + body)
    connection.exec_driver_sql(f"INSERT INTO {new} SELECT * FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {new} RENAME TO {table}")
    for index in indexes:
        connection.exec_driver_sql(index)


def _rule_of(made: str, named: str) -> str:
    """The text of that constraint in a CREATE TABLE, parentheses counted."""
    start = made.find(f"CONSTRAINT {named} CHECK (")
    if start < 0:
        raise LookupError(named)
    depth, at = 0, made.index("(", start)
    for end in range(at, len(made)):
        depth += {"(": 1, ")": -1}.get(made[end], 0)
        if depth == 0:
            return made[start : end + 1]
    raise LookupError(named)
