"""Pruning the journal: entries that are too old go, and a signed checkpoint takes their place."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, delete, func, select, text

from pathway.kernel.errors import Refused
from pathway.store.checkpoints import Checkpoint, read_checkpoint, write_checkpoint
from pathway.store.columns import table_of
from pathway.store.journal import problem_of, put_back_in, seals_in, walk
from pathway.store.tables import DataKey, JournalEntry, JournalHead, JournalSubject
from pathway.store.transaction import Transaction

LOT = 10_000
_entry = table_of(JournalEntry)
_head = table_of(JournalHead)
_key = table_of(DataKey)
_subject = table_of(JournalSubject)
_BROKEN = (
    "Le journal ne tient pas à la ligne {seq} : rien n’est élagué, pour ne pas effacer cette trace. Lancez "
    "« ./carte journal verify »."
)


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What a lot pruned: how many entries, up to which one."""

    count: int
    seq: int


def may_prune(connection: Connection) -> bool:
    """Whether this account of the base may delete from the journal: on PostgreSQL, a role of its own may be the only
    one."""
    if connection.dialect.name == "sqlite":
        return True
    query = text("SELECT has_table_privilege('journal_entry', 'DELETE')")
    return bool(connection.execute(query).scalar_one())


def oldest_at(connection: Connection) -> datetime | None:
    """The instant of the oldest entry that is there."""
    row = connection.execute(select(_entry.c.payload).order_by(_entry.c.seq).limit(1)).one_or_none()
    return _at(row.payload) if row else None


def to_prune(connection: Connection, before: datetime) -> int:
    """About how many entries are older than that instant: those before the first one that is not."""
    first = next((row.seq for row in walk(connection) if _at(row.payload) >= before), None)
    known = select(func.count()).select_from(_entry)
    return int(connection.execute(known if first is None else known.where(_entry.c.seq < first)).scalar_one())


def prune(tx: Transaction, *, before: datetime, lot: int = LOT) -> Pruned:
    """Replace the oldest entries, at most `lot` of them, those before that instant, by a checkpoint signed with the
    journal's key; `count` 0 when none is left.

    Each is held against the chain first: `Refused` when one does not hold, since a checkpoint would hide it.
    """
    tx.execute(select(_head.c.seq).with_for_update())
    keyring = tx.store.keyring
    start, is_sure = read_checkpoint(tx.connection, keyring)
    if not is_sure:
        raise Refused(_BROKEN.format(seq=0))
    rows = _oldest(tx.connection, before, lot)
    end = _walked(tx, start, rows)
    if rows:
        write_checkpoint(tx.connection, keyring, end)
        tx.execute(delete(_subject).where(_subject.c.seq <= end.seq))
        tx.execute(delete(_entry).where(_entry.c.seq <= end.seq))
    tx.journal("prune_journal", count=len(rows), to=end.seq)
    return Pruned(count=len(rows), seq=end.seq)


def _oldest(connection: Connection, before: datetime, lot: int) -> list[Any]:
    rows = list(connection.execute(select(_entry).order_by(_entry.c.seq).limit(lot)))
    kept = next((place for place, row in enumerate(rows) if _at(row.payload) >= before), len(rows))
    return list(islice(rows, kept))


def _walked(tx: Transaction, start: Checkpoint, rows: list[Any]) -> Checkpoint:
    """The checkpoint after those entries, each of which holds."""
    previous, epoch, seals, put_back = start.mac, start.epoch, dict(start.seals), list(start.put_back)
    for expected, row in enumerate(rows, start=start.seq + 1):
        if problem_of(tx.store.keyring, row, previous, expected, epoch):
            raise Refused(_BROKEN.format(seq=row.seq))
        seals.update({name: (row.seq, seal) for name, seal in seals_in(row.payload).items()})
        put_back += [one for one in [put_back_in(row.payload)] if one]
        previous, epoch = row.mac, row.epoch
    there = set(tx.execute(select(_key.c.subject_id)).scalars())
    return Checkpoint(
        seq=start.seq + len(rows),
        mac=previous,
        epoch=epoch,
        count=start.count + len(rows),
        seals={name: seen for name, seen in seals.items() if name in there},
        put_back=tuple(put_back),
    )


def _at(payload: bytes) -> datetime:
    try:
        return datetime.fromisoformat(orjson.loads(payload)["at"])
    except (KeyError, TypeError, ValueError):
        raise Refused("Une ligne du journal ne se lit pas. Lancez « ./carte journal verify ».") from None
