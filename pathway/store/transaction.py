"""One transaction a request: who acts, when, what was done, and the journal entry that says so."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from sqlalchemy import CursorResult, Executable
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from pathway.kernel.clock import Clock, local_day
from pathway.kernel.errors import Conflict, Invalid, Unavailable
from pathway.kernel.languages import marked
from pathway.kernel.logs import failure, log
from pathway.store import journal
from pathway.store.actor import Actor
from pathway.store.engine import begun
from pathway.store.journal import Act
from pathway.store.opening import Store
from pathway.store.sealing import Sealing

_TWICE = marked(
    "Cette opération vient d’être enregistrée, peut-être par un double clic. "
    "Rechargez la page pour voir où vous en êtes."
)
_NOT_KEPT = marked("Un caractère de ce texte ne peut pas être enregistré. Retirez-le, puis recommencez.")
_BUSY = marked("La base est occupée ou injoignable. Rien n’a été enregistré : réessayez dans un instant.")


class Transaction:
    """A writer's transaction, or a read-only snapshot. Nothing is written without an entry in the journal."""

    def __init__(self, store: Store, *, actor: Actor, clock: Clock, door: str, write: bool = True) -> None:
        """`door` says which way in (web, cli, jobs, demo). The instant is fixed here, once."""
        self.store = store
        self.actor = actor
        self.clock = clock
        self.door = door
        self.is_write = write
        self.now = clock.now()
        self.today = local_day(self.now)
        self.acts: list[Act] = []
        self._afterwards: list[Callable[[], object]] = []

    def __enter__(self) -> Self:
        self.store.keys.refresh()
        try:
            engine = self.store.engine if self.is_write else self.store.readers
            self.connection, self._begun = begun(engine, write=self.is_write)
        except (OperationalError, NoConnectionLeft) as error:
            raise Unavailable(_BUSY) from error
        self.sealing = Sealing(
            self.connection, self.store.keys, self.store.territory, self.now, is_writing=self.is_write
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None and self.is_write:
                self._commit()
            else:
                self._begun.rollback()
        except DBAPIError as failure:
            self._give_up()
            raise said(failure) from failure
        finally:
            self.connection.close()
        if error is None:
            self._do_afterwards()
        if isinstance(error, DBAPIError):
            raise said(error) from error

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one Core statement (parameters: one mapping, or a list of them for a lot). `Invalid` for a number no base
        can hold."""
        try:
            result: CursorResult[Any] = self.connection.execute(statement, parameters)
        except OverflowError as error:  # SQLite's driver says so of a number that PostgreSQL calls out of range
            raise Invalid(_NOT_KEPT) from error
        return result

    def journal(self, action: str, *, records: Iterable[str] = (), sections: Iterable[str] = (), **detail: Any) -> None:
        """Say what is done or read. Codes, ids, dates and counts only; written once, at the end."""
        self.acts.append(Act(action=action, records=tuple(records), sections=tuple(sections), detail=detail))

    def after_commit(self, act: Callable[[], object]) -> None:
        """Do that once all this is committed, never otherwise. What fails then is logged, and undoes nothing: it must
        be of the kind that the night does again."""
        self._afterwards.append(act)

    def _give_up(self) -> None:
        try:
            self._begun.rollback()
        except DBAPIError:  # the server cut it off: it is thrown away, with what it had not committed
            self.connection.invalidate()

    def _do_afterwards(self) -> None:
        for act in self._afterwards:
            try:
                act()
            except Exception as error:  # committed is committed: whoever asked must be told that it is done
                log().error("not_done_after_commit", **failure(error))

    def _commit(self) -> None:
        seals = self.sealing.seals()
        if not self.acts:
            self._begun.rollback()
            raise RuntimeError("a write must say in the journal what it did")
        journal.append(
            self.connection,
            self.store.keys,
            actor=self.actor,
            door=self.door,
            at=self.now,
            acts=self.acts,
            seals=seals,
        )
        self._begun.commit()


def said(failure: DBAPIError) -> Exception:
    """What a failure of the base is for people; the failure itself when it is nobody's but ours."""
    if isinstance(failure, IntegrityError):
        return Conflict(_TWICE)
    if isinstance(failure, DataError):
        return Invalid(_NOT_KEPT)  # PostgreSQL keeps no NUL character
    if isinstance(failure, OperationalError):
        return Unavailable(_BUSY)
    return failure
