"""Checks 5, 6 and 7: what is moved to another record, with its key and seal or not, or to another section, never
opens.
"""

from dataclasses import fields, replace
from typing import Any

import pytest

from pathway.kernel.errors import Sealed
from pathway.store.opening import Store
from pathway.vault.envelope import Place, check_record_seal, record_seal, unwrap_dek, wrap_dek
from tests.store.hands import altered, reading, sealed, stolen
from tests.store.thief import KEY, PUT_KEY, PUT_SECTION, SECTION, TWO, refused
from tests.vault.bytes_at_hand import DEK, OWN, PLACE, RING, TOKENS
from tests.vault.bytes_at_hand import opened as opened_bytes
from tests.vault.bytes_at_hand import sealed as sealed_bytes


def test_a_section_of_another_record_is_refused(store: Store) -> None:
    hers, other = sealed(store), sealed(store, {"card": {"name": "Bilal"}})
    theirs = stolen(store, SECTION, it=other, name="card")
    altered(store, PUT_SECTION, it=hers, name="card", **theirs)
    assert refused(store, hers)


def test_a_section_of_another_record_with_its_key_and_seal_is_refused(store: Store) -> None:
    hers, other = sealed(store), sealed(store, {"card": {"name": "Bilal"}})
    altered(store, PUT_SECTION, it=hers, name="card", **stolen(store, SECTION, it=other, name="card"))
    altered(store, PUT_KEY, it=hers, **stolen(store, KEY, it=other))
    assert refused(store, hers)
    with reading(store) as tx, pytest.raises(Sealed):
        tx.sealing.open_many([hers], "card")


def test_lists_refuse_a_swapped_card_too(store: Store) -> None:
    hers, other = sealed(store), sealed(store, {"card": {"name": "Bilal"}})
    altered(store, PUT_SECTION, it=hers, name="card", **stolen(store, SECTION, it=other, name="card"))
    with reading(store) as tx, pytest.raises(Sealed):
        tx.sealing.open_many([other, hers], "card")


def test_two_sections_of_one_record_swapped_are_refused(store: Store) -> None:
    subject = sealed(store, TWO)
    card, contact = (stolen(store, SECTION, it=subject, name=name) for name in TWO)
    altered(store, PUT_SECTION, it=subject, name="card", **contact)
    altered(store, PUT_SECTION, it=subject, name="contact", **card)
    assert refused(store, subject) and refused(store, subject, "contact")


@pytest.mark.parametrize("name", [one.name for one in fields(Place)])
def test_a_section_moved_to_another_place_is_refused(name: str) -> None:
    moved = replace(PLACE, **{name: "health"})
    with pytest.raises(Sealed):
        opened_bytes(sealed_bytes(), place=moved)


@pytest.mark.parametrize("other", [{"territory": "rennes"}, {"subject": "b" * 26}, {"dek_version": 2}])
def test_a_wrapped_key_of_another_record_is_refused(other: dict[str, Any]) -> None:
    wrapped = wrap_dek(RING, DEK, **OWN)
    with pytest.raises(Sealed):
        unwrap_dek(RING, wrapped, **(OWN | other))


def test_everything_of_a_record_moved_together_is_refused() -> None:
    wrapped, blob = wrap_dek(RING, DEK, **OWN), sealed_bytes()
    mark = record_seal(DEK, subject="a" * 26, sections=[("identity", 4, blob)], tokens=TOKENS)
    with pytest.raises(Sealed):
        unwrap_dek(RING, wrapped, **(OWN | {"subject": "b" * 26}))
    with pytest.raises(Sealed):
        opened_bytes(blob, place=replace(PLACE, subject="b" * 26))
    with pytest.raises(Sealed):
        check_record_seal(DEK, subject="b" * 26, sections=[("identity", 4, blob)], tokens=TOKENS, seal=mark)
