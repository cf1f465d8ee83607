from io import BytesIO

import pytest

from pathway.casework.intake.receiving import LARGEST_UPLOAD
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.town import signed_in
from tests.web.operator.importing import PEOPLE, given, workbook
from tests.web.operator.keeping import refused_to_others, said
from tests.web.supervisor.test_alerts import words

HEAD = ["Prénom", "Nom", "Date de naissance"]


def test_a_file_is_kept_sealed_and_leads_to_its_columns(town: Town) -> None:
    client = signed_in(town, "root")
    assert given(client, town, PEOPLE).endswith("/colonnes")
    (batch,) = rows(town.store, "import_batch")
    assert (batch["state"], batch["rows"], batch["created"]) == ("received", 3, 0)
    assert len(rows(town.store, "import_piece")) == 1 and "Amina" not in str(rows(town.store, "import_piece"))


def test_a_workbook_of_one_filled_sheet_needs_no_question(town: Town) -> None:
    client = signed_in(town, "root")
    content = workbook(Vide=[], Personnes=[list[object](HEAD), ["Amina", "Benkacem", 33350.0]])
    assert given(client, town, content, "personnes.xlsx").endswith("/colonnes")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ce fichier est vide."),
        (b"PK\x03\x04 not a workbook", "Ce classeur ne se lit pas"),
        (b"%PDF-1.7", "C’est un fichier PDF."),
        ("Prénom;Nom;Date de naissance\n".encode(), "n’a que des titres"),
        (b"a\0b", "Ce n’est pas un fichier de texte."),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_keeps_the_structure(
    sqlite_town: Town, content: bytes, sentence: str
) -> None:
    client, here = signed_in(sqlite_town, "root"), sqlite_town.structures["pae-centre"]
    answer = client.post("/imports/nouveau", data={"structure": here, "file": (BytesIO(content), "x.csv")})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in words(page)
    assert f'<option selected value="{here}"' in page and rows(sqlite_town.store, "import_batch") == []


def test_a_structure_that_follows_nobody_is_not_offered_nor_taken(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    territory = next(one["id"] for one in rows(sqlite_town.store, "structure") if one["kind"] == "territory")
    assert territory not in client.get("/imports/nouveau").get_data(as_text=True)
    answer = client.post("/imports/nouveau", data={"structure": territory, "file": (BytesIO(PEOPLE.encode()), "x.csv")})
    assert answer.status_code == 422 and rows(sqlite_town.store, "import_batch") == []


def test_a_form_left_empty_says_what_is_needed(sqlite_town: Town) -> None:
    answer = signed_in(sqlite_town, "root").post("/imports/nouveau", data={})
    assert "Choisissez un fichier." in words(answer.get_data(as_text=True))


def test_the_list_says_that_nothing_was_imported_yet(sqlite_town: Town) -> None:
    assert "Aucun import pour le moment." in said(signed_in(sqlite_town, "root"), "/imports")


def test_nobody_else_gets_there(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, "/imports/nouveau", "GET", "POST")
    refused_to_others(sqlite_town, "/imports")


def test_a_file_without_titles_is_refused_and_shows_nobody(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    content = b"Awa;Ndiaye;03/02/1990\nLuis;Costa;06/05/1988\n"
    sent = {"structure": sqlite_town.structures["pae-centre"], "file": (BytesIO(content), "x.csv")}
    answer = client.post("/imports/nouveau", data=sent)
    page = words(answer.get_data(as_text=True))
    assert answer.status_code == 422 and "il faut des titres de colonnes" in page and "Ndiaye" not in page
    assert rows(sqlite_town.store, "import_batch") == []


def test_the_name_of_a_table_above_its_titles_does_not_hide_them(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    content = workbook(Personnes=[["Fichier du PLIE"], [], list[object](HEAD), ["Amina", "Benkacem", 33350.0]])
    page = said(client, given(client, sqlite_town, content, "personnes.xlsx"))
    assert "1 ligne, 3 colonnes reconnues sur 3" in page


def test_a_file_too_heavy_is_refused_beside_it_and_the_structure_stays(sqlite_town: Town) -> None:
    root, structure = signed_in(sqlite_town, "root"), sqlite_town.structures["pae-centre"]
    # As a browser writes it: the test client would spool a large file to the disk by itself.
    chosen = f'--edge\r\nContent-Disposition: form-data; name="structure"\r\n\r\n{structure}\r\n'
    file = '--edge\r\nContent-Disposition: form-data; name="file"; filename="personnes.csv"\r\n\r\n'
    heavy = f"{chosen}{file}Prénom;Nom\n".encode() + b"0" * LARGEST_UPLOAD + b"\r\n--edge--\r\n"
    answer = root.post("/imports/nouveau", data=heavy, content_type="multipart/form-data; boundary=edge")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Choisissez un fichier de 25 Mo au plus." in page
    assert f'<option selected value="{structure}"' in page and f'data-most="{LARGEST_UPLOAD}"' in page
    assert rows(sqlite_town.store, "import_batch") == []
