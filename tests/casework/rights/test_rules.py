from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.agreements.rules import WHO_SHE_IS
from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS
from pathway.casework.records.vocabulary import Section
from pathway.casework.rights.rules import (
    Term,
    answer_due,
    check_correctable,
    check_restrictable,
    extended,
)
from pathway.casework.sharing.rules import PARTS
from pathway.kernel.calendar import add_months
from pathway.kernel.errors import Invalid, Refused

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1))


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        (date(2026, 11, 22), date(2026, 12, 22)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
    ],
)
def test_an_answer_is_due_one_calendar_month_later(asked: date, last: date) -> None:
    assert answer_due(asked) == last


@given(DAYS, st.integers(1, 2))
def test_a_longer_delay_ends_at_most_three_months_after_the_request(asked: date, months: int) -> None:
    term = Term(due_on=answer_due(asked))
    until = extended(term, asked_on=asked, months=months, on=term.due_on)
    assert term.due_on < until <= add_months(asked, 3)


@pytest.mark.parametrize("months", [-1, 0, 3, 12])
def test_no_other_number_of_months_is_taken(months: int) -> None:
    asked = date(2026, 11, 22)
    with pytest.raises(Invalid):
        extended(Term(due_on=answer_due(asked)), asked_on=asked, months=months, on=asked)


def test_a_delay_is_made_longer_once_and_never_after_its_last_day() -> None:
    asked = date(2026, 11, 22)
    late, twice = Term(due_on=answer_due(asked)), Term(due_on=answer_due(asked), extended_until=date(2027, 1, 22))
    with pytest.raises(Refused):
        extended(late, asked_on=asked, months=1, on=date(2026, 12, 23))
    with pytest.raises(Refused):
        extended(twice, asked_on=asked, months=1, on=asked)


@given(DAYS, DAYS)
def test_late_begins_the_day_after_the_last_one(last: date, on: date) -> None:
    assert Term(due_on=last).is_late(on) is (on > last)
    assert Term(due_on=date(2019, 1, 1), extended_until=last).is_late(on) is (on > last)


@pytest.mark.parametrize("item", sorted(WHO_SHE_IS))
def test_who_she_is_is_neither_restricted_nor_corrected_alone(item: str) -> None:
    with pytest.raises(Refused):
        check_restrictable(Section.IDENTITY.value, item)
    with pytest.raises(Refused):
        check_correctable(item)


@pytest.mark.parametrize("part", [*sorted(PARTS), "*", "", "card", "contact email"])
def test_steps_points_alerts_and_unknown_parts_are_never_restricted(part: str) -> None:
    with pytest.raises(Invalid):
        check_restrictable(part, "")


@given(st.sampled_from(sorted(CATALOGUE)), st.sampled_from(list(Section)))
def test_an_item_is_restricted_in_its_own_section_alone(item: str, section: Section) -> None:
    if CATALOGUE[item].section is section and item not in WHO_SHE_IS | CAUTIONS.keys():
        check_restrictable(section.value, item)
        check_correctable(item)
        return
    with pytest.raises((Invalid, Refused)):
        check_restrictable(section.value, item)


@pytest.mark.parametrize("item", sorted(CAUTIONS))
def test_a_caution_is_corrected_and_never_limited_apart_from_what_it_protects(item: str) -> None:
    check_correctable(item)
    with pytest.raises(Refused, match="précaution"):
        check_restrictable(Section.CONTACT.value, item)
