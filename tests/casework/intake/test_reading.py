import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from pathway.casework.intake import reading
from pathway.casework.intake.reading import open_rows
from pathway.casework.intake.rules import RawRow, ReadPerson, Refusal
from pathway.casework.records.names import same_person
from pathway.kernel.errors import Invalid

FILES = Path(__file__).with_name("files")
TODAY = date(2026, 11, 21)
HEADER = "Prénom;Nom;Date de naissance;Ville\n"


def people(name: str) -> list[ReadPerson | Refusal]:
    return list(open_rows(FILES / name).people(today=TODAY))


def sound(name: str) -> list[ReadPerson]:
    return [one for one in people(name) if isinstance(one, ReadPerson)]


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(Invalid) as refusal:
        open_rows(path)
    assert refusal.value.field == "file"
    return refusal.value.sentence


def test_a_file_of_another_tool_gives_its_people() -> None:
    one, two, again, near = sound("people.csv")
    assert [person.line for person in (one, two, again, near)] == [2, 3, 4, 6]
    assert one.claims["address"] == '3, allée des "Tilleuls", Bâtiment "C"'
    assert one.claims["education_level"] == "level_3"
    assert two.phones == ("+33601020305", "+33712345670")
    assert [remark.column for remark in one.warnings] == ["Téléphone"]
    assert same_person(two.identity, again.identity)
    assert not same_person(two.identity, near.identity)


def test_what_concerns_columns_is_told_once_after_the_rows() -> None:
    rows = open_rows(FILES / "people.csv")
    assert list(rows.people(today=TODAY))
    assert [(remark.line, remark.column) for remark in rows.remarks()] == [
        (1, "NIR"),
        (1, "Prime d'activité"),
        (1, "Structure"),
        (1, "Accompagnateurs"),
    ]


def test_the_social_security_number_is_nowhere_in_what_is_read() -> None:
    assert "188022935001247" not in str(people("people.csv"))


def test_refused_rows_have_one_entry_each_and_the_others_are_read() -> None:
    found = people("refused.csv")
    refusals = [(one.line, one.column) for one in found if isinstance(one, Refusal)]
    assert refusals == [
        (2, "Prénom*"),
        (3, "Nom*"),
        *((line, "Date de naissance*") for line in range(4, 10)),
        (10, "Prénom*"),
    ]
    (last,) = sound("refused.csv")
    assert [remark.column for remark in last.warnings] == ["Téléphone", "Email", "RQTH", "Ville"]


@pytest.mark.parametrize(
    ("name", "charset", "separator"),
    [("people.csv", "utf-8-sig", ";"), ("windows.csv", "cp1252", ","), ("utf16.csv", "utf-16", "\t")],
)
def test_letters_and_separator_are_recognised(name: str, charset: str, separator: str) -> None:
    rows = open_rows(FILES / name)
    assert (rows.charset, rows.separator) == (charset, separator)


def test_accents_of_every_charset_are_kept() -> None:
    assert [person.identity.last_name for person in sound("windows.csv")] == ["Lefèvre", "Œuvré, dite Coco"]
    assert [person.claims["city"] for person in sound("utf16.csv")] == ["Orléans"]


def test_line_breaks_in_headers_and_cells_blank_rows_and_numbers_kept_as_floats() -> None:
    lea, leo = sound("spreadsheet.csv")
    assert (lea.line, leo.line) == (6, 9)
    assert lea.identity.birth_date == date(1998, 5, 25)
    assert (lea.phones, lea.claims["postcode"]) == (("+33601020304",), "01000")
    assert lea.claims["address"] == "2 rue du Port Bât. B"
    assert leo.phones == ("+33601020305", "+33601020306")
    assert leo.claims["address"] == '=HYPERLINK("x")'


def test_an_open_quote_loses_its_own_row_and_no_other() -> None:
    found = people("quotes.csv")
    assert [(one.line, type(one)) for one in found] == [(2, Refusal), *((line, ReadPerson) for line in (3, 4, 5))]
    assert [person.claims["address"] for person in sound("quotes.csv")] == ["2 rue", "Le Bourg", "3 rue"]


def test_a_quote_open_until_the_end_of_the_file_loses_its_own_row_and_no_other(tmp_path: Path) -> None:
    later = "".join(f"Léa;Riou{number};1990-01-01;Rennes\n" for number in range(1200))
    path = written(tmp_path, HEADER + 'Ana;Sow;1990-01-01;"Rennes\n' + later)
    found = list(open_rows(path))
    assert isinstance(found[0], Refusal)
    assert [one.line for one in found] == list(range(2, 1203))
    assert all(isinstance(one, RawRow) for one in found[1:])


def test_rows_shorter_or_longer_than_the_header_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "Ana;Sow;1990-01-01\nLéa;Riou;1990-01-02;Rennes;de trop\n")
    short, long = list(open_rows(path).people(today=TODAY))
    assert isinstance(short, ReadPerson)
    assert "city" not in short.claims
    assert isinstance(long, ReadPerson)
    assert len(long.warnings) == 1


def test_a_cell_too_long_is_left_out_and_the_row_kept(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + f"Ana;Sow;1990-01-01;{'x' * 200_000}\nLéa;Riou;1990-01-02;Rennes\n")
    ana, lea = list(open_rows(path).people(today=TODAY))
    assert isinstance(ana, ReadPerson)
    assert [remark.reason for remark in ana.warnings] == ["Cette cellule dépasse 100 000 caractères."]
    assert isinstance(lea, ReadPerson)


def test_a_row_without_end_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + f"Ana;Sow;1990-01-01;{'x' * 2_500_000}\nLéa;Riou;1990-01-02;Rennes\n")
    found = list(open_rows(path))
    assert [(one.line, type(one)) for one in found] == [(2, Refusal), (3, RawRow)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"\xef\xbb\xbf", "vide"),
        (b" \r\n\r\n", "vide"),
        (b"PK\x03\x04rest", "classeur"),
        (b"\xd0\xcf\x11\xe0rest", "classeur"),
        (b"%PDF-1.7", "PDF"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"Nom;\x00\x01\x02", "pas un fichier de texte"),
        (b"Pr\x8dnom;Nom", "CSV UTF-8"),
        (HEADER.encode(), "que des titres"),
        (HEADER.encode() + b";;;\n\n", "que des titres"),
        ("email;prénom;nom\na;b;c\n".encode(), "« Date de naissance »"),
        ("Prénom:Nom:Date de naissance\na:b:c\n".encode(), "Séparateur compris : aucun"),
        (("Nom;" + ";".join(f"c{n}" for n in range(200))).encode(), "200 colonnes"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refused(written(tmp_path, content))


def test_a_title_is_told_without_control_signs(tmp_path: Path) -> None:
    rows = open_rows(written(tmp_path, f"{HEADER.strip()};\x1b[31mRouge\x07\nAda;Roy;01/02/1990;Redon;x\n"))
    assert list(rows)
    assert [remark.column for remark in rows.remarks()] == ["[31mRouge"]


def test_a_title_as_long_as_a_page_is_refused(tmp_path: Path) -> None:
    assert "titre" in refused(written(tmp_path, f"{HEADER.strip()};{'x' * 201}\nAda;Roy;01/02/1990;Redon;x\n"))


def test_a_missing_file_and_a_folder_are_explained(tmp_path: Path) -> None:
    assert "n’existe pas" in refused(tmp_path / "absent.csv")
    assert "pas un fichier" in refused(tmp_path)


def test_a_file_over_a_hundred_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(reading.LARGEST_FILE + 1)
    assert "100 Mo" in refused(path)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "Ana;Sow;1990-01-01;Rennes\n" * 40_000)
    rows = open_rows(path)
    tracemalloc.start()
    assert sum(1 for _ in rows) == 40_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500_000


def test_reading_again_gives_the_same_rows() -> None:
    rows = open_rows(FILES / "people.csv")
    assert list(rows) == list(rows)


def test_a_first_line_that_says_the_separator_is_no_title(tmp_path: Path) -> None:
    rows = open_rows(written(tmp_path, "sep=;\r\n" + HEADER + "Ana;Sow, dite Coco;1990-01-01;Rennes\n"))
    (ana,) = (one for one in rows.people(today=TODAY) if isinstance(one, ReadPerson))
    assert (rows.separator, rows.headers[0], ana.line) == (";", "Prénom", 3)


@pytest.mark.parametrize(
    "above",
    [
        "Fichier du PLIE;;;\n\n",
        "Fichier du PLIE, octobre 2026\n",
        "Fichier du PLIE;octobre 2026;;\n;;;\nConfidentiel\n",
    ],
)
def test_what_a_spreadsheet_writes_above_its_titles_is_not_taken_for_them(tmp_path: Path, above: str) -> None:
    rows = open_rows(written(tmp_path, f"{above}{HEADER}Awa;Ndiaye;03/02/1990;Rennes\n"))
    assert rows.headers == ("Prénom", "Nom", "Date de naissance", "Ville")
    (one,) = rows.people(today=TODAY)
    assert isinstance(one, ReadPerson) and one.line == above.count("\n") + 2
    assert [person.line for person in rows.people(today=TODAY)] == [one.line]


def test_a_picture_is_said_to_be_one(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b"\xff\xd8\xff\xe0 JFIF")).startswith("C’est une image.")
