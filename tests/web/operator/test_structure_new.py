import pytest

from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.town import signed_in
from tests.web.operator.keeping import refused_to_others, said

FORM = {"name": "Maison de l’emploi", "kind": "association", "code": "maison"}


def test_a_structure_is_added_and_its_page_says_what_comes_next(town: Town) -> None:
    client = signed_in(town, "root")
    answer = client.post("/structures/nouvelle", data=FORM)
    assert answer.status_code == 303
    page = said(client, answer.location)
    assert "Maison de l’emploi maison" in page and "Aucun·e responsable n’y travaille aujourd’hui." in page


def test_a_sensitive_structure_is_added_under_its_code(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    answer = client.post("/structures/nouvelle", data={**FORM, "name": "Foyer du Lac", "kind": "shelter"})
    page = said(client, answer.location)
    assert "sensible, scellé" in page and "Foyer" not in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Écrivez le nom de la structure."),
        ({"name": "x" * 121}, "Écrivez un nom de 1 à 120 caractères."),
        ({"code": "Maison 1"}, "Il faut des minuscules sans accent"),
        ({"code": "plie"}, "Une structure porte déjà ce code."),
        ({"kind": ""}, "Choisissez ce qu’est la structure."),
        ({"kind": "territory"}, "Choisissez ce qu’est la structure dans la liste."),
        ({"kind": "x\x00"}, "Choisissez ce qu’est la structure dans la liste."),
    ],
)
def test_a_refused_structure_says_why_and_keeps_what_was_typed(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    before = rows(sqlite_town.store, "structure")
    answer = signed_in(sqlite_town, "root").post("/structures/nouvelle", data={**FORM, **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in page
    assert {**FORM, **typed}["code"] in page
    assert rows(sqlite_town.store, "structure") == before


def test_nobody_else_adds_one(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, "/structures/nouvelle", "GET", "POST")
