"""A journal entry changed, moved, renumbered or left out changes every mark that follows."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.errors import Sealed
from pathway.vault.chain import GENESIS, chain_mac, head_mac, same_mac
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
