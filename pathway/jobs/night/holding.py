"""Who does the night: one run at a time on a base, and none to wait for once a run has died."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import sleep

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from pathway.kernel.errors import Refused
from pathway.store.engine import begun
from pathway.store.opening import Store
from pathway.store.transaction import said

TAKEN = "Une autre exécution de cette nuit est en cours. Réessayez dans deux minutes."

# Known to nothing else in the base. Of the transaction, not of the session: a pooler between us and the base may give
# another session to each transaction, and a lock left on one of them would let no night through any more.
_LOCK = text("SELECT pg_try_advisory_xact_lock(7165621474113)")
# The transaction stays open and idle for as long as the night lasts; of a machine that vanished, the base learns fast.
_PATIENT = text(
    "SELECT set_config('idle_in_transaction_session_timeout', '0', true),"
    " set_config('tcp_keepalives_idle', '30', true), set_config('tcp_keepalives_interval', '10', true),"
    " set_config('tcp_keepalives_count', '3', true)"
)
_STILL_THERE = text("SELECT 1")
_TRIES, _PAUSE_SECONDS = 4, 0.25  # the base may need a moment to see that a run was killed


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A night held by this run. On SQLite nothing is held here: the leases of its steps say so (`Ledger`)."""

    connection: Connection | None = None

    @property
    def is_sure(self) -> bool:
        """Whether no other run can be at work, whatever the leases say."""
        return self.connection is not None

    def keep(self) -> None:
        """Make sure that the night is still held. `Unavailable` when the base let go of it."""
        if self.connection is not None:
            try:
                self.connection.execute(_STILL_THERE)
            except OperationalError as error:
                raise said(error) from error


@contextmanager
def held(store: Store) -> Iterator[Hold]:
    """Hold the night as long as the block lasts; on PostgreSQL by a lock that goes by itself with the process.
    `Refused` when another run holds it."""
    if store.engine.dialect.name == "sqlite":
        yield Hold()
        return
    try:
        connection, _ = begun(store.engine, write=True)
    except OperationalError as error:
        raise said(error) from error
    try:
        _take(connection)
        yield Hold(connection=connection)
    finally:
        connection.close()


def _take(connection: Connection) -> None:
    try:
        connection.execute(_PATIENT)
        for number in range(_TRIES):
            if connection.execute(_LOCK).scalar_one():
                return
            sleep(_PAUSE_SECONDS if number < _TRIES - 1 else 0)
    except OperationalError as error:
        raise said(error) from error
    raise Refused(TAKEN)
