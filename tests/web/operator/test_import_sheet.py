from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.town import signed_in
from tests.web.operator.importing import given, workbook
from tests.web.operator.keeping import refused_to_others, said
from tests.web.supervisor.test_alerts import words

BOOK = workbook(
    Notice=[["Mode d’emploi"], ["Lisez ceci"]],
    Personnes=[
        [None, "Prénom", "Nom", "Date de\nnaissance"],
        [],
        [None, "Amina", "Benkacem", 33350.0],
        [1, "Léo", "Sow"],
    ],
)


def test_the_sheet_is_asked_and_the_others_are_not_kept(town: Town) -> None:
    client = signed_in(town, "root")
    page = given(client, town, BOOK, "classeur.xlsx")
    assert page.endswith("/feuille") and len(rows(town.store, "import_piece")) == 2
    assert "Notice : 1 ligne, 1 colonne" in said(client, page) and "Personnes : 2 lignes, 4 colonnes" in said(
        client, page
    )
    assert "Choisissez une feuille." in words(client.post(page, data={}).get_data(as_text=True))
    columns = client.post(page, data={"sheet": "1"}).location
    assert len(rows(town.store, "import_piece")) == 1 and "Date de naissance" in said(client, columns)
    chosen = {"colonne-2": "first_name", "colonne-3": "last_name", "colonne-4": "birth_date"}
    one = said(client, client.post(columns, data=chosen).location)
    assert "1 personne à créer" in one and "1 ligne refusée" in one and "Ligne 4" in one
    assert client.post(page, data={"sheet": "0"}).status_code == 303


def test_a_sheet_that_is_not_there_is_refused(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = given(client, sqlite_town, BOOK, "classeur.xlsx")
    for typed in ("7", "-1", "x"):
        answer = client.post(page, data={"sheet": typed})
        assert answer.status_code == 422
    assert len(rows(sqlite_town.store, "import_piece")) == 2


def test_nobody_else_gets_there(sqlite_town: Town) -> None:
    page = given(signed_in(sqlite_town, "root"), sqlite_town, BOOK, "classeur.xlsx")
    refused_to_others(sqlite_town, page, "GET", "POST")


def test_a_sheet_without_titles_is_refused_and_shows_nobody(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    book = workbook(
        Personnes=[["Amina", "Benkacem", "22/04/1991"], ["Léo", "Sow", "01/02/1990"]],
        Notice=[["Mode d’emploi"], ["Lisez ceci"]],
    )
    answer = client.post(given(client, sqlite_town, book, "classeur.xlsx"), data={"sheet": "0"})
    page = words(answer.get_data(as_text=True))
    assert answer.status_code == 422 and "il faut des titres de colonnes" in page and "Benkacem" not in page
