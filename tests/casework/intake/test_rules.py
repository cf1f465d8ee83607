from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.intake.rules import (
    ColumnMap,
    RawRow,
    ReadPerson,
    Refusal,
    column_remarks,
    map_columns,
    read_person,
)
from pathway.casework.records.catalogue import CATALOGUE, check_value, item
from pathway.kernel.errors import Invalid

TODAY = date(2026, 11, 21)
NEEDED = ("Prénom*", "Nom*", "Date de naissance*")
SOUND = {"Prénom*": "Yann", "Nom*": "Morvan", "Date de naissance*": "12/03/1979"}


def mapped(*headers: str) -> ColumnMap:
    return map_columns([*NEEDED, *headers], separator=";")


def read(cells: dict[str, str], **more: Any) -> ReadPerson | Refusal:
    others = [header for header in cells if header not in NEEDED]
    return read_person(RawRow(line=7, cells=SOUND | cells, **more), mapped(*others), today=TODAY)


def person(cells: dict[str, str], **more: Any) -> ReadPerson:
    found = read(cells, **more)
    assert isinstance(found, ReadPerson)
    return found


def test_headers_are_known_whatever_their_case_stars_brackets_and_line_breaks() -> None:
    headers = ["PRENOM", "nom ", "Date de\nnaissance (jj/mm/aaaa)", "Zone de mobilité"]
    assert list(map_columns(headers, separator=";").items) == ["first_name", "last_name", "birth_date", "mobility_zone"]


def test_a_file_that_only_knows_the_birth_name_is_read() -> None:
    columns = map_columns(["Prénom", "Nom de naissance", "Né(e) le"], separator=";")
    row = RawRow(line=2, cells={"Prénom": "Ana", "Nom de naissance": "Sow", "Né(e) le": "1990-01-01"})
    found = read_person(row, columns, today=TODAY)
    assert isinstance(found, ReadPerson)
    assert (found.identity.last_name, found.identity.birth_name) == ("Sow", None)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (["Prénom", "Ville"], "les colonnes « Nom » et « Date de naissance »"),
        (["Prénom", "Nom"], "la colonne « Date de naissance »"),
        ([*NEEDED, "Ville", "ville"], "écrite deux fois"),
        ([*NEEDED, "Nom d’usage"], "disent la même chose"),
    ],
)
def test_columns_that_do_not_do_are_named(headers: list[str], said: str) -> None:
    with pytest.raises(Invalid, match=said) as refusal:
        map_columns(headers, separator=",")
    assert refusal.value.field == "file"


def test_a_missing_column_tells_which_separator_was_understood() -> None:
    with pytest.raises(Invalid, match="Séparateur compris : virgule"):
        map_columns(["Prénom", "Nom"], separator=",")
    with pytest.raises(Invalid, match="Séparateur compris : aucun"):
        map_columns(["Prénom:Nom"], separator="")


def test_columns_not_read_are_told_once_and_only_when_filled() -> None:
    columns = mapped("NIR", "Identifiant dans le SI*", "Structure", "Accompagnateurs")
    remarks = column_remarks(columns, frozenset({"Structure"}))
    assert [(remark.line, remark.column) for remark in remarks] == [(1, "NIR"), (1, "Structure")]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Prénom*", ""),
        ("Prénom*", "123"),
        ("Nom*", "  "),
        ("Nom*", "1 85 07 75 056 123 24 Morvan"),
        ("Date de naissance*", ""),
        ("Date de naissance*", "31/02/1979"),
        ("Date de naissance*", "19970-04-22"),
        ("Date de naissance*", "12/03/79"),
        ("Date de naissance*", "22/11/2026"),
        ("Date de naissance*", "12/03/1879"),
    ],
)
def test_only_names_and_birth_date_refuse_a_row(column: str, cell: str) -> None:
    found = read({column: cell, "Email": "faux"})
    assert isinstance(found, Refusal)
    assert (found.line, found.column) == (7, column)
    assert not cell.strip() or cell not in found.reason


def test_a_refused_row_has_one_entry_its_first_problem() -> None:
    found = read({"Prénom*": "", "Nom*": "", "Date de naissance*": ""})
    assert found == Refusal(line=7, column="Prénom*", reason="Le prénom manque.")


def test_a_bad_cell_is_left_out_and_listed_and_the_rest_is_kept() -> None:
    found = person({"Email": "pas une adresse", "Téléphone": "0601234567, 071234567", "Ville": "Rennes"})
    assert [(remark.line, remark.column) for remark in found.warnings] == [(7, "Email"), (7, "Téléphone")]
    assert found.phones == ("+33601234567",)
    assert (found.email, found.claims["city"]) == (None, "Rennes")


def test_two_columns_of_phones_are_joined() -> None:
    found = person({"Téléphone": "0601020304", "Portable": "0712345670"})
    assert found.claims["phones"] == ["+33601020304", "+33712345670"]


def test_an_empty_answer_is_not_no() -> None:
    claims = person({"RQTH": "", "Droits ARE": "NR", "Droits ASS": "Non"}).claims
    assert "rqth" not in claims
    assert "are" not in claims
    assert claims["ass"] is False


def test_a_social_security_number_in_any_cell_is_dropped() -> None:
    found = person({"Ville": "Rennes 1850775056123", "Téléphone": "2820251108030", "Adresse": "2 rue du Port"})
    assert {remark.column for remark in found.warnings} == {"Ville", "Téléphone"}
    assert "1850775056123" not in str(found)
    assert "2820251108030" not in str(found)


def test_a_count_of_days_is_read_with_a_warning() -> None:
    found = person({"Date de naissance*": "35940.0"})
    assert found.identity.birth_date == date(1998, 5, 25)
    assert [remark.column for remark in found.warnings] == ["Date de naissance*"]


def test_the_birth_name_is_kept_only_when_it_differs() -> None:
    assert person({"Nom de naissance": "MORVAN"}).identity.birth_name is None
    assert person({"Nom de naissance": "Le Goff"}).identity.birth_name == "Le Goff"
    assert person({"Nom*": "", "Nom de naissance": "Le Goff"}).identity.last_name == "Le Goff"


def test_too_many_cells_are_told() -> None:
    (remark,) = person({}, is_overflowing=True).warnings
    assert "séparateur" in remark.reason


def test_more_phones_than_the_record_keeps_are_told() -> None:
    found = person({"Téléphone": ",".join(f"060102030{number}" for number in range(6))})
    assert len(found.phones) == item("phones").limit
    assert len(found.warnings) == 1


cells = st.text(max_size=30) | st.sampled_from(
    ["Oui", "0601020304", "22/04/1997", "N1104", "35000", "=1+1", "1850775056123"]
)
COLUMNS = tuple(
    one.columns[0] for one in CATALOGUE.values() if one.key not in ("first_name", "last_name", "birth_date")
)


@given(st.dictionaries(st.sampled_from(COLUMNS), cells, max_size=8))
def test_whatever_the_other_cells_hold_the_person_is_read_and_her_answers_are_sound(others: dict[str, str]) -> None:
    found = person(others)
    for key, value in found.claims.items():
        assert check_value(item(key), value) == value
    assert {remark.column for remark in found.warnings} <= set(others)


@given(st.fixed_dictionaries({header: st.text(max_size=20) for header in NEEDED}))
def test_any_row_is_a_person_or_a_refusal_in_french(row: dict[str, str]) -> None:
    found = read(row)
    if isinstance(found, Refusal):
        assert found.column in NEEDED
        assert found.reason.endswith(".")
