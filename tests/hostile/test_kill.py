"""Pulled out of the wall at any moment, the base opens again with nothing half-written, and the work goes on."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from itertools import islice, product
from pathlib import Path
from time import perf_counter

import pytest

from pathway.casework.enrolments.queries import orphan_exits
from pathway.casework.records.queries import identities, record_opened
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock, SystemClock
from pathway.kernel.settings import ROOT
from pathway.store import journal
from pathway.store.opening import open_store
from tests.casework.enrolments.steps import enter, rows, system
from tests.town import instance, welcome

PEOPLE = 1500
LEAVING = 40
_LEAVE = """
import sys
from pathway.casework.enrolments.actions import record_exit
from pathway.casework.schemes.exit_reasons import REASONS
from pathway.kernel.settings import Settings
from pathway.store.actor import Actor
from pathway.store.clocks import clock_of
from pathway.store.opening import open_store
from pathway.store.transaction import Transaction
store = open_store(Settings())
account, structure, *steps = sys.argv[1:]
actor = Actor(role="counsellor", account_id=account, structure_id=structure)
able = [reason for reason in REASONS if reason.code not in ("personal_pause", "death", "follow_up_refused")]
for number, step in enumerate(steps):
    with Transaction(store, actor=actor, clock=clock_of(store), door="cli") as tx:
        record_exit(tx, enrolment_id=step, reason=able[number % len(able)], event_on=tx.today)
    print(step, flush=True)
"""


@pytest.fixture
def environment(sqlite_town: Town, clock: FixedClock, tmp_path: Path) -> dict[str, str]:
    """Where another process, which lives at the machine's hour, finds the town's instance."""
    clock.at = SystemClock().now()
    address = str(sqlite_town.store.engine.url)
    own = {"CARTE_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": address, "CARTE_TERRITORY": "valmer"}
    return {**os.environ, **own}


def crowd(folder: Path) -> Path:
    """A file of people who all differ by their name."""
    syllables = product(("ba", "mo", "ri", "ne", "lu", "ga", "to"), repeat=4)
    names = islice(("".join(parts).capitalize() for parts in syllables), PEOPLE)
    lines = [f"Camille;{name};{1 + number % 28:02d}/03/1990;;Rennes" for number, name in enumerate(names)]
    path = folder / "crowd.csv"
    path.write_text("\n".join(["Prénom;Nom;Date de naissance;Téléphone;Ville", *lines]))
    return path


def intake(path: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "pathway.cli", "intake", "people", str(path), "--structure", "pae-centre", "--json"]
    return subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def count(base: Path, table: str) -> int:
    connection = sqlite3.connect(base, timeout=30)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        connection.close()


def killed_once_it_wrote(child: subprocess.Popen[str], base: Path, *, more: int) -> bool:
    """Kill the child as soon as the journal has that many more entries; whether it was still at work."""
    goal = count(base, "journal_entry") + more
    while child.poll() is None and count(base, "journal_entry") < goal:
        os.sched_yield()
    moment = perf_counter() + random.uniform(0, 0.08)  # a lot takes about that long: any part of it may be hit
    while perf_counter() < moment:
        os.sched_yield()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    return child.returncode == -signal.SIGKILL


def checked(town: Town, base: Path, tmp_path: Path) -> None:
    """Nothing is half-written: the file, the journal, every person, every exit."""
    town = replace(town, clock=SystemClock())
    raw = sqlite3.connect(base)
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()
    store = open_store(instance(tmp_path, f"sqlite:///{base}"))
    with system(store, town.clock, write=False) as tx:
        assert journal.verify(tx.connection, store.keyring).broken == ()
        assert orphan_exits(tx) == []
    store.engine.dispose()
    whole_people(town)
    whole_exits(town)


def whole_people(town: Town) -> None:
    records = {row["id"] for row in rows(town.store, "record")}
    keys = {row["subject_id"] for row in rows(town.store, "data_key")} - set(town.accounts.values())
    keys -= {row["id"] for row in rows(town.store, "import_batch")}  # what came of each row waits under the file's own
    keys -= set(town.structures.values())  # a sensitive structure's name is sealed under its own key
    cards = {row["subject_id"] for row in rows(town.store, "sealed_section", "WHERE section = 'card'")}
    tokens = {row["subject_id"] for row in rows(town.store, "search_token", "WHERE kind = 1")}
    grants = {row["record_id"] for row in rows(town.store, "access_grant")}
    assert records == keys == cards == tokens == grants
    with town.acting("bruno", write=False) as tx:
        assert len(identities(tx, records)) == len(records)
        for record_id in random.sample(sorted(records), min(50, len(records))):
            record_opened(tx, record_id)


def whole_exits(town: Town) -> None:
    exits = rows(town.store, "scheme_exit")
    left = {row["id"] for row in rows(town.store, "enrolment", "WHERE exited_at IS NOT NULL")}
    assert {row["enrolment_id"] for row in exits} == left
    assert {row["plan_id"] for row in exits} == {row["id"] for row in rows(town.store, "plan")}
    pointed = {row["plan_id"] for row in rows(town.store, "point", "WHERE is_last = 1 AND state = 'open'")}
    assert pointed == {row["plan_id"] for row in exits}
    assert len(rows(town.store, "point")) == len(rows(town.store, "point_change"))


def test_an_import_killed_at_any_moment_is_completed_by_running_it_again(
    sqlite_town: Town, environment: dict[str, str], tmp_path: Path
) -> None:
    base, path = tmp_path / "carte.sqlite", crowd(tmp_path)
    killed = []
    for more in (1, 2, random.randint(3, 6)):
        killed.append(killed_once_it_wrote(intake(path, environment), base, more=more))
        checked(sqlite_town, base, tmp_path)
    assert killed[0] and sum(killed) >= 2, "the kills came too late to prove anything"
    last = intake(path, environment)
    last.communicate()
    assert last.returncode == 0 and count(base, "record") == PEOPLE
    checked(sqlite_town, base, tmp_path)
    with replace(sqlite_town, clock=SystemClock()).acting("bruno", write=False) as tx:
        known = identities(tx, [row["id"] for row in rows(sqlite_town.store, "record")])
    assert len({(one.last_name, one.birth_date) for one in known.values()}) == PEOPLE


def test_an_exit_that_was_answered_survives_and_the_one_under_way_is_whole_or_absent(
    sqlite_town: Town, environment: dict[str, str], tmp_path: Path
) -> None:
    base = tmp_path / "carte.sqlite"
    steps = [enter(sqlite_town, welcome(sqlite_town)).enrolment_id for _ in range(LEAVING)]
    actor = sqlite_town.actor("bruno")
    while steps:
        line = [sys.executable, "-c", _LEAVE, actor.account_id, actor.structure_id, *steps]
        child = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        answered = read_some(child, random.randint(4, 16))
        left = {row["id"] for row in rows(sqlite_town.store, "enrolment", "WHERE exited_at IS NOT NULL")}
        assert answered <= left
        checked(sqlite_town, base, tmp_path)
        steps = [step for step in steps if step not in left]
    assert count(base, "scheme_exit") == LEAVING


def read_some(child: subprocess.Popen[str], wanted: int) -> set[str]:
    """Read that many answers, then kill; gives every exit that was answered."""
    assert child.stdout is not None
    answered = [child.stdout.readline().strip() for _ in range(wanted)]
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    whole = rest.split("\n")[:-1]
    return {step for step in [*answered, *whole] if step}
