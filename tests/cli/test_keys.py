"""What an operator does with the keys, from their state to their end, at the keyboard and from a script."""

import base64
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Way
from pathway.cli import group
from pathway.cli.serving import serving_environment
from pathway.kernel.clock import SystemClock
from pathway.kernel.settings import Settings
from pathway.store.actor import SYSTEM, Actor
from pathway.store.opening import open_store
from pathway.store.transaction import Transaction
from pathway.vault import custody
from pathway.vault.keyring import load_keyring, replace_keyring
from tests.cli.conftest import Desk
from tests.store.hands import altered, opened, sealed
from tests.town import AMINA
from tests.vault.transit_server import KEY, TOKEN, Engine, serving

ONE, OTHER = "le chat dort sur le toit", "trois bateaux rouges au port"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody, "_MEMORY_KIB", 64)
    monkeypatch.setattr(custody, "_PASSES", 1)


def typed(*words: str | Path, lines: list[str]) -> Result:
    """A command whose questions are answered with those lines."""
    asked = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(group, [str(word) for word in words], input=asked, prog_name="carte")


def one_subject(desk: Desk) -> str:
    store = open_store(desk.settings)
    subject = sealed(store)
    store.engine.dispose()
    return subject


def opens(desk: Desk, subject: str) -> bool:
    store = open_store(desk.settings)
    try:
        return bool(opened(store, subject) == {"name": "Amina"})
    finally:
        store.engine.dispose()


def in_the_past(desk: Desk, days: int) -> None:
    store = open_store(desk.settings)
    at = (SystemClock().now() - timedelta(days=days)).replace(tzinfo=None)
    altered(store, "UPDATE wrapping_key SET emptied_at = :at WHERE emptied_at IS NOT NULL", at=str(at))
    store.engine.dispose()


def test_the_state_says_age_use_protection_and_custody(desk: Desk) -> None:
    one_subject(desk)
    found = desk.answer("keys", "status")
    assert (found["keys"][0]["kid"], found["keys"][0]["state"], found["keys"][0]["days"]) == (1, "active", 0)
    assert found["keys"][0]["rows"] > 0
    assert (found["index"], found["journal"]) == ({"version": 1, "versions": [1]}, {"epoch": 1})
    assert (found["custody"], "jamais" in found["warnings"][0]) == (None, True)
    said = desk.run("keys", "status")
    assert "en service" in said.stdout and "protégé par ses seuls droits" in said.stdout
    assert "jamais été mis de côté" in said.stderr


def test_a_key_lives_its_whole_life(desk: Desk) -> None:
    subject = one_subject(desk)
    assert desk.answer("keys", "rotate") == {"kid": 2}
    assert "sert encore" in desk.refusal("keys", "destroy", "1", "--yes", code=1)
    left = desk.answer("keys", "status")["keys"][0]["rows"]
    assert desk.answer("keys", "rewrap", "--lot", "2", "--pause", "0ms") == {"rewrapped": left, "unopened": 0}
    assert "peut être détruite" in desk.refusal("keys", "destroy", "1", "--yes", code=1)
    in_the_past(desk, 31)
    asked = typed("keys", "destroy", "1", lines=["n"])
    assert asked.exit_code == 1 and [one["kid"] for one in desk.answer("keys", "status")["keys"]] == [1, 2]
    assert desk.answer("keys", "destroy", "1", "--yes") == {"destroyed": 1}
    assert [one["kid"] for one in desk.answer("keys", "status")["keys"]] == [2]
    assert opens(desk, subject)
    assert desk.answer("journal", "verify")["broken"] == []


def test_the_delay_of_copies_is_a_setting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.run("keys", "rotate")
    desk.run("keys", "rewrap")
    monkeypatch.setenv("CARTE_BACKUP_DAYS", "0")
    assert desk.answer("keys", "destroy", "1", "--yes") == {"destroyed": 1}


def test_one_record_is_given_another_key(desk: Desk) -> None:
    store = open_store(desk.settings)
    with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="cli", write=False) as tx:
        post = tx.execute(text("SELECT account_id, structure_id FROM membership WHERE role = 'counsellor'")).first()
    assert post is not None
    actor = Actor(role="counsellor", account_id=post.account_id, structure_id=post.structure_id)
    someone = NewPerson(identity=AMINA, claims={})
    with Transaction(store, actor=actor, clock=SystemClock(), door="web") as tx:
        (record,) = create_records(tx, [someone], way=Way.SAID, referent_id=post.account_id)
    store.engine.dispose()
    assert desk.answer("keys", "rekey", record) == {"rekeyed": record, "values": 0}
    assert "nouvelle clé" in desk.run("keys", "rekey", record).stderr
    assert desk.answer("journal", "verify")["broken"] == []
    assert "Aucun dossier ne porte cette référence" in desk.refusal("keys", "rekey", "a" * 26, code=1)


def test_search_and_journal_keys_change_too(desk: Desk) -> None:
    assert desk.answer("keys", "rotate", "--index", "--journal") == {"index": 2, "journal": 2}
    assert "change déjà de clé" in desk.refusal("keys", "rotate", "--index", code=1)
    found = desk.answer("keys", "status")
    assert (found["index"], found["journal"]) == ({"version": 2, "versions": [1, 2]}, {"epoch": 2})
    desk.run("nightly")
    assert desk.answer("keys", "destroy", "1", "--index", "--yes") == {"destroyed": 1}
    assert desk.answer("keys", "status")["index"] == {"version": 2, "versions": [2]}
    assert desk.answer("journal", "verify")["broken"] == []


def test_a_keyring_saved_under_two_passphrases_comes_back(desk: Desk, tmp_path: Path) -> None:
    subject, file = one_subject(desk), tmp_path / "ailleurs.json"
    done = typed("keys", "save", "--to", file, "--json", lines=[ONE, ONE, OTHER, OTHER])
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"file": str(file), "codes": []})
    assert file.stat().st_mode & 0o777 == 0o600
    assert desk.answer("keys", "status")["warnings"] == []
    desk.settings.keyring_path.unlink()
    assert typed("keys", "restore", file, lines=[OTHER, ONE]).exit_code == 1
    assert not desk.settings.keyring_path.exists()
    assert typed("keys", "restore", file, lines=[ONE, OTHER]).exit_code == 0
    assert opens(desk, subject)
    again = typed("keys", "restore", file, lines=[ONE, OTHER])
    assert again.exit_code == 1 and "existe déjà" in again.stderr


def test_a_keyring_saved_under_codes_comes_back_with_any_two(desk: Desk, tmp_path: Path) -> None:
    subject, file = one_subject(desk), tmp_path / "ailleurs.json"
    codes = desk.run("keys", "save", "--to", file, "--codes").stdout.split()
    assert len(codes) == 3
    desk.settings.keyring_path.unlink()
    assert typed("keys", "restore", file, lines=[codes[2], codes[0]]).exit_code == 0
    assert opens(desk, subject)


def test_a_saved_file_never_goes_beside_the_base_nor_over_another(desk: Desk, tmp_path: Path) -> None:
    assert "dossier de la base" in desk.refusal(
        "keys", "save", "--codes", "--to", desk.settings.instance / "x.json", code=1
    )
    file = tmp_path / "ailleurs.json"
    file.write_text("mine")
    assert "existe déjà" in desk.refusal("keys", "save", "--codes", "--to", file, code=1)
    assert file.read_text() == "mine"


def test_no_writing_of_a_path_puts_the_saved_keyring_with_what_it_opens(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies, below = tmp_path / "copies", desk.settings.instance / "sous"
    copies.mkdir(0o700)
    below.mkdir()
    (tmp_path / "lien").symlink_to(desk.settings.instance)
    monkeypatch.setenv("CARTE_BACKUPS", str(copies))
    for place in (below, tmp_path / "lien", desk.settings.instance / ".." / desk.settings.instance.name):
        assert "dossier de la base" in desk.refusal("keys", "save", "--codes", "--to", place / "x.json", code=1)
    assert "copies de la base" in desk.refusal("keys", "save", "--codes", "--to", copies / "x.json", code=1)
    assert not list(tmp_path.rglob("x.json"))


def test_a_new_key_asks_for_a_new_custody(desk: Desk, tmp_path: Path) -> None:
    desk.run("keys", "save", "--codes", "--to", tmp_path / "ailleurs.json")
    desk.run("keys", "rotate")
    assert any("a changé depuis" in one for one in desk.answer("keys", "status")["warnings"])
    assert "a changé depuis" in desk.answer("doctor")["notes"]["keys"]


def test_vault_takes_a_keyring_over_through_what_was_saved(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, file, engine = one_subject(desk), tmp_path / "ailleurs.json", Engine()
    codes = desk.run("keys", "save", "--codes", "--to", file).stdout.split()
    desk.settings.keyring_path.unlink()
    with serving(engine) as addr:
        for name, value in {"ADDR": addr, "TOKEN": TOKEN, "KEY": KEY}.items():
            monkeypatch.setenv(f"CARTE_VAULT_{name}", value)
        done = typed("keys", "restore", file, lines=codes[:2])
        assert done.exit_code == 0 and TOKEN not in done.output
        assert "CARTE_VAULT_TOKEN" not in os.environ
        monkeypatch.setenv("CARTE_VAULT_TOKEN", TOKEN)
        assert opens(desk, subject)
        engine.rotate()
        desk.answer("keys", "rewrap")
        assert b"vault:v2:" in (desk.folder / "keyring").read_bytes()
        monkeypatch.setenv("CARTE_VAULT_TOKEN", TOKEN)
        assert "Vault" in desk.answer("keys", "status")["provider"]
        monkeypatch.setenv("CARTE_VAULT_TOKEN", TOKEN)
        engine.is_sealed = True
        assert "est scellé" in desk.refusal("keys", "status", code=1)


def test_the_root_key_leaves_the_environment_once_read_and_goes_on_serving_the_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = base64.b64encode(bytes(range(32))).decode()
    replace_keyring(desk.settings.keyring_path, load_keyring(desk.settings.keyring_path), root_key=root)
    monkeypatch.setenv("CARTE_ROOT_KEY", root)
    assert "CARTE_ROOT_KEY" in desk.answer("keys", "status")["provider"]
    assert "CARTE_ROOT_KEY" not in os.environ
    monkeypatch.setenv("CARTE_ROOT_KEY", root)
    assert "nightly" in desk.answer("doctor")["notes"]  # settings are asked for twice in this command
    assert serving_environment(Settings(CARTE_ROOT_KEY=root, CARTE_INSTANCE=desk.folder))["CARTE_ROOT_KEY"] == root


@pytest.mark.parametrize(
    "words",
    [
        ("rewrap", "--pause", "20"),
        ("rewrap", "--pause", "2m"),
        ("rewrap", "--lot", "0"),
        ("destroy", "zero"),
        ("save",),
        ("restore", "nowhere.json"),
    ],
)
def test_what_is_asked_wrongly_is_misuse(desk: Desk, words: tuple[str, ...]) -> None:
    assert desk.run("keys", *words).exit_code == 2


def test_every_command_explains_itself(desk: Desk) -> None:
    for name in ("status", "rotate", "rewrap", "rekey", "destroy", "save", "restore"):
        assert "Exemple" in desk.run("keys", name, "--help").stdout
