"""A small town lived night by night: nobody loses her follow-up, whatever happens to nights and people."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pathway.demo.instance import throw_away_store
from pathway.demo.simulated import simulate
from pathway.store.opening import Store

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    with throw_away_store(NOW) as store:
        return simulate(store, people=40, months=5, seed=3, now=NOW, report=lambda _done, _total: None)


@pytest.fixture
def empty() -> Iterator[Store]:
    with throw_away_store(NOW) as store:
        yield store


def test_no_night_ends_with_an_exit_without_follow_up(told: dict[str, object]) -> None:
    assert (told["orphan_exits"], told["duplicate_alerts"], told["journal_broken"]) == (0, 0, 0)


def test_enough_happened_to_prove_it(told: dict[str, object]) -> None:
    for name in ("exits", "points_done", "points_late", "absences", "contacts"):
        assert isinstance(told[name], int) and told[name] > 1, name  # type: ignore[operator]  # an int by now
    for name in ("nights_missed", "nights_twice", "crashes"):
        assert told[name], name
    assert int(str(told["refusals"])) < int(str(told["contacts"])) / 4


def test_the_same_seed_lives_the_same_town(empty: Store) -> None:
    asked = {"people": 5, "months": 1, "seed": 5, "now": NOW, "report": lambda _done, _total: None}
    first = simulate(empty, **asked)  # type: ignore[arg-type]  # the values are of those types
    with throw_away_store(NOW) as other:
        assert simulate(other, **asked) == first  # type: ignore[arg-type]  # the same
