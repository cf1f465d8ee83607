import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pathway.cli import group
from pathway.store.opening import open_store
from tests.cli.conftest import Desk
from tests.store.hands import sealed


@pytest.fixture
def kept(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An instance whose copies go beside it."""
    monkeypatch.setenv("CARTE_BACKUPS", str(tmp_path / "copies"))
    return desk


def test_a_copy_goes_from_its_making_to_its_return(kept: Desk) -> None:
    made = kept.answer("backup", "create")
    assert made["pruned"] == 0 and made["counts"]["account"] > 0
    (line,) = kept.answer("backup", "list")
    assert (line["path"], line["signed"], line["kids"]) == (made["path"], True, [1])
    assert kept.answer("backup", "verify", made["path"])["found"]["problems"] == []
    assert kept.answer("backup", "verify", made["path"], "--sample", "2")["found"]["opened"] == 2
    tried = kept.answer("backup", "drill", "--sample", "3")
    assert (tried["restored"]["problems"], tried["forgotten"], tried["restored"]["opened"]) == ([], 0, 3)
    assert "drill" not in kept.answer("doctor")["notes"]
    store = open_store(kept.settings)
    later = sealed(store)
    store.engine.dispose()
    assert "--replace" in kept.refusal("backup", "restore", made["path"], "--yes", code=1)
    done = kept.answer("backup", "restore", made["path"], "--replace", "--yes")
    assert done["copy"] == made["copy"] and json.loads(done["head"])["seq"] == done["entry"]
    store = open_store(kept.settings)
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM data_key WHERE subject_id = ?", (later,)).scalar_one()
    store.engine.dispose()
    assert found == 0 and kept.answer("journal", "verify")["broken"] == []


def test_each_says_in_words_what_it_did(kept: Desk) -> None:
    assert "Octets" in kept.run("backup", "create").stdout
    assert "signée" in kept.run("backup", "list").stdout
    (file,) = (Path(one["path"]) for one in kept.answer("backup", "list"))
    assert "Contenus scellés ouverts" in kept.run("backup", "verify", file).stdout
    assert "Effacements rejoués : 0" in kept.run("backup", "drill").stdout
    said = kept.run("backup", "settle")
    assert "Ligne du journal qui le dit" in said.stdout and "Ajoutez cette ligne" in said.stderr


def test_putting_back_asks_first(kept: Desk) -> None:
    file = kept.answer("backup", "create")["path"]
    before = (kept.folder / "carte.sqlite").read_bytes()
    words = ["backup", "restore", file, "--replace"]
    asked = CliRunner().invoke(group, words, input="n\n", prog_name="carte")
    assert asked.exit_code == 1 and "Ce qui a été fait depuis sera perdu" in asked.stderr
    assert (kept.folder / "carte.sqlite").read_bytes() == before


def test_a_touched_copy_is_refused_in_a_sentence(kept: Desk) -> None:
    file = Path(kept.answer("backup", "create")["path"])
    file.write_bytes(file.read_bytes()[:-100])
    assert "n’est plus celui qui a été écrit" in kept.refusal("backup", "verify", file, code=1)
    assert "n’est plus celui qui a été écrit" in kept.refusal("backup", "restore", file, "--replace", code=1)


def test_without_a_folder_each_says_which_setting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARTE_BACKUPS", raising=False)
    for words in (["create"], ["list"], ["drill"]):
        assert "CARTE_BACKUPS" in desk.refusal("backup", *words, code=1)


def test_an_empty_folder_has_nothing_to_try(kept: Desk) -> None:
    assert kept.answer("backup", "list") == []
    assert "Rien à montrer" in kept.run("backup", "list").stdout
    assert "backup create" in kept.refusal("backup", "drill", code=1)


@pytest.mark.parametrize(
    "words", [("verify",), ("verify", "nowhere"), ("restore", "nowhere"), ("drill", "--sample", "0")]
)
def test_what_is_asked_wrongly_is_misuse(kept: Desk, words: tuple[str, ...]) -> None:
    assert kept.run("backup", *words).exit_code == 2


def test_every_command_explains_itself(desk: Desk) -> None:
    for name in ("create", "list", "verify", "restore", "settle", "drill"):
        assert "Exemple" in desk.run("backup", name, "--help").stdout


def test_the_journal_is_pruned_by_hand_and_holds(desk: Desk) -> None:
    assert desk.answer("journal", "prune", "--yes")["pruned"] == 0
    assert "est gardé 12 mois" in desk.refusal("journal", "prune", "--before", "2026-11-20", code=1)
    assert desk.run("journal", "prune", "--before", "never").exit_code == 2


def test_roles_are_a_matter_of_postgresql(desk: Desk) -> None:
    assert "SQLite n’a pas de rôles" in desk.refusal("database", "roles", code=1)


def test_the_statements_of_the_roles_are_written(
    desk: Desk, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgresql_url)
    monkeypatch.setenv("CARTE_INSTANCE", str(desk.folder / "other"))
    desk.run("database", "upgrade")
    written = desk.run("database", "roles", "--sql").stdout
    assert 'CREATE ROLE "carte_app"' in written and written.endswith(";\n")
    found = desk.answer("database", "roles")
    assert "DELETE journal_entry" in found["beyond"] and [f"{one};" for one in found["sql"]] == written.splitlines()
    assert "peut récrire le journal" in desk.run("database", "roles").stderr
