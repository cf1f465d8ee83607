"""The keyring is kept whole and closed, and refused with a way out at the least doubt."""

import base64
import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pathway.kernel.errors import Sealed
from pathway.vault.keyring import (
    Keyring,
    KeyringRefused,
    create_keyring,
    load_keyring,
    new_keyring,
    replace_keyring,
)

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
RING = new_keyring(NOW)
ROOT = base64.b64encode(bytes(range(32))).decode()
OTHER_ROOT = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "instance" / "keyring"
    create_keyring(place, RING)
    return place


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(KeyringRefused) as refused:
        act()
    assert refused.value.code == "keyring_refused"
    return refused.value.sentence


@pytest.mark.parametrize("root_key", ["", ROOT, ROOT + "\n"])
def test_a_keyring_loads_as_it_was_created(tmp_path: Path, root_key: str) -> None:
    ring = RING.with_new_kek(NOW + timedelta(days=90))
    create_keyring(tmp_path / "keyring", ring, root_key=root_key)
    assert load_keyring(tmp_path / "keyring", root_key=root_key) == ring


def test_a_new_keyring_is_closed_to_other_accounts(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    create_keyring(tmp_path / "keyring", RING)
    assert (mode(tmp_path), mode(tmp_path / "keyring")) == (0o700, 0o600)


def test_a_sealed_keyring_shows_no_key(tmp_path: Path) -> None:
    create_keyring(tmp_path / "keyring", RING, root_key=ROOT)
    content = (tmp_path / "keyring").read_bytes()
    assert b"session_key" not in content
    assert base64.b64encode(RING.kek(1)) not in content


@pytest.mark.parametrize("link", [False, True])
def test_a_keyring_is_never_created_over_another(path: Path, link: bool) -> None:
    place = path.with_name("other") if link else path
    if link:
        place.symlink_to(path)
    assert "existe déjà" in refusal(lambda: create_keyring(place, new_keyring(NOW)))
    assert load_keyring(path) == RING


def test_a_keyring_that_cannot_be_created_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", disk_full)
    assert "n’a pas pu être écrit" in refusal(lambda: create_keyring(tmp_path / "keyring", RING))
    assert list(tmp_path.iterdir()) == []


def disk_full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_keyring_under_a_file_cannot_be_created_nor_read(path: Path) -> None:
    assert "n’a pas pu être écrit" in refusal(lambda: create_keyring(path / "keyring", RING))
    assert "ne peut pas être lu" in refusal(lambda: load_keyring(path / "keyring"))


def test_a_replaced_keyring_is_the_new_one_alone(path: Path) -> None:
    newer = RING.with_new_kek(NOW)
    replace_keyring(path, newer)
    assert load_keyring(path) == newer
    assert (mode(path), list(path.parent.iterdir())) == (0o600, [path])


def test_a_plain_keyring_can_be_replaced_by_a_sealed_one(path: Path) -> None:
    replace_keyring(path, RING, root_key=ROOT)
    assert load_keyring(path, root_key=ROOT) == RING


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_failed_replacement_leaves_the_former_keyring(path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    monkeypatch.setattr(os, step, disk_full)
    assert "n’a pas pu être écrit" in refusal(lambda: replace_keyring(path, RING.with_new_kek(NOW)))
    assert (load_keyring(path), list(path.parent.iterdir())) == (RING, [path])


def test_there_is_no_replacing_a_keyring_that_is_missing_or_open_to_others(path: Path) -> None:
    path.chmod(0o640)
    assert "chmod 600" in refusal(lambda: replace_keyring(path, RING))
    path.unlink()
    assert "introuvable" in refusal(lambda: replace_keyring(path, RING))
    assert not path.exists()


def test_a_missing_keyring_is_refused_and_none_is_made(tmp_path: Path) -> None:
    assert "introuvable" in refusal(lambda: load_keyring(tmp_path / "keyring"))
    assert "introuvable" in refusal(lambda: load_keyring(tmp_path / "none" / "keyring"))
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_a_keyring_is_refused(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    assert "lien symbolique" in refusal(lambda: load_keyring(link))


def test_a_link_put_there_between_two_looks_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    monkeypatch.setattr(Path, "is_symlink", lambda _: False)
    assert "ne peut pas être lu" in refusal(lambda: load_keyring(link))


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_not_a_regular_file_is_refused(path: Path, make: Callable[[Path], None]) -> None:
    make(path.with_name("other"))
    assert "pas un fichier ordinaire" in refusal(lambda: load_keyring(path.with_name("other")))


def test_a_keyring_of_another_account_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    assert f"chown {stranger}" in refusal(lambda: load_keyring(path))


@pytest.mark.parametrize("bit", [0o040, 0o020, 0o010, 0o004, 0o002, 0o001])
def test_any_right_of_others_on_the_file_is_refused(path: Path, bit: int) -> None:
    path.chmod(0o600 | bit)
    assert f"chmod 600 {path}" in refusal(lambda: load_keyring(path))


@pytest.mark.parametrize("bit", [0o020, 0o002])
def test_a_directory_others_can_write_in_is_refused(path: Path, bit: int) -> None:
    path.parent.chmod(0o700 | bit)
    assert f"chmod 700 {path.parent}" in refusal(lambda: load_keyring(path))


def test_a_disk_that_fails_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fdopen", disk_full)
    assert "ne peut pas être lu" in refusal(lambda: load_keyring(path))


def test_any_truncation_of_a_plain_keyring_is_refused(path: Path) -> None:
    content = path.read_bytes().rstrip()
    for size in range(0, len(content), 7):
        path.write_bytes(content[:size])
        assert "abîmé" in refusal(lambda: load_keyring(path))


@given(st.binary(max_size=60) | st.recursive(st.none() | st.text(), st.lists).map(lambda one: json.dumps(one).encode()))
@example(b"cve/keyring/transit/v1\n")
def test_arbitrary_bytes_are_never_a_keyring(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("instance") / "keyring"
    path.touch(0o600)
    path.write_bytes(content)
    said = refusal(lambda: load_keyring(path))
    # The last two for what begins like a keyring that a root key, or a key vault, covers.
    assert any(words in said for words in ("abîmé", "sa clé racine manque", "est protégé par Vault"))


def changed(path: Path, *keys: str, value: Any) -> None:
    kept = json.loads(path.read_text())
    inner = kept
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    path.write_text(json.dumps(kept))


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["format"], "cve/keyring/v2"),
        (["keks"], []),
        (["keks", "1", "key"], "not base64!"),
        (["keks", "1", "created_at"], "yesterday"),
        (["primary"], None),
        (["index_roots"], {"one": OTHER_ROOT}),
        (["session_key"], 12),
    ],
)
def test_a_keyring_with_an_unreadable_entry_is_refused(path: Path, keys: list[str], value: Any) -> None:
    changed(path, *keys, value=value)
    assert "abîmé" in refusal(lambda: load_keyring(path))


SHORT = base64.b64encode(bytes(31)).decode()
TWIN = base64.b64encode(RING.session_key).decode()


@pytest.mark.parametrize(
    ("keys", "value", "fault"),
    [
        (["primary"], 2, "clé principale"),
        (["keks", "1", "state"], "retired", "clé principale"),
        (["keks", "-1"], {"key": OTHER_ROOT, "state": "retired", "created_at": NOW.isoformat()}, "impossibles"),
        (["keks", "2"], {"key": OTHER_ROOT, "state": "lost", "created_at": NOW.isoformat()}, "impossibles"),
        (["keks", "1", "created_at"], "2026-03-02T08:00:00", "impossibles"),
        (["index_version"], 2, "clé de recherche"),
        (["journal_epoch"], 2, "clé du journal"),
        (["keks", "1", "key"], SHORT, "32 octets"),
        (["index_roots", "1"], SHORT, "32 octets"),
        (["journal_keys", "1"], SHORT, "32 octets"),
        (["session_key"], "", "32 octets"),
        pytest.param(["journal_keys", "1"], TWIN, "deux usages", id="twin"),  # drawn: unnamed, it differs each time
    ],
)
def test_an_inconsistent_keyring_is_refused(path: Path, keys: list[str], value: Any, fault: str) -> None:
    changed(path, *keys, value=value)
    assert fault in refusal(lambda: load_keyring(path))


def test_an_inconsistent_keyring_is_never_written(path: Path) -> None:
    broken = replace(RING, primary=9)
    assert "incohérent" in refusal(lambda: replace_keyring(path, broken))
    assert "incohérent" in refusal(lambda: create_keyring(path.with_name("other"), broken))
    assert load_keyring(path) == RING


def test_a_key_under_another_number_is_refused(path: Path) -> None:
    broken = replace(RING, keks={**RING.keks, 2: RING.keks[1]})
    assert "impossibles" in refusal(lambda: replace_keyring(path, broken))


def test_a_sealed_keyring_wants_its_own_root_key(path: Path) -> None:
    replace_keyring(path, RING, root_key=ROOT)
    assert "sa clé racine manque" in refusal(lambda: load_keyring(path))
    assert "n’ouvre pas" in refusal(lambda: load_keyring(path, root_key=OTHER_ROOT))


def test_a_plain_keyring_is_refused_when_a_sealed_one_is_expected(path: Path) -> None:
    assert "n’est pas scellé" in refusal(lambda: load_keyring(path, root_key=ROOT))


@pytest.mark.parametrize("root_key", [" ", "é", "abc", SHORT, ROOT + "AAAA"])
def test_a_root_key_of_another_shape_is_refused(path: Path, root_key: str) -> None:
    assert "44 caractères" in refusal(lambda: create_keyring(path.with_name("other"), RING, root_key=root_key))
    replace_keyring(path, RING, root_key=ROOT)
    assert "44 caractères" in refusal(lambda: load_keyring(path, root_key=root_key))


def test_any_change_to_a_sealed_keyring_is_refused(path: Path) -> None:
    replace_keyring(path, RING, root_key=ROOT)
    content = path.read_bytes()
    for position in range(0, len(content), 5):
        path.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        refusal(lambda: load_keyring(path, root_key=ROOT))
        path.write_bytes(content[:position])
        refusal(lambda: load_keyring(path, root_key=ROOT))


def test_printing_a_keyring_shows_no_key() -> None:
    shown = repr(RING) + str(RING.keks[1])
    keys = [RING.kek(1), RING.index_roots[1], RING.journal_keys[1], RING.session_key]
    assert "created_at" in shown
    assert not any(repr(key) in shown or key.hex() in shown for key in keys)


def test_a_new_keyring_draws_every_key_apart() -> None:
    rings = [RING, new_keyring(NOW)]
    keys = [k for r in rings for k in (r.kek(1), r.index_roots[1], r.journal_keys[1], r.session_key)]
    assert (len(set(keys)), {len(key) for key in keys}) == (8, {32})


def test_a_wrong_keyring_shows_in_its_check_values() -> None:
    newer = RING.with_new_kek(NOW)
    assert newer.check_values().items() > RING.check_values().items()
    assert new_keyring(NOW).check_values()[1] != RING.check_values()[1]
    assert [len(value) for value in newer.check_values().values()] == [8, 8]


def test_a_new_wrapping_key_becomes_primary_and_the_former_still_opens() -> None:
    later = NOW + timedelta(days=90)
    newer = RING.with_new_kek(later)
    assert (newer.primary, newer.keks[2].state, newer.keks[2].created_at) == (2, "active", later)
    assert (newer.keks[1].state, newer.kek(1)) == ("retired", RING.kek(1))
    assert (RING.primary, list(RING.keks)) == (1, [1])


def test_a_destroyed_number_is_not_given_again() -> None:
    newer = RING.with_new_kek(NOW)
    pruned = replace(newer, keks={2: newer.keks[2]})
    assert pruned.with_new_kek(NOW).primary == 3


def test_an_unknown_wrapping_key_is_refused() -> None:
    with pytest.raises(Sealed):
        RING.kek(2)


def test_a_keyring_is_one_value() -> None:
    assert isinstance(RING, Keyring)
    with pytest.raises(AttributeError):
        RING.primary = 2  # type: ignore[misc]  # the very thing refused
