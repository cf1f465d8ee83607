"""Which clock a base follows: the machine’s, moved ahead on a demonstration base whose nights were lived early."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from pathway.kernel.clock import Clock, SystemClock
from pathway.store.columns import table_of
from pathway.store.engine import connect
from pathway.store.opening import Store
from pathway.store.tables import Mark

AHEAD = "ahead_seconds"
_mark = table_of(Mark)


class AheadClock:
    """The machine's clock, some seconds ahead."""

    def __init__(self, seconds: int) -> None:
        """Ahead by that many seconds."""
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return SystemClock().now() + self._ahead


def clock_of(store: Store) -> Clock:
    """The system clock; on a demo base, ahead by what `nightly --on` has lived in advance."""
    if not store.is_demo:
        return SystemClock()
    with connect(store.engine, write=False) as connection:
        seconds = connection.execute(select(_mark.c.value).where(_mark.c.name == AHEAD)).scalar_one_or_none()
    return AheadClock(int(seconds)) if seconds else SystemClock()


def move_ahead(connection: Connection, seconds: int) -> None:
    """Set how far ahead a demonstration base lives."""
    connection.execute(delete(_mark).where(_mark.c.name == AHEAD))
    connection.execute(insert(_mark).values(name=AHEAD, value=str(seconds)))
