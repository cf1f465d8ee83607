"""Check 25: the same content never gives the same bytes, and its length shows in steps only."""

from hypothesis import given
from hypothesis import strategies as st

from pathway.vault.envelope import wrap_dek
from tests.vault.bytes_at_hand import DEK, OWN, RING
from tests.vault.bytes_at_hand import sealed as sealed_bytes


def test_the_same_content_never_gives_the_same_bytes() -> None:
    assert sealed_bytes()[26:] != sealed_bytes()[26:]
    assert wrap_dek(RING, DEK, **OWN)[18:] != wrap_dek(RING, DEK, **OWN)[18:]


@given(st.text("abc", max_size=60), st.text("abc", max_size=60))
def test_contents_of_one_bucket_have_one_length(one: str, other: str) -> None:
    assert len(sealed_bytes(one)) == len(sealed_bytes(other)) == 42 + 64


def test_a_content_that_fills_its_bucket_takes_the_next() -> None:
    assert [len(sealed_bytes("a" * size)) - 42 for size in (61, 62)] == [64, 128]
