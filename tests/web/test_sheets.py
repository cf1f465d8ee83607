import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import load_workbook

from pathway.web.sheets import Format, harmless, sheet

FORMULAS = (
    "=1+1",
    "+33612345678",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =cmd|' /C calc'!A0",
    "\x00=1",
    "\x7f+1",
    "\u200b=1",
    "\ufeff@SUM(A1)",
    "\N{MINUS SIGN}1",
    "\N{SMALL EQUALS SIGN}1",
)


@pytest.mark.parametrize("typed", FORMULAS)
def test_no_cell_of_a_csv_is_a_formula(typed: str) -> None:
    (_, row) = _read_csv(sheet(Format.CSV, title="Liste", head=["Nom"], rows=[[typed]]))
    assert row[0].startswith("'")


@pytest.mark.parametrize("typed", FORMULAS)
def test_no_cell_of_a_spreadsheet_is_a_formula(typed: str) -> None:
    page = _read_xlsx(sheet(Format.XLSX, title="Liste", head=["Nom"], rows=[[typed]]))
    assert (page["A2"].data_type, page["A2"].value[0]) == ("s", "'")


@given(some.text())
def test_whatever_is_typed_can_be_written_and_read_again(typed: str) -> None:
    row = _read_csv(sheet(Format.CSV, title="Liste", head=["Nom"], rows=[[typed]]))[1]
    assert row == [harmless(typed)]
    assert not row[0].lstrip().startswith(("=", "+", "-", "@"))


@given(some.text(alphabet=some.characters(min_codepoint=0, max_codepoint=0xD7FF), max_size=50))
def test_a_spreadsheet_takes_any_sign(typed: str) -> None:
    page = _read_xlsx(sheet(Format.XLSX, title="Liste", head=["Nom", "Âge"], rows=[[typed, 7]]))
    assert page["B2"].value == 7


def test_accents_and_separators_come_through() -> None:
    cells = ["Lefèvre ; « Zoé »", 'a"b', "deux\nlignes"]
    content = sheet(Format.CSV, title="Liste", head=["a", "b", "c"], rows=[cells])
    assert content.startswith(b"\xef\xbb\xbf")
    assert _read_csv(content)[1] == cells
    assert _read_xlsx(sheet(Format.XLSX, title="Liste", head=["a", "b", "c"], rows=[cells]))["A2"].value == cells[0]


def test_a_day_is_a_day_and_nothing_is_nothing() -> None:
    row = [date(1991, 4, 22), None]
    assert _read_csv(sheet(Format.CSV, title="Liste", head=["Né", "Vide"], rows=[row]))[1] == ["22/04/1991", ""]
    page = _read_xlsx(sheet(Format.XLSX, title="Liste", head=["Né", "Vide"], rows=[row]))
    assert page["A2"].value.date() == row[0] and page["A2"].number_format == "DD/MM/YYYY"
    assert page["B2"].value is None


def _read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def _read_xlsx(content: bytes):  # type: ignore[no-untyped-def]  # the library's own sheet
    return load_workbook(io.BytesIO(content)).active
