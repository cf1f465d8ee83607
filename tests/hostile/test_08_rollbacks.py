"""Checks 8 and 9: an older section put back is refused; a whole older record opens, and the journal names it."""

import pytest

from pathway.kernel.errors import Sealed
from pathway.store.opening import Store
from tests.store.hands import altered, broken, opened, rewritten, sealed, stolen
from tests.store.thief import KEY, PUT_KEY, PUT_SECTION, SECTION, TWO, refused
from tests.vault.bytes_at_hand import opened as opened_bytes
from tests.vault.bytes_at_hand import sealed as sealed_bytes


def test_an_older_section_put_back_is_refused(store: Store) -> None:
    subject = sealed(store, TWO)
    older = stolen(store, SECTION, it=subject, name="card")
    rewritten(store, subject, "card", {"name": "Amina B."})
    altered(store, PUT_SECTION, it=subject, name="card", **older)
    assert refused(store, subject)
    assert refused(store, subject, "contact")


def test_a_whole_older_record_opens_but_the_journal_names_it(store: Store) -> None:
    subject = sealed(store)
    section, key = stolen(store, SECTION, it=subject, name="card"), stolen(store, KEY, it=subject)
    rewritten(store, subject, "card", {"name": "Amina B."})
    altered(store, PUT_SECTION, it=subject, name="card", **section)
    altered(store, PUT_KEY, it=subject, **key)
    assert opened(store, subject) == {"name": "Amina"}
    assert broken(store) == [(2, f"le dossier {subject} n’est plus celui que le journal a vu")]


@pytest.mark.parametrize("other", [{"seq": 3}, {"seq": 5}, {"dek_version": 2}])
def test_an_older_write_or_key_version_is_refused(other: dict[str, int]) -> None:
    with pytest.raises(Sealed):
        opened_bytes(sealed_bytes(), **other)
