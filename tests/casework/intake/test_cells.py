import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.intake.cells import (
    holds_nir,
    names_nir,
    read_cell,
    read_day,
    read_phones,
    says_nothing,
    without_nir_in,
)
from pathway.casework.records.catalogue import item
from pathway.kernel.errors import Invalid

ONE, TWO = "+33601020304", "+33712345670"


@pytest.mark.parametrize("text", ["35940", "35940.0", "35940.5", " 35940 "])
def test_a_spreadsheet_count_of_days_is_a_date(text: str) -> None:
    assert read_day(text) == (date(1998, 5, 25), True)


@given(st.dates(date(1930, 1, 1), date(2100, 1, 1)))
def test_every_count_of_days_is_the_day_spreadsheets_mean(day: date) -> None:
    assert read_day(str((day - date(1899, 12, 30)).days)) == (day, True)


def test_a_year_alone_is_no_count_of_days() -> None:
    with pytest.raises(Invalid):
        read_day("1997")


@pytest.mark.parametrize(
    ("text", "phones", "unread"),
    [
        ("0601020304, 0712345670", [ONE, TWO], 0),
        ("06.01.02.03.04 / 07-12-34-56-70", [ONE, TWO], 0),
        ("0601020304 ou 0712345670", [ONE, TWO], 0),
        ("0601020304\n0712345670", [ONE, TWO], 0),
        ("0601020304 0712345670", [ONE, TWO], 0),
        ("06/01/02/03/04", [ONE], 0),
        ("601020304", [ONE], 0),
        ("601020304.0", [ONE], 0),
        ("33601020304.0", [ONE], 0),
        ("0601020304;0601020304", [ONE], 0),
        ("0601020304, 071234567", [ONE], 1),
        ("071234567", [], 1),
        ("rappeler le soir", [], 1),
    ],
)
def test_phones_are_read_from_one_cell(text: str, phones: list[str], unread: int) -> None:
    assert read_phones(text) == (phones, unread)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("situation", "recherche_emploi", "seeking_job"),
        ("situation", "En CDI", "permanent_job"),
        ("rsa", "rsa_droit_ouvert_et_suspendu", "open"),
        ("rsa", "rsa_droit_ouvert_versement_suspendu", "open"),
        ("rsa", "rsa_clos", "none"),
        ("ass", "Pas demandé", "not_claimed"),
        ("ass", "O", True),
        ("obstacles", "Aucun", ["none"]),
        ("rsa", "Non", "none"),
        ("are", "Oui", True),
        ("rqth", "0", False),
        ("mobility_zone", "30.0", 30),
        ("mobility_zone", "20 km", 20),
        ("mobility_zone", "less_10", 10),
        ("education_level", "NV1", "level_7"),
        ("education_level", "afs", "no_schooling"),
        ("education_level", "Bac + 2", "level_5"),
        ("rome_jobs", "Pontier élingueur / Pontière élingueuse (N1104)", ["N1104"]),
        ("rome_jobs", "n1104 ; F1703", ["N1104", "F1703"]),
        ("rome_jobs", "Pontier / Pontière", ["N1104"]),
        ("postcode", "1000.0", "01000"),
        ("caf_number", "2055990.0", "2055990"),
        ("driving_licences", "A, B", ["a", "b"]),
        ("driving_licences", "Non", ["none"]),
        ("email", "Amina@Exemple.fr ; autre@exemple.fr", "amina@exemple.fr"),
        ("available_from", "01/12/2026", "2026-12-01"),
        ("address", '=HYPERLINK("x")', '=HYPERLINK("x")'),
    ],
)
def test_what_other_tools_write_takes_our_shape(key: str, text: str, value: object) -> None:
    assert read_cell(item(key), text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("rqth", "peut-être"),
        ("situation", "à voir"),
        ("rome_jobs", "serveuse"),
        ("rome_jobs", "Z9999"),
        ("education_level", "NV9"),
        ("address", "x" * 100_001),
        ("city", "x" * 201),
        ("children", "deux"),
    ],
)
def test_a_cell_that_cannot_be_read_is_explained_without_being_repeated(key: str, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_cell(item(key), text)
    assert text not in refusal.value.sentence


@pytest.mark.parametrize("text", ["", " ", "-", "NR", "Non renseigné", "inconnu", "n/a"])
def test_saying_nothing_is_no_answer(text: str) -> None:
    assert says_nothing(text)


def test_no_is_an_answer() -> None:
    assert not says_nothing("Non")


@pytest.mark.parametrize(
    "text",
    [
        "185077505612324",
        "1 85 07 75 056 123 24",
        "2-82-02-51-108-030",
        "2820251108030",
        "n° 1850775056123 !",
        "28202 2A108030",
        "1.85.07.75.056.123.24",
        "184127645108946",
    ],
)
def test_a_social_security_number_is_seen(text: str) -> None:
    assert holds_nir(text)


@pytest.mark.parametrize(
    "text",
    [
        "0601020304, 0712345670",
        "06 01 02 03 04 07 12 34 56 70",
        "+33 6 01 02 03 04",
        "22930008201453",
        "205599000000000",
        "11 rue du Fromage 61120",
        "1998-05-25",
        "0033601020304",
        "+4915123456789",
        "SIRET 13002526500013",
        "SIRET 13038836859574",
        "carte 18410512300015",
        "1841 0512 3000 15",
    ],
)
def test_other_numbers_are_not_taken_for_one(text: str) -> None:
    assert not holds_nir(text)


@pytest.mark.parametrize("number", ["2 91 04 35 238 123 41", "2910435238123"])
def test_a_social_security_number_is_taken_out_of_what_stands_around_it(number: str) -> None:
    told = "Le numéro {}, et le 06 01 02 03 04."
    assert without_nir_in(told.format(number)) == told.format("[numéro de sécurité sociale]")
    assert without_nir_in(told.format("de carte 22930008201453")) == told.format("de carte 22930008201453")


@pytest.mark.parametrize("header", ["NIR", "N° sécu", "Numéro de Sécurité\nSociale", "nir*", "NSS"])
def test_a_column_of_social_security_numbers_is_seen(header: str) -> None:
    assert names_nir(header)


@pytest.mark.parametrize("header", ["Nom", "Avenir", "Lieu de naissance", "Situation sociale"])
def test_other_columns_are_not_taken_for_one(header: str) -> None:
    assert not names_nir(header)


@pytest.mark.parametrize("sign", ["1", "1 85 ", "06 ", ",", "a", "(", "1-", "N1104 "])
@pytest.mark.parametrize("key", ["rome_jobs", "address", "driving_licences", "mobility_zone", "email", "birth_date"])
def test_a_hundred_thousand_signs_are_read_at_once(sign: str, key: str) -> None:
    text = (sign * 100_000)[:100_000]
    start = time.perf_counter()
    holds_nir(text)
    read_phones(text)
    try:
        read_cell(item(key), text)
    except Invalid as refusal:
        assert refusal.sentence
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        "1er février 1990",
        "jeudi 1 févr. 1990",
        "01-févr.-1990",
        "19900201",
        "01021990",
        "19900201.0",
        "32905.0",
        "32905,5",
    ],
)
def test_days_as_other_tools_write_them(text: str) -> None:
    assert read_day(text)[0] == date(1990, 2, 1)


@pytest.mark.parametrize("text", ["1 jui 1990", "avril 1990", "31 février 1990", "19901301"])
def test_a_day_that_may_be_two_or_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_day(text)
