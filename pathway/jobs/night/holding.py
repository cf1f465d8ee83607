"""Who does the night: one run at a time on a base, and none to wait for once a run has died."""

import fcntl
import os
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

TAKEN = "Une autre exécution de cette nuit est en cours. Réessayez quand elle sera finie."

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
_BESIDE = "-night"  # after the name of an SQLite base, as its own -wal and -shm: that file is empty, and stays


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A night held by this run. `is_sure`: no other run can be at work, whatever the leases of its steps say; where the
    file system of an SQLite base knows no locks, only they tell (`Ledger`)."""

    connection: Connection | None = None
    is_sure: bool = True

    def keep(self) -> None:
        """Make sure that the night is still held. `Unavailable` when the base let go of it."""
        if self.connection is not None:
            try:
                self.connection.execute(_STILL_THERE)
            except OperationalError as error:
                raise said(error) from error


@contextmanager
def held(store: Store) -> Iterator[Hold]:
    """Hold the night as long as the block lasts, by a lock that goes by itself with the process: of the base on
    PostgreSQL, of a file beside it on SQLite. `Refused` when another run holds it."""
    if store.engine.dialect.name == "sqlite":
        with _file_held(f"{store.engine.url.database}{_BESIDE}") as is_sure:
            yield Hold(is_sure=is_sure)
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


@contextmanager
def _file_held(path: str) -> Iterator[bool]:
    """Lock that file; gives whether the file system knows how to."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(TAKEN) from None
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(file)


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
