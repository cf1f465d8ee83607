"""The hands on a store: the program's, through transactions, and those of somebody who holds the base but no key."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from pathway.kernel.clock import FixedClock
from pathway.kernel.ids import new_id
from pathway.store import journal
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.transaction import Transaction

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def writing(store: Store) -> Transaction:
    """A writer's transaction of the system."""
    return Transaction(store, actor=SYSTEM, clock=FixedClock(NOON), door="jobs")


def reading(store: Store) -> Transaction:
    """A read-only snapshot of the system."""
    return Transaction(store, actor=SYSTEM, clock=FixedClock(NOON), door="jobs", write=False)


def sealed(store: Store, sections: dict[str, Any] | None = None, tokens: Iterable[tuple[int, int]] = ()) -> str:
    """A new subject with those sections and tokens; gives its id."""
    subject = new_id()
    with writing(store) as tx:
        tx.sealing.create(subject, {"card": {"name": "Amina"}} if sections is None else sections, tokens)
        tx.journal("create", records=[subject])
    return subject


def rewritten(store: Store, subject: str, section: str, payload: Any, *, seq: int = 1) -> None:
    """Write a section again, last read at `seq`."""
    with writing(store) as tx:
        tx.sealing.write(subject, section, payload, seq=seq)
        tx.journal("edit", records=[subject])


def opened(store: Store, subject: str, section: str = "card") -> Any:
    """What a section holds."""
    with reading(store) as tx:
        return tx.sealing.open(subject, [section])[section].payload


def stolen(store: Store, query: str, **parameters: Any) -> dict[str, Any]:
    """One row of the base as a thief reads it."""
    with store.engine.connect() as connection:
        return dict(connection.execute(text(query), parameters).one()._mapping)


def altered(store: Store, *statements: str, **parameters: Any) -> None:
    """Change the base from outside the program."""
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), parameters)


def lines(store: Store) -> int:
    """How many entries the journal holds."""
    return int(stolen(store, "SELECT count(*) AS n FROM journal_entry")["n"])


def broken(store: Store) -> list[tuple[int, str]]:
    """What a verification of the journal names: the entry and the sentence."""
    with reading(store) as tx:
        return [(one.seq, one.problem) for one in journal.verify(tx.connection, store.keyring).broken]
