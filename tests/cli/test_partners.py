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
    ],
)
def test_a_refused_structure_says_why(desk: Desk, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in desk.refusal("partners", "add-structure", *words, code=code)
