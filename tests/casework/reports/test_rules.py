from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.rules import Meter
from pathway.casework.reports.rules import Hidden, MaskedTable, Spared, add_up, add_up_by, mask, mask_table, month_of

COUNTS = st.lists(st.integers(min_value=0, max_value=60), max_size=12)


@pytest.mark.parametrize("count", range(5))
def test_a_count_under_five_is_never_given(count: int) -> None:
    assert mask(count) is Hidden.SMALL


def test_a_count_from_five_on_is_given() -> None:
    assert [mask(count) for count in (5, 6, 400)] == [5, 6, 400]


@given(COUNTS)
def test_no_table_gives_a_count_under_five(counts: list[int]) -> None:
    table = mask_table(counts)
    assert all(cell is Hidden.SMALL for cell, count in zip(table.cells, counts, strict=True) if count < 5)
    assert table.total == sum(counts) if isinstance(table.total, int) else True


@given(COUNTS)
def test_what_is_given_is_true(counts: list[int]) -> None:
    table = mask_table(counts)
    assert all(cell == count for cell, count in zip(table.cells, counts, strict=True) if isinstance(cell, int))
    assert all(count >= 5 for cell, count in zip(table.cells, counts, strict=True) if cell is Hidden.WITH_IT)


@given(st.lists(st.integers(min_value=5, max_value=60), min_size=1, max_size=8))
def test_nothing_is_hidden_without_a_small_count(counts: list[int]) -> None:
    assert mask_table(counts) == MaskedTable(cells=tuple(counts), total=sum(counts))


@given(st.integers(min_value=0, max_value=4), st.lists(st.integers(min_value=5, max_value=60), min_size=1, max_size=8))
def test_one_small_count_never_stands_alone_under_a_total(small: int, others: list[int]) -> None:
    table = mask_table([small, *others])
    assert not isinstance(table.total, int) or Hidden.WITH_IT in table.cells


@pytest.mark.parametrize("cells", [2, 3])
def test_who_knows_the_rule_still_cannot_tell_a_small_count(cells: int) -> None:
    seen: dict[MaskedTable, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(28), repeat=cells):
        seen[mask_table(counts)].append(counts)
    for table, tables in seen.items():
        for place, cell in enumerate(table.cells):
            if cell is Hidden.SMALL and max(tables[0]) < 10:  # far from the edge of what was tried
                assert len({counts[place] for counts in tables}) > 1, table


def test_the_smallest_of_the_others_is_hidden_beside() -> None:
    table = mask_table([2, 30, 40])
    assert table == MaskedTable(cells=(Hidden.SMALL, Hidden.WITH_IT, 40), total=72)


def test_several_small_counts_hide_one_another() -> None:
    assert mask_table([1, 2, 3, 9]).cells == (Hidden.SMALL, Hidden.SMALL, Hidden.SMALL, 9)


def test_the_total_is_hidden_when_hiding_all_is_not_enough() -> None:
    assert mask_table([4, 4]) == MaskedTable(cells=(Hidden.SMALL, Hidden.SMALL), total=Hidden.WITH_IT)
    assert mask_table([0, 5]) == MaskedTable(cells=(Hidden.SMALL, Hidden.WITH_IT), total=Hidden.WITH_IT)


def test_an_empty_territory_gives_nothing() -> None:
    assert mask_table([]).total is Hidden.SMALL
    assert mask_table([0, 0]) == MaskedTable(cells=(Hidden.SMALL, Hidden.SMALL), total=Hidden.SMALL)


NUMBERS = st.integers(min_value=0, max_value=50)
SPARED = st.builds(
    Spared,
    entries=NUMBERS,
    meter=st.builds(
        Meter, needed=NUMBERS, reused=NUMBERS, confirmed=NUMBERS, asked=NUMBERS, asked_again=NUMBERS, refused=NUMBERS
    ),
)
ENTRIES = st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.sampled_from("abc"), SPARED))


@given(ENTRIES)
def test_totals_add_up_whichever_way_they_are_cut(entries: list[tuple[date, str, Spared]]) -> None:
    total = add_up(spared for _, _, spared in entries)
    by_month = add_up_by((month_of(day), spared) for day, _, spared in entries)
    by_scheme = add_up_by((scheme, spared) for _, scheme, spared in entries)
    assert add_up(by_month.values()) == total == add_up(by_scheme.values())
    assert total.entries == sum(spared.entries for _, _, spared in entries)
