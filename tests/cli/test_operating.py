"""The operator's daily commands on a small instance: answers on standard output, all the rest elsewhere."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from pathway.cli import intake, testing
from pathway.cli.routes import paths
from pathway.kernel.clock import SystemClock, local_day
from pathway.kernel.errors import Unavailable
from tests.cli.conftest import Desk

GOOD = "Prénom;Nom;Date de naissance;Téléphone\nAwa;Ndiaye;03/02/1990;0639980001\nLuis;Costa;1988-05-06;\n"
MIXED = f"{GOOD};Sans-Prénom;01/01/1990;\n"


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "personnes.csv"
    path.write_text(text)
    return path


def test_partners_are_listed_by_code(desk: Desk) -> None:
    found = desk.answer("partners", "list")
    assert {"code": "plie", "name": "PLIE du Bassin", "kind": "plie"} in found
    assert len(found) == 9
    assert "mission-locale" in desk.run("partners", "list").stdout


def test_people_are_imported_once_however_often_the_file_comes(desk: Desk, tmp_path: Path) -> None:
    line = ("intake", "people", file(tmp_path, GOOD), "--structure", "ccas")
    assert desk.answer(*line) == {"created": 2, "known": 0, "refused": [], "warnings": []}
    assert desk.answer(*line) == {"created": 0, "known": 2, "refused": [], "warnings": []}
    assert desk.answer("doctor")["people"] == 2


def test_a_refused_row_loses_nothing_of_the_others_and_leaves_with_one(desk: Desk, tmp_path: Path) -> None:
    done = desk.answer("intake", "people", file(tmp_path, MIXED), "--structure", "plie", code=1)
    assert done["created"] == 2
    assert [(one["line"], one["column"]) for one in done["refused"]] == [(4, "Prénom")]
    assert set(done["refused"][0]) == {"line", "column", "reason"}


def test_trying_a_file_keeps_nobody(desk: Desk, tmp_path: Path) -> None:
    line = ("intake", "people", file(tmp_path, GOOD), "--structure", "plie", "--dry-run")
    assert desk.answer(*line)["created"] == 2
    assert desk.answer("doctor")["people"] == 0


def test_an_import_is_readable_without_json(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("intake", "people", file(tmp_path, MIXED), "--structure", "plie")
    assert done.exit_code == 1
    assert "Créées : 2" in done.stdout
    assert "refusé" in done.stdout


def test_an_unknown_structure_is_a_misuse_that_names_the_known_ones(desk: Desk, tmp_path: Path) -> None:
    said = desk.refusal("intake", "people", file(tmp_path, GOOD), "--structure", "paris", code=2)
    assert "« paris »" in said
    assert "mission-locale" in said


def test_a_missing_file_is_a_misuse_that_names_it(desk: Desk, tmp_path: Path) -> None:
    assert "rien.csv" in desk.refusal("intake", "people", tmp_path / "rien.csv", "--structure", "plie", code=2)


def test_an_import_the_base_cuts_short_says_what_is_kept(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Unavailable("La base est occupée. Rien n’a été enregistré.")

    monkeypatch.setattr(intake, "import_people", full)
    said = desk.refusal("intake", "people", file(tmp_path, GOOD), "--structure", "plie", code=1)
    assert "déjà créées sont gardées" in said and "Rien n’a été enregistré" not in said


@pytest.mark.parametrize(("content", "said"), [(b"", "vide"), (b"\x00\x01\x02\xff" * 40, "fichier")])
def test_a_file_that_is_no_table_is_refused_in_a_sentence(
    desk: Desk, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "personnes.csv"
    path.write_bytes(content)
    assert said in desk.refusal("intake", "people", path, "--structure", "plie", code=1)


def test_the_night_is_done_again_without_harm_and_never_backwards(desk: Desk) -> None:
    today = local_day(SystemClock().now())
    first = desk.answer("nightly")
    assert first["on"] == today.isoformat()
    assert first["caught_up"] == []
    assert desk.answer("nightly")["steps"].keys() == first["steps"].keys()
    yesterday = (today - timedelta(days=1)).isoformat()
    assert "déjà faite" in desk.refusal("nightly", "--on", yesterday, code=1)


def test_a_demonstration_lives_ahead_and_real_people_do_not(desk: Desk) -> None:
    day = local_day(SystemClock().now()) + timedelta(days=40)
    desk.run("nightly")
    ahead = desk.answer("nightly", "--on", day.isoformat())
    assert len(ahead["caught_up"]) == 39
    assert "Nuit du" in desk.run("nightly", "--on", day.isoformat()).stdout


def test_a_demonstration_does_not_reach_the_end_of_the_calendar(desk: Desk) -> None:
    assert "en avance" in desk.refusal("nightly", "--on", "9999-12-31", code=1)
    assert local_day(SystemClock().now()).isoformat() == desk.answer("nightly")["on"]


def test_a_future_night_is_refused_on_a_real_base(empty_desk: Desk) -> None:
    empty_desk.settle(is_demo=False)
    assert "futur" in empty_desk.refusal("nightly", "--on", "2099-01-01", code=1)


def test_the_doctor_gives_exactly_the_agreed_keys(desk: Desk) -> None:
    found = desk.answer("doctor")
    counts = {"people", "entries", "exits", "open_followups", "orphan_exits", "open_alerts"}
    assert set(found) == counts | {"checks", "notes"}
    assert {"keyring", "journal", "migrations", "orphans"} <= set(found["checks"])
    assert set(found["checks"].values()) == {"ok"}
    assert "Trousseau : ok" in desk.run("doctor").stdout


def test_the_doctor_leaves_with_one_and_creates_nothing_on_an_empty_instance(empty_desk: Desk) -> None:
    found = empty_desk.answer("doctor", code=1)
    assert "./carte database upgrade" in found["checks"]["base"]
    assert not empty_desk.folder.exists()


def test_a_journal_changed_by_hand_is_found_and_leaves_with_one(desk: Desk) -> None:
    whole = desk.answer("journal", "verify")
    assert whole["entries"] > 0
    assert whole["broken"] == []
    with sqlite3.connect(desk.folder / "carte.sqlite") as connection:
        connection.execute(
            "UPDATE journal_entry SET payload = CAST(replace(payload, 'demo', 'DEMO') AS BLOB) WHERE seq = 1"
        )
    connection.close()
    broken = desk.answer("journal", "verify", code=1)["broken"]
    assert broken[0]["seq"] == 1
    assert "modifié" in desk.run("journal", "verify").stdout


def test_upgrading_makes_the_base_and_its_keyring_and_may_be_run_again(empty_desk: Desk) -> None:
    for _ in range(2):
        done = empty_desk.run("database", "upgrade")
        assert (done.exit_code, done.stdout) == (0, "")
    assert {path.name for path in empty_desk.folder.iterdir()} >= {"carte.sqlite", "keyring"}


def test_tables_and_migrations_agree_on_both_engines(desk: Desk, pg_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", pg_url)
    done = desk.run("database", "check")
    assert done.exit_code == 0, done.output
    assert [line.split(" : ")[0] for line in done.stdout.splitlines()] == ["SQLite", "PostgreSQL", "Base configurée"]


def test_a_table_taken_away_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr(testing, "postgres_binaries", lambda *, install: None)
    with sqlite3.connect(desk.folder / "carte.sqlite") as connection:
        connection.execute("DROP TABLE night_step")
    connection.close()
    done = desk.run("database", "check")
    assert done.exit_code == 1
    assert "night_step" in done.stdout
    assert "PostgreSQL n’a pas été vérifié" in done.stderr


def test_routes_are_given_one_a_line_without_any_base(empty_desk: Desk) -> None:
    lines = empty_desk.run("routes").stdout.splitlines()
    assert lines == sorted(set(lines)) == paths()
    assert "/connexion" in lines
    assert not empty_desk.folder.exists()
