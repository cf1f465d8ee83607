from dataclasses import replace
from datetime import date, timedelta

from pathway.casework.followup.rules import ExitKind
from pathway.casework.reports.queries import Counts, instance_counts, last_nights, territory
from pathway.casework.reports.rules import Hidden
from pathway.demo.town import Town
from pathway.jobs.nightly import run_night
from pathway.kernel.clock import FixedClock
from tests.town import AMINA, welcome
from tests.web.jobseeker.lives import enter, evaluate, leave


def told(counts: Counts) -> dict[str, object]:
    return {row.label: row.count for row in counts.rows}


def test_the_instance_is_counted_whole(town: Town, clock: FixedClock) -> None:
    record_id = welcome(town)
    leave(town, enter(town, record_id, days_ago=200))
    clock.move(timedelta(days=15))
    evaluate(town, record_id)
    with town.acting("root", write=False) as tx:
        found = instance_counts(tx)
    assert found["open_followups"] >= 4
    del found["open_followups"]
    assert found == {"people": 1, "entries": 1, "exits": 1, "orphan_exits": 0, "open_alerts": 1}


def test_an_empty_instance_counts_zero(sqlite_town: Town) -> None:
    with sqlite_town.acting("root", write=False) as tx:
        assert set(instance_counts(tx).values()) == {0}


def test_every_scheme_kind_of_exit_and_rule_has_its_line(town: Town) -> None:
    with town.acting("theo", write=False) as tx:
        figures = territory(tx)
    assert set(told(figures.exits)) == {kind.label for kind in ExitKind}
    assert "Parcours PLIE" in told(figures.steps) and len(told(figures.steps)) == len(town.schemes)
    assert set(told(figures.alerts).values()) == {Hidden.SMALL}
    assert figures.people is Hidden.SMALL


def test_exits_older_than_a_year_are_left_out(sqlite_town: Town, clock: FixedClock) -> None:
    for born in range(1, 13):
        record_id = welcome(sqlite_town, identity=replace(AMINA, birth_date=date(1990, 1, born)))
        leave(sqlite_town, enter(sqlite_town, record_id))
    with sqlite_town.acting("theo", write=False) as tx:
        assert territory(tx).exits.total == 12
    clock.move(timedelta(days=366))
    with sqlite_town.acting("theo", write=False) as tx:
        assert territory(tx).exits.total is Hidden.SMALL


def test_reading_the_territory_is_journalled(sqlite_town: Town) -> None:
    with sqlite_town.acting("theo", write=False) as tx:
        territory(tx)
        assert [act.action for act in tx.acts] == ["read_territory"]


def test_nights_come_newest_first(sqlite_town: Town, clock: FixedClock) -> None:
    run_night(sqlite_town.store, clock, report=lambda *_: None)
    clock.move(timedelta(days=1))
    run_night(sqlite_town.store, clock, report=lambda *_: None)
    with sqlite_town.acting("root", write=False) as tx:
        nights = [line.night.day for line in last_nights(tx)]
    assert nights == [21, 20]
