"""What is said, of which line and column, when something of a file is not taken over; and how columns are chosen."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from pathway.casework.intake.rules import (
    ColumnMap,
    RawRow,
    ReadPerson,
    Refusal,
    Remark,
    choose_columns,
    column_of,
    column_remarks,
    map_columns,
    read_person,
    suggest_columns,
)
from pathway.kernel.errors import Invalid

TODAY = date(2026, 11, 21)
SOUND = {"Prénom": "Yann", "Nom": "Morvan", "Né(e) le": "12/03/1979"}
NEEDED = tuple(SOUND)
NIR = "Cette cellule semble contenir un numéro de sécurité sociale : il n’est ni lu ni gardé."
OWN = {"Prénom": "first_name", "Nom": "last_name", "Né(e) le": "birth_date"}


def read(cells: dict[str, str], *more: str, line: int = 7, is_overflowing: bool = False) -> ReadPerson | Refusal:
    """`more`: columns of the file that the row does not reach."""
    written = SOUND | cells
    columns = map_columns([*written, *more], separator=";")
    return read_person(RawRow(line=line, cells=written, is_overflowing=is_overflowing), columns, today=TODAY)


def person(cells: dict[str, str], *more: str, **others: Any) -> ReadPerson:
    found = read(cells, *more, **others)
    assert isinstance(found, ReadPerson)
    return found


def refused_columns(headers: Sequence[str], chosen: dict[str, str] | None = None) -> tuple[str, str]:
    """The field that is named, and the sentence."""
    with pytest.raises(Invalid) as refusal:
        _ = map_columns(headers, separator=";") if chosen is None else choose_columns(headers, chosen)
    return refusal.value.field, refusal.value.sentence


def test_each_column_left_out_is_told_with_its_reason() -> None:
    columns = ColumnMap(items={}, nir=("N° sécu",), ignored=("Pointure", "Vide"))
    nir = "Les numéros de sécurité sociale ne sont ni lus ni gardés. Retirez cette colonne du fichier."
    assert column_remarks(columns, frozenset({"Pointure"})) == (
        Remark(line=1, column="N° sécu", reason=nir),
        Remark(line=1, column="Pointure", reason="Cette colonne n’est pas reprise dans la carte."),
    )


def test_an_item_without_a_column_has_no_header() -> None:
    assert column_of(ColumnMap(items={"city": ("Ville", "Commune")}, nir=(), ignored=()), "city") == "Ville"
    assert column_of(ColumnMap(items={}, nir=(), ignored=()), "city") == ""


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Prénom", " ", "Le prénom manque."),
        ("Nom", " ", "Le nom manque."),
        ("Nom", "1 85 07 75 056 123 24 Morvan", NIR),
        ("Né(e) le", " ", "La date de naissance manque."),
        ("Né(e) le", "12/03/1879", "Cette date a plus de 120 ans. Vérifiez l’année."),
    ],
)
def test_why_a_row_gives_nobody_is_said_whole(column: str, cell: str, reason: str) -> None:
    assert read({column: cell}) == Refusal(line=7, column=column, reason=reason)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Nom de naissance", "123", "Un nom a au moins une lettre."),
        ("Nom de naissance", "1850775056123", NIR),
        ("Ville", "Rennes 1850775056123", NIR),
        ("Téléphone", "2820251108030", NIR),
        ("Téléphone", "061", "Un numéro ne se lit pas : il faut dix chiffres, ou l’indicatif du pays."),
        ("Téléphone", "061, 062", "2 numéros ne se lisent pas : il faut dix chiffres, ou l’indicatif du pays."),
        (
            "Né(e) le",
            "35940",
            "Cette date est écrite comme un nombre de jours de tableur. Elle a été lue : vérifiez-la.",
        ),
    ],
)
def test_a_cell_left_out_says_its_line_its_column_and_why(column: str, cell: str, reason: str) -> None:
    assert person({column: cell}).warnings == (Remark(line=7, column=column, reason=reason),)


def test_what_is_wrong_with_the_name_at_birth_takes_nothing_from_the_person() -> None:
    found = person({"Nom de naissance": "1850775056123"}, line=12)
    assert (found.line, found.identity.last_name, found.identity.birth_name) == (12, "Morvan", None)
    assert found.warnings[0].line == 12


@pytest.mark.parametrize("nothing", ["", "  ", "-"])
def test_no_name_at_birth_is_nothing_to_tell(nothing: str) -> None:
    assert person({"Nom de naissance": nothing}).warnings == ()


def test_another_name_at_birth_is_an_answer_like_the_others() -> None:
    assert person({"Nom de naissance": "Le Goff"}).claims == {
        "first_name": "Yann",
        "last_name": "Morvan",
        "birth_name": "Le Goff",
        "birth_date": "1979-03-12",
    }


def test_too_many_cells_are_told_of_the_line_and_of_no_column() -> None:
    reason = "Cette ligne a plus de cellules que de colonnes : vérifiez qu’aucun séparateur n’est de trop."
    assert person({}, is_overflowing=True).warnings == (Remark(line=7, column="", reason=reason),)


def test_an_electronic_address_is_kept_at_hand() -> None:
    assert person({"Courriel": "yann@valmer.example"}).email == "yann@valmer.example"


def test_a_row_shorter_than_its_headers_only_says_less() -> None:
    found = person({"Adresse": "2 rue du Port"}, "Téléphone", "Complément d’adresse", "Ville")
    assert (found.phones, found.warnings) == ((), ())
    assert (found.claims["address"], "city" in found.claims) == ("2 rue du Port", False)


def test_four_phones_are_kept_and_the_fifth_is_told_of_the_first_column() -> None:
    four = ",".join(f"060102030{number}" for number in range(4))
    assert len(person({"Téléphone": four}).phones) == 4 and not person({"Téléphone": four}).warnings
    found = person({"Téléphone": four, "Portable": "0712345670"})
    assert found.phones == tuple(f"+3360102030{number}" for number in range(4))
    told = "Seuls les 4 premiers numéros sont gardés."
    assert found.warnings == (Remark(line=7, column="Téléphone", reason=told),)


def test_the_street_comes_before_its_second_line_wherever_they_stand() -> None:
    for cells in (
        {"Complément d’adresse": " Bât. A ", "Rue": "2 rue du Port"},
        {"Rue": "2 rue du Port", "Complément d’adresse": "Bât. A"},
    ):
        assert person(cells).claims["address"] == "2 rue du Port, Bât. A"
    assert person({"Rue": "2 rue du Port", "Complément": "NR"}).claims["address"] == "2 rue du Port"


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        (["Ville", "ville"], "La colonne « Ville » est écrite deux fois. Gardez-en une seule."),
        (["x" * 81, "X" * 81], f"La colonne « {'x' * 80} » est écrite deux fois. Gardez-en une seule."),
        (["Nom d’usage"], "Les colonnes « Nom » et « Nom d’usage » disent la même chose. Gardez-en une seule."),
        (["Adresse", "Rue"], "Les colonnes « Adresse » et « Rue » disent la même chose. Gardez-en une seule."),
        (
            ["Ville", f"Ville ({'x' * 80})"],
            f"Les colonnes « Ville » et « Ville ({'x' * 73} » disent la même chose. Gardez-en une seule.",
        ),
    ],
)
def test_two_columns_that_say_the_same_are_both_named_and_shortened(headers: list[str], sentence: str) -> None:
    assert refused_columns([*NEEDED, *headers]) == ("file", sentence)


def test_a_column_that_lacks_is_told_with_what_to_do() -> None:
    assert refused_columns(["Prénom", "Nom"]) == (
        "file",
        "Il manque la colonne « Date de naissance » dans la première ligne. Séparateur compris : point-virgule. "
        "Donnez à chaque colonne son nom et séparez-les par un point-virgule.",
    )


def test_columns_without_a_name_and_second_lines_of_an_address_are_not_repeated() -> None:
    columns = map_columns([*NEEDED, "", "", "Adresse", "Complément", "Adresse 2"], separator=";")
    assert columns.items["address"] == ("Adresse", "Complément", "Adresse 2")


def test_a_header_is_known_in_its_first_200_characters_once_its_remark_is_left_out() -> None:
    for length, known in ((200, True), (201, False)):
        header = f"Ville ({'x' * (length - 8)})"
        assert len(header) == length
        assert ("city" in map_columns([*NEEDED, header], separator=";").items) is known


def test_a_header_known_whole_is_not_cut_at_its_brackets() -> None:
    known = {"adresse": "address", "adressecomplement": "complement"}
    columns = map_columns(["Adresse (complément)", "Adresse (rue)"], separator=";", known=known, needed=())
    assert columns.items == {"complement": ("Adresse (complément)",), "address": ("Adresse (rue)",)}


def test_a_column_is_proposed_for_what_it_seems_to_give_the_first_when_one_is_enough() -> None:
    headers = ["Prénom", "Nom", "Nom d’usage", "NIR", "Téléphone", "Portable", "Rue", "Complément", "Pointure"]
    assert suggest_columns(headers) == {
        "Prénom": "first_name",
        "Nom": "last_name",
        "Téléphone": "phones",
        "Portable": "phones",
        "Rue": "address",
        "Complément": "address",
    }


def test_a_column_announcing_social_security_numbers_is_never_proposed() -> None:
    assert suggest_columns(["Téléphone (NIR)", "Ville"]) == {"Ville": "city"}


def test_a_file_that_only_knows_the_name_at_birth_is_proposed_to_be_read_by_it() -> None:
    assert suggest_columns(["Nom de jeune fille", "Pointure"]) == {"Nom de jeune fille": "last_name"}


def test_chosen_columns_are_read_and_the_others_told_as_left_out() -> None:
    headers = [*NEEDED, "Tél. 1", "Tél. 2", "NIR", "Pointure", "Ville"]
    chosen = OWN | {"Tél. 1": "phones", "Tél. 2": "phones", "NIR": "city", "Ville": ""}
    assert choose_columns(headers, chosen) == ColumnMap(
        items={
            "first_name": ("Prénom",),
            "last_name": ("Nom",),
            "birth_date": ("Né(e) le",),
            "phones": ("Tél. 1", "Tél. 2"),
        },
        nir=("NIR",),
        ignored=("Pointure", "Ville"),
    )


def test_an_item_chosen_twice_is_refused_at_the_second_column_and_names_the_first() -> None:
    for first, shown in (("Ville", "Ville"), ("x" * 81, "x" * 80)):
        sentence = f"« Commune » est déjà pris dans la colonne « {shown} ». Gardez l’une des deux."
        assert refused_columns([*NEEDED, first, "Bourg"], OWN | {first: "city", "Bourg": "city"}) == ("Bourg", sentence)


def test_what_nobody_can_do_without_has_to_be_chosen() -> None:
    assert refused_columns(NEEDED, {}) == (
        "",
        "Il manque « Prénom », « Nom d’usage » et « Date de naissance ». "
        "Dites quelles colonnes les donnent : il les faut toutes.",
    )
    assert refused_columns(NEEDED, {"Prénom": "first_name", "Nom": "last_name"}) == (
        "",
        "Il manque une colonne : « Date de naissance ». "
        "Dites quelle colonne le donne : sans elle, personne n’est reconnu.",
    )
    assert refused_columns(NEEDED, {"Prénom": "first_name"})[1].startswith("Il manque « Nom d’usage » et « Date de")
