"""The longest title, the largest group, the last day to join a session: what holds exactly there, and what is said."""

from datetime import UTC, date, datetime

import pytest

from pathway.casework.workshops.rules import check_joining, check_number, read_place, read_title, subject_of
from pathway.kernel.errors import Invalid, PathwayError, Refused


def refused(refusal: pytest.ExceptionInfo[PathwayError]) -> tuple[str, str]:
    """The field it names, and its sentence."""
    return getattr(refusal.value, "field", ""), refusal.value.sentence


def test_a_title_has_one_to_100_characters_once_its_spaces_are_put_right() -> None:
    assert read_title("  Écrire   un CV\n") == "Écrire un CV"
    assert read_title("x") == "x"
    assert read_title(" " + "x" * 100 + " ") == "x" * 100
    for typed, words in (
        (" \n", "Donnez un nom à cet atelier."),
        ("x" * 101, "Ce nom est trop long : 100 caractères au plus."),
    ):
        with pytest.raises(Invalid) as refusal:
            read_title(typed)
        assert refused(refusal) == ("title", words)


def test_a_place_has_80_characters_at_most_and_may_be_left_empty() -> None:
    assert read_place(" ") == ""
    assert read_place(" " + "x" * 80 + " ") == "x" * 80
    with pytest.raises(Invalid) as refusal:
        read_place("x" * 81)
    assert refused(refusal) == ("place", "Ce lieu est trop long : 80 caractères au plus.")


def test_each_person_reads_the_name_of_the_session_then_where() -> None:
    assert subject_of("Écrire un CV", "Salle 2") == "Écrire un CV (Salle 2)"
    assert subject_of("Écrire un CV", "") == "Écrire un CV"


def test_forty_people_and_no_more() -> None:
    check_number(0)
    check_number(40)
    with pytest.raises(Refused) as refusal:
        check_number(41)
    assert refused(refusal) == ("people", "Un atelier compte 40 personnes au plus. Prévoyez-en un deuxième.")


def test_why_nobody_joins_a_session_any_more_is_said() -> None:
    evening = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already the 24th in Paris
    check_joining(evening, is_cancelled=False, today=date(2026, 11, 24))
    for day, is_cancelled, words in (
        (25, False, "Cet atelier est passé : plus personne ne peut y être ajouté."),
        (24, True, "Cet atelier est annulé."),
        (25, True, "Cet atelier est annulé."),
    ):
        with pytest.raises(Refused) as refusal:
            check_joining(evening, is_cancelled=is_cancelled, today=date(2026, 11, day))
        assert refused(refusal) == ("", words)
