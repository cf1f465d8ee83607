import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from pathway.casework.intake import workbook
from pathway.casework.intake.reading import open_rows
from pathway.casework.intake.rules import ReadPerson
from pathway.casework.intake.workbook import sheets_of
from pathway.kernel.errors import Invalid
from tests.web.operator.importing import workbook as made

BOOK = made(
    Notice=[["Mode d’emploi"], ["Lisez"]],
    Personnes=[
        ["Prénom", "Nom", "Date de\nnaissance", "Téléphone", "CP", "RQTH"],
        [],
        ["Amina", "Benkacem", date(1991, 4, 22), 612345678, 1000.0, True],
        ["Léo", "Sow", 32905.0, "06 01 02 03 04\n07 12 34 56 78", 35000, False],
    ],
)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "people.xlsx"
    path.write_bytes(content)
    return path


def test_the_people_of_a_sheet_are_read_as_those_of_a_text_file(tmp_path: Path) -> None:
    rows = open_rows(written(tmp_path, BOOK), sheet="Personnes")
    amina, leo = (one for one in rows.people(today=date(2026, 11, 20)) if isinstance(one, ReadPerson))
    assert (amina.line, leo.line) == (3, 4)
    assert (amina.identity.birth_date, leo.identity.birth_date) == (date(1991, 4, 22), date(1990, 2, 1))
    assert (amina.phones, amina.claims["postcode"]) == (("+33612345678",), "01000")
    assert leo.phones == ("+33601020304", "+33712345678")


@pytest.mark.parametrize(
    ("sheet", "said"), [("", "« Notice » et « Personnes »"), ("Autre", "pas de feuille de ce nom")]
)
def test_the_sheet_must_be_said_when_there_are_several(tmp_path: Path, sheet: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_rows(written(tmp_path, BOOK), sheet=sheet)
    assert refusal.value.field == "sheet" and said in refusal.value.sentence


def test_what_unpacks_beyond_measure_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_told", lambda _content: pytest.fail("it was opened"))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"\0" * 30_000_000)
    with pytest.raises(Invalid) as refusal:
        sheets_of(out.getvalue())
    assert "trop grand" in refusal.value.sentence


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 999, b"\xd0\xcf\x11\xe0" + b"x" * 999])
def test_what_is_no_workbook_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        sheets_of(content)
    assert "ne se lit pas" in refusal.value.sentence
