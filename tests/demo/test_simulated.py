"""A small town lived night by night: nobody loses her follow-up, whatever happens to nights and people."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pathway.cli import demo
from pathway.demo.instance import throw_away_store
from pathway.demo.simulated import ENDS_AT, simulate
from pathway.store.opening import Store


def lived(store: Store, *, people: int, months: int, seed: int) -> dict[str, Any]:
    return simulate(store, people=people, months=months, seed=seed, now=ENDS_AT, report=lambda _done, _total: None)


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    with throw_away_store(ENDS_AT) as store:
        return lived(store, people=45, months=4, seed=3)


@pytest.fixture
def empty() -> Iterator[Store]:
    with throw_away_store(ENDS_AT) as store:
        yield store


def test_no_night_ends_with_an_exit_without_follow_up(told: dict[str, Any]) -> None:
    assert (told["orphan_exits"], told["duplicate_alerts"], told["journal_broken"]) == (0, 0, 0)


def test_enough_happened_to_prove_it(told: dict[str, Any]) -> None:
    for name in ("exits", "points_done", "points_late", "absences", "absences_with_stand_in", "contacts"):
        assert told[name] > 1, name
    for name in ("nights_missed", "nights_twice", "crashes", "structures_closed", "leavers"):
        assert told[name], name
    assert told["relays"]["sent"]
    assert {"attended", "excused", "missed", "planned", "taken_up"} <= set(told["appointments"])
    assert told["refusals"] < told["contacts"] / 4


def test_the_same_seed_lives_the_same_town(empty: Store) -> None:
    first = lived(empty, people=6, months=1, seed=5)
    with throw_away_store(ENDS_AT) as other:
        assert lived(other, people=6, months=1, seed=5) == first


def told_by(found: dict[str, Any], monkeypatch: pytest.MonkeyPatch, *more: str) -> Any:
    monkeypatch.setattr(demo, "simulate", lambda _store, **_asked: found)
    return CliRunner().invoke(demo.command, ["simulate", *more])


def test_an_exit_without_follow_up_fails_the_command_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {"exits": 3, "orphan_exits": 1, "duplicate_alerts": 0, "journal_broken": 0}
    answer = told_by(bad, monkeypatch, "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == bad
    assert "orphan_exits = 1" in answer.stderr


def test_a_town_where_nobody_was_lost_is_a_success_told_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"relays": {"sent": 2}, "orphan_exits": 0, "duplicate_alerts": 0, "journal_broken": 0}
    answer = told_by(good, monkeypatch)
    assert answer.exit_code == 0
    assert "Relais : sent 2" in answer.stdout


def test_an_interruption_leaves_no_base_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[Path] = []

    def interrupted(store: Store, **_asked: object) -> None:
        folders.append(Path(str(store.engine.url.database)).parent)
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "simulate", interrupted)
    assert CliRunner().invoke(demo.command, ["simulate"]).exit_code == 1
    assert folders and not folders[0].exists()


def test_a_long_run_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def halfway(_store: Store, *, report: Any, **_asked: object) -> dict[str, int]:
        report(5, 10)
        return {"orphan_exits": 0, "duplicate_alerts": 0, "journal_broken": 0}

    monkeypatch.setattr(demo, "simulate", halfway)
    answer = CliRunner().invoke(demo.command, ["simulate", "--json"])
    assert "La ville vit : 50 %" in answer.stderr
    assert "50" not in answer.stdout
