"""A fingerprint recognises, in one index of one territory, and says nothing else."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.vault.fingerprint import fingerprints
from pathway.vault.keyring import Keyring, keyring_text, new_keyring

RING = new_keyring(datetime(2026, 3, 2, 8, tzinfo=UTC))
PRINTS = fingerprints(RING, "angers")
NAME = ("durand", "zoe", "1990-01-31")


@given(st.integers(1, 62), st.lists(st.text(st.characters(codec="utf-8"))))
def test_a_token_holds_in_its_bits_and_comes_back_the_same(bits: int, parts: list[str]) -> None:
    token = PRINTS.token("full", bits, *parts)
    assert 0 <= token < 2**bits
    assert token == fingerprints(RING, "angers").token("full", bits, *parts)


@pytest.mark.parametrize("bits", [-1, 0, 63, 64])
def test_a_token_of_an_impossible_size_is_refused(bits: int) -> None:
    with pytest.raises(ValueError, match="1 to 62 bits"):
        PRINTS.token("full", bits, "a")


def test_tokens_spread_over_all_their_bits() -> None:
    tokens = [PRINTS.token("tel", 8, str(number)) for number in range(10_000)]
    assert set(tokens) == set(range(256))


def test_indexes_and_territories_never_meet() -> None:
    here = PRINTS.token("full", 62, *NAME)
    assert here != PRINTS.token("mail", 62, *NAME)
    assert here != fingerprints(RING, "rennes").token("full", 62, *NAME)


def test_parts_do_not_run_into_each_other() -> None:
    assert PRINTS.token("full", 62, "ab", "c") != PRINTS.token("full", 62, "a", "bc")
    assert PRINTS.digest("ip", "ab", "c") != PRINTS.digest("ip", "a", "bc")


def test_another_root_gives_other_tokens() -> None:
    newer = fingerprints(RING.with_new_index_root(), "angers")
    assert newer.search_token(1, "full", 62, *NAME) == PRINTS.search_token(1, "full", 62, *NAME)
    assert newer.search_token(2, "full", 62, *NAME) != PRINTS.search_token(1, "full", 62, *NAME)


@pytest.mark.parametrize("first", [RING, replace(RING, lasting_root=None)], ids=["new", "of-before"])
def test_what_cannot_be_written_again_keeps_its_token_when_roots_change(first: Keyring) -> None:
    before = fingerprints(first, "angers").token("login-email", 62, "a@b.fr")
    newer = first.with_new_index_root()
    for ring in (newer, newer.without_index_root(1), newer.without_index_root(1).with_new_index_root()):
        assert fingerprints(ring, "angers").token("login-email", 62, "a@b.fr") == before


def test_the_first_index_root_ends_like_any_other() -> None:
    left = RING.with_new_index_root().without_index_root(1)
    assert b64encode(RING.index_roots[1]) not in keyring_text(left)
    assert b64encode(RING.lasting()) in keyring_text(left)
    assert PRINTS.token("full", 62, *NAME) != PRINTS.search_token(1, "full", 62, *NAME)


def test_digests_are_32_bytes_and_apart_by_purpose_and_territory() -> None:
    digests = {
        PRINTS.digest("session", "abc"),
        PRINTS.digest("activation", "abc"),
        fingerprints(RING, "rennes").digest("session", "abc"),
        fingerprints(replace(RING, session_key=bytes(32)), "angers").digest("session", "abc"),
    }
    assert [len(one) for one in digests] == [32] * 4
    assert PRINTS.digest("session", "abc") in digests


def test_an_index_and_a_purpose_of_one_name_have_each_their_key() -> None:
    used = fingerprints(RING, "angers")
    used.token("mail", 24, "abc")
    assert used.digest("mail", "abc") == fingerprints(RING, "angers").digest("mail", "abc")


def test_printing_fingerprints_shows_no_key() -> None:
    used = fingerprints(RING, "angers")
    used.token("full", 40, *NAME)
    assert repr(used) == "Fingerprints(territory='angers')"
