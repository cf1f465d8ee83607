from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.agreements.rules import (
    MOST_MONTHS,
    SHAREABLE,
    Basis,
    Purpose,
    agreed,
    agreement_end,
    check_basis,
    check_hiding,
    purpose_of,
)
from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS
from pathway.kernel.errors import Invalid, Refused

CHOSEN = st.frozensets(st.sampled_from(sorted(SHAREABLE - {"health"})), min_size=1)
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@given(CHOSEN)
def test_an_agreement_opens_what_was_chosen_and_who_she_is(chosen: frozenset[str]) -> None:
    assert agreed(chosen, has_health_basis=False) == chosen | {"identity"}


@pytest.mark.parametrize("chosen", [(), ("alerts",), ("*",), ("contact", "something_else"), ("identity",)])
def test_an_agreement_on_nothing_or_on_what_is_not_shared_is_refused(chosen: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        agreed(chosen, has_health_basis=True)


@given(CHOSEN)
def test_health_needs_to_be_named_and_a_recorded_basis(chosen: frozenset[str]) -> None:
    assert "health" not in agreed(chosen, has_health_basis=True)
    assert "health" in agreed(chosen | {"health"}, has_health_basis=True)
    with pytest.raises(Refused):
        agreed(chosen | {"health"}, has_health_basis=False)


def test_an_agreement_that_names_health_is_for_health() -> None:
    assert purpose_of({"contact", "health"}) is Purpose.HEALTH
    assert purpose_of({"contact"}) is Purpose.PATHWAY


@given(st.integers(1, MOST_MONTHS))
def test_an_agreement_always_ends(months: int) -> None:
    assert NOW < agreement_end(NOW, months) <= datetime(2028, 11, 30, 9, 0, tzinfo=UTC)


def test_an_agreement_given_at_the_end_of_a_month_ends_at_the_end_of_one() -> None:
    assert agreement_end(NOW, 3) == datetime(2027, 2, 28, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("months", [-1, 0, 25, 10_000])
def test_an_agreement_of_no_length_or_too_long_is_refused(months: int) -> None:
    with pytest.raises(Invalid):
        agreement_end(NOW, months)


def test_the_mission_of_public_interest_is_no_ground_for_health_data() -> None:
    check_basis(Purpose.PATHWAY, Basis.PUBLIC_INTEREST)
    check_basis(Purpose.HEALTH, Basis.EXPLICIT_CONSENT)
    with pytest.raises(Invalid):
        check_basis(Purpose.HEALTH, Basis.PUBLIC_INTEREST)
    with pytest.raises(Invalid):
        check_basis(Purpose.PATHWAY, Basis.EXPLICIT_CONSENT)


@pytest.mark.parametrize("item", ["", "first_name", "last_name", "birth_name", "birth_date"])
def test_who_she_is_cannot_be_hidden_and_it_is_said_why(item: str) -> None:
    with pytest.raises(Refused, match="ne saurait pas de qui elle parle"):
        check_hiding("identity", item)


@pytest.mark.parametrize("key", sorted(CAUTIONS))
def test_a_caution_is_not_hidden_apart_from_what_it_protects(key: str) -> None:
    with pytest.raises(Refused, match="précaution"):
        check_hiding("contact", key)


@pytest.mark.parametrize(
    "key", [key for key, one in CATALOGUE.items() if one.section.value != "identity" and key not in CAUTIONS]
)
def test_every_other_section_and_answer_can_be_hidden(key: str) -> None:
    check_hiding(CATALOGUE[key].section.value, "")
    check_hiding(CATALOGUE[key].section.value, key)


@pytest.mark.parametrize("section", ["pathway", "followup", "alerts", "*", "unknown", ""])
def test_what_a_structure_works_with_is_not_hidden_piece_by_piece(section: str) -> None:
    with pytest.raises(Refused):
        check_hiding(section, "")


def test_an_item_is_hidden_with_its_own_section_only() -> None:
    with pytest.raises(Invalid):
        check_hiding("contact", "housing")
    with pytest.raises(Invalid):
        check_hiding("contact", "shoe_size")
