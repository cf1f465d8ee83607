"""What cannot be passed on is refused at its field, up to the last thing that can; days off are those given."""

from collections.abc import Callable
from datetime import date

import pytest

from pathway.casework.relays.rules import RELAYABLE, back_on, check_appointment, chosen_sections
from pathway.kernel.calendar import Holidays
from pathway.kernel.errors import Invalid, Refused

TODAY = date(2026, 11, 20)


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises((Invalid, Refused)) as refused:
        act()
    assert isinstance(refused.value, Invalid | Refused)
    return refused.value.field, refused.value.sentence


def test_who_comes_back_is_called_within_two_days_worked_there() -> None:
    thursday = date(2028, 12, 21)  # Friday, Christmas on Monday, and a second day off in Alsace
    assert back_on(thursday, holidays=Holidays.FRANCE) == date(2028, 12, 26)
    assert back_on(thursday, holidays=Holidays.ALSACE_MOSELLE) == date(2028, 12, 27)


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (None, "Écrivez la date du premier rendez-vous."),
        (date(2026, 11, 19), "La date du premier rendez-vous est déjà passée. Indiquez une date à venir."),
        (date(2027, 5, 21), "Le premier rendez-vous est dans les 6 mois. Vérifiez l’année."),
    ],
)
def test_a_first_appointment_is_refused_at_its_day(on: date | None, sentence: str) -> None:
    assert refusal(lambda: check_appointment(on, today=TODAY)) == ("on", sentence)


def test_a_first_appointment_is_taken_from_today_to_six_months() -> None:
    assert [check_appointment(on, today=TODAY) for on in (TODAY, date(2027, 5, 20))] == [TODAY, date(2027, 5, 20)]


def test_all_that_may_leave_may_leave_together() -> None:
    left = chosen_sections(RELAYABLE, readable=RELAYABLE, is_outside=False, has_health_basis=True)
    assert left == RELAYABLE | {"identity"}


@pytest.mark.parametrize("chosen", [(), ("identity",), ("contact", "nothing")])
def test_nothing_or_something_unknown_is_refused_at_the_parts(chosen: tuple[str, ...]) -> None:
    field, sentence = refusal(
        lambda: chosen_sections(chosen, readable=RELAYABLE, is_outside=False, has_health_basis=True)
    )
    assert field == "sections" and sentence.startswith("Cochez au moins une partie du dossier")


@pytest.mark.parametrize(("is_outside", "has_health_basis"), [(True, True), (False, False), (True, False)])
def test_health_leaves_for_nobody_without_a_ground(is_outside: bool, has_health_basis: bool) -> None:
    field, sentence = refusal(
        lambda: chosen_sections(
            ["health"], readable=RELAYABLE, is_outside=is_outside, has_health_basis=has_health_basis
        )
    )
    assert field == "sections" and sentence.startswith("La partie santé ne part pas avec ce relais")


def test_nobody_passes_on_what_he_does_not_read() -> None:
    field, sentence = refusal(
        lambda: chosen_sections(["contact"], readable=["situation"], is_outside=False, has_health_basis=True)
    )
    assert (field, sentence) == (
        "sections",
        "Votre structure ne lit pas toutes ces parties : elle ne peut pas les transmettre.",
    )
