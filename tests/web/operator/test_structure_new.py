import pytest
from flask.testing import FlaskClient

from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.town import signed_in
from tests.web.operator.keeping import refused_to_others, said
from tests.web.supervisor.test_alerts import words

FORM = {"name": "Maison de l’emploi", "kind": "association", "code": "maison"}
SURE = {**FORM, "publish": "yes"}


def sent(client: FlaskClient, form: dict[str, str], status: int = 200) -> str:
    answer = client.post("/structures/nouvelle", data=form)
    assert answer.status_code == status
    return words(answer.get_data(as_text=True))


def test_a_structure_is_added_and_its_page_says_what_comes_next(town: Town) -> None:
    client = signed_in(town, "root")
    answer = client.post("/structures/nouvelle", data=SURE)
    assert answer.status_code == 303
    page = said(client, answer.location)
    assert (
        "Maison de l’emploi maison" in page and "Aucun·e responsable n’y travaille aujourd’hui. Invitez-en un·e" in page
    )


def test_a_sensitive_structure_is_added_under_its_code(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    answer = client.post("/structures/nouvelle", data={**SURE, "name": "Foyer du Lac", "kind": "shelter"})
    page = said(client, answer.location)
    assert "sensible, scellé" in page and "Foyer" not in page


def test_where_it_receives_is_read_again_then_kept(town: Town) -> None:
    client, form = signed_in(town, "root"), {**FORM, "address": " 4 quai des Brumes,\r\n Valmer"}
    assert "4 quai des Brumes, Valmer" in sent(client, form)
    assert "Adresse non renseignée" in sent(client, FORM)
    answer = client.post("/structures/nouvelle", data={**form, "publish": "yes"})
    assert "4 quai des Brumes, Valmer" in said(client, answer.location)


@pytest.mark.parametrize("more", [{}, {"publish": "yes"}])
def test_a_sensitive_structure_takes_no_address(town: Town, more: dict[str, str]) -> None:
    client, before = signed_in(town, "root"), rows(town.store, "structure")
    page = sent(client, {**FORM, **more, "kind": "shelter", "address": "4 quai des Brumes"}, 422)
    assert "Une structure sensible n’a pas d’adresse ici" in page and rows(town.store, "structure") == before


def test_it_is_read_again_before_it_is_added_and_says_whether_it_is_sensitive(town: Town) -> None:
    client, before = signed_in(town, "root"), rows(town.store, "structure")
    assert "Structure sensible : non." in sent(client, FORM)
    page = sent(client, {**FORM, "kind": "shelter", "code": "rue-bleue"})
    assert "Structure sensible : oui." in page and "semble dire" not in page
    assert 'value="maison"' in client.post("/structures/nouvelle", data={**FORM, "back": "yes"}).get_data(as_text=True)
    assert rows(town.store, "structure") == before


@pytest.mark.parametrize("code", ["foyer-du-lac", "csapa-nord", "aide-victimes", "point-sida", "maison", "lac"])
def test_a_code_that_says_what_a_sensitive_structure_is_is_pointed_out(sqlite_town: Town, code: str) -> None:
    client = signed_in(sqlite_town, "root")
    page = sent(client, {**FORM, "name": "Maison du Lac", "kind": "shelter", "code": code})
    assert ("semble dire ce qu’elle est" in page) is (code != "lac")
    assert "semble dire" not in sent(client, {**FORM, "code": code})


def test_a_name_already_taken_is_asked_about_once_then_let_through(town: Town) -> None:
    client, form = signed_in(town, "root"), {**FORM, "name": "mission  LOCALE du bassin"}
    page = sent(client, form, 422)
    assert "Mission locale du Bassin (mission-locale) porte déjà ce nom" in page and "C’est bien une autre" in page
    assert "porte déjà ce nom" in sent(client, {**form, "publish": "yes"}, 422)
    assert "Rien n’est encore ajouté." in sent(client, {**form, "is_another": "y"})
    assert client.post("/structures/nouvelle", data={**form, "is_another": "y", "publish": "yes"}).status_code == 303


def test_the_name_of_a_sensitive_structure_is_never_said_to_be_taken(sqlite_town: Town) -> None:
    assert "Rien n’est encore ajouté." in sent(signed_in(sqlite_town, "root"), {**FORM, "name": "CSAPA du Port"})


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Écrivez le nom de la structure."),
        ({"name": "x" * 121}, "Écrivez un nom de 1 à 120 caractères."),
        ({"code": "Maison 1"}, "Il faut des minuscules sans accent"),
        ({"code": "plie"}, "Une structure porte déjà ce code."),
        ({"kind": ""}, "Choisissez ce qu’est la structure."),
        ({"kind": "territory"}, "Choisissez ce qu’est la structure dans la liste."),
        ({"address": "a\nb\nc"}, "Écrivez une ou deux lignes"),
        ({"address": "x" * 201}, "Écrivez une ou deux lignes"),
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
