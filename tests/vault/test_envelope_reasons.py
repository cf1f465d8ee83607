"""Outside, the vault refuses in one sentence; the reason, for the log alone, says what was wrong and holds no name."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pathway.kernel.errors import Invalid, Sealed
from pathway.vault.envelope import (
    Place,
    check_record_seal,
    lp,
    new_dek,
    open_sealed,
    record_seal,
    seal,
    sealed_version,
    unwrap_dek,
    wrap_dek,
    wrapped_kid,
)
from pathway.vault.keyring import new_keyring

RING = new_keyring(datetime(2026, 3, 2, 8, tzinfo=UTC))
DEK = bytes(range(32))
HERE = Place(territory="angers", table="sealed_section", section="identity", subject="a" * 26)


def blob() -> bytes:
    return seal(DEK, {"a": 1}, place=HERE, dek_version=3, seq=41)


def opened(content: bytes, *, version: int = 3, seq: int = 41) -> object:
    return open_sealed(DEK, content, place=HERE, dek_version=version, seq=seq)


def unwrapped(wrapped: bytes) -> bytes:
    return unwrap_dek(RING, wrapped, territory="angers", subject="a", dek_version=1)


def wrapped() -> bytes:
    return wrap_dek(RING, DEK, territory="angers", subject="a", dek_version=1)


def sealed_seal(seal_given: bytes) -> None:
    check_record_seal(DEK, subject="a", sections=[("identity", 1, b"x")], tokens=[], seal=seal_given)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda: opened(b""), "section: too short"),
        (lambda: sealed_version(blob()[:41]), "section: too short"),
        (lambda: opened(b"\x02" + blob()[1:]), "unknown format 2"),
        (lambda: opened(b"\x01\x02" + blob()[2:]), "unknown algorithm 2"),
        (lambda: sealed_version(b"\x02" + blob()[1:]), "unknown format 2"),
        (lambda: opened(blob(), version=4), "section: another key version or write"),
        (lambda: opened(blob(), seq=40), "section: another key version or write"),
        (lambda: opened(blob()[:-1] + b"\x00\x00"), "altered, moved, or another key"),
        (lambda: wrapped_kid(b"a"), "wrapped key: wrong length"),
        (lambda: wrapped_kid(b"\x02" + wrapped()[1:]), "unknown format 2"),
        (lambda: unwrapped(wrapped()[:-16] + bytes(16)), "altered, moved, or another key"),
        (lambda: seal(b"short", {}, place=HERE, dek_version=1, seq=1), "data key: wrong length"),
        (lambda: seal(DEK, {}, place=HERE, dek_version=-1, seq=1), "a number is out of its range"),
        (lambda: sealed_seal(bytes(32)), "record: its seal does not agree"),
    ],
)
def test_the_log_is_told_why(act: Callable[[], object], reason: str) -> None:
    with pytest.raises(Sealed) as refused:
        act()
    assert refused.value.__notes__ == [reason]


@pytest.mark.parametrize(("plain", "reason"), [(bytes(64), "section: padding"), (b"{\x80", "section: content")])
def test_of_an_authentic_content_of_another_shape_too(plain: bytes, reason: str) -> None:
    head = blob()[:14]
    aad = lp("cve/sec/v1", head, lp(HERE.territory, HERE.table, HERE.section, HERE.subject))
    with pytest.raises(Sealed) as refused:
        opened(head + bytes(12) + AESGCM(DEK).encrypt(bytes(12), plain, aad))
    assert refused.value.__notes__ == [reason]


@pytest.mark.parametrize("payload", [object(), float("nan")])
def test_what_cannot_be_kept_is_said_in_plain_words(payload: object) -> None:
    with pytest.raises(Invalid) as refused:
        seal(DEK, payload, place=HERE, dek_version=1, seq=1)
    assert refused.value.sentence.startswith("Une valeur ne peut pas être enregistrée telle quelle.")


def test_a_sealed_section_says_the_version_of_its_key() -> None:
    assert sealed_version(blob()) == 3


def test_a_random_source_that_repeats_itself_seals_nothing_in_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    first = blob()
    assert seal(DEK, {"a": 2}, place=HERE, dek_version=3, seq=42, replaces=first)[14:26] != first[14:26]
    monkeypatch.setattr(os, "urandom", lambda size: first[14:26][:size])
    with pytest.raises(Sealed) as refused:
        seal(DEK, {"a": 2}, place=HERE, dek_version=3, seq=42, replaces=first)
    assert refused.value.__notes__ == ["section: the random source repeats itself"]


def test_sections_are_padded_to_64_bytes_unless_told() -> None:
    sizes = {len(seal(DEK, "x" * size, place=HERE, dek_version=3, seq=1)) - 42 for size in range(150)}
    assert sizes == {64, 128, 192}


def test_a_new_key_is_drawn_each_time() -> None:
    assert len(new_dek()) == 32 and len({new_dek() for _ in range(20)}) == 20


def test_the_seal_of_a_record_depends_on_its_tokens() -> None:
    seals = {
        record_seal(DEK, subject="a", sections=[], tokens=tokens)
        for tokens in ([], [(1, 2)], [(1, 2), (1, 3)], [(1, 3)])
    }
    assert len(seals) == 4
