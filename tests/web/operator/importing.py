"""An import as tests carry it through on the operator's screens."""

from io import BytesIO

from flask.testing import FlaskClient
from openpyxl import Workbook

from pathway.demo.town import Town
from tests.web.supervisor.test_alerts import words

PEOPLE = (
    "Prénom;Nom;Né le;Téléphone;Remarque;NIR\n"
    "Amina;Benkacem;22/04/1991;06 12 34 56 78;vient le mardi;\n"
    "Bilal;Ndiaye;19880203;612345679;;191047511212345\n"
    "Chloé;;01/02/1990;;=secret à mendre;291047511212345\n"
)
CHOICES = {
    "colonne-1": "first_name",
    "colonne-2": "last_name",
    "colonne-3": "birth_date",
    "colonne-4": "phones",
    "colonne-5": "",
}


def given(client: FlaskClient, town: Town, content: bytes | str, name: str = "personnes.csv") -> str:
    """The address where giving that file to bruno's structure leads."""
    data = content.encode() if isinstance(content, str) else content
    form = {"structure": town.structures["pae-centre"], "file": (BytesIO(data), name)}
    answer = client.post("/imports/nouveau", data=form)
    assert answer.status_code == 303, words(answer.get_data(as_text=True))
    return str(answer.location)


def checked(client: FlaskClient, town: Town, content: bytes | str = PEOPLE) -> str:
    """The address of an import whose columns were chosen."""
    answer = client.post(given(client, town, content), data=CHOICES)
    assert answer.status_code == 303, words(answer.get_data(as_text=True))
    return str(answer.location)


def brought(client: FlaskClient, town: Town, content: bytes | str = PEOPLE) -> str:
    """The address of an import that was carried through."""
    page = checked(client, town, content)
    assert client.post(f"{page}/lancement").status_code == 303
    return page


def workbook(**sheets: list[list[object]]) -> bytes:
    """An XLSX with those sheets."""
    book, out = Workbook(), BytesIO()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(out)
    return out.getvalue()
