"""Past steps brought in from the command line, on a small instance."""

from pathlib import Path

from tests.cli.conftest import Desk
from tests.web.operator.importing import workbook

PEOPLE = "Prénom;Nom;Date de naissance\nAwa;Ndiaye;03/02/1990\nLuis;Costa;06/05/1988\n"
STEPS = """Prénom;Nom;Date de naissance;Dispositif;Date d’entrée;Date de sortie;Motif de sortie
Awa;Ndiaye;03/02/1990;Parcours PLIE;03/02/2023;14/05/2024;CDI
Luis;Costa;06/05/1988;Parcours PLIE;03/02/2023;;
"""
STRANGER = "Zoé;Martin;02/03/1985;Parcours PLIE;03/02/2023;;\n"


def brought(desk: Desk, tmp_path: Path, text: str, *more: str) -> tuple[str | Path, ...]:
    people, steps = tmp_path / "personnes.csv", tmp_path / "etapes.csv"
    people.write_text(PEOPLE)
    steps.write_text(text)
    desk.answer("intake", "people", people, "--structure", "plie")
    return ("intake", "steps", steps, "--structure", "plie", *more)


def test_past_steps_come_in_once_and_old_exits_are_answered_for(desk: Desk, tmp_path: Path) -> None:
    line = brought(desk, tmp_path, STEPS)
    done = desk.answer(*line)
    assert {name: done[name] for name in ("created", "exits", "known", "resumed")} == {
        "created": 2,
        "exits": 1,
        "known": 0,
        "resumed": 1,
    }
    assert desk.answer(*line)["known"] == 2
    doctor = desk.answer("doctor")
    assert (doctor["entries"], doctor["exits"], doctor["orphan_exits"], doctor["open_followups"]) == (2, 1, 0, 1)


def test_trying_past_steps_keeps_none(desk: Desk, tmp_path: Path) -> None:
    assert desk.answer(*brought(desk, tmp_path, STEPS, "--dry-run"))["created"] == 2
    assert desk.answer("doctor")["entries"] == 0


def test_a_refused_step_is_explained_and_the_command_leaves_with_one(desk: Desk, tmp_path: Path) -> None:
    said = desk.run(*brought(desk, tmp_path, STEPS + STRANGER))
    assert said.exit_code == 1
    assert "Étapes créées : 2" in said.stdout
    assert "Importez d’abord les personnes" in said.stdout
    assert "Zoé" not in said.stdout + said.stderr


def test_a_missing_file_is_a_misuse(desk: Desk, tmp_path: Path) -> None:
    said = desk.refusal("intake", "steps", tmp_path / "rien.csv", "--structure", "plie", code=2)
    assert "n’existe pas" in said


def test_the_steps_of_a_workbook_are_those_of_the_sheet_that_is_said(desk: Desk, tmp_path: Path) -> None:
    brought(desk, tmp_path, STEPS)
    table = [list[object](line.split(";")) for line in STEPS.splitlines()]
    book = tmp_path / "etapes.xlsx"
    book.write_bytes(workbook(Étapes=table, Notice=[["Mode", "d’emploi"], ["Lisez", "ceci"]]))
    line = ("intake", "steps", book, "--structure", "plie")
    assert "--sheet" in desk.refusal(*line, code=1)
    assert desk.answer(*line, "--sheet", "Étapes")["created"] == 2
