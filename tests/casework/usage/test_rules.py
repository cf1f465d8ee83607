from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.usage.rules import (
    DEFAULT_BUDGETS,
    Budgets,
    Meter,
    Reading,
    Scope,
    began_at,
    crosses_warning,
    ends_at,
    said_use,
    use_of,
    warning_level,
)
from pathway.kernel.clock import PARIS
from pathway.kernel.settings import Settings
from pathway.web.quota import budgets_of

INSTANTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001  # hypothesis asks for naive bounds
    max_value=datetime(2040, 1, 1),  # noqa: DTZ001  # the same
    timezones=st.just(UTC),
)
METERS = st.sampled_from(list(Meter))
BUDGETS = st.integers(min_value=1, max_value=2000)


def reading(count: int, budget: int, meter: Meter = Meter.RECORDS_DAY) -> Reading:
    end = datetime(2026, 11, 20, 23, tzinfo=UTC)
    return Reading(meter=meter, scope=Scope.ACCOUNT, count=count, budget=budget, ends_at=end)


@given(budget=BUDGETS, in_flight=st.lists(st.integers(min_value=1, max_value=8), max_size=80))
def test_never_more_than_the_budget_and_the_requests_in_flight(budget: int, in_flight: list[int]) -> None:
    used = 0
    for together in in_flight:  # all of them look at the meter before any of them is charged
        used += 0 if reading(used, budget).is_spent else together
    assert used <= budget + max(in_flight, default=1) - 1


@given(budget=BUDGETS, gains=st.lists(st.integers(min_value=1, max_value=30), max_size=60))
def test_one_is_warned_once_and_never_after_being_blocked(budget: int, gains: list[int]) -> None:
    used = warnings = 0
    for gain in gains:
        warnings += crosses_warning(before=used, after=used + gain, budget=budget)
        used += gain
        assert not reading(used, budget).is_spent or warnings == 1
    assert warnings == (used >= warning_level(budget))


@given(meter=METERS, now=INSTANTS)
def test_a_period_holds_its_instant_and_the_next_begins_where_it_ends(meter: Meter, now: datetime) -> None:
    start, end = began_at(meter, now), ends_at(meter, now)
    assert start <= now < end
    assert began_at(meter, end) == end and began_at(meter, end - timedelta(microseconds=1)) == start
    assert timedelta(hours=1) <= end - start <= timedelta(hours=25)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 11, 20), 24)])
def test_a_day_is_the_local_day(day: tuple[int, int, int], hours: int) -> None:
    noon = datetime(*day, 12, tzinfo=PARIS).astimezone(UTC)
    start = began_at(Meter.RECORDS_DAY, noon)
    assert start.astimezone(PARIS).hour == 0
    assert ends_at(Meter.RECORDS_DAY, noon) - start == timedelta(hours=hours)


def test_someone_who_meets_eighty_people_on_a_busy_day_never_notices() -> None:
    busy = {
        Meter.RECORDS_DAY: 80 + 30,
        Meter.RECORDS_HOUR: 40,
        Meter.SEARCHES_HOUR: 60,
        Meter.NAMES_DAY: 600,
        Meter.REFUSALS_HOUR: 10,
    }
    assert not [
        meter for meter, used in busy.items() if reading(used, DEFAULT_BUDGETS.of(meter, Scope.ACCOUNT)).is_near
    ]


@given(meter=METERS, times=st.integers(min_value=2, max_value=50))
def test_a_structure_has_more_than_one_of_its_accounts(meter: Meter, times: int) -> None:
    budgets = Budgets(structure_times=times)
    assert budgets.of(meter, Scope.STRUCTURE) == times * budgets.of(meter, Scope.ACCOUNT)


def test_the_settings_have_the_defaults_of_the_rules() -> None:
    assert budgets_of(Settings()) == DEFAULT_BUDGETS


def test_a_list_is_not_an_opening_and_a_refusal_opens_nothing() -> None:
    use = use_of(
        [
            ("search", ["a", "b"]),
            ("search", []),
            ("read_list", ["c"]),
            ("read_record", ["d"]),
            ("record_contact", ["d"]),
            ("refused", ["e"]),
            ("page", []),
        ]
    )
    assert (use.searches, use.refusals) == (2, 1)
    assert use.opened == {"d"} and use.listed == {"a", "b", "c"}


@given(action=st.text(min_size=1), records=st.lists(st.text(min_size=1), min_size=1, unique=True))
def test_an_act_nobody_listed_still_counts(action: str, records: list[str]) -> None:
    use = use_of([(action, records)])
    assert use.refusals or use.opened | use.listed == set(records)


@pytest.mark.parametrize("meter", list(Meter))
def test_every_meter_is_said_in_words(meter: Meter) -> None:
    assert said_use(meter, 1) != said_use(meter, 2) and "1" in said_use(meter, 1)
