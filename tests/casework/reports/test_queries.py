from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from pathway.casework.followup.rules import ExitKind
from pathway.casework.reports import rules
from pathway.casework.reports.queries import OTHER_SCHEMES, Counts, instance_counts, last_nights, territory
from pathway.casework.reports.rules import Hidden
from pathway.casework.schemes.tables import Scheme
from pathway.demo.town import Town
from pathway.jobs.nightly import run_night
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
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
    assert "Parcours PLIE" in told(figures.steps)
    assert len(told(figures.steps)) == len(town.schemes)  # the sensitive one is « Autres dispositifs »
    assert set(told(figures.alerts).values()) == {Hidden.SMALL}
    assert figures.people is Hidden.SMALL


def test_what_a_sensitive_structure_carries_is_one_line_without_a_name(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with town.acting("theo", write=False) as tx:
        nothing = told(territory(tx).steps)
    enter(town, welcome(town))
    enter(town, welcome(town, by="solene", identity=replace(AMINA, last_name="Autre")), by="solene", scheme="quai-neuf")
    here = welcome(town, by="solene", identity=replace(AMINA, last_name="Ailleurs"))
    enter(town, here, by="solene", scheme="atelier")  # everybody's scheme, but who carries it is nobody's to know
    monkeypatch.setattr(rules, "SMALLEST_SHOWN", 0)
    with town.acting("theo", write=False) as tx:
        some = told(territory(tx).steps)
    assert nothing.keys() == some.keys() and list(nothing)[-1] == OTHER_SCHEMES
    assert set(nothing.values()) == {Hidden.SMALL} and not any("Quai neuf" in name for name in nothing)
    assert {name: count for name, count in some.items() if count} == {
        "Accompagnement Point Accueil Emploi": 1,
        OTHER_SCHEMES: 2,
    }


def test_two_schemes_of_one_name_are_counted_together(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(sqlite_town, welcome(sqlite_town))
    scheme = table_of(Scheme)
    here = scheme.c.id.in_([sqlite_town.schemes["pae"], sqlite_town.schemes["plie"]])
    with sqlite_town.acting("root") as tx:
        tx.execute(update(scheme).where(here).values(name="Parcours"))
        tx.journal("change_scheme")
    monkeypatch.setattr(rules, "SMALLEST_SHOWN", 0)
    with sqlite_town.acting("theo", write=False) as tx:
        assert told(territory(tx).steps)["Parcours"] == 1


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
