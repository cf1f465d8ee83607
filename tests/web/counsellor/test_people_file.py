import io
from datetime import timedelta

from openpyxl import load_workbook

from pathway.casework.usage.rules import Budgets
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import ZOE, entered, said, valid
from tests.web.test_quota import acts, limited

MINE = {"whose": "mine", "format": "csv"}


def test_the_form_says_what_will_leave_and_who_will_know(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    page = valid(signed_in(sqlite_town, "bruno").get("/dossiers/fichier"))
    assert "1 ligne" in page and "encore sortir 1000 lignes" in page
    assert "lira dans son espace" in page and "Toutes les personnes de ma structure" not in page


def test_the_file_comes_in_both_kinds(town: Town) -> None:
    entered(town)
    client = signed_in(town, "bruno")
    text = client.post("/dossiers/fichier", data=MINE)
    assert text.headers["Content-Disposition"] == 'attachment; filename="mes-personnes-2026-11-20.csv"'
    assert "no-store" in text.headers["Cache-Control"]
    assert '"Benkacem";"Amina"' in text.get_data().decode("utf-8-sig")
    book = client.post("/dossiers/fichier", data={"whose": "mine", "format": "xlsx"})
    page = load_workbook(io.BytesIO(book.data)).active
    assert page is not None
    assert [cell.value for cell in page[2]][:2] == ["Benkacem", "Amina"]


def test_only_a_responsable_takes_the_whole_structure(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    welcome(sqlite_town, "fatou", ZOE)
    whole = {"whose": "whole", "format": "csv"}
    assert signed_in(sqlite_town, "bruno").post("/dossiers/fichier", data=whole).status_code == 422
    answer = signed_in(sqlite_town, "denis").post("/dossiers/fichier", data=whole)
    assert answer.get_data().decode("utf-8-sig").count("\r\n") == 3


def test_a_proof_of_ten_minutes_ago_is_asked_again(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert isinstance(sqlite_town.clock, FixedClock)
    sqlite_town.clock.move(timedelta(minutes=11))
    answer = client.post("/dossiers/fichier", data=MINE)
    assert answer.status_code == 303 and "confirm" in answer.headers["Location"]
    assert acts(sqlite_town, "export_people") == []


def test_beyond_the_budget_no_file_leaves_and_the_responsable_is_told(town: Town) -> None:
    welcome(town)
    welcome(town, identity=ZOE)
    client = limited(town, "bruno", Budgets(rows_day=1))
    answer = client.post("/dossiers/fichier", data=MINE)
    assert answer.status_code == 429 and "Benkacem" not in answer.get_data(as_text=True)
    assert acts(town, "export_people") == []
    assert "Denis Carpentier" in said(answer)


def test_with_nobody_to_take_the_page_says_who_would_be_there(sqlite_town: Town) -> None:
    page = valid(signed_in(sqlite_town, "bruno").get("/dossiers/fichier"))
    assert "encore personne à mettre dans un fichier" in page
