import pytest

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
