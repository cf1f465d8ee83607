"""What replaces the pruned beginning of the journal: signed, so that the chain still proves itself from there on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select

from pathway.kernel.errors import Sealed
from pathway.store.columns import table_of
from pathway.store.tables import JournalCheckpoint
from pathway.vault.chain import GENESIS, checkpoint_mac, same_mac
from pathway.vault.keyring import Keyring

_checkpoint = table_of(JournalCheckpoint)

_SEALS_IN_A_PART = 5000  # half a megabyte


@dataclass(frozen=True, kw_only=True)
class PutBack:
    """A base put back on purpose: at that instant (UTC), to the entry `to`; what followed it then was abandoned."""

    at: datetime
    to: int


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Where the chain begins: after entry `seq`, whose mark was `mac`, under the journal key `epoch` (None before the
    first). `seals`: the last seal that the `count` pruned entries saw of each subject, with the entry's number."""

    seq: int = 0
    mac: bytes = GENESIS
    epoch: int | None = None
    count: int = 0
    seals: dict[str, tuple[int, str]] = field(default_factory=dict)
    put_back: tuple[PutBack, ...] = ()


START = Checkpoint()


def read_checkpoint(connection: Connection, keyring: Keyring) -> tuple[Checkpoint, bool]:
    """Where the chain begins, and whether that can be trusted: False when its rows were touched (`START` then)."""
    rows = connection.execute(select(_checkpoint).order_by(_checkpoint.c.part)).all()
    if not rows:
        return START, True
    try:
        said = [_genuine(keyring, row) for row in rows]
        head = said[0]
        is_whole = [one["part"] for one in said] == list(range(head["parts"])) == [row.part for row in rows]
        is_one = all(one["seq"] == head["seq"] and one["mac"] == head["mac"] for one in said)
    except (AttributeError, KeyError, TypeError, ValueError, Sealed):
        return START, False
    return (_read(said), True) if is_whole and is_one else (START, False)


def write_checkpoint(connection: Connection, keyring: Keyring, checkpoint: Checkpoint) -> None:
    """Put that one in the place of the one there."""
    connection.execute(delete(_checkpoint))
    parts = list(_parts(checkpoint.seals))
    rows = []
    for part, seals in enumerate(parts):
        payload = orjson.dumps(_said(checkpoint, part, len(parts), seals), option=orjson.OPT_SORT_KEYS)
        mac = checkpoint_mac(keyring, epoch=keyring.journal_epoch, content=payload)
        rows.append({"part": part, "epoch": keyring.journal_epoch, "payload": payload, "mac": mac})
    connection.execute(insert(_checkpoint), rows)


def _genuine(keyring: Keyring, row: Any) -> dict[str, Any]:
    if not same_mac(checkpoint_mac(keyring, epoch=row.epoch, content=row.payload), row.mac):
        raise Sealed
    said: dict[str, Any] = orjson.loads(row.payload)
    return said


def _read(said: list[dict[str, Any]]) -> Checkpoint:
    head = said[0]
    return Checkpoint(
        seq=head["seq"],
        mac=bytes.fromhex(head["mac"]),
        epoch=head["epoch"],
        count=head["count"],
        seals={subject: (seq, seal) for one in said for subject, (seq, seal) in one["seals"].items()},
        put_back=tuple(PutBack(at=datetime.fromisoformat(one["at"]), to=one["to"]) for one in head["put_back"]),
    )


def _said(checkpoint: Checkpoint, part: int, parts: int, seals: dict[str, tuple[int, str]]) -> dict[str, Any]:
    return {
        "seq": checkpoint.seq,
        "mac": checkpoint.mac.hex(),
        "epoch": checkpoint.epoch,
        "count": checkpoint.count,
        "put_back": [{"at": one.at.isoformat(), "to": one.to} for one in checkpoint.put_back],
        "part": part,
        "parts": parts,
        "seals": seals,
    }


def _parts(seals: dict[str, tuple[int, str]]) -> Iterator[dict[str, tuple[int, str]]]:
    left = iter(sorted(seals.items()))
    yield dict(islice(left, _SEALS_IN_A_PART))
    while part := dict(islice(left, _SEALS_IN_A_PART)):
        yield part
