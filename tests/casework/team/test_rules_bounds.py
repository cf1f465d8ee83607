"""The last day of a habilitation, who gives which role, and the words of each refusal."""

from datetime import date

import pytest

from pathway.casework.partners.rules import Role
from pathway.casework.team.rules import check_end, check_giver, check_other, default_end, is_ending_soon
from pathway.kernel.errors import Invalid, NotAllowed, Refused

TODAY = date(2026, 11, 20)
PAST = "Cette date est passée. Choisissez aujourd’hui ou un jour à venir."
TOO_FAR = "Une habilitation dure trois ans au plus. Choisissez une date plus proche."


def test_a_habilitation_is_proposed_for_a_year_to_the_day() -> None:
    assert default_end(TODAY) == date(2027, 11, 20)
    assert default_end(date(2028, 2, 29)) == date(2029, 2, 28)


@pytest.mark.parametrize("until_on", [TODAY, date(2029, 11, 20)])
def test_it_ends_today_at_the_earliest_in_three_years_at_the_latest(until_on: date) -> None:
    check_end(until_on, today=TODAY)


@pytest.mark.parametrize(("until_on", "words"), [(date(2026, 11, 19), PAST), (date(2029, 11, 21), TOO_FAR)])
def test_a_day_before_and_a_day_after_are_told_at_the_last_day(until_on: date, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_end(until_on, today=TODAY)
    assert (refusal.value.field, refusal.value.sentence) == ("until_on", words)


@pytest.mark.parametrize(
    ("until_on", "is_soon"),
    [(date(2026, 12, 20), True), (date(2026, 12, 21), False), (TODAY, True), (date(2026, 11, 1), True), (None, False)],
)
def test_an_end_is_near_from_thirty_days_before(until_on: date | None, is_soon: bool) -> None:
    assert is_ending_soon(until_on, today=TODAY) is is_soon


def test_whoever_would_decide_of_herself_is_told_whom_to_ask() -> None:
    with pytest.raises(Refused) as refusal:
        check_other("same", "same")
    assert refusal.value.sentence == (
        "Personne ne décide de sa propre habilitation. Demandez à un·e autre responsable, ou à l’exploitation."
    )


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.JOBSEEKER])
def test_the_server_gives_every_role_of_a_professional(role: Role) -> None:
    check_giver("operator", role)


def test_a_role_one_may_not_give_is_refused_without_saying_more() -> None:
    with pytest.raises(NotAllowed) as refusal:
        check_giver("counsellor", Role.COUNSELLOR)
    assert refusal.value.sentence == "Cette page ou cette action n’est pas ouverte à votre compte."
