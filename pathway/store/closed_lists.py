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
    found = connection.execute(text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :t"), {"t": table}).all()
    made = next(row.sql for row in found if row.type == "table")
    indexes = [row.sql for row in found if row.type == "index" and row.sql]
    old = _rule_of(made, named)
    new = f"{table}_new"
    head, body = made.split("(", 1)
    # Of SQLite's own procedure for what ALTER TABLE cannot do: https://sqlite.org/lang_altertable.html#otheralter
    connection.exec_driver_sql(head.replace(table, new) + "(" + body.replace(old, f"CONSTRAINT {named} CHECK ({rule})"))
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
