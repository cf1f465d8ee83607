"""The journal's head, kept in a second place: the only witness of a journal cut short or a base put back in time."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from pathway.kernel.errors import Sealed, Unavailable
from pathway.store.checkpoints import Checkpoint, PutBack, read_checkpoint
from pathway.store.columns import table_of
from pathway.store.journal import put_back
from pathway.store.opening import Store
from pathway.store.tables import JournalEntry, JournalHead
from pathway.vault.chain import head_mac, same_mac
from pathway.vault.keyring import Keyring

_entry = table_of(JournalEntry)
_head = table_of(JournalHead)

_SIGN = "sign"
_NO_HEAD = "Le journal n’a plus d’en-tête dans la base. Lancez « ./carte journal verify »."
_NOT_WRITTEN = "L’en-tête du journal ne peut pas être écrit dans {path}. Vérifiez ce chemin et ses droits."
_UNREADABLE = "cette ligne du fichier ne se lit pas"
_FORGED = "cette ligne du fichier n’a pas été signée par ce trousseau : elle a été ajoutée ou modifiée à la main"
_ELSEWHERE = "cette ligne du fichier est celle d’un autre territoire"
_CUT = (
    "le journal s’arrête à la ligne {last} : sa fin a été coupée, ou la base a été remise à un état plus ancien "
    "que le {at}"
)
_REWRITTEN = (
    "cette ligne n’est plus celle du {at} : le journal a été réécrit, ou la base, remise à un état plus ancien, "
    "a continué depuis"
)
_REMOVED = "il y avait {count} lignes jusqu’ici le {at}, il en reste {left}"


@dataclass(frozen=True, kw_only=True)
class Head:
    """What one exported line says: at that instant (UTC) the journal held `count` entries, the last was `seq`."""

    at: datetime
    seq: int
    mac: bytes
    count: int


@dataclass(frozen=True, kw_only=True)
class Contradicted:
    """One exported line the journal does not hold to: its place in the file, the entry it names (0 if none), why."""

    line: int
    seq: int
    problem: str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a comparison found: how many lines were read, when the last genuine one was written, what does not hold;
    and how many lines cannot be held against anything: those of entries since pruned, and those of a history that was
    abandoned when the base was put back on purpose."""

    heads: int
    last_at: datetime | None
    contradicted: tuple[Contradicted, ...]
    pruned: int = 0
    abandoned: int = 0


@dataclass(frozen=True, kw_only=True)
class _Chain:
    """The chain as it stands: where it begins, its last entry, the marks of those that are asked for, what was put
    back."""

    start: Checkpoint
    last: int
    known: dict[int, tuple[bytes, int]]
    put_back: list[PutBack]

    def is_pruned(self, head: Head | None) -> bool:
        """Whether that head is of an entry since pruned."""
        return head is not None and head.seq < self.start.seq

    def is_abandoned(self, head: Head | None) -> bool:
        """Whether that head is of entries that were given up when the base was put back, after it was written."""
        return head is not None and any(head.seq > one.to and head.at <= one.at for one in self.put_back)


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One line of the file: the head it holds, or why it holds none."""

    line: int
    head: Head | None
    problem: str


def head_line(store: Store, connection: Connection, *, at: datetime) -> bytes:
    """The head as one signed line of JSON, without its line end; `Unavailable` when the base has lost its own."""
    head = connection.execute(select(_head)).one_or_none()
    if head is None:
        raise Unavailable(_NO_HEAD)
    start, _ = read_checkpoint(connection, store.keyring)
    said = {
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "count": start.count + connection.execute(select(func.count()).select_from(_entry)).scalar_one(),
        "epoch": store.keyring.journal_epoch,
        "mac": head.mac.hex(),
        "seq": head.seq,
        "territory": store.territory,
    }
    return orjson.dumps({**said, _SIGN: _sign(store.keyring, said).hex()}, option=orjson.OPT_SORT_KEYS)


def append_head(path: Path, line: bytes, *, territory: str) -> Path:
    """Add that line at the end of the file (mode 0600, made if needed), or of the territory's file in that folder.

    Gives the file. `Unavailable` when it cannot be written, is a link or is not a plain file.
    """
    file = head_file(path, territory=territory)
    try:
        _append(file, line)
    except OSError as error:
        raise Unavailable(_NOT_WRITTEN.format(path=file)) from error
    return file


def head_file(path: Path, *, territory: str) -> Path:
    """The file of heads: that path, or the territory's own file when it is a folder."""
    return path / f"journal-{re.sub('[^a-z0-9]+', '-', territory.lower())}.jsonl" if path.is_dir() else path


def compare(store: Store, connection: Connection, lines: Iterable[bytes]) -> Compared:
    """Hold every exported line against the chain as it stands now; empty lines are passed over."""
    read = [_read(store, place, line) for place, line in enumerate(lines, start=1) if line.strip()]
    heads = [one.head for one in read if one.head]
    chain = _chain(store, connection, {head.seq for head in heads})
    found = (Contradicted(line=one.line, seq=_seq(one), problem=_problem(one, chain)) for one in read)
    return Compared(
        heads=len(read),
        last_at=max((head.at for head in heads), default=None),
        contradicted=tuple(one for one in found if one.problem),
        pruned=sum(chain.is_pruned(one.head) and not chain.is_abandoned(one.head) for one in read),
        abandoned=sum(chain.is_abandoned(one.head) for one in read),
    )


def _append(file: Path, line: bytes) -> None:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    handle = os.open(file, flags, 0o600)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError("not a plain file")
        # A line cut by a power failure must not spoil the next one.
        is_cut = found.st_size > 0 and os.pread(handle, 1, found.st_size - 1) != b"\n"
        os.write(handle, (b"\n" if is_cut else b"") + line + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def _sign(keyring: Keyring, said: dict[str, Any]) -> bytes:
    return head_mac(keyring, epoch=said["epoch"], content=orjson.dumps(said, option=orjson.OPT_SORT_KEYS))


def _read(store: Store, line: int, text: bytes) -> _Read:
    try:
        said = orjson.loads(text)
        sign = bytes.fromhex(said.pop(_SIGN))
        is_ours = same_mac(_sign(store.keyring, said), sign)
    except (AttributeError, KeyError, TypeError, ValueError):
        return _Read(line=line, head=None, problem=_UNREADABLE)
    except Sealed:  # signed under a key that this keyring never had
        return _Read(line=line, head=None, problem=_FORGED)
    if not is_ours:
        return _Read(line=line, head=None, problem=_FORGED)
    if said["territory"] != store.territory:
        return _Read(line=line, head=None, problem=_ELSEWHERE)
    return _Read(line=line, head=_head_in(said), problem="")


def _head_in(said: dict[str, Any]) -> Head:
    """The head of a line whose sign holds: we wrote it, so it has its shape."""
    return Head(
        at=datetime.fromisoformat(said["at"]), seq=said["seq"], mac=bytes.fromhex(said["mac"]), count=said["count"]
    )


def _chain(store: Store, connection: Connection, wanted: set[int]) -> _Chain:
    start, _ = read_checkpoint(connection, store.keyring)
    known = {start.seq: (start.mac, start.count)}
    last = start.seq
    for count, row in enumerate(_marks(connection), start=start.count + 1):
        last = row.seq
        if row.seq in wanted:
            known[row.seq] = (row.mac, count)
    return _Chain(start=start, last=last, known=known, put_back=put_back(connection, start))


def _marks(connection: Connection) -> Iterator[Any]:
    query = select(_entry.c.seq, _entry.c.mac).order_by(_entry.c.seq).execution_options(yield_per=2000)
    yield from connection.execute(query)


def _seq(read: _Read) -> int:
    return read.head.seq if read.head else 0


def _problem(read: _Read, chain: _Chain) -> str:
    if read.head is None:
        return read.problem
    if chain.is_abandoned(read.head) or chain.is_pruned(read.head):
        return ""
    at = f"{read.head.at:%d/%m/%Y à %H:%M} (UTC)"
    if read.head.seq > chain.last:
        return _CUT.format(last=chain.last, at=at)
    mac, left = chain.known.get(read.head.seq, (b"", 0))
    if not same_mac(mac, read.head.mac):
        return _REWRITTEN.format(at=at)
    return _REMOVED.format(count=read.head.count, at=at, left=left) if left != read.head.count else ""
