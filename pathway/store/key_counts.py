"""How often each wrapping key was used, counted in the base: beyond 2^24 times another one must take its turn."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from pathway.store.columns import table_of
from pathway.store.tables import WrappingKey

# Random nonces of 96 bits: up to there the chance that two were the same stays under 2^-49.
MOST_WRAPS = 2**24
_wrapping = table_of(WrappingKey)


def add_wraps(connection: Connection, kid: int, more: int) -> None:
    """Count so many more uses of that wrapping key."""
    put_key(connection, {"kid": kid, "wraps": more}, wraps=_wrapping.c.wraps + more)


def put_key(connection: Connection, row: dict[str, Any], **change: Any) -> None:
    """Add what is known of a wrapping key, or change it where something is known already."""
    add = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    values = {"wraps": 0, **row}
    connection.execute(add(_wrapping).values(**values).on_conflict_do_update(index_elements=["kid"], set_=change))
