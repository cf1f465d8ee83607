import os
from pathlib import Path

import pytest

from pathway.jobs.replies import read_replies
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Unavailable
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.stops import is_stopped
from pathway.store.transaction import Transaction

NUMBER = "+33612345678"


def came(folder: Path, content: bytes, name: str = "GSM1.abc") -> Path:
    (folder / "incoming").mkdir(exist_ok=True)
    path = folder / "incoming" / name
    path.write_bytes(content)
    os.utime(path, (0, 0))  # written long ago
    return path


def stopped(store: Store, clock: FixedClock) -> bool:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        return is_stopped(tx, NUMBER)


@pytest.mark.parametrize(
    "content",
    [
        b"From: 33612345678\nSent: 26-11-20 09:00:00\n\nSTOP\n",
        b"from:+33 6 12 34 56 78\r\n\r\nstop",
        "From: 33612345678\nAlphabet: UTF-8\n\nArrêt".encode(),
        "From: 33612345678\nAlphabet: ISO\n\nArrêter".encode("latin-1"),
        b"From: 33612345678\nAlphabet: UCS2\n\n" + "STOP".encode("utf-16-be"),
    ],
)
def test_an_answer_is_obeyed_in_every_alphabet_then_taken_away(
    sqlite_store: Store, clock: FixedClock, tmp_path: Path, content: bytes
) -> None:
    path = came(tmp_path, content)
    assert read_replies(sqlite_store, clock, tmp_path) == 1
    assert stopped(sqlite_store, clock) and not path.exists()
    came(tmp_path, b"From: 33612345678\n\nReprendre")
    assert read_replies(sqlite_store, clock, tmp_path) == 1 and not stopped(sqlite_store, clock)


def test_another_answer_is_taken_away_unread(sqlite_store: Store, clock: FixedClock, tmp_path: Path) -> None:
    path = came(tmp_path, b"From: 33612345678\n\nBonjour, je serai en retard")
    assert read_replies(sqlite_store, clock, tmp_path) == 0
    assert not path.exists() and not stopped(sqlite_store, clock)


def test_what_is_no_answer_yet_is_left_alone(sqlite_store: Store, clock: FixedClock, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("From: 33612345678\n\nSTOP")
    paths = [came(tmp_path, b"From: 33612345678\n", "half"), came(tmp_path, b"From: 336\n\nSTOP", ".aside")]
    paths += [came(tmp_path, b"\n\nSTOP", "nobody"), tmp_path / "incoming" / "link"]
    paths[-1].symlink_to(secret)
    assert read_replies(sqlite_store, clock, tmp_path) == 0
    assert all(path.exists() for path in (*paths, secret)) and not stopped(sqlite_store, clock)


@pytest.mark.parametrize("half", [b"From: 336123456", b"From: 33612345678\n\n", b"From: 33612345678\n\nST"])
def test_a_file_read_while_it_is_written_loses_no_stop(
    sqlite_store: Store, clock: FixedClock, tmp_path: Path, half: bytes
) -> None:
    path = came(tmp_path, half)
    path.touch()
    assert read_replies(sqlite_store, clock, tmp_path) == 0 and path.exists()
    came(tmp_path, b"From: 33612345678\n\nSTOP")
    assert read_replies(sqlite_store, clock, tmp_path) == 1 and stopped(sqlite_store, clock)


@pytest.mark.parametrize("folder", [None, Path("/nowhere/at/all")])
def test_without_a_folder_there_is_no_answer(sqlite_store: Store, clock: FixedClock, folder: Path | None) -> None:
    assert read_replies(sqlite_store, clock, folder) == 0


def test_an_answer_that_stays_is_obeyed_and_said(
    sqlite_store: Store, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came(tmp_path, b"From: 33612345678\n\nSTOP")

    def refused(_path: Path, *, missing_ok: bool) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(Unavailable, match="CARTE_SMS_FOLDER"):
        read_replies(sqlite_store, clock, tmp_path)
    assert stopped(sqlite_store, clock)
