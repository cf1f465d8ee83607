from datetime import date

import pytest

from pathway.kernel.errors import Unavailable
from pathway.store.opening import Store
from pathway.store.tombstones import Buried, bury, read_tombstones

DAY = date(2026, 11, 20)


def buried(*names: str) -> list[Buried]:
    return [Buried(record_id=name * 26, on=DAY, reason="asked") for name in names]


def lines(store: Store) -> list[bytes]:
    return store.tombstones.read_bytes().splitlines()


def test_the_log_gives_back_what_was_buried_in_order(sqlite_store: Store) -> None:
    bury(sqlite_store, buried("a", "b"))
    bury(sqlite_store, buried("c"))
    read = read_tombstones(sqlite_store)
    assert list(read.entries) == buried("a", "b", "c") and read.broken == ()
    assert sqlite_store.tombstones.stat().st_mode & 0o777 == 0o600


def test_without_a_log_nothing_was_buried(sqlite_store: Store) -> None:
    assert read_tombstones(sqlite_store).entries == ()


def test_a_line_removed_shows_and_hides_no_other(sqlite_store: Store) -> None:
    bury(sqlite_store, buried("a", "b", "c"))
    kept = lines(sqlite_store)
    sqlite_store.tombstones.write_bytes(b"\n".join([kept[0], kept[2]]) + b"\n")
    read = read_tombstones(sqlite_store)
    assert list(read.entries) == buried("a", "c") and read.broken == (2,)


def test_a_line_touched_by_hand_forgets_nobody(sqlite_store: Store) -> None:
    bury(sqlite_store, buried("a", "b"))
    forged = sqlite_store.tombstones.read_bytes().replace(b"b" * 26, b"z" * 26)
    sqlite_store.tombstones.write_bytes(forged)
    read = read_tombstones(sqlite_store)
    assert list(read.entries) == buried("a") and read.broken == (2,)


def test_a_line_cut_by_a_power_failure_spoils_no_other(sqlite_store: Store) -> None:
    bury(sqlite_store, buried("a"))
    with sqlite_store.tombstones.open("ab") as log:
        log.write(b'{"after":"00')
    bury(sqlite_store, buried("b"))
    read = read_tombstones(sqlite_store)
    assert list(read.entries) == buried("a", "b") and read.broken == (2,)


def test_a_log_that_cannot_be_written_says_so(sqlite_store: Store) -> None:
    sqlite_store.tombstones.mkdir()
    with pytest.raises(Unavailable):
        bury(sqlite_store, buried("a"))
