"""What is sealed opens in its own place, under its own key, as it was written; anything else is refused."""

import os
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.errors import Invalid, Sealed
from pathway.vault.envelope import (
    Place,
    check_record_seal,
    lp,
    new_dek,
    open_sealed,
    record_seal,
    rewrap_dek,
    seal,
    unwrap_dek,
    wrap_dek,
    wrapped_kid,
)
from pathway.vault.keyring import new_keyring

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
RING = new_keyring(NOW)
DEK = new_dek()
PLACE = Place(territory="angers", table="record_section", section="identity", subject="a" * 26)
WRITE: dict[str, Any] = {"place": PLACE, "dek_version": 1, "seq": 4}
OWN: dict[str, Any] = {"territory": "angers", "subject": "a" * 26, "dek_version": 1}
SECTIONS = [("identity", 4, b"one"), ("contact", 2, b"two")]
TOKENS = [(1, 2**40), (2, 9)]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=6,
)


def sealed(payload: object = "Amina", **other: Any) -> bytes:
    return seal(DEK, payload, **(WRITE | other))


def opened(blob: bytes, **other: Any) -> Any:
    return open_sealed(DEK, blob, **(WRITE | other))


def bits_flipped(blob: bytes) -> list[bytes]:
    number, size = int.from_bytes(blob), len(blob)
    return [(number ^ (1 << bit)).to_bytes(size) for bit in range(size * 8)]


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


def test_any_flipped_bit_of_a_section_is_refused() -> None:
    for blob in bits_flipped(sealed()):
        with pytest.raises(Sealed):
            opened(blob)


def test_any_truncation_of_a_section_is_refused() -> None:
    blob = sealed()
    for size in range(len(blob)):
        with pytest.raises(Sealed):
            opened(blob[:size])


@given(st.binary(min_size=1))
def test_bytes_added_to_a_section_are_refused(extra: bytes) -> None:
    with pytest.raises(Sealed):
        opened(sealed() + extra)


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda end: sealed()[:26] + end))
def test_arbitrary_bytes_are_only_ever_refused(blob: bytes) -> None:
    with pytest.raises(Sealed):
        opened(blob)


@pytest.mark.parametrize("name", [one.name for one in fields(Place)])
def test_a_section_moved_to_another_place_is_refused(name: str) -> None:
    moved = replace(PLACE, **{name: "health"})
    with pytest.raises(Sealed):
        opened(sealed(), place=moved)


def test_parts_of_a_place_do_not_run_into_each_other() -> None:
    blob = sealed(place=replace(PLACE, table="ab", section="c"))
    with pytest.raises(Sealed):
        opened(blob, place=replace(PLACE, table="a", section="bc"))


@pytest.mark.parametrize("other", [{"seq": 3}, {"seq": 5}, {"dek_version": 2}])
def test_an_older_write_or_key_version_is_refused(other: dict[str, int]) -> None:
    with pytest.raises(Sealed):
        opened(sealed(), **other)


@pytest.mark.parametrize("dek", [b"", bytes(16), bytes(31), bytes(32)])
def test_another_key_does_not_open_a_section(dek: bytes) -> None:
    with pytest.raises(Sealed):
        open_sealed(dek, sealed(), **WRITE)


@pytest.mark.parametrize(("position", "reason"), [(0, "unknown format 9"), (1, "unknown algorithm 9")])
def test_an_unknown_format_says_the_same_outside_and_why_inside(position: int, reason: str) -> None:
    blob = bytearray(sealed())
    blob[position] = 9
    with pytest.raises(Sealed) as refusal:
        opened(bytes(blob))
    assert refusal.value.sentence == Sealed().sentence
    assert refusal.value.__notes__ == [reason]


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


def test_a_random_source_that_repeats_itself_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    former = sealed()
    assert opened(sealed(replaces=former)) == "Amina"
    monkeypatch.setattr(os, "urandom", lambda size: former[14:26])
    with pytest.raises(Sealed):
        sealed("autre", replaces=former)


def test_twenty_thousand_seals_never_share_a_nonce() -> None:
    assert len({sealed()[14:26] for _ in range(20_000)}) == 20_000


def test_the_same_content_never_gives_the_same_bytes() -> None:
    assert sealed()[26:] != sealed()[26:]
    assert wrap_dek(RING, DEK, **OWN)[18:] != wrap_dek(RING, DEK, **OWN)[18:]


@given(st.text("abc", max_size=60), st.text("abc", max_size=60))
def test_contents_of_one_bucket_have_one_length(one: str, other: str) -> None:
    assert len(sealed(one)) == len(sealed(other)) == 42 + 64


def test_a_content_that_fills_its_bucket_takes_the_next() -> None:
    assert [len(sealed("a" * size)) - 42 for size in (61, 62)] == [64, 128]


def test_nothing_readable_stays_in_the_sealed_bytes() -> None:
    blob = sealed({"nom": "Bentaleb", "prénom": "Amina"}) + wrap_dek(RING, DEK, **OWN)
    assert not any(word in blob for word in (b"Bentaleb", b"Amina", DEK))


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**32 - 1))
def test_a_wrapped_key_unwraps(dek: bytes, version: int) -> None:
    own = OWN | {"dek_version": version}
    wrapped = wrap_dek(RING, dek, **own)
    assert (len(wrapped), wrapped_kid(wrapped)) == (66, 1)
    assert unwrap_dek(RING, wrapped, **own) == dek


def test_any_flipped_bit_of_a_wrapped_key_is_refused() -> None:
    for wrapped in bits_flipped(wrap_dek(RING, DEK, **OWN)):
        with pytest.raises(Sealed):
            unwrap_dek(RING, wrapped, **OWN)


def test_a_wrapped_key_of_another_length_is_refused() -> None:
    wrapped = wrap_dek(RING, DEK, **OWN)
    for changed in [wrapped[:size] for size in range(66)] + [wrapped + b"\0"]:
        with pytest.raises(Sealed):
            unwrap_dek(RING, changed, **OWN)


@given(st.binary(max_size=80) | st.binary(min_size=66, max_size=66))
def test_arbitrary_bytes_are_never_a_wrapped_key(wrapped: bytes) -> None:
    with pytest.raises(Sealed):
        unwrap_dek(RING, wrapped, **OWN)


@pytest.mark.parametrize("other", [{"territory": "rennes"}, {"subject": "b" * 26}, {"dek_version": 2}])
def test_a_wrapped_key_of_another_record_is_refused(other: dict[str, Any]) -> None:
    wrapped = wrap_dek(RING, DEK, **OWN)
    with pytest.raises(Sealed):
        unwrap_dek(RING, wrapped, **(OWN | other))


def test_everything_of_a_record_moved_together_is_refused() -> None:
    wrapped, blob = wrap_dek(RING, DEK, **OWN), sealed()
    mark = record_seal(DEK, subject="a" * 26, sections=[("identity", 4, blob)], tokens=TOKENS)
    with pytest.raises(Sealed):
        unwrap_dek(RING, wrapped, **(OWN | {"subject": "b" * 26}))
    with pytest.raises(Sealed):
        opened(blob, place=replace(PLACE, subject="b" * 26))
    with pytest.raises(Sealed):
        check_record_seal(DEK, subject="b" * 26, sections=[("identity", 4, blob)], tokens=TOKENS, seal=mark)


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


def test_any_flipped_bit_of_a_record_seal_is_refused() -> None:
    mark = record_seal(DEK, subject="a", sections=SECTIONS, tokens=TOKENS)
    for changed in bits_flipped(mark):
        with pytest.raises(Sealed):
            check_record_seal(DEK, subject="a", sections=SECTIONS, tokens=TOKENS, seal=changed)


def test_a_token_out_of_the_format_is_refused() -> None:
    with pytest.raises(Sealed):
        record_seal(DEK, subject="a", sections=[], tokens=[(1, -1)])


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_two_different_lists_never_read_the_same(one: list[bytes], other: list[bytes]) -> None:
    assert (lp(*one) == lp(*other)) == (one == other)


def test_text_and_its_bytes_are_the_same_part() -> None:
    assert lp("é", b"a") == b"\0\0\0\2\xc3\xa9\0\0\0\1a"
