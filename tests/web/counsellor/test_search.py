from datetime import date

import pytest

from pathway.casework.records.names import Identity
from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, shape, valid, weight

AMINA = {"last_name": "Benkacem", "first_name": "Amina", "birth_date": "22/04/1991"}


def test_bruno_finds_amina_by_name_and_birth_date(town: Town) -> None:
    ref = welcome(town)
    page = valid(signed_in(town, "bruno").post("/recherche", data=AMINA))
    assert "1 personne trouvée" in page
    assert f"/dossiers/{ref}" in page
    assert "Correspondance sûre" in page


def test_a_result_says_why_it_matched(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    near = {**AMINA, "last_name": "Benkacen"}
    page = said(signed_in(sqlite_town, "bruno").post("/recherche", data=near))
    assert "nom proche, même prénom et même date de naissance" in page


@pytest.mark.parametrize("typed", [{"phone": "06 12 34 56 78"}, AMINA])
def test_chloe_gets_the_same_answer_for_amina_as_for_nobody(sqlite_town: Town, typed: dict[str, str]) -> None:
    client = signed_in(sqlite_town, "chloe")
    before = client.post("/recherche", data=typed)
    welcome(sqlite_town)
    after = client.post("/recherche", data=typed)
    assert "Aucune personne trouvée dans vos dossiers" in said(after)
    assert shape(before) == shape(after)


def test_what_was_typed_goes_to_the_new_record_in_the_body_never_in_the_address(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    page = client.post("/recherche", data={**AMINA, "phone": "0612345678"}).get_data(as_text=True)
    assert 'action="/dossiers/nouveau"' in page
    assert '<input type="hidden" name="last_name" value="Benkacem">' in page
    assert "Benkacem" not in "".join(part.split('"')[0] for part in page.split('href="')[1:])
    form = client.post("/dossiers/nouveau", data={**AMINA, "phones": "0612345678", "prefill": "1"})
    assert form.status_code == 200
    assert 'value="22/04/1991"' in form.get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Donnez le nom et la date de naissance"),
        ({"last_name": "Benkacem"}, "Un seul nom ne suffit pas. Ajoutez la date de naissance."),
        ({"birth_date": "31/02/1991", "last_name": "Benkacem"}, "Le 31 février n’existe pas."),
        ({"phone": "0612"}, "Ce numéro de téléphone ne se lit pas"),
    ],
)
def test_a_search_too_vague_is_refused_with_what_was_typed(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    answer = signed_in(sqlite_town, "bruno").post("/recherche", data=typed)
    assert answer.status_code == 422
    page = valid(answer)
    assert sentence in page
    assert all(f'value="{value}"' in page for value in typed.values())


def test_the_search_page_is_light(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    assert weight(client, client.get("/recherche")) < 100_000


def test_more_than_twenty_people_are_never_counted(sqlite_town: Town) -> None:
    for number in range(23):
        welcome(
            sqlite_town,
            identity=Identity(first_name="Amina", last_name="Benkacem", birth_date=date(1990, 3, 2 + number)),
        )
    page = valid(
        signed_in(sqlite_town, "bruno").post("/recherche", data={"last_name": "Benkacem", "first_name": "Amina"})
    )
    assert "Les 20 premières personnes" in page
    assert page.count('class="people-line"') == 20


LINES = (
    "Benkacem Amina 22/04/1991",
    "amina benkacem née le 22 avril 1991",
    "06.12.34.56.78",
    "+33 (0)6 12 34 56 78",
    "BENKACEM 22041991",
)


@pytest.mark.parametrize("line", LINES)
def test_one_line_finds_her_however_it_is_written(town: Town, line: str) -> None:
    ref = welcome(town)
    page = valid(signed_in(town, "bruno").post("/recherche", data={"quick": line}))
    assert "1 personne trouvée" in page
    assert f"/dossiers/{ref}" in page


def test_a_line_says_how_it_was_understood(sqlite_town: Town) -> None:
    page = valid(signed_in(sqlite_town, "bruno").post("/recherche", data={"quick": "Amina benkacem 22/4/1991"}))
    assert "Recherché : nom et prénom « Amina benkacem » et date de naissance : 22 avril 1991" in page


def test_names_on_one_line_are_sure_in_either_order(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    for line in LINES[:2]:
        assert "Correspondance sûre" in said(client.post("/recherche", data={"quick": line}))


def test_what_the_line_gave_goes_to_the_new_record(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    page = client.post("/recherche", data={"quick": "BENKACEM Amina 22/04/1991 0612345678"}).get_data(as_text=True)
    for name, value in (*AMINA.items(), ("phones", "0612345678")):
        assert f'name="{name}" value="{value.upper() if name == "last_name" else value}">' in page


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Benkacem", "Un seul nom ne suffit pas. Ajoutez la date de naissance."),
        ("Benkacem 31/02/1991", "Le 31 février n’existe pas."),
        ("0612", "Ce numéro de téléphone ne se lit pas"),
        ("Benkacem 35000", "Une partie ne se lit pas."),
        ("", "Donnez le nom et la date de naissance"),
    ],
)
def test_a_line_that_cannot_be_searched_is_refused_on_the_line(sqlite_town: Town, line: str, sentence: str) -> None:
    answer = signed_in(sqlite_town, "bruno").post("/recherche", data={"quick": line})
    assert answer.status_code == 422
    assert f'href="#quick">Ce que vous savez de la personne : {sentence}' in valid(answer)
    assert f'value="{line}"' in answer.get_data(as_text=True)
    assert '<details class="details">' in answer.get_data(as_text=True)


def test_the_fields_stay_in_sight_once_used_and_add_to_the_line(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert '<details class="details">' in client.get("/recherche").get_data(as_text=True)
    page = valid(client.post("/recherche", data={"quick": "22/04/1991", "last_name": "Benkacem"}))
    assert "1 personne trouvée" in page
    assert '<details class="details" open>' in page
