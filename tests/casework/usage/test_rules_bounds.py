"""The very count from which one is warned or stopped, and the words in which a use is told."""

from datetime import UTC, datetime

import pytest

from pathway.casework.usage.rules import (
    Meter,
    QuotaReached,
    Reading,
    Scope,
    crosses_warning,
    said_use,
    use_of,
    warning_level,
)

END = datetime(2026, 11, 20, 23, tzinfo=UTC)


def reading(count: int, budget: int = 100) -> Reading:
    return Reading(meter=Meter.RECORDS_DAY, scope=Scope.ACCOUNT, count=count, budget=budget, ends_at=END)


@pytest.mark.parametrize(
    ("budget", "level"), [(1, 1), (4, 4), (5, 4), (100, 80), (101, 81), (1500, 1200), (1501, 1201)]
)
def test_one_is_warned_from_four_fifths_rounded_up(budget: int, level: int) -> None:
    assert warning_level(budget) == level
    assert reading(level, budget).is_near and not reading(level - 1, budget).is_near


def test_nothing_is_left_at_the_budget_itself() -> None:
    assert [reading(count).is_spent for count in (99, 100, 101)] == [False, True, True]


@pytest.mark.parametrize(
    ("before", "after", "crosses"),
    [(78, 79, False), (79, 80, True), (79, 95, True), (80, 81, False), (80, 80, False), (0, 100, True)],
)
def test_the_warning_is_given_on_reaching_its_level_and_not_again(before: int, after: int, crosses: bool) -> None:
    assert crosses_warning(before=before, after=after, budget=100) is crosses


def test_whoever_is_stopped_is_told_which_limit_and_the_page_knows_it() -> None:
    refusal = QuotaReached(reading(100))
    assert refusal.sentence == "La limite est atteinte : dossiers ouverts en un jour (100 au plus)."
    assert refusal.reading == reading(100)


def test_an_act_that_names_two_people_is_a_list() -> None:
    one, two = use_of([("read_something", ["a"])]), use_of([("read_something", ["a", "b"])])
    assert one.opened == {"a"} and not one.listed
    assert two.listed == {"a", "b"} and not two.opened


@pytest.mark.parametrize(
    ("meter", "one", "two"),
    [
        (Meter.SEARCHES_HOUR, "fait 1 recherche en une heure", "fait 2 recherches en une heure"),
        (Meter.RECORDS_HOUR, "ouvert 1 nouveau dossier en une heure", "ouvert 2 nouveaux dossiers en une heure"),
        (Meter.RECORDS_DAY, "ouvert 1 dossier mardi", "ouvert 2 dossiers mardi"),
        (Meter.NAMES_DAY, "affiché 1 nom dans des listes mardi", "affiché 2 noms dans des listes mardi"),
        (Meter.ROWS_DAY, "demandé 1 ligne dans des fichiers mardi", "demandé 2 lignes dans des fichiers mardi"),
        (Meter.REFUSALS_HOUR, "demandé 1 page refusée en une heure", "demandé 2 pages refusées en une heure"),
    ],
)
def test_what_was_used_is_told_in_french_and_of_which_day(meter: Meter, one: str, two: str) -> None:
    assert (said_use(meter, 1, when="mardi"), said_use(meter, 2, when="mardi")) == (one, two)
    assert said_use(meter, 2) == two.replace("mardi", "aujourd’hui")
