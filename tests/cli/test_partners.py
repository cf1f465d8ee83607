import sqlite3

import pytest

from pathway.casework.agreements.tables import SharingBasis
from tests.cli.conftest import Desk

ORDINARY = ("--code", "pae-nord", "--name", "Point Accueil Emploi Nord", "--kind", "employment_desk")
SENSITIVE = ("--code", "quai-dix", "--name", "CSAPA des Quais", "--sensitive-kind", "addiction_care")


def test_a_structure_is_added_with_its_ordinary_legal_basis(desk: Desk) -> None:
    added = desk.answer("partners", "add-structure", *ORDINARY)
    known = {one["code"]: one["name"] for one in desk.answer("partners", "list")}
    assert known["pae-nord"] == "Point Accueil Emploi Nord"
    connection = sqlite3.connect(desk.folder / "carte.sqlite")
    query = f"SELECT purpose, basis FROM {SharingBasis.__tablename__} WHERE structure_id = ?"
    kept = connection.execute(query, (added["structure"],)).fetchall()
    connection.close()
    assert kept == [("pathway", "public_interest")]


def test_a_structure_is_added_with_where_it_receives_unless_it_is_sensitive(desk: Desk) -> None:
    added = desk.answer("partners", "add-structure", *ORDINARY, "--address", " 4 quai des Brumes , ")
    connection = sqlite3.connect(desk.folder / "carte.sqlite")
    kept = connection.execute("SELECT address FROM structure WHERE id = ?", (added["structure"],)).fetchall()
    connection.close()
    assert kept == [("4 quai des Brumes",)]
    refusal = desk.refusal("partners", "add-structure", *SENSITIVE, "--address", "4 quai des Brumes", code=1)
    assert "n’a pas d’adresse ici" in refusal


def test_the_name_of_a_sensitive_structure_stands_nowhere_in_clear(desk: Desk) -> None:
    assert desk.run("partners", "add-structure", *SENSITIVE).exit_code == 0
    known = {one["code"]: one["name"] for one in desk.answer("partners", "list")}
    assert known["quai-dix"] == "Une structure partenaire"
    assert b"CSAPA des Quais" not in (desk.folder / "carte.sqlite").read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((*ORDINARY, "--sensitive-kind", "shelter"), 2, "l’un des deux"),
        (ORDINARY[:4], 2, "l’un des deux"),
        (("--code", "PAE Nord", *ORDINARY[2:]), 2, "minuscules sans accent"),
        (("--code", "pae-centre", *ORDINARY[2:]), 1, "porte déjà ce code"),
        ((*ORDINARY[:2], "--name", " ", *ORDINARY[4:]), 2, "de 1 à 120 caractères"),
        ((*ORDINARY[:4], "--kind", "banque"), 2, "--kind"),
        ((*ORDINARY, "--address", "x" * 201), 2, "une ou deux lignes"),
    ],
)
def test_a_refused_structure_says_why(desk: Desk, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in desk.refusal("partners", "add-structure", *words, code=code)


def test_a_name_taken_or_a_telling_code_is_refused_as_on_screens_until_it_was_checked(desk: Desk) -> None:
    add = ("partners", "add-structure", "--name", "Maison du lac")
    desk.answer(*add, "--code", "lac-un", "--kind", "association")
    again = (*add, "--code", "lac-deux", "--kind", "association")
    said = desk.refusal(*again, code=1)
    assert "Maison du lac (lac-un) porte déjà ce nom" in said and "--checked" in said
    assert desk.answer(*again, "--checked")["code"] == "lac-deux"
    telling = (
        "partners",
        "add-structure",
        "--name",
        "Le Quai",
        "--code",
        "csapa-nord",
        "--sensitive-kind",
        "addiction_care",
    )
    assert "semble dire" in desk.refusal(*telling, code=1)


def test_without_an_heir_an_empty_structure_closes_and_another_is_told_who_may_take_over(desk: Desk) -> None:
    for code in ("lac-un", "lac-deux"):
        add = ("partners", "add-structure", "--name", code, "--kind", "association", "--code", code)
        desk.answer(*add)
    assert desk.answer("partners", "close-structure", "--code", "lac-un", "--yes")["people"] == 0
    said = desk.refusal("partners", "close-structure", "--code", "pae-centre", "--yes", code=1)
    assert "dites avec --to qui reprend" in said and "lac-deux" in said and "lac-un" not in said
    wrong = desk.refusal("partners", "close-structure", "--code", "pae-centre", "--to", "pae-centre", "--yes", code=1)
    assert "ne peut pas reprendre" in wrong
