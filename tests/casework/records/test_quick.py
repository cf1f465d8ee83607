from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pathway.casework.records.likeness import score
from pathway.casework.records.names import Identity, Query, query_parts
from pathway.casework.records.quick import LONGEST, read_line
from pathway.casework.records.values import read_phone
from pathway.kernel.errors import Invalid
from pathway.kernel.ids import new_card_number, spaced_card_number

BORN = date(1991, 4, 22)
AMINA = Identity(first_name="Amina", last_name="Benkacem", birth_date=BORN)

names = st.text("abcdefghijklmnopqrstuvwxyzéèïç", min_size=3, max_size=12).map(str.capitalize)
days = st.dates(date(1910, 1, 1), date(2026, 1, 1))
said_days = ("{:%d/%m/%Y}", "{:%d-%m-%Y}", "{:%d.%m.%Y}", "{:%Y-%m-%d}", "{:%d%m%Y}")
phones = st.integers(min_value=1_00_00_00_00, max_value=7_99_99_99_99).map(lambda number: f"0{number}")
said_phones = (
    "{0}",
    "{0[0]}{0[1]} {0[2]}{0[3]} {0[4]}{0[5]} {0[6]}{0[7]} {0[8]}{0[9]}",
    "+33{1}",
    "+33 (0){1}",
    "0033{1}",
)


def parts(query: Query) -> dict[str, object]:
    return {name: value for name, value in vars(query).items() if value and name != "any_order"}


@given(
    names,
    names,
    days,
    phones,
    st.permutations(range(4)),
    st.sampled_from(said_days[:4]),
    st.sampled_from(said_phones),
)
def test_every_part_is_found_again_in_whatever_order(
    one: str, other: str, day: date, phone: str, order: list[int], said_day: str, said_phone: str
) -> None:
    typed = [f"{one} {other}", said_day.format(day), said_phone.format(phone, phone[1:]), "a.b@exemple.fr"]
    found = read_line(" ".join(typed[place] for place in order))
    assert sorted(f"{found.last_name or ''} {found.first_name or ''}".split()) == sorted((one, other))
    assert (found.birth_date, found.email, found.card_number) == (day, "a.b@exemple.fr", None)
    assert read_phone(found.phone or "") == read_phone(phone)


@given(days, st.sampled_from(said_days))
def test_a_day_is_never_taken_for_a_phone(day: date, said: str) -> None:
    assert parts(read_line(f"Benkacem {said.format(day)}")) == {"last_name": "Benkacem", "birth_date": day}


@given(phones, st.sampled_from([" ", ".", "-", "/", ""]))
def test_a_phone_alone_is_never_taken_for_a_day_or_a_card(phone: str, between: str) -> None:
    typed = between.join(phone[start : start + 2] for start in range(0, 10, 2))
    assert parts(read_line(typed)) == {"phone": typed}


@given(st.builds(new_card_number))
@example("00000000000097")
def test_fourteen_figures_are_a_card(number: str) -> None:
    for typed in (number, spaced_card_number(number), f"{spaced_card_number(number)} Benkacem"):
        assert read_line(typed).card_number in (number, spaced_card_number(number))


@given(st.text(max_size=LONGEST))
def test_whatever_is_typed_is_a_search_or_a_refusal_in_words(text: str) -> None:
    try:
        found = read_line(text)
        query_parts(found)
    except Invalid as refusal:
        assert refusal.sentence.endswith(".")


@pytest.mark.parametrize(
    ("typed", "last", "first"),
    [
        ("BENKACEM Amina", "BENKACEM", "Amina"),
        ("Amina BENKACEM", "BENKACEM", "Amina"),
        ("Marie-Claire LE GOFF", "LE GOFF", "Marie-Claire"),
        ("Le Goff Marie", "Le Goff", "Marie"),
        ("Marie Le Goff", "Marie", "Le Goff"),
        ("Benkacem, Amina", "Benkacem", "Amina"),
        ("Benkacem Amina née le 22/04/1991", "Benkacem", "Amina"),
        ("né·e le 22 avril 1991 Benkacem", "Benkacem", None),
        ("Benkacem 22 04 1991", "Benkacem", None),
    ],
)
def test_a_comma_capitals_and_particles_tell_the_names(typed: str, last: str, first: str | None) -> None:
    found = read_line(typed)
    assert (found.last_name, found.first_name) == (last, first)
    assert found.birth_date == (BORN if "1991" in typed else None)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Benkacem 22/04/91", "L’année doit avoir quatre chiffres"),
        ("Benkacem 31/02/1991", "Le 31 février n’existe pas"),
        ("Benkacem 35000", "Une partie ne se lit pas"),
        ("a@b.fr c@d.fr", "Une partie ne se lit pas"),
        ("x" * 201, "trop longue"),
    ],
)
def test_what_cannot_be_read_is_said(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_line(typed)


@pytest.mark.parametrize(("typed", "sentence"), [("0612", "numéro de téléphone"), ("12345678901234", "carte")])
def test_figures_alone_are_refused_in_the_words_of_what_they_look_like(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        query_parts(read_line(typed))


def test_nothing_typed_is_an_empty_search() -> None:
    assert parts(read_line("  ")) == {}


@pytest.mark.parametrize("typed", ["Amina Benkacem", "benkacem amina", "BENKACEM Amina"])
def test_either_order_on_a_line_is_as_sure(typed: str) -> None:
    points, why = score(read_line(f"{typed} 22/04/1991"), AMINA)
    assert points == 100
    assert why == ("même nom", "même prénom", "même date de naissance")


def test_a_married_name_on_a_line_is_said_as_between_two_fields() -> None:
    found = score(read_line("Amina Haddadi 22/04/1991"), AMINA)
    assert found == score(Query(last_name="Haddadi", first_name="Amina", birth_date=BORN), AMINA)
    assert score(read_line("amina 22/04/1991"), AMINA) == score(Query(first_name="Amina", birth_date=BORN), AMINA)


@pytest.mark.parametrize("typed", ["Jean Pierre Da Silva", "Da Silva Jean Pierre", "silva jean pierre"])
def test_where_the_surname_begins_is_tried_everywhere(typed: str) -> None:
    who = Identity(first_name="Jean-Pierre", last_name="Da Silva", birth_date=BORN)
    assert score(read_line(f"{typed} 22/04/1991"), who)[0] >= 98
