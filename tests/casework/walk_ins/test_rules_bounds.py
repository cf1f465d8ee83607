"""The first and last day, number and length that a line of the register may have, and what is said just after."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pathway.casework.walk_ins.rules import (
    Side,
    WalkInKind,
    check_day,
    check_may_correct,
    check_number,
    kinds_of,
    monday_of,
    read_place,
)
from pathway.kernel.errors import Invalid, PathwayError, Refused

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)
DAY = timedelta(days=1)


def refused(refusal: pytest.ExceptionInfo[PathwayError]) -> tuple[str, str]:
    """The field it names, and its sentence."""
    return getattr(refusal.value, "field", ""), refusal.value.sentence


def test_a_line_is_of_today_or_of_the_last_31_days() -> None:
    check_day(FRIDAY, today=FRIDAY)
    check_day(FRIDAY - 31 * DAY, today=FRIDAY)
    for day, words in (
        (FRIDAY + DAY, "Ce jour est dans le futur. Indiquez le jour de la rencontre."),
        (FRIDAY - 32 * DAY, "Ce jour date de plus de 31 jours. Vérifiez la date."),
    ):
        with pytest.raises(Refused) as refusal:
            check_day(day, today=FRIDAY)
        assert refused(refusal) == ("day", words)


def test_a_line_counts_from_one_to_99_people() -> None:
    for number in (1, 2, 99):
        check_number(number, is_linked=False)
    for number in (-1, 0, 100):
        with pytest.raises(Invalid) as refusal:
            check_number(number, is_linked=False)
        assert refused(refusal) == ("number", "Indiquez de 1 à 99 personnes.")


def test_a_line_linked_to_a_record_counts_one_person() -> None:
    check_number(1, is_linked=True)
    for number in (0, 2, 100):
        with pytest.raises(Invalid) as refusal:
            check_number(number, is_linked=True)
        assert refused(refusal) == ("number", "Une ligne liée à un dossier compte une seule personne.")


def test_a_place_has_120_characters_at_most_once_its_spaces_are_put_right() -> None:
    assert read_place("") == read_place(" \n ") == ""
    assert read_place("  Marché   des Lices ") == "Marché des Lices"
    assert read_place(" " + "x" * 120 + " ") == "x" * 120
    with pytest.raises(Invalid) as refusal:
        read_place("x" * 121)
    assert refused(refusal) == ("place", "Ce lieu est trop long : 120 caractères au plus.")


def test_one_corrects_ones_own_line_for_24_hours() -> None:
    check_may_correct(recorded_at=NOW, is_author=True, now=NOW)
    check_may_correct(recorded_at=NOW - DAY, is_author=True, now=NOW)
    for recorded_at, is_author, words in (
        (NOW, False, "Seule la personne qui a noté cette ligne peut la corriger."),
        (
            NOW - DAY - timedelta(microseconds=1),
            True,
            "Cette ligne date de plus de 24 heures : elle ne se corrige plus.",
        ),
    ):
        with pytest.raises(Refused) as refusal:
            check_may_correct(recorded_at=recorded_at, is_author=is_author, now=NOW)
        assert refused(refusal) == ("", words)


def test_each_half_of_the_register_has_its_kinds_and_both_make_the_whole() -> None:
    outside = [WalkInKind.STREET, WalkInKind.EVENT, WalkInKind.PARTNER]
    assert list(kinds_of(Side.PASSAGES)) == [WalkInKind.DESK]
    assert list(kinds_of(Side.OUTREACH)) == outside
    assert list(kinds_of(None)) == [WalkInKind.DESK, *outside]


def test_a_week_begins_on_monday() -> None:
    for days in range(7):
        assert monday_of(date(2026, 11, 16) + days * DAY) == date(2026, 11, 16)
    assert monday_of(date(2026, 11, 15)) == date(2026, 11, 9)
