import errno
import fcntl
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from pathway.casework.alerts.queries import open_count
from pathway.casework.alerts.replay import cutoff_of
from pathway.casework.relays.rules import RelayState
from pathway.demo.town import Town
from pathway.jobs import nightly
from pathway.jobs.night import lots
from pathway.jobs.night.ledger import last_night
from pathway.jobs.nightly import run_night, run_nights
from pathway.kernel.clock import Clock, FixedClock, SystemClock, local_day
from pathway.kernel.errors import PathwayError, Refused
from pathway.store import heads, journal
from pathway.store.clocks import clock_of
from pathway.store.opening import Store, mark_as_demo
from tests.casework.enrolments.steps import enter, leave, rows, system
from tests.casework.links.pairs import two_cards
from tests.casework.relays.scenes import seen, send
from tests.store.hands import altered, broken
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE

FRIDAY = date(2026, 11, 20)
STEPS = {
    "alerts",
    "returns",
    "digest",
    "weekly",
    "work",
    "departures",
    "links",
    "reminders",
    "relays",
    "supports",
    "retention",
    "traces",
    "pruning",
    "backup",
    "journal_head",
}


def silent(step: str, done: int, total: int) -> None:
    """Progress nobody looks at."""


@pytest.fixture(autouse=True)
def _the_clock_of_the_town(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    def of(store: Store) -> Clock:
        return clock

    monkeypatch.setattr(nightly, "clock_of", of)


def lived(town: Town, on: date | None = None) -> nightly.Night:
    return run_nights(town.store, on=on, report=silent)


def alerts(town: Town) -> int:
    with system(town.store, town.clock, write=False) as tx:
        return open_count(tx)


def demonstration(town: Town) -> Town:
    with town.store.engine.begin() as connection:
        mark_as_demo(connection)
    return replace(town, store=replace(town.store, is_demo=True))


def followed(town: Town) -> str:
    """Amina, out of her step today."""
    amina = welcome(town)
    leave(town, enter(town, amina, on=FRIDAY - timedelta(days=200)).enrolment_id)
    return amina


def test_the_first_night_is_the_one_asked_alone(town: Town) -> None:
    assert last_night(town.store) is None
    night = lived(town)
    assert (night.on, night.caught_up, set(night.steps)) == (FRIDAY, [], STEPS)
    assert last_night(town.store) == FRIDAY
    assert broken(town.store) == []


def test_missed_nights_are_caught_up_in_order(town: Town, clock: FixedClock) -> None:
    followed(town)
    clock.move(timedelta(days=12))
    lived(town)
    clock.move(timedelta(days=4))
    night = lived(town)
    assert night.caught_up == [FRIDAY + timedelta(days=later) for later in (13, 14, 15)]
    assert last_night(town.store) == FRIDAY + timedelta(days=16)
    assert rows(town.store, "alert")[0]["opened_on"] in (date(2026, 12, 4), "2026-12-04")


def test_an_alert_of_a_missed_night_knows_nothing_of_what_was_recorded_later(town: Town, clock: FixedClock) -> None:
    clock.move(timedelta(days=30))
    lived(town)
    clock.move(timedelta(days=4))
    enter(town, welcome(town), on=FRIDAY)
    assert len(lived(town).caught_up) == 3
    assert [str(row["opened_on"]) for row in rows(town.store, "alert")] == ["2026-12-24"]


def test_the_same_night_twice_changes_nothing(town: Town, clock: FixedClock) -> None:
    followed(town)
    clock.move(timedelta(days=15))
    first = lived(town)
    before = rows(town.store, "alert")
    second = lived(town)
    assert first.steps["alerts"]["opened"] == 1
    assert {name: count for name, count in second.steps["alerts"].items() if name != "candidates"} == {
        "opened": 0,
        "updated": 0,
        "cleared": 0,
    }
    assert rows(town.store, "alert") == before
    assert len(rows(town.store, "night_step")) == len(STEPS)


def test_a_night_before_the_last_one_is_refused(town: Town) -> None:
    lived(town)
    with pytest.raises(Refused, match="déjà faite"):
        lived(town, FRIDAY - timedelta(days=1))
    assert last_night(town.store) == FRIDAY


def test_the_future_is_refused_among_real_people(town: Town) -> None:
    with pytest.raises(Refused, match="démonstration"):
        lived(town, FRIDAY + timedelta(days=1))
    assert rows(town.store, "night_step") == []


def test_a_demonstration_lives_ahead_and_its_clock_with_it(town: Town, clock: FixedClock) -> None:
    followed(town)
    clock.at = SystemClock().now()
    here = demonstration(town)
    today = local_day(clock.now())
    lived(here, today + timedelta(days=60))
    assert last_night(here.store) == today + timedelta(days=60)
    assert local_day(clock_of(here.store).now()) == today + timedelta(days=60)
    assert alerts(here) >= 1


def test_a_real_base_never_lives_ahead_whatever_its_marks_say(town: Town) -> None:
    with town.store.engine.begin() as connection:
        connection.execute(text("INSERT INTO mark (name, value) VALUES ('ahead_seconds', '864000')"))
    assert isinstance(clock_of(town.store), SystemClock)


def test_a_relay_whose_seal_fails_keeps_neither_the_others_nor_the_rest_of_the_night_waiting(
    town: Town, clock: FixedClock
) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    broken_one, other = send(town, amina), send(town, zoe)
    moved = "UPDATE relay SET content = (SELECT content FROM relay WHERE id = :other) WHERE id = :one"
    altered(town.store, moved, one=broken_one, other=other)
    clock.move(timedelta(days=9))
    night = lived(town)
    assert night.steps["relays"] == {"back": 1, "reminded": 0, "failed": 1}
    assert seen(town, other).state is RelayState.BOUNCED and "traces" in night.steps


def test_two_runs_of_one_night_do_not_meet(town: Town) -> None:
    held, free = threading.Event(), threading.Event()

    def hold(step: str, done: int, total: int) -> None:
        held.set()
        assert free.wait(20)

    first = threading.Thread(target=lambda: run_nights(town.store, on=None, report=hold))
    first.start()
    assert held.wait(20)
    with pytest.raises(Refused, match="en cours"):
        lived(town)
    free.set()
    first.join(20)
    assert last_night(town.store) == FRIDAY


def test_a_night_that_died_is_waited_for_only_where_files_know_no_locks(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(sqlite_town)
    dead = "UPDATE night_step SET finished_at = NULL, leased_until = '2999-01-01 00:00:00.000000' WHERE step = 'digest'"
    altered(sqlite_town.store, dead)
    with monkeypatch.context() as here:
        here.setattr(fcntl, "flock", no_locks)
        with pytest.raises(Refused, match="en cours"):
            lived(sqlite_town)
    assert lived(sqlite_town).failures == []


def no_locks(_file: int, _how: int) -> None:
    raise OSError(errno.ENOLCK, "no locks here")


def test_the_lock_of_a_night_is_an_empty_file_of_its_own_beside_the_base(sqlite_town: Town) -> None:
    base = Path(str(sqlite_town.store.engine.url.database))
    lived(sqlite_town)
    lock = base.with_name(f"{base.name}-night")
    assert (lock.stat().st_size, lock.stat().st_mode & 0o777) == (0, 0o600)


def test_a_run_that_is_interrupted_leaves_its_night_to_the_next_one_at_once(town: Town, clock: FixedClock) -> None:
    def interrupt(step: str, done: int, total: int) -> None:
        if step == "alerts":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_nights(town.store, on=None, report=interrupt)
    assert last_night(town.store) is None
    begun_at = clock.now()
    clock.move(timedelta(hours=2))
    lived(town)
    assert last_night(town.store) == FRIDAY
    with system(town.store, clock, write=False) as tx:
        assert cutoff_of(tx, FRIDAY) == begun_at  # the night goes on with the facts it had begun with


def test_a_night_is_done_when_its_last_step_is_whatever_steps_a_version_adds(town: Town) -> None:
    lived(town)
    altered(town.store, "DELETE FROM night_step WHERE step = 'digest'")
    assert last_night(town.store) == FRIDAY
    altered(town.store, "UPDATE night_step SET finished_at = NULL WHERE step = 'journal_head'")
    assert last_night(town.store) is None


def test_each_lot_of_a_night_is_journalled_without_naming_anybody(town: Town, clock: FixedClock) -> None:
    amina = followed(town)
    clock.move(timedelta(days=15))
    lived(town)
    with system(town.store, clock, write=False) as tx:
        about = journal.entries_about(tx.connection, amina, limit=50)
    assert about and "jobs" not in {one["door"] for one in about}
    written = [row for row in rows(town.store, "journal_entry") if b'"nightly_alerts"' in bytes(row["payload"])]
    assert len(written) == 1 and b'"opened":1' in bytes(written[0]["payload"])


def test_a_town_lives_its_days_one_by_one(town: Town, clock: FixedClock) -> None:
    followed(town)
    for _ in range(3):
        clock.move(timedelta(days=5))
        counts = run_night(town.store, clock, report=silent)
    assert set(counts) == STEPS and alerts(town) == 1


def test_progress_goes_to_its_end(town: Town, clock: FixedClock) -> None:
    followed(town)
    clock.move(timedelta(days=15))
    told: list[tuple[str, int, int]] = []

    def report(step: str, done: int, total: int) -> None:
        told.append((step, done, total))

    run_nights(town.store, on=None, report=report)
    assert [one for one in told if one[0] == "alerts"] == [("alerts", 0, 1), ("alerts", 1, 1)]
    assert {name for name, done, total in told if done == total} == STEPS


def test_a_base_that_cannot_be_written_lets_no_night_be_called_done(sqlite_town: Town) -> None:
    sqlite_town.store.engine.dispose()
    with sqlite_town.store.engine.connect() as connection:
        connection.execute(
            text("CREATE TRIGGER no BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(FAIL, 'full'); END")
        )
        connection.commit()
    with pytest.raises(PathwayError):
        lived(sqlite_town)
    assert last_night(sqlite_town.store) is None


def test_the_head_of_the_journal_goes_to_its_second_place_each_night(
    town: Town, clock: FixedClock, tmp_path: Path
) -> None:
    file = tmp_path / "heads.jsonl"
    for _ in range(2):
        night = run_nights(town.store, on=None, report=silent, heads=file)
        assert night.steps["journal_head"] == {"exported": 1, "failed": 0}
        clock.move(timedelta(days=1))
    with system(town.store, clock, write=False) as tx:
        compared = heads.compare(town.store, tx.connection, file.read_bytes().splitlines())
    assert (compared.heads, compared.contradicted) == (2, ())


def test_the_same_night_twice_exports_a_true_head_twice(sqlite_town: Town, tmp_path: Path) -> None:
    for _ in range(2):
        run_nights(sqlite_town.store, on=None, report=silent, heads=tmp_path)
    lines = (tmp_path / "journal-valmer.jsonl").read_bytes().splitlines()
    with system(sqlite_town.store, sqlite_town.clock, write=False) as tx:
        assert heads.compare(sqlite_town.store, tx.connection, lines).contradicted == ()
    assert len(lines) == 2


def test_a_second_place_that_cannot_be_reached_stops_no_night(sqlite_town: Town, tmp_path: Path) -> None:
    night = run_nights(sqlite_town.store, on=None, report=silent, heads=tmp_path / "missing" / "heads")
    assert night.steps["journal_head"] == {"exported": 0, "failed": 1}
    assert last_night(sqlite_town.store) == FRIDAY


def test_the_night_proposes_cards_that_look_alike_lot_by_lot_and_names_nobody(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lots, "LOT", 1)
    two_cards(town)
    before = rows(town.store, "journal_subject")
    assert lived(town).steps["links"] == {"renewed": 2, "compared": 2, "proposed": 1}
    assert lived(town).steps["links"] == {"compared": 0, "proposed": 0}
    assert rows(town.store, "journal_subject") == before
