"""What is said, and at which field, when a request about one’s record goes one step too far."""

from datetime import UTC, date, datetime

import pytest

from pathway.casework.rights.rules import (
    Term,
    already_asked,
    answer_due,
    check_correctable,
    check_restrictable,
    check_room,
    extended,
    lifted_at,
    same_words,
)
from pathway.kernel.errors import Invalid, PathwayError, Refused

ASKED = date(2026, 11, 22)
TERM = Term(due_on=date(2026, 12, 22))
LONGER = Term(due_on=date(2026, 12, 22), extended_until=date(2027, 1, 22))
FULL = (
    "20 demandes attendent déjà une réponse : c’est le plus possible à la fois. Attendez une réponse, ou retirez une "
    "demande sur la page « Mes demandes »."
)
FULL_NOTED = (
    "Trop de demandes de cette personne attendent déjà une réponse. Elle peut en retirer une sur son compte, ou "
    "attendre une réponse."
)
NO_SUCH_PART = "Choisissez une partie ou une réponse de la liste."
WHO_SHE_IS = (
    "Votre nom et votre date de naissance restent visibles : sans eux, une structure ne saurait pas de qui elle parle. "
    "S’ils sont faux, demandez une correction."
)
CAUTION = (
    "Cette précaution vous protège : qui lit vos coordonnées doit la voir. Vous pouvez la corriger, ou choisir toute "
    "la partie « Coordonnées et contact »."
)


def told(refusal: pytest.ExceptionInfo[PathwayError]) -> tuple[str, str]:
    """The field it names, and its sentence."""
    return getattr(refusal.value, "field", "") or "", refusal.value.sentence


def test_an_answer_may_be_put_off_to_two_or_three_months_after_the_request() -> None:
    assert answer_due(ASKED) == TERM.due_on
    assert extended(TERM, asked_on=ASKED, months=1, on=TERM.due_on) == date(2027, 1, 22)
    assert extended(TERM, asked_on=ASKED, months=2, on=ASKED) == date(2027, 2, 22)


@pytest.mark.parametrize(
    ("term", "months", "on", "field", "words"),
    [
        (LONGER, 1, ASKED, "", "Cette demande a déjà été prolongée. Elle ne se prolonge qu’une fois."),
        (
            TERM,
            1,
            date(2026, 12, 23),
            "",
            "Le délai est dépassé : répondez maintenant, il ne se prolonge plus.",
        ),
        (TERM, 0, ASKED, "months", "Choisissez un ou 2 mois."),
        (TERM, 3, ASKED, "months", "Choisissez un ou 2 mois."),
    ],
)
def test_a_delay_made_longer_too_late_twice_or_too_much_is_told(
    term: Term, months: int, on: date, field: str, words: str
) -> None:
    with pytest.raises((Invalid, Refused)) as refusal:
        extended(term, asked_on=ASKED, months=months, on=on)
    assert told(refusal) == (field, words)


def test_what_she_limited_is_used_again_a_week_after_the_answer_at_the_same_hour() -> None:
    assert lifted_at(datetime(2026, 11, 22, 9, 30, tzinfo=UTC)) == datetime(2026, 11, 29, 9, 30, tzinfo=UTC)


def test_twenty_requests_wait_at_a_time_of_which_ten_noted_by_structures() -> None:
    check_room(waiting=19, noted=10, is_noted=False)
    check_room(waiting=19, noted=9, is_noted=True)


@pytest.mark.parametrize(
    ("waiting", "noted", "is_noted", "words"),
    [
        (20, 0, False, FULL),
        (20, 10, False, FULL),
        (20, 0, True, FULL_NOTED),
        (10, 10, True, FULL_NOTED),
        (21, 11, True, FULL_NOTED),
        (21, 11, False, FULL),
    ],
)
def test_one_more_request_is_refused_in_the_words_of_whoever_makes_it(
    waiting: int, noted: int, is_noted: bool, words: str
) -> None:
    with pytest.raises(Refused) as refusal:
        check_room(waiting=waiting, noted=noted, is_noted=is_noted)
    assert told(refusal) == ("", words)


@pytest.mark.parametrize(
    ("term", "on", "words"),
    [
        (TERM, date(2026, 12, 22), "La réponse arrivera au plus tard le 22\N{NBSP}décembre\N{NBSP}2026."),
        (
            TERM,
            date(2026, 12, 23),
            "La réponse était due au plus tard le 22\N{NBSP}décembre\N{NBSP}2026 : elle est en retard.",
        ),
        (LONGER, date(2026, 12, 23), "La réponse arrivera au plus tard le 22\N{NBSP}janvier\N{NBSP}2027."),
    ],
)
def test_whoever_asks_again_is_told_since_when_and_until_when_she_waits(term: Term, on: date, words: str) -> None:
    opened = "Cette demande est déjà ouverte, depuis le 22\N{NBSP}novembre\N{NBSP}2026."
    assert already_asked(term, asked_on=ASKED, on=on) == f"{opened} {words}"


def test_two_requests_say_the_same_whatever_the_case_and_the_spaces() -> None:
    assert same_words("Ma  RUE est\nfausse ", " ma rue EST fausse")
    assert same_words("", "  ")
    assert not same_words("ma rue est fausse", "ma rue est juste")


def test_what_is_not_corrected_alone_is_told() -> None:
    with pytest.raises(Invalid) as unknown:
        check_correctable("shoe_size")
    with pytest.raises(Refused) as herself:
        check_correctable("last_name")
    assert told(unknown) == ("", NO_SUCH_PART)
    assert told(herself) == ("", "Cette information ne se corrige pas seule. Demandez une correction.")


def test_whole_parts_and_single_answers_may_be_limited() -> None:
    for section, key in (("contact", ""), ("contact", "email"), ("situation", "")):
        check_restrictable(section, key)


@pytest.mark.parametrize(
    ("section", "key", "kind", "words"),
    [
        ("nowhere", "", Invalid, NO_SUCH_PART),
        ("nowhere", "email", Invalid, NO_SUCH_PART),
        ("contact", "shoe_size", Invalid, NO_SUCH_PART),
        ("situation", "email", Invalid, NO_SUCH_PART),
        ("identity", "", Refused, WHO_SHE_IS),
        ("identity", "birth_date", Refused, WHO_SHE_IS),
        ("contact", "no_message", Refused, CAUTION),
    ],
)
def test_what_is_never_limited_is_told_at_the_part_chosen(
    section: str, key: str, kind: type[PathwayError], words: str
) -> None:
    with pytest.raises(kind) as refusal:
        check_restrictable(section, key)
    assert told(refusal) == ("what", words)
