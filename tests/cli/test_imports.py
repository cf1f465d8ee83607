"""Imports listed, carried on and undone from the command line, on a small instance."""

from functools import partial
from pathlib import Path
from typing import Any

from pathway.casework.intake.receiving import choose_import_columns, read_file, receive_file
from pathway.casework.partners.queries import every_structure
from pathway.cli.opening import opened, operating
from tests.cli.conftest import Desk

PEOPLE = "Prénom;Nom;Date de naissance\nAwa;Ndiaye;03/02/1990\nLuis;Costa;06/05/1988\nZoé;;01/01/1990\n"
CHOSEN = {"Prénom": "first_name", "Nom": "last_name", "Date de naissance": "birth_date"}


def brought(desk: Desk, tmp_path: Path) -> dict[str, Any]:
    """The line of an import made by the command."""
    path = tmp_path / "personnes.csv"
    path.write_text(PEOPLE)
    desk.answer("intake", "people", path, "--structure", "plie", code=1)
    line: dict[str, Any] = desk.answer("intake", "list")[0]
    return line


def asked_on_screen() -> str:
    """The id of an import that a screen left to be checked."""
    with opened() as store:
        begin = partial(operating, store, write=True)
        with begin() as tx:
            plie = next(one.id for one in every_structure(tx) if one.code == "plie")
            batch_id = receive_file(tx, structure_id=plie, read=read_file(PEOPLE.encode(), name="personnes.csv"))
        with begin() as tx:
            choose_import_columns(tx, batch_id, chosen=CHOSEN)
    return batch_id


def test_imports_are_listed_in_numbers_the_last_first(desk: Desk, tmp_path: Path) -> None:
    assert "aucun import pour le moment" in desk.run("intake", "list").output
    one = brought(desk, tmp_path)
    assert {name: one[name] for name in ("code", "state", "created", "known", "refused")} == {
        "code": "plie",
        "state": "done",
        "created": 2,
        "known": 0,
        "refused": 1,
    }
    said = desk.run("intake", "list")
    assert one["id"] in said.stdout and "terminé" in said.stdout and "Ndiaye" not in said.output
    assert "aucun import sur cette page" in desk.run("intake", "list", "--page", "2").output


def test_imports_that_wait_are_carried_on_and_then_none_is(desk: Desk) -> None:
    batch_id = asked_on_screen()
    assert desk.answer("intake", "run") == {"carried": 1}
    (line,) = desk.answer("intake", "list")
    assert (line["id"], line["state"], line["created"], line["refused"]) == (batch_id, "checked", 2, 1)
    assert "Imports menés : 0" in desk.run("intake", "run").stdout
    assert desk.answer("doctor")["people"] == 0


def test_an_import_is_undone_once_and_its_people_are_gone(desk: Desk, tmp_path: Path) -> None:
    one = brought(desk, tmp_path)
    assert desk.answer("doctor")["people"] == 2
    assert desk.answer("intake", "undo", one["id"]) == {"taken_back": 2, "kept": 0}
    assert desk.answer("doctor")["people"] == 0
    assert [line["state"] for line in desk.answer("intake", "list")] == ["undone"]
    assert "ne s’annule plus" in desk.refusal("intake", "undo", one["id"], code=1)


def test_undoing_is_told_without_json_and_an_unknown_import_is_refused(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("intake", "undo", brought(desk, tmp_path)["id"])
    assert said.exit_code == 0
    assert "Personnes supprimées : 2" in said.stdout and "Gardées, car modifiées depuis : 0" in said.stdout
    desk.refusal("intake", "undo", "a" * 26, code=1)
