from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.likeness import SCORE_FLOOR, score
from pathway.casework.records.names import (
    Identity,
    Query,
    TokenIndex,
    make_identity,
    near_dates,
    query_parts,
    same_person,
    token_parts,
)
from pathway.kernel.errors import Invalid
from pathway.kernel.ids import new_card_number

BORN = date(1997, 4, 22)
AMINA = Identity(first_name="Amina", last_name="Bellil", birth_name="Lefèvre", birth_date=BORN)
TODAY = date(2026, 11, 21)

words = st.text("abcdefghijklmnopqrstuvwxyzéèïç", min_size=2, max_size=12)
people = st.builds(
    Identity, first_name=words, last_name=words, birth_name=st.none() | words, birth_date=st.dates(date(1910, 1, 1))
)


def met(query: Query, identity: Identity, *, stage: int) -> bool:
    kept = set(token_parts(identity))
    stages = query_parts(query)
    return stage < len(stages) and bool(kept & set(stages[stage]))


def test_indexes_keep_the_bits_of_the_design() -> None:
    bits = {part.index: part.bits for part in token_parts(AMINA, ["+33601020304"], "a@exemple.fr", "12345678901234")}
    narrow = dict.fromkeys(TokenIndex, 24)
    assert bits == narrow | {TokenIndex.FULL: 40, TokenIndex.IDENT: 40, TokenIndex.PP: 18}


def test_each_surname_has_its_tokens() -> None:
    full = {part.parts for part in token_parts(AMINA) if part.index is TokenIndex.FULL}
    assert full == {("bellil", "amina", "1997-04-22"), ("lefevre", "amina", "1997-04-22")}


def test_no_token_holds_a_name_alone() -> None:
    assert all(len(part.parts) > 1 for part in token_parts(AMINA) if part.index is not TokenIndex.DOB)


@given(people)
def test_whoever_is_kept_is_found_at_once_by_her_names_and_birth_date(person: Identity) -> None:
    for surname in person.surnames():
        asked = Query(last_name=surname.upper(), first_name=person.first_name, birth_date=person.birth_date)
        assert met(asked, person, stage=0)
        assert score(asked, person)[0] == 100


def test_inverted_names_are_found_at_once() -> None:
    asked = Query(last_name="Amina", first_name="Bellil", birth_date=BORN)
    assert met(asked, AMINA, stage=0)
    assert "nom et prénom inversés" in score(asked, AMINA)[1]


@pytest.mark.parametrize(
    "asked",
    [
        Query(last_name="Belil", first_name="Emina", birth_date=BORN),
        Query(last_name="Lefebvre", birth_date=BORN),
        Query(last_name="Durand", first_name="Amina", birth_date=BORN),
        Query(last_name="Bellil", first_name="Amina", birth_date=date(1997, 8, 2)),
    ],
    ids=["misspelt", "birth name", "married since", "other day of the year"],
)
def test_near_names_are_found_in_the_second_stage(asked: Query) -> None:
    assert met(asked, AMINA, stage=1)
    assert score(asked, AMINA)[0] >= SCORE_FLOOR


@pytest.mark.parametrize("born", near_dates(date(1997, 4, 2)))
def test_a_date_typed_wrong_is_found_in_the_last_stage(born: date) -> None:
    person = Identity(first_name="Amina", last_name="Bellil", birth_date=date(1997, 4, 2))
    asked = Query(last_name="Bellil", first_name="Amina", birth_date=born)
    assert met(asked, person, stage=1) or met(asked, person, stage=2)
    assert score(asked, person)[0] >= SCORE_FLOOR


def test_names_without_a_birth_date_are_found_by_sound() -> None:
    asked = Query(last_name="Belil", first_name="Amina")
    assert [{part.index for part in stage} for stage in query_parts(asked)] == [{TokenIndex.PP}]
    assert met(asked, AMINA, stage=0)


@pytest.mark.parametrize(
    "asked",
    [Query(), Query(birth_date=BORN), Query(last_name="Bellil"), Query(first_name="Amina"), Query(last_name=" - ")],
)
def test_too_little_is_refused(asked: Query) -> None:
    with pytest.raises(Invalid) as refusal:
        query_parts(asked)
    assert refusal.value.field


def test_a_birth_date_is_searched_last_and_only_with_a_name() -> None:
    named = [{part.index for part in stage} for stage in query_parts(Query(last_name="Bellil", birth_date=BORN))]
    assert [TokenIndex.DOB in indexes for indexes in named] == [False, True]
    (nameless,) = query_parts(Query(phone="0601020304", birth_date=BORN))
    assert {part.index for part in nameless} == {TokenIndex.TEL}


def test_phone_email_and_card_are_searched_in_one_form() -> None:
    card = new_card_number()
    asked = Query(phone="06 01 02 03 04", email="A@Exemple.fr", card_number=f" {card[:4]} {card[4:]}")
    (stage,) = query_parts(asked)
    assert {part.parts for part in stage} == {("+33601020304",), ("a@exemple.fr",), (card,)}


@pytest.mark.parametrize(
    ("asked", "field"),
    [(Query(phone="071"), "phone"), (Query(email="a@b"), "email"), (Query(card_number="1234"), "card_number")],
)
def test_an_ill_formed_contact_names_its_field(asked: Query, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        query_parts(asked)
    assert refusal.value.field == field


def test_somebody_else_is_under_the_floor() -> None:
    asked = Query(last_name="Zola", first_name="Paul", birth_date=BORN)
    points, why = score(asked, AMINA)
    assert points < SCORE_FLOOR
    assert why == ("nom différent", "prénom différent", "même date de naissance")


def test_a_find_says_why() -> None:
    asked = Query(last_name="Bellil", first_name="Aminah", birth_date=BORN)
    assert score(asked, AMINA)[1] == ("même nom", "prénom proche", "même date de naissance")


@given(people, people)
def test_only_the_same_person_scores_a_hundred(one: Identity, other: Identity) -> None:
    asked = Query(last_name=one.last_name, first_name=one.first_name, birth_date=one.birth_date)
    bare = Identity(first_name=one.first_name, last_name=one.last_name, birth_date=one.birth_date)
    straight = same_person(bare, other)
    assert (score(asked, other)[0] == 100) == straight


def test_particles_make_two_people_near_but_not_one() -> None:
    one = Identity(first_name="Mohamed", last_name="Ben Ali", birth_date=date(1990, 1, 1))
    other = Identity(first_name="Mohamed", last_name="Ali", birth_date=date(1990, 1, 1))
    assert not same_person(one, other)
    asked = Query(last_name="Ali", first_name="Mohamed", birth_date=date(1990, 1, 1))
    assert SCORE_FLOOR < score(asked, one)[0] < 100


@given(st.dates())
def test_near_dates_are_few_distinct_and_never_the_date_itself(day: date) -> None:
    others = near_dates(day)
    assert day not in others
    assert len(set(others)) == len(others) <= 11


@pytest.mark.parametrize("name", ["", "  ", "123", "?!", "x" * 101, "\0"])
def test_a_name_without_a_letter_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_identity(first_name=name, last_name="Bellil", birth_date=BORN, today=TODAY)
    assert refusal.value.field == "first_name"


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(A1)", "#NOM?", "#REF!", "<b>Amina</b>", "a@b.fr"])
def test_what_a_spreadsheet_or_a_page_left_in_place_of_a_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="signe") as refusal:
        make_identity(first_name="Amina", last_name=name, birth_date=BORN, today=TODAY)
    assert refusal.value.field == "last_name" and name not in refusal.value.sentence


@pytest.mark.parametrize("name", ["D’Arc", "N'Diaye", "Le Goff-Kerviel", "Martin (née Roy)", "St. John", "Roy 2"])
def test_a_name_however_written_is_kept(name: str) -> None:
    assert make_identity(first_name="Amina", last_name=name, birth_date=BORN, today=TODAY).last_name == name


@pytest.mark.parametrize("born", [TODAY + timedelta(days=1), date(1905, 12, 31)])
def test_a_birth_date_no_living_person_has_is_refused(born: date) -> None:
    with pytest.raises(Invalid) as refusal:
        make_identity(first_name="Amina", last_name="Bellil", birth_date=born, today=TODAY)
    assert refusal.value.field == "birth_date"
