"""Checks 1 and 2: one bit changed anywhere, in a section or its key, and nothing opens: her page says so, the journal
too.
"""

import orjson
import pytest

from pathway.demo.town import Town
from pathway.kernel.errors import Sealed
from pathway.store.opening import Store
from pathway.vault.envelope import check_record_seal, record_seal, unwrap_dek, wrap_dek
from tests.store.hands import altered, lines, sealed, stolen
from tests.store.thief import refused
from tests.town import signed_in, welcome
from tests.vault.bytes_at_hand import DEK, OWN, RING, SECTIONS, TOKENS, bits_flipped
from tests.vault.bytes_at_hand import opened as opened_bytes
from tests.vault.bytes_at_hand import sealed as sealed_bytes


def test_any_flipped_bit_of_a_section_is_refused() -> None:
    for blob in bits_flipped(sealed_bytes()):
        with pytest.raises(Sealed):
            opened_bytes(blob)


def test_any_flipped_bit_of_a_wrapped_key_is_refused() -> None:
    for wrapped in bits_flipped(wrap_dek(RING, DEK, **OWN)):
        with pytest.raises(Sealed):
            unwrap_dek(RING, wrapped, **OWN)


def test_any_flipped_bit_of_a_record_seal_is_refused() -> None:
    mark = record_seal(DEK, subject="a", sections=SECTIONS, tokens=TOKENS)
    for changed in bits_flipped(mark):
        with pytest.raises(Sealed):
            check_record_seal(DEK, subject="a", sections=SECTIONS, tokens=TOKENS, seal=changed)


@pytest.mark.parametrize("column", ["blob", "wrapped", "seal"])
def test_a_flipped_bit_anywhere_is_refused(store: Store, column: str) -> None:
    subject = sealed(store)
    table = "sealed_section" if column == "blob" else "data_key"
    whole = stolen(store, f"SELECT {column} AS it FROM {table} WHERE subject_id = :it", it=subject)["it"]
    put = f"UPDATE {table} SET {column} = :value WHERE subject_id = :it"
    for place in range(0, len(whole) * 8, 29):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        altered(store, put, it=subject, value=bytes(flipped))
        assert refused(store, subject), place
    altered(store, put, it=subject, value=whole)
    assert not refused(store, subject)


@pytest.mark.parametrize(
    ("table", "column"), [("sealed_section", "blob"), ("data_key", "wrapped"), ("data_key", "seal")]
)
def test_her_page_says_it_does_not_open_and_the_journal_who_asked(town: Town, table: str, column: str) -> None:
    amina = welcome(town)
    client = signed_in(town, "bruno")
    assert client.get(f"/dossiers/{amina}").status_code == 200
    whole = stolen(town.store, f"SELECT {column} AS it FROM {table} WHERE subject_id = :her LIMIT 1", her=amina)["it"]
    spoilt = whole[:-1] + bytes([whole[-1] ^ 1])
    altered(town.store, f"UPDATE {table} SET {column} = :new WHERE {column} = :old", new=spoilt, old=whole)
    before = lines(town.store)
    answer = client.get(f"/dossiers/{amina}")
    assert (answer.status_code, "ne s’ouvre pas" in answer.text) == (503, True)
    assert "Benkacem" not in answer.text and "Traceback" not in answer.text
    assert lines(town.store) == before + 1
    said = stolen(town.store, "SELECT payload FROM journal_entry ORDER BY seq DESC LIMIT 1")["payload"]
    act = orjson.loads(said)["acts"][0]
    assert (act["do"], act["code"], amina in act["on"]) == ("refused", "sealed", True)
