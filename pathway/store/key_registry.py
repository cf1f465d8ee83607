"""What the base remembers of each wrapping key: how often it was used, since when it is empty, which copies need it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, literal, select, update

from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.key_counts import put_key
from pathway.store.tables import BaseCopyKey, DataKey, SearchToken, WrappingKey
from pathway.store.transaction import Transaction

_wrapping = table_of(WrappingKey)
_copy = table_of(BaseCopyKey)
_key = table_of(DataKey)
_token = table_of(SearchToken)


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """What one wrapping key serves: rows wrapped by it now, wraps in all (about), and the instants of its end."""

    rows: int = 0
    wraps: int = 0
    emptied_at: datetime | None = None
    destroyed_at: datetime | None = None
    last_copy_at: datetime | None = None

    def last_needed(self) -> datetime | None:
        """The last instant at which a copy of the base may hold a row under it; None while it is in use."""
        if self.rows or self.emptied_at is None:
            return None
        return max(self.emptied_at, self.last_copy_at or self.emptied_at)

    def destroyable_from(self, retention: timedelta) -> datetime | None:
        """From when nothing needs it any more, copies kept that long; None while it is in use."""
        needed = self.last_needed()
        return None if needed is None else needed + retention


def key_uses(connection: Connection) -> dict[int, KeyUse]:
    """What each wrapping key known to the base serves, by its number."""
    rows = {row.kid: row.n for row in connection.execute(_count(_key.c.kid, _key.c.kid))}
    copies = connection.execute(select(_copy.c.kid, func.max(_copy.c.made_at).label("at")).group_by(_copy.c.kid))
    last = {row.kid: row.at for row in copies}
    known = {row.kid: row for row in connection.execute(select(_wrapping))}
    return {kid: _use(known.get(kid), rows.get(kid, 0), last.get(kid)) for kid in {*rows, *last, *known}}


def note_emptied(connection: Connection, kid: int, at: datetime) -> None:
    """Note since when no row is wrapped by that key."""
    put_key(connection, {"kid": kid, "emptied_at": at}, emptied_at=at)


def note_used_again(connection: Connection, kid: int) -> None:
    """A row wrapped by that key came after all: it is not empty."""
    connection.execute(update(_wrapping).where(_wrapping.c.kid == kid).values(emptied_at=None))


def note_destroyed(connection: Connection, kid: int, at: datetime) -> None:
    """Note when the destruction of that key was decided."""
    put_key(connection, {"kid": kid, "destroyed_at": at}, destroyed_at=at)


def note_copy(tx: Transaction) -> str:
    """Note that a copy of the base is being made now, and which keys it needs; gives the copy's id.

    To be called before the copy begins, by whatever makes copies: a key it needs is not destroyed before
    CARTE_BACKUP_DAYS have passed.
    """
    copy_id = new_id()
    kids = select(literal(copy_id), _key.c.kid, literal(tx.now, _copy.c.made_at.type)).distinct()
    tx.execute(insert(_copy).from_select(["copy_id", "kid", "made_at"], kids))
    tx.journal("note_base_copy", copy=copy_id)
    return copy_id


def tokens_under(connection: Connection, low: int, high: int) -> int:
    """How many search tokens have a kind from `low` to `high`."""
    here = _token.c.kind.between(low, high)
    return int(connection.execute(select(func.count()).select_from(_token).where(here)).scalar_one())


def _count(column: Any, by: Any) -> Any:
    return select(column, func.count().label("n")).group_by(by)


def _use(row: Any, rows: int, last_copy_at: datetime | None) -> KeyUse:
    if row is None:
        return KeyUse(rows=rows, last_copy_at=last_copy_at)
    return KeyUse(
        rows=rows,
        wraps=row.wraps,
        emptied_at=row.emptied_at,
        destroyed_at=row.destroyed_at,
        last_copy_at=last_copy_at,
    )
