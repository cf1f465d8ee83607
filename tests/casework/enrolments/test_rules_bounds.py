"""The first and last day of an entry, a stage and an exit, and what is said a day too early or too late."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from pathway.casework.enrolments.rules import check_entry, check_exit, check_stage, planned_end
from pathway.kernel.errors import Refused

TODAY = date(2026, 11, 20)
LEFT = date(2025, 6, 30)


def refused(check: Callable[[], None]) -> tuple[str, str]:
    """The field it names, and its sentence."""
    with pytest.raises(Refused) as refusal:
        check()
    return refusal.value.field, refusal.value.sentence


def entry(on: date, last_exit_on: date | None = None) -> partial[None]:
    return partial(check_entry, entered_on=on, today=TODAY, last_exit_on=last_exit_on)


@pytest.mark.parametrize("on", [TODAY, date(2016, 11, 20)])
def test_one_enters_from_ten_years_ago_to_today(on: date) -> None:
    entry(on)()


def test_one_may_come_back_the_very_day_one_left() -> None:
    entry(LEFT, last_exit_on=LEFT)()


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 21), "La date d’entrée est dans le futur. Indiquez la date du jour ou une date passée."),
        (date(2016, 11, 19), "La date d’entrée remonte à plus de dix ans. Vérifiez l’année."),
        (
            date(2025, 6, 29),
            "La personne n’était pas encore sortie de ce dispositif à cette date. Vérifiez la date d’entrée.",
        ),
    ],
)
def test_any_other_day_of_entry_is_refused_at_its_field(on: date, words: str) -> None:
    assert refused(entry(on, last_exit_on=LEFT)) == ("entered_on", words)


def stage(on: date, last_on: date | None = None) -> partial[None]:
    return partial(check_stage, on=on, today=TODAY, entered_on=LEFT, last_on=last_on)


@pytest.mark.parametrize("on", [LEFT, TODAY])
def test_a_stage_begins_from_the_day_of_entry_to_today(on: date) -> None:
    stage(on)()


def test_two_stages_may_begin_on_one_day() -> None:
    stage(date(2026, 3, 2), last_on=date(2026, 3, 2))()


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 21), "La date est dans le futur. Indiquez la date du jour ou une date passée."),
        (date(2025, 6, 29), "La date est avant l’entrée dans ce dispositif. Vérifiez la date."),
        (date(2026, 3, 1), "La date est avant le début de la phase en cours. Vérifiez la date."),
    ],
)
def test_any_other_day_of_a_stage_is_refused_at_its_field(on: date, words: str) -> None:
    assert refused(stage(on, last_on=date(2026, 3, 2))) == ("on", words)


def test_one_may_leave_the_day_one_came_or_changed_stage() -> None:
    check_exit(entered_on=LEFT, event_on=LEFT)
    check_exit(entered_on=LEFT, event_on=TODAY, stage_on=TODAY)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (
            date(2025, 6, 29),
            "La date de sortie est avant la date d’entrée dans ce dispositif. Vérifiez les deux dates.",
        ),
        (
            date(2026, 11, 19),
            "La date de sortie est avant le dernier changement de phase. Vérifiez la date, ou annulez ce changement.",
        ),
    ],
)
def test_one_leaves_neither_before_coming_nor_before_the_last_stage(on: date, words: str) -> None:
    assert refused(partial(check_exit, entered_on=LEFT, event_on=on, stage_on=TODAY)) == ("event_on", words)


def test_a_step_is_planned_to_end_that_many_days_after_the_entry() -> None:
    assert planned_end(date(2026, 2, 27), 3) == date(2026, 3, 2)
    assert planned_end(date(2026, 2, 27), 1) == date(2026, 2, 28)
    assert planned_end(date(2026, 2, 27), None) is None
