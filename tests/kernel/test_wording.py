"""Dates, spans and counts read as a French person says them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.wording import (
    counted,
    listed,
    of_name,
    said_date,
    said_days,
    said_distance,
    said_hour,
    said_instant,
    said_month,
    said_span,
    said_weekday,
)

TODAY = date(2026, 11, 20)


def test_a_date_is_said_in_words() -> None:
    assert said_date(date(2026, 11, 28)) == "28\u00a0novembre\u00a02026"
    assert said_date(date(2026, 8, 9), with_year=False) == "9\u00a0août"


def test_the_first_of_a_month_is_premier() -> None:
    assert said_date(date(2027, 2, 1)) == "1er\u00a0février\u00a02027"


def test_a_weekday_has_its_year_only_when_it_is_another_year() -> None:
    assert said_weekday(date(2026, 11, 27), today=TODAY) == "vendredi 27\u00a0novembre"
    assert said_weekday(date(2027, 2, 19), today=TODAY) == "vendredi 19\u00a0février\u00a02027"


def test_a_month_is_said_with_its_year() -> None:
    assert said_month(date(2026, 12, 25)) == "décembre 2026"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 28, 13, 5, tzinfo=UTC), "28\u00a0novembre\u00a02026 à 14\u00a0h\u00a005"),
        (datetime(2026, 7, 14, 22, 30, tzinfo=UTC), "15\u00a0juillet\u00a02026 à 0\u00a0h\u00a030"),
    ],
)
def test_an_instant_is_said_in_the_time_of_paris(at: datetime, said: str) -> None:
    assert said_instant(at) == said
    assert said.endswith(said_hour(at))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "hier"),
        (0, "aujourd’hui"),
        (1, "demain"),
        (3, "dans 3\u00a0jours"),
        (-12, "il y a 12\u00a0jours"),
        (-59, "il y a 59\u00a0jours"),
        (-60, "il y a 2\u00a0mois"),
        (-150, "il y a 5\u00a0mois"),
        (730, "dans 2\u00a0ans"),
    ],
)
def test_a_distance_is_said_from_today(days: int, said: str) -> None:
    assert said_distance(TODAY + timedelta(days=days), today=TODAY) == said


def test_a_number_of_days_is_never_cut_at_the_end_of_a_line() -> None:
    assert (said_days(1), said_days(153)) == ("1\u00a0jour", "153\u00a0jours")


@given(st.integers(2, 20_000))
def test_a_span_never_says_one_or_zero_of_a_larger_unit(days: int) -> None:
    number, unit = said_span(days).split()
    assert int(number) >= 2
    assert unit in ("jours", "mois", "ans")


def test_plural_begins_at_two() -> None:
    said = [counted(number, "point") for number in (0, 1, 2)]
    assert said == ["0 point", "1 point", "2 points"]


def test_an_irregular_plural_is_given() -> None:
    assert counted(2, "travail", "travaux") == "2 travaux"
    assert counted(1, "travail", "travaux") == "1 travail"


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a et b"), (["a", "b", "c"], "a, b et c")]
)
def test_a_list_ends_with_et(words: list[str], said: str) -> None:
    assert listed(words) == said


def test_a_list_may_end_with_another_word() -> None:
    assert listed(["a", "b"], last="ou") == "a ou b"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Amina Benkacem", "d’Amina Benkacem"),
        ("Élise", "d’Élise"),
        ("Yves", "d’Yves"),
        ("Yanis", "de Yanis"),
        ("Bruno", "de Bruno"),
    ],
)
def test_de_is_cut_short_before_a_vowel(name: str, said: str) -> None:
    assert of_name(name) == said
