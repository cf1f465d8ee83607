"""Checks 10 and 11: an unknown format, algorithm or key says the same outside whatever the cause; so do bytes of any
kind.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.errors import Sealed
from pathway.store.opening import Store
from pathway.vault.envelope import unwrap_dek, wrap_dek
from tests.store.hands import altered, sealed, stolen
from tests.store.thief import KEY, refused
from tests.vault.bytes_at_hand import DEK, OWN, RING
from tests.vault.bytes_at_hand import opened as opened_bytes
from tests.vault.bytes_at_hand import sealed as sealed_bytes


@pytest.mark.parametrize(("position", "reason"), [(0, "unknown format 9"), (1, "unknown algorithm 9")])
def test_an_unknown_format_says_the_same_outside_and_why_inside(position: int, reason: str) -> None:
    blob = bytearray(sealed_bytes())
    blob[position] = 9
    with pytest.raises(Sealed) as refusal:
        opened_bytes(bytes(blob))
    assert refusal.value.sentence == Sealed().sentence
    assert refusal.value.__notes__ == [reason]


@pytest.mark.parametrize(
    ("position", "reason"),
    [(0, "unknown format 9"), (1, "unknown algorithm 9"), (5, "unknown wrapping key 9")],
)
def test_a_wrapped_key_of_an_unknown_kind_says_the_same_outside_and_why_inside(position: int, reason: str) -> None:
    wrapped = bytearray(wrap_dek(RING, DEK, **OWN))
    wrapped[position] = 9
    with pytest.raises(Sealed) as refusal:
        unwrap_dek(RING, bytes(wrapped), **OWN)
    assert refusal.value.sentence == Sealed().sentence
    assert refusal.value.__notes__ == [reason]


def test_a_row_under_a_key_nobody_has_is_refused(store: Store) -> None:
    subject = sealed(store)
    wrapped = stolen(store, KEY, it=subject)["wrapped"]
    forged = wrapped[:2] + (77).to_bytes(4) + wrapped[6:]
    altered(store, "UPDATE data_key SET kid = 77, wrapped = :it WHERE subject_id = :who", it=forged, who=subject)
    assert refused(store, subject)


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda end: sealed_bytes()[:26] + end))
def test_arbitrary_bytes_are_only_ever_refused(blob: bytes) -> None:
    with pytest.raises(Sealed):
        opened_bytes(blob)


@given(st.binary(max_size=80) | st.binary(min_size=66, max_size=66))
def test_arbitrary_bytes_are_never_a_wrapped_key(wrapped: bytes) -> None:
    with pytest.raises(Sealed):
        unwrap_dek(RING, wrapped, **OWN)
