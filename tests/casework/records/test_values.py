from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.catalogue import CATALOGUE, check_value, item, shown
from pathway.casework.records.values import read_date, read_email, read_phone
from pathway.kernel.errors import Invalid

GOOD: dict[str, object] = {
    "first_name": " Zoe\u0301  Anne ",
    "birth_date": "22/04/1997",
    "phones": ["06 01 02 03 04", "+44 20 7946 0018"],
    "email": "Amina@Exemple.fr",
    "postcode": "35 000",
    "situation": "seeking_job",
    "rqth": "oui",
    "mobility_zone": "30",
    "rome_jobs": ["n1104"],
    "education_level": "level_3",
    "obstacles": ["numerique", "mobilite"],
}


def test_each_shape_is_kept_in_one_way() -> None:
    kept = {key: check_value(item(key), raw) for key, raw in GOOD.items()}
    assert kept["first_name"] == "Zoé Anne"
    assert kept["birth_date"] == "1997-04-22"
    assert kept["phones"] == ["+33601020304", "+442079460018"]
    assert kept["email"] == "amina@exemple.fr"
    assert (kept["postcode"], kept["rqth"], kept["mobility_zone"]) == ("35000", True, 30)
    assert kept["rome_jobs"] == ["N1104"]
    assert kept["obstacles"] == ["mobilite", "numerique"]


@pytest.mark.parametrize("key", GOOD)
def test_what_is_kept_is_accepted_again_and_unchanged(key: str) -> None:
    kept = check_value(item(key), GOOD[key])
    assert check_value(item(key), kept) == kept


@pytest.mark.parametrize("key", CATALOGUE)
@pytest.mark.parametrize("raw", ["", "   ", None, [], {}, 1.5, ["\0"], "\u202e"])
def test_nothing_is_never_an_answer(key: str, raw: object) -> None:
    with pytest.raises(Invalid) as refusal:
        check_value(item(key), raw)
    assert refusal.value.field == key


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("birth_date", "31/02/1997"),
        ("phones", ["071234567"]),
        ("phones", [f"060102030{number}" for number in range(5)]),
        ("email", "contact@cd93"),
        ("postcode", "350000"),
        ("situation", "chômeur"),
        ("rqth", "peut-être"),
        ("children", "-1"),
        ("children", True),
        ("mobility_zone", "501"),
        ("rome_jobs", ["Z9999"]),
        ("vehicles", ["none", "car"]),
        ("obstacles", ["none", "mobilite"]),
        ("france_travail_registration", "not_claimed"),
        ("city", "x" * 201),
    ],
)
def test_an_ill_formed_answer_is_refused_with_its_key(key: str, raw: object) -> None:
    with pytest.raises(Invalid) as refusal:
        check_value(item(key), raw)
    assert refusal.value.field == key
    assert refusal.value.sentence.endswith(".")


def test_answers_are_shown_in_french() -> None:
    assert shown(item("phones"), ["+33601020304", "+33712345670"]) == "06 01 02 03 04 et 07 12 34 56 70"
    assert shown(item("phones"), ["+262639980102", "+442079460018"]) == "06 39 98 01 02 et +44 20 7946 0018"
    assert shown(item("birth_date"), "1997-04-22") == "22\u00a0avril\u00a01997"
    assert shown(item("rome_jobs"), ["N1104"]) == "Pontier / Pontière (N1104)"
    assert shown(item("situation"), "seeking_job") == "En recherche d’emploi"
    assert shown(item("mobility_zone"), 30) == "30"


def test_not_known_is_not_no() -> None:
    assert shown(item("rqth"), False) == "Non"
    assert shown(item("rqth"), True) == "Oui"
    assert shown(item("rqth"), None) == "non renseigné"


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_day_is_read_back_from_every_way_of_writing_it(day: date) -> None:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%dT00:00:00Z", "%d/%m/%Y 00:00"):
        assert read_date(day.strftime(pattern)) == day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31/02/1997", "Le 31 février n’existe pas"),
        ("29/02/1997", "Le 29 février n’existe pas cette année-là"),
        ("31-04-1997", "Le 31 avril n’existe pas"),
        ("04/22/1997", "Ce mois n’existe pas"),
        ("45/02/1997", "Ce jour n’existe pas"),
        ("22/04/97", "quatre chiffres"),
        ("19970-04-22", "ne se lit pas"),
        ("0000-04-22", "Cette année n’existe pas"),
        ("hier", "ne se lit pas"),
    ],
)
def test_an_impossible_day_is_explained(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_date(text)


@pytest.mark.parametrize(
    "text",
    ["0601020304", "06 01 02 03 04", "06.01.02.03.04", "+33 6 01 02 03 04", "0033601020304", "+33 (0)6-01-02-03-04"],
)
def test_one_french_phone_has_one_form(text: str) -> None:
    assert read_phone(text) == "+33601020304"


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("birth_date", "٢٢/٠٤/١٩٩١", "1991-04-22"),
        ("phones", ["٠٦ ٠١ ٠٢ ٠٣ ٠٤"], ["+33601020304"]),
        ("postcode", "٣٥٠٠٠", "35000"),
        ("children", "۲", 2),
    ],
)
def test_the_figures_of_an_arabic_keyboard_are_read(key: str, typed: object, kept: object) -> None:
    assert check_value(item(key), typed) == kept


def test_an_overseas_phone_takes_its_own_prefix() -> None:
    assert read_phone("0692 12 34 56") == "+262692123456"


@pytest.mark.parametrize("text", ["071234567", "06010203045", "+33123", "+999 12", "abc", "0" * 100_000])
def test_a_phone_that_rings_nowhere_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_phone(text)


def test_an_email_is_one_whatever_its_case() -> None:
    assert read_email(" Amina.B@Exemple.FR ") == "amina.b@exemple.fr"


@pytest.mark.parametrize("typed", ["0639980001", "06 92 12 34 56", "06 01 02 03 04", "+44 20 7946 0018"])
def test_a_phone_that_is_kept_can_be_read_again(typed: str) -> None:
    kept = read_phone(typed)
    assert read_phone(kept) == kept


def test_no_difficulty_is_an_answer_and_not_assessed_is_none() -> None:
    asked = item("obstacles")
    assert shown(asked, check_value(asked, ["none"])) == "Aucune difficulté"
    assert shown(asked, None) == shown(asked, []) == "non évalué"


def test_a_benefit_not_claimed_is_neither_yes_nor_no() -> None:
    asked = item("ass")
    assert [check_value(asked, raw) for raw in ("oui", "non", "not_claimed")] == [True, False, "not_claimed"]
    assert shown(asked, "not_claimed") == "Pas demandé"


def test_an_answer_no_longer_offered_stays_readable_and_holds() -> None:
    asked = item("rsa")
    assert "payable" not in dict(asked.choices)
    assert check_value(asked, "payable") == "payable"
    assert shown(asked, "payable") == "Oui, versé"
