import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, Refused, Unavailable
from pathway.kernel.settings import ROOT
from pathway.store import journal
from pathway.store.actor import SYSTEM, Actor
from pathway.store.columns import table_of
from pathway.store.engine import make_engine
from pathway.store.opening import Store
from pathway.store.tables import Mark
from pathway.store.transaction import Transaction
from tests.store.hands import NOON, broken, lines, reading, sealed, stolen, writing

_mark = table_of(Mark)
_APPEND = """
from pathway.kernel.settings import Settings
from pathway.store.opening import open_store
from tests.store.hands import writing
store = open_store(Settings())
for number in range(10):
    with writing(store) as tx:
        tx.journal("append", number=number)
store.engine.dispose()
"""


def noted(store: Store, name: str, value: str = "1") -> None:
    with writing(store) as tx:
        tx.execute(insert(_mark).values(name=name, value=value))
        tx.journal("note")


def marks(store: Store, name: str) -> int:
    return int(stolen(store, "SELECT count(*) AS n FROM mark WHERE name = :name", name=name)["n"])


def test_what_is_written_and_said_is_kept(store: Store) -> None:
    noted(store, "kept")
    assert (marks(store, "kept"), lines(store)) == (1, 1)


def test_nothing_is_written_without_an_entry_in_the_journal(store: Store) -> None:
    with pytest.raises(RuntimeError, match="journal"), writing(store) as tx:
        tx.execute(insert(_mark).values(name="silent", value="1"))
    assert (marks(store, "silent"), lines(store)) == (0, 0)


def test_a_refusal_leaves_no_trace_of_what_came_before_it(store: Store) -> None:
    with pytest.raises(Refused), writing(store) as tx:
        tx.execute(insert(_mark).values(name="half", value="1"))
        tx.sealing.create("a" * 26, {"card": {"name": "Amina"}}, [(1, 42)])
        tx.sealing.flush()
        tx.journal("note")
        raise Refused("Non.")
    kept = stolen(store, "SELECT (SELECT count(*) FROM data_key) + (SELECT count(*) FROM search_token) AS n")
    assert (marks(store, "half"), kept["n"], lines(store)) == (0, 0, 0)


def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises((Unavailable, DBAPIError)), reading(store) as tx:
        tx.execute(insert(_mark).values(name="smuggled", value="1"))
    assert marks(store, "smuggled") == 0


def test_a_read_leaves_nothing_even_when_it_speaks(store: Store) -> None:
    with reading(store) as tx:
        tx.journal("look")
    assert lines(store) == 0


def test_the_same_row_twice_is_a_conflict(store: Store) -> None:
    noted(store, "once")
    with pytest.raises(Conflict):
        noted(store, "once", "2")
    assert stolen(store, "SELECT value FROM mark WHERE name = 'once'")["value"] == "1"


def test_a_base_held_by_another_writer_is_unavailable(store: Store) -> None:
    impatient = {"sqlite": "PRAGMA busy_timeout=50", "postgresql": "SET LOCAL lock_timeout = 50"}
    noted(store, "held")
    with writing(store) as holder:
        holder.execute(_mark.update().where(_mark.c.name == "held").values(value="2"))
        holder.journal("hold")
        with pytest.raises(Unavailable):
            _try_to_write(store, impatient[store.engine.dialect.name])
    assert stolen(store, "SELECT value FROM mark WHERE name = 'held'")["value"] == "2"


def _try_to_write(store: Store, setting: str) -> None:
    if store.engine.dialect.name == "sqlite":
        raw = store.engine.raw_connection()
        raw.cursor().execute(setting)
        raw.close()  # back to the pool: the next one out
    with writing(store) as tx:
        if store.engine.dialect.name != "sqlite":
            tx.connection.exec_driver_sql(setting)
        tx.execute(_mark.update().where(_mark.c.name == "held").values(value="3"))
        tx.journal("try")


def test_a_writer_that_could_not_begin_gives_its_connection_back(sqlite_store: Store) -> None:
    pool = sqlite_store.engine.pool
    with writing(sqlite_store) as holder:
        holder.journal("hold")
        before = pool.checkedout()  # type: ignore[attr-defined]  # the queue pool's own counter
        with pytest.raises(Unavailable):
            _try_to_write(sqlite_store, "PRAGMA busy_timeout=50")
        assert pool.checkedout() == before  # type: ignore[attr-defined]  # the queue pool's own counter


def test_a_server_that_does_not_answer_is_unavailable(sqlite_store: Store) -> None:
    nowhere = make_engine("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(Unavailable, match="injoignable"), writing(replace(sqlite_store, engine=nowhere)):
        pass
    nowhere.dispose()


def test_fifty_writers_at_once_leave_an_unbroken_chain(store: Store) -> None:
    start = threading.Barrier(10)

    def write(number: int) -> None:
        if number < start.parties:
            start.wait()
        noted(store, f"line-{number}")

    with ThreadPoolExecutor(start.parties) as pool:
        list(pool.map(write, range(50)))
    assert (lines(store), broken(store)) == (50, [])


def test_several_processes_leave_an_unbroken_chain(store: Store, tmp_path: Path) -> None:
    address = store.engine.url.render_as_string(hide_password=False)
    own = {"CARTE_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": address, "CARTE_TERRITORY": "valmer"}
    line = [sys.executable, "-c", _APPEND]
    children = [subprocess.Popen(line, cwd=ROOT, env={**os.environ, **own}) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    assert (lines(store), broken(store)) == (20, [])


def test_one_transaction_has_one_instant(store: Store) -> None:
    clock = FixedClock(NOON)
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        clock.move(timedelta(days=3))
        assert (tx.now, tx.today) == (NOON, NOON.date())
        tx.journal("wait")


def test_an_entry_says_who_did_what_and_through_which_door(store: Store) -> None:
    who = Actor(role="counsellor", account_id="a" * 26, structure_id="s" * 26, session="web")
    subject = sealed(store)
    with Transaction(store, actor=who, clock=FixedClock(NOON), door="web") as tx:
        tx.journal("look", records=[subject], sections=["card"], count=2)
    with reading(store) as tx:
        entry = journal.entries_about(tx.connection, subject, limit=1)[0]
    assert (entry["actor"], entry["role"], entry["structure"], entry["door"]) == (
        "a" * 26,
        "counsellor",
        "s" * 26,
        "web",
    )
    assert entry["at"] == "2026-11-20T12:00:00.000000+00:00"
    assert entry["acts"] == [{"do": "look", "on": [subject], "sections": ["card"], "count": 2}]


def test_a_number_sqlite_cannot_hold_is_a_refusal_never_a_failure(sqlite_store: Store) -> None:
    with pytest.raises(Invalid), writing(sqlite_store) as tx:
        tx.execute(text("SELECT :number"), {"number": 10**30})
