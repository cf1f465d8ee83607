"""Check 21: a change of key killed at any moment, many times, while others read and write: no error, nothing left
behind.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pathway.kernel.clock import SystemClock
from pathway.kernel.ids import new_id
from pathway.kernel.settings import ROOT, Settings
from pathway.store.actor import SYSTEM
from pathway.store.key_registry import key_uses
from pathway.store.opening import Store, open_store, prepare_instance
from pathway.store.rotation import rotate_kek
from pathway.store.transaction import Transaction
from pathway.vault.envelope import unwrap_dek
from tests.store.hands import NOON, broken
from tests.town import instance

IS_WHOLE = bool(os.environ.get("CARTE_SLOW"))
SUBJECTS = 20_000 if IS_WHOLE else 800
KILLS = 10 if IS_WHOLE else 3
LOT = 50 if IS_WHOLE else 20


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    here = instance(tmp_path, database_url)
    prepare_instance(here, now=NOON)
    return here


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    here = open_store(settings)
    yield here
    here.engine.dispose()


def writing(store: Store) -> Transaction:
    return Transaction(store, actor=SYSTEM, clock=SystemClock(), door="jobs")


def filled(store: Store) -> list[str]:
    names = [new_id() for _ in range(SUBJECTS)]
    for start in range(0, SUBJECTS, 500):
        with writing(store) as tx:
            for name in names[start : start + 500]:
                tx.sealing.create(name, {"card": {"turn": 0}})
            tx.journal("create", count=500)
    return names


def rewrapping(settings: Settings) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "pathway.cli", "keys", "rewrap", "--lot", str(LOT), "--pause", "5ms", "--json"]
    own = {"CARTE_INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url}
    kept = {**os.environ, **own, "CARTE_TERRITORY": settings.territory}
    return subprocess.Popen(line, cwd=ROOT, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Others:
    """Readers and writers of the same records, until they are told to stop. `wrong`: what any of them met."""

    def __init__(self, settings: Settings, names: list[str]) -> None:
        self.settings, self.names = settings, names
        self.wrong: list[BaseException] = []
        self.made: list[str] = []
        self.done = 0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._live, args=(act,)) for act in (self._read, self._write)]

    def __enter__(self) -> "Others":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _live(self, act: Callable[[Store], None]) -> None:
        store = open_store(self.settings)
        try:
            while not self._stop.is_set():
                act(store)
                self.done += 1
                time.sleep(0.005)
        except BaseException as error:
            self.wrong.append(error)
        finally:
            store.engine.dispose()

    def _read(self, store: Store) -> None:
        with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="jobs", write=False) as tx:
            name = random.choice(self.names)
            assert set(tx.sealing.open(name, ["card"])["card"].payload) == {"turn"}
            assert len(tx.sealing.open_many(random.sample(self.names, 20), "card")) == 20

    def _write(self, store: Store) -> None:
        with writing(store) as tx:
            name = random.choice(self.names)
            card = tx.sealing.open(name, ["card"])["card"]
            tx.sealing.write(name, "card", {"turn": card.payload["turn"] + 1}, seq=card.seq)
            self.made.append(new_id())
            tx.sealing.create(self.made[-1], {"card": {"turn": 0}})
            tx.journal("edit", records=[name])


def left(store: Store) -> int:
    with store.engine.connect() as connection:
        return sum(use.rows for kid, use in key_uses(connection).items() if kid != store.keyring.primary)


def killed_within_its_work(settings: Settings, store: Store) -> bool:
    """Kill it a moment after its first lot; whether it was still at work."""
    child, before = rewrapping(settings), left(store)
    while child.poll() is None and left(store) == before:
        time.sleep(0.002)
    time.sleep(random.uniform(0, 0.05))
    child.send_signal(signal.SIGKILL)
    child.communicate()
    return child.returncode == -signal.SIGKILL


def test_a_rotation_killed_at_any_moment_is_finished_by_running_it_again(settings: Settings, store: Store) -> None:
    names = filled(store)
    with Others(settings, names) as others:
        with writing(store) as tx:
            rotate_kek(tx)
        kills = [killed_within_its_work(settings, store) for _ in range(KILLS)]
        last = rewrapping(settings)
        said, trouble = last.communicate()
        assert (last.returncode, trouble) == (0, ""), said
    assert others.wrong == [] and others.done > KILLS
    assert kills[0] and sum(kills) >= KILLS // 2, "the kills came too late to prove anything"
    assert left(store) == 0
    every_key_opens(store, {*names, *others.made})
    assert broken(store) == []


def every_key_opens(store: Store, names: set[str]) -> None:
    """Each row is under the new key and opens; nobody was lost, nobody was added."""
    query = "SELECT subject_id, kid, wrapped, dek_version FROM data_key"
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql(query).all()
    assert {row.subject_id for row in rows} == names
    assert {row.kid for row in rows} == {store.keyring.primary}
    for row in rows:
        bound = {"territory": store.territory, "subject": row.subject_id, "dek_version": row.dek_version}
        assert len(unwrap_dek(store.keyring, row.wrapped, **bound)) == 32
