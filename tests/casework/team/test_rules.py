from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.partners.rules import Role
from pathway.casework.team.rules import (
    ENDING_SOON_DAYS,
    check_end,
    check_giver,
    check_other,
    default_end,
    is_ending_soon,
)
from pathway.kernel.calendar import add_months
from pathway.kernel.errors import Invalid, NotAllowed, Refused

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("role", list(Role))
def test_a_responsable_gives_her_own_structures_roles_only(role: Role) -> None:
    if role in (Role.COUNSELLOR, Role.SUPERVISOR):
        check_giver("supervisor", role)
        return
    with pytest.raises(NotAllowed):
        check_giver("supervisor", role)


@given(st.sampled_from(["counsellor", "reviewer", "coordinator", "jobseeker", "nobody", ""]), st.sampled_from(Role))
def test_nobody_else_gives_any_role(giver: str, role: Role) -> None:
    with pytest.raises(NotAllowed):
        check_giver(giver, role)


def test_a_jobseeker_is_never_a_role_one_gives() -> None:
    with pytest.raises(NotAllowed):
        check_giver("operator", Role.JOBSEEKER)
    check_giver("operator", Role.REVIEWER)


def test_nobody_decides_of_her_own_habilitation() -> None:
    check_other("a", "b")
    with pytest.raises(Refused):
        check_other("a", "a")


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1)), st.integers(-2000, 3000))
def test_a_habilitation_ends_between_today_and_three_years_from_now(today: date, days: int) -> None:
    until = today + timedelta(days=days)
    if today <= until <= add_months(today, 36):
        check_end(until, today=today)
        return
    with pytest.raises(Invalid):
        check_end(until, today=today)


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1)))
def test_the_end_proposed_is_always_accepted(today: date) -> None:
    check_end(default_end(today), today=today)


def test_an_end_is_near_from_thirty_days() -> None:
    assert is_ending_soon(TODAY + timedelta(days=ENDING_SOON_DAYS), today=TODAY)
    assert not is_ending_soon(TODAY + timedelta(days=ENDING_SOON_DAYS + 1), today=TODAY)
    assert not is_ending_soon(None, today=TODAY)
