"""Check 15: no two seals share a nonce, in one process or in several; a source that repeats itself is noticed."""

import os

import pytest

from pathway.kernel.errors import Sealed
from tests.vault.bytes_at_hand import opened as opened_bytes
from tests.vault.bytes_at_hand import sealed as sealed_bytes


def test_a_random_source_that_repeats_itself_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    former = sealed_bytes()
    assert opened_bytes(sealed_bytes(replaces=former)) == "Amina"
    monkeypatch.setattr(os, "urandom", lambda size: former[14:26])
    with pytest.raises(Sealed):
        sealed_bytes("autre", replaces=former)


SEALS = 1_000_000 if os.environ.get("CARTE_SLOW") else 20_000
PROCESSES = 4


def test_many_seals_never_share_a_nonce() -> None:
    assert len({sealed_bytes(1)[14:26] for _ in range(SEALS)}) == SEALS


def test_processes_of_one_parent_never_share_a_nonce() -> None:
    sealed_bytes()  # whatever a generator of our own would keep, it keeps from here on
    pipes = [os.pipe() for _ in range(PROCESSES)]
    for _, writing in pipes:
        child = os.fork()
        if child == 0:
            os.write(writing, b"".join(sealed_bytes(1)[14:26] for _ in range(200)))
            os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
    drawn = b"".join(os.read(reading, 12 * 200) for reading, _ in pipes)
    for reading, _ in pipes:
        os.close(reading)
    assert len({drawn[start : start + 12] for start in range(0, len(drawn), 12)}) == PROCESSES * 200
