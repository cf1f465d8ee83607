"""A night killed at any moment, or run twice at once, ends as one quiet night: nobody skipped, nothing done twice."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from time import sleep

import orjson
import pytest
from sqlalchemy import text, update

from pathway.casework.alerts.tables import Alert
from pathway.demo.town import Town
from pathway.jobs.nightly import run_nights
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import ROOT, Settings
from pathway.store.columns import table_of
from pathway.store.opening import Store, open_store
from tests.casework.encounters.scenes import plan
from tests.casework.enrolments.steps import enter, leave, share
from tests.casework.links.pairs import TWIN
from tests.casework.relays.scenes import send
from tests.engines import pg_copy
from tests.hostile.test_at_once import at_once
from tests.store.hands import altered, broken
from tests.town import instance, welcome
from tests.web.counsellor.scenes import ZOE

_alert = table_of(Alert)

SEED = 20261122
# A process that has read the program once, and lives each night in a child of its own, at the town's hour, in lots of
# one so that there is much to interrupt; each move waits for a word.
_NIGHTS = """
import json, os, sys
from datetime import datetime
from pathway.jobs.night import lots
from pathway.jobs.nightly import run_nights
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import Settings
from pathway.store.opening import open_store
lots.LOT = lots.SHORT_LOT = 1
def report(step, done, total):
    print(step, done, flush=True)
    sys.stdin.readline()
while line := sys.stdin.readline():
    at, where = json.loads(line)
    child = os.fork()
    if not child:
        run_nights(open_store(Settings(**where)), on=None, report=report, clock=FixedClock(datetime.fromisoformat(at)))
        os._exit(0)
    print(child, flush=True)
    print("ended", os.waitpid(child, 0)[1], flush=True)
"""
_WHAT_A_NIGHT_CHANGES = {
    "alert": "record_id, rule, circle, state, level, facts, opened_on, opened_at, returned_on, assigned_to",
    "alert_change": "change, facts, recorded_at",
    "point": "record_id, kind, structure_id, owner_id, state, due_on",
    "relay": "id, state, version, due_on, sent_by",
    "access_grant": "record_id, structure_id, cause, until_at",
    "letter": "kind, channel, state, created_at",
    "referent": "record_id, account_id, until_at",
    "appointment": "id, account_id, state, version",
    "work_seen": "account_id, structure_id, from_at, until_at",
    "possible_match": "low_id, high_id, state",
    "night_step": "night, step, failed",
}


@pytest.fixture(scope="module")
def sleeper() -> Iterator[subprocess.Popen[str]]:
    """The other process."""
    line = [sys.executable, "-c", _NIGHTS]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def busy(town: Town, clock: FixedClock) -> Town:
    """A town where tonight, and last night, which was missed, have something to do in each of their steps."""
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    for one in (amina, zoe):
        enter(town, one)
    clock.move(timedelta(days=24))  # a Monday: nobody answers until the next one
    send(town, amina)
    clock.move(timedelta(days=7))
    quiet_night(town.store, clock)
    clock.move(timedelta(days=2))
    welcome(town, by="karim", identity=TWIN)
    share(town, zoe, "mission-locale", sections={"identity", "contact"}, until_at=clock.now() + timedelta(hours=1))
    leave(town, enter(town, zoe, by="elise", scheme="atelier").enrolment_id, by="elise", reason="death")
    plan(town, amina, days=1)
    altered(town.store, "UPDATE account SET state = 'disabled' WHERE id = :id", id=town.accounts["bruno"])
    with town.store.engine.begin() as connection:
        connection.execute(update(_alert).values(opened_at=clock.now() - timedelta(days=20)))
    return town


def quiet_night(store: Store, clock: FixedClock) -> None:
    assert run_nights(store, on=None, report=lambda *_: None, clock=clock).failures == []


def done(store: Store) -> dict[str, list[str]]:
    """What nights changed, without the ids they drew."""
    found = {}
    with store.engine.connect() as connection:
        for table, columns in _WHAT_A_NIGHT_CHANGES.items():
            found[table] = sorted(str(tuple(row)) for row in connection.execute(text(f"SELECT {columns} FROM {table}")))
    return found


def quietly(town: Town, clock: FixedClock, request: pytest.FixtureRequest, folder: Path) -> dict[str, list[str]]:
    """What one quiet run does, on a copy of that town's base behind the same keys."""
    engine = town.store.engine
    engine.dispose()
    place = str(engine.url.database)
    if engine.dialect.name == "sqlite":
        with sqlite3.connect(place) as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        base.close()
        shutil.copyfile(place, folder / "quiet.sqlite")
    made = (
        nullcontext(f"sqlite:///{folder}/quiet.sqlite")
        if engine.dialect.name == "sqlite"
        else pg_copy(request.getfixturevalue("pg_engine"), place)
    )
    with made as url, opened(instance(folder, url)) as store:
        quiet_night(store, clock)
        return done(store)


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings)
    yield store
    store.engine.dispose()


def killed(town: Town, folder: Path, rng: random.Random, sleeper: subprocess.Popen[str]) -> int:
    """A night in another process, killed somewhere; gives after how many of its moves."""
    url = town.store.engine.url.render_as_string(hide_password=False)
    where = {"CARTE_INSTANCE": str(folder / "instance"), "DATABASE_URL": url, "CARTE_TERRITORY": "valmer"}
    child = int(told(sleeper, orjson.dumps([town.clock.now().isoformat(), where]).decode()))
    moves = rng.randrange(2, 45)
    assert sleeper.stdout is not None
    first = sleeper.stdout.readline()
    for _ in range(moves):
        first = told(sleeper, "")
    assert not first.startswith("ended"), "the night was over before it could be killed"
    said(sleeper, "")
    sleep(rng.uniform(0, 0.02))  # a lot takes about that long: any part of it may be hit
    os.kill(child, signal.SIGKILL)
    while not (last := sleeper.stdout.readline()).startswith("ended"):
        pass
    assert int(last.split()[1]) == signal.SIGKILL
    return moves


def said(sleeper: subprocess.Popen[str], word: str) -> None:
    assert sleeper.stdin is not None
    sleeper.stdin.write(f"{word}\n")
    sleeper.stdin.flush()


def told(sleeper: subprocess.Popen[str], word: str) -> str:
    said(sleeper, word)
    assert sleeper.stdout is not None
    return sleeper.stdout.readline()


def test_a_night_killed_at_any_moment_and_begun_again_ends_as_one_quiet_night(
    busy: Town,
    clock: FixedClock,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    sleeper: subprocess.Popen[str],
) -> None:
    quiet = quietly(busy, clock, request, tmp_path)
    rng = random.Random(f"{SEED} {busy.store.engine.dialect.name}")
    moves = [killed(busy, tmp_path, rng, sleeper) for _ in range(3)]
    quiet_night(busy.store, clock)  # at once: the lock of the dead is gone with them
    assert done(busy.store) == quiet, moves
    assert broken(busy.store) == []


def test_nights_at_once_do_what_one_does_and_one_more_adds_nothing(
    busy: Town, clock: FixedClock, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    before = done(busy.store)
    quiet = quietly(busy, clock, request, tmp_path)
    assert {table for table, kept in quiet.items() if kept != before[table]} == set(_WHAT_A_NIGHT_CHANGES)
    ends = at_once(3, lambda _: quiet_night(busy.store, clock))  # one may come as another has just ended
    assert ends[0] == "done" and set(ends) <= {"done", "refused"}
    assert done(busy.store) == quiet
    quiet_night(busy.store, clock)
    assert done(busy.store) == quiet and broken(busy.store) == []
