"""One letter a week to whoever leads a structure: counts as « Pilotage » says them, never twice, never of whom."""

from datetime import date, timedelta

import pytest

from pathway.casework.cockpit.digests import week_of
from pathway.casework.cockpit.queries import cockpit
from pathway.casework.cockpit.rules import monday_of
from pathway.casework.cockpit.vocabulary import Fate, Towards, Wait
from pathway.casework.team.holders import teams
from pathway.demo.town import Town
from pathway.jobs.night import weekly as step
from pathway.kernel.clock import Clock, FixedClock, local_day
from pathway.store.letter_kinds import LetterKind
from pathway.store.opening import Store
from tests.casework.alerts.test_digests import away
from tests.casework.enrolments.steps import system
from tests.casework.relays.scenes import send
from tests.jobs.nightly_letters import counted, written_to
from tests.jobs.test_digests import letters
from tests.store.hands import altered, broken
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE, left


@pytest.fixture(autouse=True)
def _the_clock_of_the_town(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    def of(store: Store) -> Clock:
        return clock

    monkeypatch.setattr(step, "clock_of", of)


def night(town: Town, on: date | None = None) -> dict[str, int]:
    """What the step counts that night."""
    return counted(town, step.weekly, on)


def told(town: Town) -> set[str]:
    """Who was written to, whatever the day."""
    return written_to(town, LetterKind.WEEKLY)


def to_monday(clock: FixedClock) -> None:
    """The Monday after next, at nine."""
    clock.move(timedelta(days=14 - local_day(clock.now()).weekday()))


def lived(town: Town, clock: FixedClock) -> None:
    """Somebody left without a call, and a relay waits for its answer."""
    left(town, days_ago=20)
    send(town, welcome(town, identity=ZOE), "")
    to_monday(clock)


def test_the_letter_says_what_the_cockpit_counts(town: Town, clock: FixedClock) -> None:
    lived(town, clock)
    with system(town.store, clock, write=False) as tx:
        team = next(one for one in teams(tx) if one.structure_id == town.structures["pae-centre"])
        said = week_of(tx, team)
    with town.acting("denis") as tx:
        shown = cockpit(tx)
        tx.journal("looked")
    last = shown.spreads.weeks[monday_of(local_day(clock.now())) - timedelta(weeks=1)]
    assert (said["held"], said["waiting"]) == (last[Fate.HELD], last[Fate.WAITING])
    assert (said["late_exits"], said["bare_exits"]) == (shown.exits.late, shown.exits.nothing)
    assert said["relays"] == shown.spreads.relays[Towards.ACCEPTED][Wait.STILL]
    assert said["late_exits"] == said["relays"] == 1


def test_it_leaves_on_monday_to_who_leads_and_names_nobody(town: Town, clock: FixedClock) -> None:
    lived(town, clock)
    assert night(town)["failed"] == 0
    assert "denis" in told(town) and not {"bruno", "fatou"} & set(told(town))
    (his,) = [one for one in letters(town) if one.startswith("denis")]
    assert "- 1 personne sortie dont un point est en retard\n" in his and "/pilotage\n" in his
    assert not any(name in his for name in ("Amina", "Zoé", "Point Accueil"))
    assert broken(town.store) == []


def test_once_a_week_whatever_runs_again(sqlite_town: Town, clock: FixedClock) -> None:
    to_monday(clock)
    first = night(sqlite_town)["sent"]
    assert first > 0 and night(sqlite_town)["sent"] == 0
    clock.move(timedelta(days=3))
    assert night(sqlite_town)["sent"] == 0
    clock.move(timedelta(days=4))
    assert night(sqlite_town)["sent"] == first


def test_a_missed_monday_is_written_on_tuesday(sqlite_town: Town, clock: FixedClock) -> None:
    to_monday(clock)
    clock.move(timedelta(days=1))
    assert night(sqlite_town)["sent"] > 0


def test_a_night_caught_up_and_a_sunday_write_nothing(sqlite_town: Town, clock: FixedClock) -> None:
    to_monday(clock)
    assert night(sqlite_town, local_day(clock.now()) - timedelta(days=3))["sent"] == 0
    clock.move(timedelta(days=-1))
    assert night(sqlite_town)["sent"] == 0


def test_who_replaces_the_responsable_is_written_to(sqlite_town: Town, clock: FixedClock) -> None:
    to_monday(clock)
    away(sqlite_town, "denis", "fatou")
    night(sqlite_town)
    assert "fatou" in told(sqlite_town) and "denis" not in told(sqlite_town)


def test_an_account_that_cannot_be_read_keeps_no_other_waiting(sqlite_town: Town, clock: FixedClock) -> None:
    to_monday(clock)
    bad = "UPDATE sealed_section SET blob = (SELECT wrapped FROM data_key LIMIT 1) WHERE subject_id = :id"
    altered(sqlite_town.store, bad, id=sqlite_town.accounts["denis"])
    counts = night(sqlite_town)
    assert counts["failed"] == 1 and counts["sent"] > 0 and "denis" not in told(sqlite_town)
