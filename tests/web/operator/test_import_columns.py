import re

from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.town import signed_in
from tests.web.operator.importing import CHOICES, PEOPLE, given
from tests.web.operator.keeping import refused_to_others, said
from tests.web.supervisor.test_alerts import words


def chosen(page: str) -> dict[str, str]:
    """Field → the option that is selected."""
    found = re.findall(r'<select[^>]* name="(colonne-\d+)".*?</select>', page, re.DOTALL)
    parts = re.findall(r"<select.*?</select>", page, re.DOTALL)
    picked = [re.search(r'<option selected value="([^"]*)"', part) for part in parts]
    return dict(zip(found, [one[1] if one else "" for one in picked], strict=True))


def test_columns_are_proposed_with_what_they_look_like_and_no_cell(town: Town) -> None:
    client = signed_in(town, "root")
    answer = client.get(given(client, town, PEOPLE)).get_data(as_text=True)
    page = words(answer)
    assert chosen(answer) == CHOICES
    assert "3 lignes, 4 colonnes reconnues sur 5" in page
    assert "Toutes les cellules remplies : dates." in page and "2 cellules remplies sur 3 : texte." in page
    assert "Jamais repris, ni gardé : NIR" in page
    assert not [cell for cell in ("Amina", "Ndiaye", "1991", "mardi", "2910475") if cell in page]


def test_what_was_chosen_stays_when_something_is_wrong(town: Town) -> None:
    client = signed_in(town, "root")
    page = given(client, town, PEOPLE)
    answer = client.post(page, data={**CHOICES, "colonne-3": "", "colonne-4": "birth_place"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Il manque une colonne : « Date de naissance »" in words(text)
    assert chosen(text) == {**CHOICES, "colonne-3": "", "colonne-4": "birth_place"}


def test_one_answer_is_not_taken_from_two_columns_but_phones_are(town: Town) -> None:
    client = signed_in(town, "root")
    page = given(client, town, PEOPLE)
    answer = client.post(page, data={**CHOICES, "colonne-5": "birth_date"})
    assert "est déjà pris dans la colonne « Né le »" in words(answer.get_data(as_text=True))
    assert client.post(page, data={**CHOICES, "colonne-5": "phones"}).status_code == 303


def test_the_columns_may_be_changed_until_people_are_brought_in(town: Town) -> None:
    client = signed_in(town, "root")
    page = given(client, town, PEOPLE)
    one = client.post(page, data=CHOICES).location
    assert chosen(client.get(page).get_data(as_text=True)) == CHOICES
    assert client.post(page, data={**CHOICES, "colonne-4": ""}).location == one
    client.post(f"{one}/lancement")
    assert client.get(page).status_code == 303
    assert [one["state"] for one in rows(town.store, "import_batch")] == ["done"]


def test_an_item_nobody_knows_is_not_taken_over(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = given(client, sqlite_town, PEOPLE)
    assert "2 personnes à créer" in said(client, client.post(page, data={**CHOICES, "colonne-5": "nir"}).location)


def test_nobody_else_gets_there(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, given(signed_in(sqlite_town, "root"), sqlite_town, PEOPLE), "GET", "POST")


def test_what_is_missing_is_called_as_it_is_in_the_list(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    answer = client.post(given(client, sqlite_town, PEOPLE), data=dict.fromkeys(CHOICES, ""))
    page = words(answer.get_data(as_text=True))
    assert "Il faut le prénom, le nom d’usage et la date de naissance." in page
    assert "Il manque « Prénom », « Nom d’usage » et « Date de naissance ». Dites quelles colonnes les donnent" in page
