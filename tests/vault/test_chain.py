"""A journal entry changed, moved, renumbered or left out changes every mark that follows."""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.errors import Sealed
from pathway.vault.chain import (
    GENESIS,
    chain_mac,
    checkpoint_mac,
    copy_mac,
    epoch_mac,
    head_mac,
    same_mac,
    tombstone_mac,
)
from pathway.vault.keyring import Keyring, new_keyring

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
RING = new_keyring(NOW)


def head(entries: list[bytes], ring: Keyring = RING, start: int = 1) -> bytes:
    mark = GENESIS
    for seq, payload in enumerate(entries, start):
        mark = chain_mac(ring, epoch=1, previous=mark, seq=seq, payload=payload)
    return mark


def test_the_chain_starts_from_32_zero_bytes() -> None:
    assert bytes(32) == GENESIS
    assert len(head([b"a"])) == 32


@given(st.lists(st.binary(max_size=4), max_size=5), st.lists(st.binary(max_size=4), max_size=5))
def test_two_stories_have_one_head_only_if_they_are_the_same(one: list[bytes], other: list[bytes]) -> None:
    assert same_mac(head(one), head(other)) == (one == other)


def test_another_number_gives_another_mark() -> None:
    assert not same_mac(head([b"a", b"b"]), head([b"a", b"b"], start=2))


def test_another_keyring_gives_another_mark() -> None:
    assert not same_mac(head([b"a"]), head([b"a"], new_keyring(NOW)))


@pytest.mark.parametrize("previous", [b"", bytes(31), bytes(33)])
def test_a_previous_mark_of_another_length_is_refused(previous: bytes) -> None:
    with pytest.raises(Sealed):
        chain_mac(RING, epoch=1, previous=previous, seq=1, payload=b"a")


@pytest.mark.parametrize(("epoch", "seq"), [(2, 1), (1, -1), (1, 2**64)])
def test_an_unknown_epoch_or_impossible_number_is_refused(epoch: int, seq: int) -> None:
    with pytest.raises(Sealed):
        chain_mac(RING, epoch=epoch, previous=GENESIS, seq=seq, payload=b"a")


def test_the_mark_of_an_exported_head_is_never_that_of_an_entry() -> None:
    content = GENESIS + bytes(8) + b"a"  # what the mark of entry 0 covers
    entry = chain_mac(RING, epoch=1, previous=GENESIS, seq=0, payload=b"a")
    assert len(head_mac(RING, epoch=1, content=content)) == 32
    assert not same_mac(head_mac(RING, epoch=1, content=content), entry)


def test_an_exported_head_is_marked_by_its_content_and_its_keyring() -> None:
    mark = head_mac(RING, epoch=1, content=b"a")
    assert same_mac(mark, head_mac(RING, epoch=1, content=b"a"))
    assert not same_mac(mark, head_mac(RING, epoch=1, content=b"b"))
    assert not same_mac(mark, head_mac(new_keyring(NOW), epoch=1, content=b"a"))
    with pytest.raises(Sealed):
        head_mac(RING, epoch=9, content=b"a")


USES: list[tuple[Callable[..., bytes], bytes]] = [
    (head_mac, b"cve/journal-head/v1"),
    (tombstone_mac, b"cve/tombstone/v1"),
    (checkpoint_mac, b"cve/journal-checkpoint/v1"),
    (copy_mac, b"cve/base-copy/v1"),
]


@pytest.mark.parametrize(("mark", "use"), USES)
def test_each_use_of_a_journal_key_marks_under_a_key_of_its_own(mark: Callable[..., bytes], use: bytes) -> None:
    """The marks are those of the format, for lines and copies of former versions must still verify."""
    own = hmac.digest(RING.journal_keys[1], use, "sha256")
    assert mark(RING, epoch=1, content=b"a") == hmac.digest(own, b"a", "sha256")
    assert len({one(RING, epoch=1, content=b"a") for one, _ in USES}) == len(USES)


@pytest.mark.parametrize(("mark", "use"), USES)
def test_under_an_epoch_nobody_knows_nothing_is_marked(mark: Callable[..., bytes], use: bytes) -> None:
    with pytest.raises(Sealed) as refused:
        mark(RING, epoch=9, content=use)
    assert refused.value.__notes__ == ["unknown journal epoch 9"]


def test_an_epoch_hands_over_at_one_entry_to_one_key() -> None:
    own = hmac.digest(RING.journal_keys[1], b"cve/journal-epoch/v1", "sha256")
    numbers = (7).to_bytes(8) + (2).to_bytes(8)
    assert epoch_mac(RING, epoch=1, previous=GENESIS, seq=7, newer=2) == hmac.digest(own, GENESIS + numbers, "sha256")


@pytest.mark.parametrize(("epoch", "seq", "newer"), [(9, 7, 2), (1, -1, 2), (1, 7, 2**64)])
def test_an_impossible_handover_is_refused(epoch: int, seq: int, newer: int) -> None:
    with pytest.raises(Sealed) as refused:
        epoch_mac(RING, epoch=epoch, previous=GENESIS, seq=seq, newer=newer)
    why = "unknown journal epoch 9" if epoch == 9 else "journal: the number is out of its range"
    assert refused.value.__notes__ == [why]


def test_the_log_alone_learns_what_was_wrong_with_a_previous_mark() -> None:
    with pytest.raises(Sealed) as refused:
        chain_mac(RING, epoch=1, previous=b"", seq=1, payload=b"a")
    assert refused.value.__notes__ == ["journal: the previous mark has a wrong length"]
