"""What is put away opens with two people's secrets, never with one's."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from pathway.vault import custody
from pathway.vault.custody import asks_codes, opened_again, under_codes, under_passphrases
from pathway.vault.keyring import KeyringRefused, new_keyring

RING = new_keyring(datetime(2026, 3, 2, 8, tzinfo=UTC))
ONE, OTHER = "le chat dort sur le toit", "trois bateaux rouges au port"
HERE = Path("trousseau.json")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody, "_MEMORY_KIB", 64)
    monkeypatch.setattr(custody, "_PASSES", 1)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(KeyringRefused) as refused:
        act()
    return refused.value.sentence


def test_both_passphrases_in_their_order_open_what_they_closed() -> None:
    saved = under_passphrases(RING, ONE, OTHER)
    assert not asks_codes(saved)
    assert opened_again(saved, ONE, OTHER, path=HERE) == RING


@pytest.mark.parametrize("given", [(OTHER, ONE), (ONE, ONE), (ONE, ""), ("", OTHER), (ONE, OTHER + " ")])
def test_one_passphrase_or_the_wrong_order_opens_nothing(given: tuple[str, str]) -> None:
    saved = under_passphrases(RING, ONE, OTHER)
    assert "n’ouvrent pas ce fichier" in refusal(lambda: opened_again(saved, *given, path=HERE))


def test_a_short_passphrase_or_the_same_twice_is_refused() -> None:
    assert "16 caractères" in refusal(lambda: under_passphrases(RING, "court", OTHER))
    assert "une personne suffirait" in refusal(lambda: under_passphrases(RING, ONE, ONE))


def test_any_two_codes_of_three_open_in_any_order() -> None:
    saved, codes = under_codes(RING)
    assert asks_codes(saved)
    for first, second in permutations(codes, 2):
        assert opened_again(saved, first.upper(), second.replace("-", " "), path=HERE) == RING


def test_one_code_twice_or_one_of_another_keyring_opens_nothing() -> None:
    saved, codes = under_codes(RING)
    _, others = under_codes(RING)
    assert "deux fois le même code" in refusal(lambda: opened_again(saved, codes[0], codes[0], path=HERE))
    assert "n’ouvrent pas ce fichier" in refusal(lambda: opened_again(saved, codes[0], others[1], path=HERE))


@pytest.mark.parametrize("place", [0, 3, 10, -1])
def test_a_sign_copied_wrong_is_said_of_that_code(place: int) -> None:
    saved, codes = under_codes(RING)
    wrong = list(codes[1])
    wrong[place] = "2" if wrong[place] != "2" else "3"
    said = refusal(lambda: opened_again(saved, codes[0], "".join(wrong), path=HERE))
    assert "mal recopié" in said and codes[1][2:] not in said


def test_nothing_of_a_key_or_a_secret_is_in_clear() -> None:
    saved, codes = under_codes(RING)
    both = saved + under_passphrases(RING, ONE, OTHER)
    assert not any(word.encode() in both for word in (ONE, OTHER, *codes, "session_key"))


def test_two_files_of_one_keyring_have_nothing_in_common() -> None:
    one, other = (json.loads(under_passphrases(RING, ONE, OTHER)) for _ in range(2))
    assert (
        one["keyring"] != other["keyring"] and one["salts"] != other["salts"] and one["envelopes"] != other["envelopes"]
    )


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": "cve/custody/v1", "way": "one"}', b"\xff"])
def test_another_file_is_said_so(content: bytes) -> None:
    assert "abîmé" in refusal(lambda: opened_again(content, ONE, OTHER, path=HERE))


def test_a_file_made_to_exhaust_the_machine_is_refused() -> None:
    kept = json.loads(under_passphrases(RING, ONE, OTHER))
    kept["cost"]["memory_kib"] = 2**31
    assert "abîmé" in refusal(lambda: opened_again(json.dumps(kept).encode(), ONE, OTHER, path=HERE))


@pytest.mark.parametrize("name", ["keyring", "envelopes"])
def test_an_envelope_or_content_touched_opens_nothing(name: str) -> None:
    kept = json.loads(under_passphrases(RING, ONE, OTHER))
    text = kept[name] if name == "keyring" else kept[name]["1+2"]
    changed = text[:20] + ("A" if text[20] != "A" else "B") + text[21:]
    kept[name] = changed if name == "keyring" else {"1+2": changed}
    assert "n’ouvrent pas" in refusal(lambda: opened_again(json.dumps(kept).encode(), ONE, OTHER, path=HERE))


def test_the_three_codes_are_numbered_and_written_to_be_copied() -> None:
    _, codes = under_codes(RING)
    assert [code[:2] for code in codes] == ["1-", "2-", "3-"]
    assert all(code == code.lower() and len(code.split("-")) == 11 for code in codes)


def test_a_passphrase_of_just_the_length_asked_is_accepted() -> None:
    just = "x" * custody.SHORTEST_PASSPHRASE
    assert opened_again(under_passphrases(RING, just, OTHER), just, OTHER, path=HERE) == RING


@pytest.mark.parametrize(("name", "value"), [("format", "cve/custody/v9"), ("way", "one"), ("keyring", "!AAAA")])
def test_a_file_of_another_form_is_said_to_be_damaged(name: str, value: str) -> None:
    kept = json.loads(under_passphrases(RING, ONE, OTHER)) | {name: value}
    assert "abîmé" in refusal(lambda: opened_again(json.dumps(kept).encode(), ONE, OTHER, path=HERE))


def test_of_a_code_badly_copied_only_its_number_is_repeated() -> None:
    saved, codes = under_codes(RING)
    said = refusal(lambda: opened_again(saved, codes[0], "2-abc!", path=HERE))
    assert "n’est pas d’ici : 2. Vérifiez" in said
    swapped = "3" + codes[1][1:]
    assert "n’est pas d’ici : 3. Vérifiez" in refusal(lambda: opened_again(saved, codes[0], swapped, path=HERE))


def test_a_sign_slipped_into_the_file_is_not_read_over() -> None:
    kept = json.loads(under_passphrases(RING, ONE, OTHER))
    kept["keyring"] = kept["keyring"][:40] + "!" + kept["keyring"][40:]
    assert "abîmé" in refusal(lambda: opened_again(json.dumps(kept).encode(), ONE, OTHER, path=HERE))
