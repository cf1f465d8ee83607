"""Files of keys are written for their owner alone, and every refusal names the file and what to do."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pathway.vault import keyfile
from pathway.vault.keyfile import KeyringRefused, create_file, read_file, replace_file, write_apart


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(KeyringRefused) as refused:
        act()
    return refused.value.sentence


def disk_full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_the_folders_above_a_new_file_are_made_and_its_own_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "srv" / "carte" / "keyring"
    create_file(path, b"a")
    assert (read_file(path), mode(path), mode(path.parent)) == (b"a", 0o600, 0o700)


def test_a_file_put_apart_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write_apart(tmp_path / "kept", b"a")
    assert ((tmp_path / "kept").read_bytes(), mode(tmp_path / "kept"), mode(tmp_path)) == (b"a", 0o600, 0o755)


def test_a_file_put_apart_takes_the_place_of_none(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"before")
    said = refusal(lambda: write_apart(path, b"a"))
    assert str(path) in said and "choisissez un autre nom" in said
    assert path.read_bytes() == b"before"


def test_a_link_to_nothing_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "kept").symlink_to(tmp_path / "elsewhere")
    refusal(lambda: write_apart(tmp_path / "kept", b"a"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_cannot_be_put_apart_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "kept"
    said = refusal(lambda: write_apart(path, b"a"))
    assert str(path) in said and "Vérifiez le chemin, la place et les droits." in said


def test_whoever_may_only_pass_through_the_folder_is_no_danger(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "keyring"
    create_file(path, b"a")
    path.parent.chmod(0o711)
    assert read_file(path) == b"a"


@pytest.mark.parametrize(
    "act", [lambda path: create_file(path.with_name("new"), b"b"), lambda path: replace_file(path, b"b")]
)
def test_a_full_disk_is_said_of_the_file_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Path], None]
) -> None:
    path = tmp_path / "instance" / "keyring"
    create_file(path, b"a")
    monkeypatch.setattr(keyfile, "_sync_directory", disk_full)
    said = refusal(lambda: act(path))
    assert str(path.parent) in said
    assert "Vérifiez la place sur le disque et les droits de son dossier." in said


def test_a_file_that_the_disk_no_longer_gives_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "instance" / "keyring"
    create_file(path, b"a")
    monkeypatch.setattr(os, "fdopen", disk_full)
    assert str(path) in refusal(lambda: read_file(path))


def test_a_path_through_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "keyring"
    assert str(path) in refusal(lambda: read_file(path))
    assert str(path) in refusal(lambda: create_file(path, b"a"))


def test_each_refusal_says_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "keyring"
    assert "n’en créez un nouveau que pour une base vide." in refusal(lambda: read_file(path))
    create_file(path, b"a")
    assert "Pour repartir d’une base vide, déplacez-le d’abord." in refusal(lambda: create_file(path, b"b"))
    path.parent.chmod(0o770)
    said = refusal(lambda: read_file(path))
    assert said.startswith("D’autres comptes du système peuvent écrire dans le dossier du trousseau. Retirez-leur")
