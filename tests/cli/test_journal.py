import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import Desk


def exported(desk: Desk, tmp_path: Path) -> Path:
    file = tmp_path / "heads.jsonl"
    assert str(file) in desk.run("journal", "head", "--to", file).stderr
    return file


def shorten(desk: Desk) -> None:
    """Cut the last entry and put the head back: what somebody who holds the base can do."""
    with closing(sqlite3.connect(desk.folder / "carte.sqlite")) as connection, connection as base:
        last = base.execute("SELECT max(seq) FROM journal_entry").fetchone()[0]
        base.execute("DELETE FROM journal_subject WHERE seq = ?", (last,))
        base.execute("DELETE FROM journal_entry WHERE seq = ?", (last,))
        base.execute(
            "UPDATE journal_head SET seq = ?, mac = (SELECT mac FROM journal_entry WHERE seq = ?)", [last - 1] * 2
        )


def test_the_head_is_one_line_of_json_that_anybody_may_read(desk: Desk) -> None:
    said = json.loads(desk.run("journal", "head").stdout)
    assert set(said) == {"at", "seq", "mac", "count", "territory", "epoch", "sign"}
    assert (said["territory"], said["count"]) == ("valmer", said["seq"])


def test_a_journal_that_holds_to_its_heads_is_well(desk: Desk, tmp_path: Path) -> None:
    file = exported(desk, tmp_path)
    desk.run("nightly")
    exported(desk, tmp_path)
    found = desk.answer("journal", "verify", "--head", file)
    assert (found["broken"], found["contradicted"], found["heads"]) == ([], [], 2)
    assert "En-têtes comparés : 2" in desk.run("journal", "verify", "--head", file).stdout


def test_a_shortened_journal_is_refused_by_its_heads_alone(desk: Desk, tmp_path: Path) -> None:
    desk.run("nightly")  # its last line seals nobody: the seals of records cannot tell
    file = exported(desk, tmp_path)
    shorten(desk)
    assert desk.answer("journal", "verify")["broken"] == []
    found = desk.answer("journal", "verify", "--head", file, code=1)
    assert found["contradicted"][0]["seq"] == found["entries"] + 1
    assert "s’arrête à la ligne" in desk.run("journal", "verify", "--head", file).stdout


def test_an_emptied_file_of_heads_proves_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "heads.jsonl").write_text("\n \n")
    assert "aucun en-tête" in desk.refusal("journal", "verify", "--head", tmp_path / "heads.jsonl", code=1)
    desk.refusal("journal", "verify", "--head", tmp_path / "missing", code=2)


def test_the_night_exports_where_the_setting_says(desk: Desk, tmp_path: Path) -> None:
    (desk.folder / "settings.toml").write_text(f'CARTE_JOURNAL_HEADS = "{tmp_path}"\n')
    assert desk.answer("nightly")["steps"]["journal_head"] == {"exported": 1, "failed": 0}
    assert desk.answer("doctor")["checks"]["journal_heads"] == "ok"
    assert desk.answer("journal", "verify", "--head", tmp_path / "journal-valmer.jsonl")["heads"] == 1
