"""What is sealed opens in its own place, under its own key, as it was written; anything else is refused."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.errors import Invalid, Sealed
from pathway.vault.envelope import (
    check_record_seal,
    lp,
    open_sealed,
    record_seal,
    rewrap_dek,
    seal,
    unwrap_dek,
    wrap_dek,
    wrapped_kid,
)
from pathway.vault.keyring import new_keyring
from tests.vault.bytes_at_hand import DEK, NOW, OWN, PLACE, RING, SECTIONS, TOKENS, WRITE, opened, sealed

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=6,
)


@given(json_values, st.integers(1, 300))
def test_what_is_sealed_reads_back_equal(payload: object, bucket: int) -> None:
    blob = sealed(payload, bucket=bucket)
    assert opened(blob) == payload
    assert (len(blob) - 42) % bucket == 0


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
def test_every_key_version_and_write_number_of_the_format_holds(version: int, seq: int) -> None:
    assert opened(sealed(dek_version=version, seq=seq), dek_version=version, seq=seq) == "Amina"


@pytest.mark.parametrize("other", [{"dek_version": -1}, {"dek_version": 2**32}, {"seq": -1}, {"seq": 2**64}])
def test_a_number_out_of_the_format_is_refused(other: dict[str, int]) -> None:
    with pytest.raises(Sealed):
        sealed(**other)


def test_parts_of_a_place_do_not_run_into_each_other() -> None:
    blob = sealed(place=replace(PLACE, table="ab", section="c"))
    with pytest.raises(Sealed):
        opened(blob, place=replace(PLACE, table="a", section="bc"))


@pytest.mark.parametrize("dek", [b"", bytes(16), bytes(31), bytes(32)])
def test_another_key_does_not_open_a_section(dek: bytes) -> None:
    with pytest.raises(Sealed):
        open_sealed(dek, sealed(), **WRITE)


@pytest.mark.parametrize("plain", [b"", b"12", bytes(64), b'{"a":\x80', b"NaN\x80", b"\xff\x80"])
def test_an_authentic_content_of_another_shape_is_refused(plain: bytes) -> None:
    head = sealed()[:14]
    aad = lp("cve/sec/v1", head, lp("angers", "record_section", "identity", "a" * 26))
    with pytest.raises(Sealed):
        opened(head + bytes(12) + AESGCM(DEK).encrypt(bytes(12), plain, aad))


@pytest.mark.parametrize(
    "payload",
    [float("nan"), [float("inf")], (1, 2), {1: "a"}, date(2026, 3, 2), NOW, b"a", "\ud800", 2**64, SimpleNamespace()],
)
def test_what_would_not_read_back_equal_is_not_sealed(payload: object) -> None:
    with pytest.raises(Invalid):
        sealed(payload)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_length_seals_nothing(size: int) -> None:
    with pytest.raises(Sealed):
        seal(bytes(size), 1, place=PLACE, dek_version=1, seq=1)
    with pytest.raises(Sealed):
        wrap_dek(RING, bytes(size), **OWN)
    with pytest.raises(Sealed):
        record_seal(bytes(size), subject="a", sections=[], tokens=[])


def test_nothing_readable_stays_in_the_sealed_bytes() -> None:
    blob = sealed({"nom": "Bentaleb", "prénom": "Amina"}) + wrap_dek(RING, DEK, **OWN)
    assert not any(word in blob for word in (b"Bentaleb", b"Amina", DEK))


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**32 - 1))
def test_a_wrapped_key_unwraps(dek: bytes, version: int) -> None:
    own = OWN | {"dek_version": version}
    wrapped = wrap_dek(RING, dek, **own)
    assert (len(wrapped), wrapped_kid(wrapped)) == (66, 1)
    assert unwrap_dek(RING, wrapped, **own) == dek


def test_another_keyring_does_not_unwrap() -> None:
    with pytest.raises(Sealed):
        unwrap_dek(new_keyring(NOW), wrap_dek(RING, DEK, **OWN), **OWN)


def test_a_rewrapped_key_still_opens_what_it_sealed() -> None:
    newer = RING.with_new_kek(NOW)
    again = rewrap_dek(newer, wrap_dek(RING, DEK, **OWN), **OWN)
    assert (wrapped_kid(again), unwrap_dek(newer, again, **OWN)) == (2, DEK)
    with pytest.raises(Sealed):
        rewrap_dek(newer, again, **(OWN | {"subject": "b" * 26}))


def test_once_a_wrapping_key_is_destroyed_its_old_copies_stay_shut() -> None:
    former, newer = wrap_dek(RING, DEK, **OWN), RING.with_new_kek(NOW)
    kept = rewrap_dek(newer, former, **OWN)
    after = replace(newer, keks={2: newer.keks[2]})
    assert unwrap_dek(after, kept, **OWN) == DEK
    with pytest.raises(Sealed):
        unwrap_dek(after, former, **OWN)


def test_a_record_seal_ignores_the_order_it_is_given() -> None:
    mark = record_seal(DEK, subject="a", sections=SECTIONS, tokens=TOKENS)
    check_record_seal(DEK, subject="a", sections=SECTIONS[::-1], tokens=iter(TOKENS[::-1] + TOKENS), seal=mark)


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "b"},
        {"sections": SECTIONS[:1]},
        {"sections": [*SECTIONS, ("health", 1, b"three")]},
        {"sections": [("identity", 3, b"one"), SECTIONS[1]]},
        {"sections": [("identity", 4, b"older"), SECTIONS[1]]},
        {"sections": [("identity", 4, b"two"), ("contact", 2, b"one")]},
        {"tokens": TOKENS[:1]},
        {"tokens": [*TOKENS, (2, 10)]},
        {"tokens": [(2, 2**40), (1, 9)]},
        {"seal": b""},
    ],
)
def test_a_record_put_together_otherwise_is_refused(other: dict[str, Any]) -> None:
    mark = record_seal(DEK, subject="a", sections=SECTIONS, tokens=TOKENS)
    with pytest.raises(Sealed):
        check_record_seal(DEK, **({"subject": "a", "sections": SECTIONS, "tokens": TOKENS, "seal": mark} | other))


def test_a_token_out_of_the_format_is_refused() -> None:
    with pytest.raises(Sealed):
        record_seal(DEK, subject="a", sections=[], tokens=[(1, -1)])


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_two_different_lists_never_read_the_same(one: list[bytes], other: list[bytes]) -> None:
    assert (lp(*one) == lp(*other)) == (one == other)


def test_text_and_its_bytes_are_the_same_part() -> None:
    assert lp("é", b"a") == b"\0\0\0\2\xc3\xa9\0\0\0\1a"
