import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from pathway.kernel.errors import Unavailable
from pathway.store import heads
from pathway.store.keys import LiveKeys
from pathway.store.opening import Store
from pathway.vault.keyring import new_keyring
from tests.store.hands import NOON, altered, broken, reading, rewritten, sealed, stolen, writing

FORGED = "n’a pas été signée par ce trousseau"
SHAPELESS = [b"not json", b"[]", b"{}", b"null", b'{"sign": "zz"}', b'{"sign": 1}', b'{"sign": "00", "epoch": []}']

Said = list[tuple[int, int]]


def line_of(store: Store) -> bytes:
    with reading(store) as tx:
        return heads.head_line(store, tx.connection, at=NOON)


def compared(store: Store, *lines: bytes) -> heads.Compared:
    with reading(store) as tx:
        return heads.compare(store, tx.connection, lines)


def contradicted(store: Store, *lines: bytes) -> list[tuple[int, int]]:
    return [(one.line, one.seq) for one in compared(store, *lines).contradicted]


def rest(store: Store, times: int = 1, action: str = "rest") -> None:
    for _ in range(times):
        with writing(store) as tx:
            tx.journal(action)


def mac(store: Store, seq: int) -> object:
    return stolen(store, "SELECT mac FROM journal_entry WHERE seq = :seq", seq=seq)["mac"]


def cut_to(store: Store, seq: int) -> None:
    """The hand of somebody who holds the base and knows how the chain ends."""
    kept = mac(store, seq)
    altered(
        store,
        f"DELETE FROM journal_subject WHERE seq > {seq}",
        f"DELETE FROM journal_entry WHERE seq > {seq}",
        f"UPDATE journal_head SET seq = {seq}, mac = :mac",
        mac=kept,
    )


def test_heads_that_the_journal_holds_to_are_accepted(store: Store) -> None:
    lines = [line_of(store)]
    for _ in range(3):
        rest(store)
        lines.append(line_of(store))
    rest(store)
    assert compared(store, *lines) == heads.Compared(heads=4, last_at=NOON, contradicted=())


def test_a_tail_cut_with_its_head_is_named_though_the_chain_holds(store: Store) -> None:
    rest(store, 4)
    line = line_of(store)
    cut_to(store, 2)
    assert broken(store) == []
    assert contradicted(store, line) == [(1, 4)]
    assert "s’arrête à la ligne 2" in compared(store, line).contradicted[0].problem


def test_a_whole_base_put_back_is_named_before_and_after_it_goes_on(store: Store) -> None:
    subject = sealed(store)
    first, row = line_of(store), stolen(store, "SELECT * FROM data_key")
    section = stolen(store, "SELECT * FROM sealed_section")
    rewritten(store, subject, "card", {"name": "Amina B."})
    second = line_of(store)
    cut_to(store, 1)
    altered(store, "UPDATE data_key SET seal = :seal, seals_used = :seals_used", **row)
    altered(store, "UPDATE sealed_section SET seq = :seq, blob = :blob", **section)
    assert broken(store) == []
    assert contradicted(store, first, second) == [(2, 2)]
    rest(store, 5)
    assert (broken(store), contradicted(store, first, second)) == ([], [(2, 2)])


def test_a_history_written_again_with_the_keys_is_named_from_its_first_line(store: Store) -> None:
    rest(store, 2)
    lines = [line_of(store)]
    rest(store, 3)
    lines.append(line_of(store))
    cut_to(store, 1)
    rest(store, 6, "another_story")
    assert broken(store) == []
    assert contradicted(store, *lines) == [(1, 2), (2, 5)]
    assert "réécrit" in compared(store, *lines).contradicted[0].problem


def test_a_line_taken_out_under_a_head_is_counted(store: Store) -> None:
    rest(store, 4)
    line = line_of(store)
    altered(store, "DELETE FROM journal_entry WHERE seq = 2")
    assert "il en reste 3" in compared(store, line).contradicted[0].problem


def forge_mac(said: dict[str, object]) -> None:
    said["mac"] = "00" * 32


def forge_seq(said: dict[str, object]) -> None:
    said["seq"] = 1


def forge_day(said: dict[str, object]) -> None:
    said["at"] = "2020-01-01T00:00:00+00:00"


def forge_sign(said: dict[str, object]) -> None:
    said["sign"] = "00" * 32


def add_key(said: dict[str, object]) -> None:
    said["epoch"] = 7


@pytest.mark.parametrize("hand", [forge_mac, forge_seq, forge_day, forge_sign, add_key])
def test_a_line_touched_by_hand_is_told_apart(sqlite_store: Store, hand: Callable[[dict[str, object]], None]) -> None:
    rest(sqlite_store, 3)
    said = orjson.loads(line_of(sqlite_store))
    hand(said)
    found = compared(sqlite_store, line_of(sqlite_store), orjson.dumps(said)).contradicted
    assert [(one.line, one.seq) for one in found] == [(2, 0)] and FORGED in found[0].problem


def test_a_line_of_another_keyring_or_territory_is_told_apart(sqlite_store: Store) -> None:
    line = line_of(sqlite_store)
    stranger = replace(sqlite_store, keys=LiveKeys(new_keyring(NOON), sqlite_store.territory))
    assert FORGED in compared(stranger, line).contradicted[0].problem
    neighbour = replace(sqlite_store, territory="ailleurs")
    assert "autre territoire" in compared(neighbour, line).contradicted[0].problem


@pytest.mark.parametrize("line", SHAPELESS)
def test_a_line_of_any_shape_is_named_never_a_failure(sqlite_store: Store, line: bytes) -> None:
    assert contradicted(sqlite_store, b"", line, line_of(sqlite_store)) == [(2, 0)]


def test_a_base_without_its_own_head_exports_none(sqlite_store: Store) -> None:
    altered(sqlite_store, "DELETE FROM journal_head")
    with pytest.raises(Unavailable, match="en-tête"):
        line_of(sqlite_store)


def test_lines_are_added_for_the_owner_alone_and_never_over_others(tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    for line in (b"one", b"two"):
        assert heads.append_head(file, line, territory="valmer") == file
    assert file.read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_line_cut_by_a_power_failure_does_not_spoil_the_next(tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    file.write_bytes(b"one\ntw")
    heads.append_head(file, b"three", territory="valmer")
    assert file.read_bytes() == b"one\ntw\nthree\n"


def test_in_a_folder_each_territory_has_its_file(tmp_path: Path) -> None:
    names = [heads.append_head(tmp_path, b"x", territory=name).name for name in ("valmer", "Pays de Retz/../..")]
    assert names == ["journal-valmer.jsonl", "journal-pays-de-retz-.jsonl"]


def test_a_link_a_missing_folder_or_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for place in (tmp_path / "link", tmp_path / "missing" / "file", Path("/dev/null")):
        with pytest.raises(Unavailable, match="ne peut pas être écrit"):
            heads.append_head(place, b"x", territory="valmer")
    assert not (tmp_path / "elsewhere").exists()
