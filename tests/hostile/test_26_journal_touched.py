"""Check 26: whoever holds the base but no key cannot touch the journal unseen: every place of every line, and its
end.
"""

import random
from typing import Any

import orjson
import pytest

from pathway.store import heads
from pathway.store.opening import Store
from tests.store.hands import NOON, altered, broken, reading, rewritten, sealed, stolen, writing

LINES = 8


def written(store: Store) -> str:
    """Eight lines: 1 creates a record, 2 rewrites it, the others read it with a cause and a detail."""
    subject = sealed(store)
    rewritten(store, subject, "card", {"name": "Amina B."})
    for number in range(3, LINES + 1):
        with writing(store) as tx:
            tx.journal("look", records=[subject], sections=["contact"], purpose="support", number=number)
    return subject


def line(store: Store, seq: int) -> dict[str, Any]:
    return stolen(store, "SELECT seq, epoch, payload, mac FROM journal_entry WHERE seq = :seq", seq=seq)


def put(store: Store, seq: int, **values: Any) -> None:
    said = ", ".join(f"{name} = :{name}" for name in values)
    altered(store, f"UPDATE journal_entry SET {said} WHERE seq = :seq", seq=seq, **values)


def seqs(store: Store) -> list[int]:
    return [seq for seq, _problem in broken(store)]


def exported(store: Store) -> bytes:
    with reading(store) as tx:
        return heads.head_line(store, tx.connection, at=NOON)


def contradicted(store: Store, line: bytes) -> list[int]:
    with reading(store) as tx:
        return [one.seq for one in heads.compare(store, tx.connection, [line]).contradicted]


def test_one_bit_of_any_line_is_seen(store: Store) -> None:
    written(store)
    for seq in range(1, LINES + 1):
        payload = bytes(line(store, seq)["payload"])
        place = random.randrange(len(payload))
        put(store, seq, payload=payload[:place] + bytes([payload[place] ^ 1]) + payload[place + 1 :])
        assert seq in seqs(store), (seq, place)
        put(store, seq, payload=payload)
    assert seqs(store) == []


@pytest.mark.parametrize("key", ["at", "actor", "role", "structure", "session", "door", "seals"])
def test_every_part_of_a_line_is_covered(sqlite_store: Store, key: str) -> None:
    written(sqlite_store)
    payload = orjson.loads(bytes(line(sqlite_store, 2)["payload"]))
    payload[key] = {} if key == "seals" else "other"
    put(sqlite_store, 2, payload=orjson.dumps(payload, option=orjson.OPT_SORT_KEYS))
    assert 2 in seqs(sqlite_store)


@pytest.mark.parametrize(
    ("key", "value"), [("do", "rest"), ("on", []), ("sections", []), ("purpose", "x"), ("number", 0)]
)
def test_every_detail_of_an_act_is_covered(sqlite_store: Store, key: str, value: Any) -> None:
    written(sqlite_store)
    payload = orjson.loads(bytes(line(sqlite_store, 5)["payload"]))
    payload["acts"][0][key] = value
    put(sqlite_store, 5, payload=orjson.dumps(payload, option=orjson.OPT_SORT_KEYS))
    assert 5 in seqs(sqlite_store)


@pytest.mark.parametrize("gone", [1, 2, 5, LINES - 1])
def test_any_line_taken_out_is_seen_at_the_next(store: Store, gone: int) -> None:
    written(store)
    altered(store, f"DELETE FROM journal_subject WHERE seq = {gone}", f"DELETE FROM journal_entry WHERE seq = {gone}")
    assert gone + 1 in seqs(store)


def test_lines_renumbered_to_close_the_hole_are_seen(store: Store) -> None:
    written(store)
    altered(store, "DELETE FROM journal_subject", "DELETE FROM journal_entry WHERE seq = 4")
    for seq in range(5, LINES + 1):
        altered(store, f"UPDATE journal_entry SET seq = {seq - 1} WHERE seq = {seq}")
    altered(store, f"UPDATE journal_head SET seq = {LINES - 1}")
    assert {4, 5, 6, 7} <= set(seqs(store))


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 8)])
def test_two_lines_swapped_are_seen(store: Store, one: int, other: int) -> None:
    written(store)
    first, second = line(store, one), line(store, other)
    put(store, one, payload=second["payload"], mac=second["mac"])
    put(store, other, payload=first["payload"], mac=first["mac"])
    assert {one, other} <= set(seqs(store))


@pytest.mark.parametrize("copied", [1, LINES])
def test_a_line_added_at_the_end_is_seen(store: Store, copied: int) -> None:
    written(store)
    added = {**line(store, copied), "seq": LINES + 1}
    altered(
        store, "INSERT INTO journal_entry (seq, epoch, payload, mac) VALUES (:seq, :epoch, :payload, :mac)", **added
    )
    altered(store, "UPDATE journal_head SET seq = :seq, mac = :mac", seq=LINES + 1, mac=added["mac"])
    assert LINES + 1 in seqs(store)


@pytest.mark.parametrize("kept", range(1, LINES))
def test_an_end_cut_with_its_head_is_seen_by_the_second_place(sqlite_store: Store, kept: int) -> None:
    written(sqlite_store)
    head = exported(sqlite_store)
    altered(
        sqlite_store, f"DELETE FROM journal_subject WHERE seq > {kept}", f"DELETE FROM journal_entry WHERE seq > {kept}"
    )
    altered(sqlite_store, f"UPDATE journal_head SET seq = {kept}, mac = :mac", mac=line(sqlite_store, kept)["mac"])
    assert contradicted(sqlite_store, head) == [LINES]


def test_a_person_taken_out_of_a_line_or_put_in_another_is_seen(store: Store) -> None:
    hers = written(store)
    altered(store, "DELETE FROM journal_subject WHERE seq = 4")
    altered(store, "INSERT INTO journal_subject (record_id, seq) VALUES ('somebody', 6)")
    altered(store, "UPDATE journal_subject SET record_id = 'another' WHERE seq = 7 AND record_id = :it", it=hers)
    assert seqs(store) == [4, 6, 7]


def test_a_person_put_in_a_line_that_is_not_there_is_seen(sqlite_store: Store) -> None:
    written(sqlite_store)
    with sqlite_store.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("INSERT INTO journal_subject (record_id, seq) VALUES ('somebody', 99)")
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    assert seqs(sqlite_store) == [99]
