"""Check 52: what a person's name or number looks like is never calculated by the spreadsheet that opens the file."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Identity, Way
from pathway.demo.town import Town
from tests.town import signed_in

# The names a form accepts, and answers that a file or another structure brought.
CITIES = ("=HYPERLINK('http://evil')", "+1", "-1+1", "@SUM(1)", "＝1+1", "|cmd", "%0A=1")
BORN = date(1990, 1, 2)


@pytest.mark.parametrize("city", CITIES)
def test_no_answer_of_hers_is_a_formula_in_the_file_of_her_counsellor(sqlite_town: Town, city: str) -> None:
    identity = Identity(first_name="-Lou", last_name="+Petit", birth_date=BORN)
    with sqlite_town.acting("bruno") as tx:
        person = NewPerson(identity=identity, claims={"city": city, "phones": ["+32475123456"]})
        create_records(tx, [person], way=Way.SAID, referent_id=tx.actor.account_id)
    client = signed_in(sqlite_town, "bruno")
    text = client.post("/dossiers/fichier", data={"whose": "mine", "format": "csv"}).data.decode("utf-8-sig")
    (line,) = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1:]
    assert all(cell == "" or cell[0] not in "=+-@|%＝\t\r" for cell in line), line
    book = load_workbook(io.BytesIO(client.post("/dossiers/fichier", data={"whose": "mine", "format": "xlsx"}).data))
    assert book.active is not None
    assert {cell.data_type for cell in book.active[2]} <= {"s", "d", "n"}
