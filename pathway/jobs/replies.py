"""Answers to text messages that a modem's program left in a folder: STOP is obeyed, the rest is not kept."""

from collections.abc import Iterator
from pathlib import Path

from pathway.jobs.sms import INCOMING
from pathway.kernel.clock import Clock, SystemClock
from pathway.kernel.errors import Unavailable
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.stops import obey
from pathway.store.transaction import Transaction

_LONGEST = 4096  # bytes; a message is shorter
_FROM = "from:"
_WRITTEN_IN = 10.0  # seconds: the program of a modem writes a file of a few hundred bytes
_STUCK = "Une réponse à un SMS ne peut pas être retirée de CARTE_SMS_FOLDER. Vérifiez les droits de son dossier."


def read_replies(store: Store, clock: Clock, folder: Path | None) -> int:
    """Obey each answer of that folder, then take it away, understood or not; gives how many were obeyed.

    At least once: taken away after the base has kept it. What is still being written, has no sender or is no ordinary
    file is left where it is. `Unavailable` when an answer cannot be taken away.
    """
    obeyed = 0
    for path, sender, text in _waiting(folder) if folder else ():
        with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
            obeyed += obey(tx, sender=sender, text=text)
            tx.journal("read_reply")
        _take_away(path)
    return obeyed


def _take_away(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        raise Unavailable(_STUCK) from None


def _waiting(folder: Path) -> Iterator[tuple[Path, str, str]]:
    try:
        found = sorted(path for path in (folder / INCOMING).iterdir() if not path.name.startswith("."))
    except OSError:
        return  # no folder: no answer
    for path in found:
        said = _read(path)
        if said:
            yield path, *said


def _read(path: Path) -> tuple[str, str] | None:
    """The sender and the text of a file « From: 33612345678 », an empty line, the text; None without a sender."""
    try:
        if path.is_symlink() or not path.is_file() or _is_being_written(path):
            return None
        with path.open("rb") as file:
            content = _decoded(file.read(_LONGEST).replace(b"\x00", b""))
    except OSError:
        return None
    head, is_whole, text = content.replace("\r\n", "\n").partition("\n\n")
    senders = [line[len(_FROM) :] for line in head.split("\n") if line.casefold().startswith(_FROM)]
    return (senders[0], text) if is_whole and senders else None


def _is_being_written(path: Path) -> bool:
    """Whether it changed a moment ago: read between its head and its text, a STOP would be taken away unread. A day far
    ahead is a clock that is wrong, not a file of now."""
    return abs(SystemClock().now().timestamp() - path.stat().st_mtime) < _WRITTEN_IN


def _decoded(content: bytes) -> str:
    """Alphabets change with the modem; the words we obey are the same letters in nearly all of them."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")
