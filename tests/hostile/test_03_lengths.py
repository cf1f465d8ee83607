"""Checks 3 and 4: cut at any length or made longer, nothing opens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.errors import Sealed
from pathway.store.opening import Store
from pathway.vault.envelope import unwrap_dek, wrap_dek
from tests.store.hands import altered, sealed, stolen
from tests.store.thief import PUT_SECTION, SECTION, refused
from tests.vault.bytes_at_hand import DEK, OWN, RING
from tests.vault.bytes_at_hand import opened as opened_bytes
from tests.vault.bytes_at_hand import sealed as sealed_bytes


def test_any_truncation_of_a_section_is_refused() -> None:
    blob = sealed_bytes()
    for size in range(len(blob)):
        with pytest.raises(Sealed):
            opened_bytes(blob[:size])


@given(st.binary(min_size=1))
def test_bytes_added_to_a_section_are_refused(extra: bytes) -> None:
    with pytest.raises(Sealed):
        opened_bytes(sealed_bytes() + extra)


def test_a_wrapped_key_of_another_length_is_refused() -> None:
    wrapped = wrap_dek(RING, DEK, **OWN)
    for changed in [wrapped[:size] for size in range(66)] + [wrapped + b"\0"]:
        with pytest.raises(Sealed):
            unwrap_dek(RING, changed, **OWN)


@pytest.mark.parametrize("kept", [0, 1, 13, 41, 42, -1])
def test_a_cut_or_lengthened_section_is_refused(store: Store, kept: int) -> None:
    subject = sealed(store)
    whole = stolen(store, SECTION, it=subject, name="card")
    altered(store, PUT_SECTION, it=subject, name="card", seq=whole["seq"], blob=whole["blob"][:kept])
    assert refused(store, subject)
    altered(store, PUT_SECTION, it=subject, name="card", seq=whole["seq"], blob=whole["blob"] + b"\0")
    assert refused(store, subject)
