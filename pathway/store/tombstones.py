"""The log of what was forgotten, kept outside the base and chained: a restored backup forgets it again from there."""

import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from pathway.kernel.errors import Sealed, Unavailable
from pathway.store.opening import Store
from pathway.vault.chain import GENESIS, same_mac, tombstone_mac

_NOT_WRITTEN = "Le registre des effacements {path} ne peut pas être écrit. Vérifiez ce fichier et ses droits."
_NOT_READ = "Le registre des effacements {path} ne peut pas être lu. Vérifiez ce fichier et ses droits."
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@dataclass(frozen=True, kw_only=True)
class Buried:
    """One card that was forgotten: its id, the day, a reason as a code."""

    record_id: str
    on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class TombstoneLog:
    """What the log says: every card that a genuine line names, and the numbers of the lines that do not hold (touched,
    moved, or after one that was removed)."""

    entries: tuple[Buried, ...]
    broken: tuple[int, ...]


def bury(store: Store, entries: Sequence[Buried]) -> None:
    """Add those cards at the end of the log (mode 0600, made if needed). `Unavailable` when it cannot be written."""
    try:
        with _held(store.tombstones) as handle:
            _append(store, handle, entries)
    except OSError as error:
        raise Unavailable(_NOT_WRITTEN.format(path=store.tombstones)) from error


def read_tombstones(store: Store, path: Path | None = None) -> TombstoneLog:
    """The log of that instance, or the one at `path`, line by line against the keys; empty when there is none.

    `Unavailable` when it is there and cannot be read.
    """
    file = path or store.tombstones
    try:
        lines = file.read_bytes().splitlines() if file.exists() else []
    except OSError as error:
        raise Unavailable(_NOT_READ.format(path=file)) from error
    entries, broken, previous = list[Buried](), list[int](), GENESIS.hex()
    for number, line in enumerate(lines, start=1):
        said = _genuine(store, line)
        if said is None or said["after"] != previous:
            broken.append(number)
        if said is not None:
            entries.append(Buried(record_id=said["record"], on=date.fromisoformat(said["on"]), reason=said["reason"]))
            previous = said["mac"]
    return TombstoneLog(entries=tuple(entries), broken=tuple(broken))


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """The file, held: two workers that forget at once chain their lines one after the other."""
    handle = os.open(path, _FLAGS, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("not a plain file")
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _append(store: Store, handle: int, entries: Sequence[Buried]) -> None:
    written = os.pread(handle, os.fstat(handle).st_size, 0)
    lines = written.splitlines()
    last = next((said for line in reversed(lines) if (said := _genuine(store, line))), None)
    previous = last["mac"] if last else GENESIS.hex()
    # A line cut by a power failure must not spoil the next one.
    added = [b""] if written and not written.endswith(b"\n") else []
    for one in entries:
        written_line, previous = _line(store, one, previous)
        added.append(written_line)
    os.write(handle, b"\n".join(added) + b"\n")
    os.fsync(handle)


def _line(store: Store, one: Buried, previous: str) -> tuple[bytes, str]:
    said = {
        "after": previous,
        "epoch": store.keyring.journal_epoch,
        "on": one.on.isoformat(),
        "reason": one.reason,
        "record": one.record_id,
        "territory": store.territory,
    }
    mac = _mac(store, said)
    return orjson.dumps({**said, "mac": mac}, option=orjson.OPT_SORT_KEYS), mac


def _genuine(store: Store, line: bytes) -> dict[str, Any] | None:
    """What that line says, if these keys wrote it for this territory."""
    try:
        said: dict[str, Any] = orjson.loads(line)
        mac = said.pop("mac")
        is_ours = (
            same_mac(bytes.fromhex(_mac(store, said)), bytes.fromhex(mac)) and said["territory"] == store.territory
        )
    except (AttributeError, KeyError, TypeError, ValueError, Sealed):
        return None
    return {**said, "mac": mac} if is_ours else None


def _mac(store: Store, said: dict[str, Any]) -> str:
    content = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return tombstone_mac(store.keys.knowing(said["epoch"]), epoch=said["epoch"], content=content).hex()
