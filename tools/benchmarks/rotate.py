"""Wrapping data keys again under a new key, beside the bare UPDATE of as many rows in lots of the same size."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pathway.kernel.clock import FixedClock
from pathway.kernel.ids import new_id
from pathway.kernel.settings import Settings
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store, open_store, prepare_instance
from pathway.store.rotation import rewrap, rotate_kek
from pathway.store.transaction import Transaction
from tools.benchmarks.base import NOW, instance_settings
from tools.benchmarks.measure import Comparison, Rounds, Say, compare

NAME = "rotate"
ROUNDS = Rounds(count=12, warm_up=2)
KEYS = 5_000
LOT = 500
_NOTE = (
    "Faire passer {keys} clés de dossiers à une nouvelle clé, par lots de {lot}, sans pause ; le plancher : les mêmes "
    "lignes changées par un UPDATE nu, sans rien déchiffrer, par lots aussi grands."
)
_CHANGE = "UPDATE data_key SET kid = ?, wrapped = ? WHERE subject_id = ?"
_LOT = "SELECT subject_id FROM data_key WHERE kid <> ? LIMIT ?"


def run(say: Say, rounds: Rounds = ROUNDS, *, keys: int = KEYS) -> Comparison:
    """Both ways, turn by turn, each on its own base of as many rows; a turn changes every row."""
    with _filled(keys) as (store, base), _copied(base) as raw:
        turn = iter(range(2, 1_000_000))

        def ours() -> None:
            with Transaction(store, actor=SYSTEM, clock=FixedClock(NOW), door="cli") as tx:
                rotate_kek(tx)
            if rewrap(store, FixedClock(NOW), lot=LOT, pause=0) != (keys, 0):
                raise RuntimeError("the rotation left keys behind")

        def floor() -> None:
            if _change_all(raw, next(turn)) != keys:
                raise RuntimeError("the floor left rows behind")

        return compare(NAME, floor=floor, ours=ours, rounds=rounds, note=_NOTE.format(keys=keys, lot=LOT), say=say)


@contextmanager
def _filled(keys: int) -> Iterator[tuple[Store, Path]]:
    """A throw-away base with that many subjects, each with its key and one section."""
    with TemporaryDirectory(prefix="carte-bench-") as folder:
        settings: Settings = instance_settings(Path(folder) / "instance")
        prepare_instance(settings, now=NOW)
        store = open_store(settings)
        try:
            with Transaction(store, actor=SYSTEM, clock=FixedClock(NOW), door="cli") as tx:
                for _ in range(keys):
                    tx.sealing.create(new_id(), {"card": {"name": "Amina"}})
                tx.journal("create", count=keys)
            yield store, Path(str(store.engine.url.database))
        finally:
            store.engine.dispose()


@contextmanager
def _copied(base: Path) -> Iterator[sqlite3.Connection]:
    copy = base.with_name("floor.sqlite")
    with closing(sqlite3.connect(base)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def _change_all(connection: sqlite3.Connection, kid: int) -> int:
    changed = 0
    while True:
        connection.execute("BEGIN IMMEDIATE")
        rows = connection.execute(_LOT, (kid, LOT)).fetchall()
        connection.executemany(_CHANGE, [(kid, os.urandom(66), name) for (name,) in rows])
        connection.execute("COMMIT")
        if not rows:
            return changed
        changed += len(rows)
