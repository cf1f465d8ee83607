"""A keyring that changes keeps what still opens something, drops what was ended, and tells one state from another."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pathway.kernel.errors import Sealed
from pathway.vault.fingerprint import fingerprints
from pathway.vault.keyring import (
    Keyring,
    KeyringRefused,
    create_keyring,
    keyring_text,
    load_keyring,
    new_keyring,
    read_keyring,
    replace_keyring,
)
from pathway.vault.providers import FileProvider, provider_of, stamp_of

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
RING = new_keyring(NOW)
ROOT = base64.b64encode(bytes(range(32))).decode()
CHANGES: list[Callable[[Keyring], Keyring]] = [
    lambda ring: ring.with_new_kek(NOW),
    lambda ring: ring.with_new_kek(NOW).without_kek(1),
    lambda ring: ring.with_new_index_root(),
    lambda ring: ring.with_new_index_root().without_index_root(1),
    lambda ring: ring.with_new_journal_key(),
]


def test_a_destroyed_wrapping_key_is_gone_and_the_others_stay() -> None:
    newer = RING.with_new_kek(NOW).with_new_kek(NOW)
    left = newer.without_kek(2)
    assert list(left.keks) == [1, 3] and left.primary == 3
    assert (left.kek(1), left.kek(3)) == (newer.kek(1), newer.kek(3))
    with pytest.raises(Sealed):
        left.kek(2)


def test_the_primary_key_is_never_destroyed() -> None:
    with pytest.raises(ValueError, match=r"^the primary key wraps what is written now$"):
        RING.without_kek(1)


def test_a_new_journal_key_leaves_the_former_ones_to_verify() -> None:
    newer = RING.with_new_journal_key().with_new_journal_key()
    assert (newer.journal_epoch, list(newer.journal_keys)) == (3, [1, 2, 3])
    assert newer.journal_keys[1] == RING.journal_keys[1]
    assert len(newer.journal_keys[3]) == 32 and len(set(newer.journal_keys.values())) == 3


def test_a_new_index_root_is_the_one_in_service_and_only_the_ended_one_leaves() -> None:
    newer = RING.with_new_index_root().with_new_index_root()
    assert (newer.index_version, list(newer.index_roots)) == (3, [1, 2, 3])
    assert newer.without_index_root(2).index_roots == {1: newer.index_roots[1], 3: newer.index_roots[3]}


def test_a_new_keyring_has_a_root_apart_for_what_is_never_written_again() -> None:
    ring = new_keyring(NOW)
    assert ring.lasting_root is not None and ring.lasting_root not in ring.index_roots.values()


def test_the_index_root_in_service_is_never_ended() -> None:
    with pytest.raises(ValueError, match=r"^search tokens are written under this root$"):
        RING.without_index_root(1)


def test_each_change_has_another_mark_and_a_keyring_written_again_has_the_same(tmp_path: Path) -> None:
    marks = {RING.state_mark(), *(change(RING).state_mark() for change in CHANGES)}
    assert len(marks) == 1 + len(CHANGES)
    assert all(len(mark) == 16 and bytes.fromhex(mark) for mark in marks)
    create_keyring(tmp_path / "keyring", RING)
    assert load_keyring(tmp_path / "keyring").state_mark() == RING.state_mark()
    assert replace(RING, session_key=bytes(32)).state_mark() not in marks


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("root_key", ["", ROOT], ids=["plain", "wrapped"])
def test_whatever_changed_is_kept(tmp_path: Path, change: Callable[[Keyring], Keyring], root_key: str) -> None:
    provider = provider_of(tmp_path / "keyring", root_key=root_key, territory="valmer", transit=None)
    provider.create(RING)
    changed = change(RING)
    provider.save(changed)
    assert provider.load() == changed


@pytest.mark.parametrize("ring", [RING, replace(RING, lasting_root=None), RING.with_new_index_root()])
def test_the_root_of_what_cannot_be_written_again_is_kept(tmp_path: Path, ring: Keyring) -> None:
    create_keyring(tmp_path / "keyring", ring)
    kept = load_keyring(tmp_path / "keyring")
    assert kept == ring and kept.lasting() == ring.lasting()


@pytest.mark.parametrize(
    ("root", "fault"),
    [(b"short", "une clé n’a pas 32 octets"), (RING.session_key, "une même clé sert à deux usages")],
    ids=["short", "twice"],  # keys are drawn: their bytes would name the test otherwise in each process
)
def test_that_root_is_a_key_like_the_others(tmp_path: Path, root: bytes, fault: str) -> None:
    with pytest.raises(KeyringRefused) as refused:
        create_keyring(tmp_path / "keyring", replace(RING, lasting_root=root))
    said = refused.value.sentence
    assert f"Le trousseau {tmp_path / 'keyring'} est incohérent : {fault}." in said


@pytest.mark.parametrize(("number", "is_sound"), [(0, True), (2**32 - 1, True), (-1, False), (2**32, False)])
def test_a_wrapping_key_has_a_number_that_the_format_holds(tmp_path: Path, number: int, is_sound: bool) -> None:
    ring = replace(RING, keks={number: replace(RING.keks[1], kid=number)}, primary=number)
    path = tmp_path / "keyring"
    if is_sound:
        create_keyring(path, ring)
        assert load_keyring(path) == ring
    else:
        with pytest.raises(KeyringRefused) as refused:
            create_keyring(path, ring)
        assert "une clé de dossiers a un numéro, un état ou une date impossibles." in refused.value.sentence


def test_a_keyring_is_written_line_by_line_for_whoever_must_read_it() -> None:
    lines = keyring_text(RING).decode().splitlines(keepends=True)
    assert len(lines) > 15 and lines[-1] == "}\n"
    assert set(json.loads("".join(lines))) >= {"format", "primary", "keks", "lasting_root", "session_key"}


def test_a_provider_says_what_protects_its_file(tmp_path: Path) -> None:
    sealed = provider_of(tmp_path / "keyring", root_key=ROOT, territory="valmer", transit=None)
    assert sealed == FileProvider(path=tmp_path / "keyring", root_key=ROOT)
    assert sealed.describe() == "fichier scellé par CARTE_ROOT_KEY"
    assert FileProvider(path=tmp_path).describe() == "fichier, protégé par ses seuls droits"
    sealed.create(RING)
    assert b"session_key" not in sealed.path.read_bytes()


def test_tokens_are_written_under_the_root_in_service() -> None:
    assert fingerprints(RING, "angers").search_version == 1
    assert fingerprints(RING.with_new_index_root(), "angers").search_version == 2


@pytest.mark.parametrize("root_key", ["", ROOT], ids=["plain", "wrapped"])
def test_every_refusal_names_the_file_it_speaks_of(tmp_path: Path, root_key: str) -> None:
    path = tmp_path / "keyring"
    broken = replace(RING, primary=9)
    create_keyring(path, RING, root_key=root_key)
    for act in (
        lambda: replace_keyring(path, broken, root_key=root_key),
        lambda: create_keyring(path.with_name("other"), broken),
        lambda: read_keyring(path, b"{}"),
        lambda: read_keyring(path, keyring_text(broken)),
        lambda: load_keyring(path, root_key="" if root_key else ROOT),
        lambda: load_keyring(path, root_key=base64.b64encode(bytes(32)).decode()),
    ):
        with pytest.raises(KeyringRefused, match=re.escape(str(tmp_path))):
            act()


def test_a_keyring_file_whose_content_is_another_s_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    create_keyring(path, RING)
    path.write_bytes(b"{}")
    with pytest.raises(KeyringRefused, match=re.escape(str(path))):
        load_keyring(path)


def test_who_started_with_the_wrong_root_key_is_told_what_to_do(tmp_path: Path) -> None:
    sealed, plain = tmp_path / "sealed", tmp_path / "plain"
    create_keyring(sealed, RING, root_key=ROOT)
    create_keyring(plain, RING)
    ways_out = {
        (sealed, ""): "Donnez-la par la variable CARTE_ROOT_KEY avant de lancer la carte.",
        (plain, ROOT): "Retirez cette variable, ou remettez le trousseau scellé à cet endroit.",
        (sealed, base64.b64encode(bytes(32)).decode()): (
            "Vérifiez que c’est bien la sienne ; si oui, le fichier est abîmé : remettez sa sauvegarde."
        ),
        (sealed, "court"): (
            "CARTE_ROOT_KEY n’a pas la bonne forme : il faut 32 octets écrits en base64 (44 caractères)."
        ),
    }
    for (path, root_key), sentence in ways_out.items():
        with pytest.raises(KeyringRefused) as refused:
            load_keyring(path, root_key=root_key)
        assert refused.value.sentence.endswith(sentence)


def test_a_link_has_the_stamp_of_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"a")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    assert stamp_of(tmp_path / "link") != stamp_of(tmp_path / "kept")
