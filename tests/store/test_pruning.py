from datetime import UTC, datetime, timedelta

import pytest

from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Refused
from pathway.store import checkpoints, heads, journal
from pathway.store.actor import SYSTEM
from pathway.store.checkpoints import read_checkpoint
from pathway.store.opening import Store
from pathway.store.pruning import Pruned, prune
from pathway.store.rotation import rotate_journal
from pathway.store.transaction import Transaction
from tests.store.hands import NOON, altered, broken, lines, opened, reading, rewritten, sealed, stolen, writing

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
OLD = BEFORE - timedelta(days=40)


def at(store: Store, when: datetime) -> Transaction:
    return Transaction(store, actor=SYSTEM, clock=FixedClock(when), door="jobs")


def said(store: Store, when: datetime, times: int = 1) -> None:
    for _ in range(times):
        with at(store, when) as tx:
            tx.journal("rest")


def pruned(store: Store, lot: int = 100) -> Pruned:
    with at(store, NOON) as tx:
        return prune(tx, before=BEFORE, lot=lot)


def line_of(store: Store) -> bytes:
    with reading(store) as tx:
        return heads.head_line(store, tx.connection, at=NOON)


def compared(store: Store, *written: bytes) -> heads.Compared:
    with reading(store) as tx:
        return heads.compare(store, tx.connection, written)


def lived(store: Store) -> str:
    """Somebody sealed long ago and never written again, old lines, then recent ones."""
    with at(store, OLD) as tx:
        tx.sealing.create("01ARZ3NDEKTSV4RRFFQ69G5FAV", {"card": {"name": "Amina"}}, [])
        tx.journal("create", records=["01ARZ3NDEKTSV4RRFFQ69G5FAV"])
    said(store, OLD, 5)
    said(store, NOON, 3)
    return "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def test_what_is_old_goes_and_the_rest_still_proves_itself(store: Store) -> None:
    subject = lived(store)
    before = lines(store)
    done = pruned(store)
    assert (done.count, lines(store)) == (6, before - 6 + 1)
    assert broken(store) == [] and opened(store, subject) == {"name": "Amina"}
    assert stolen(store, "SELECT min(seq) AS first FROM journal_entry")["first"] == 7
    assert pruned(store).count == 0


def test_lot_after_lot_gives_the_same_chain(store: Store) -> None:
    lived(store)
    assert [pruned(store, lot=2).count for _ in range(4)] == [2, 2, 2, 0]
    assert broken(store) == []


def test_a_seal_that_only_a_pruned_line_saw_still_names_a_record_put_back(store: Store) -> None:
    subject = lived(store)
    pruned(store)
    altered(store, "UPDATE data_key SET seal = :it", it=bytes(32))
    assert [problem for _, problem in broken(store)] == [f"le dossier {subject} n’est plus celui que le journal a vu"]


def test_a_record_written_since_is_held_against_its_newest_seal(store: Store) -> None:
    subject = lived(store)
    pruned(store)
    rewritten(store, subject, "card", {"name": "Amina B."})
    assert broken(store) == []
    with at(store, NOON) as tx:
        tx.sealing.destroy([subject])
        tx.journal("forget_record", records=[subject])
    assert broken(store) == []


def test_many_seals_are_kept_in_several_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_SEALS_IN_A_PART", 2)
    with at(store, OLD) as tx:
        for number in range(5):
            tx.sealing.create(f"{number:026d}", {"card": {"name": str(number)}}, [])
        tx.journal("create")
    pruned(store)
    assert stolen(store, "SELECT count(*) AS n FROM journal_checkpoint")["n"] == 3
    assert broken(store) == []
    altered(store, "DELETE FROM journal_checkpoint WHERE part = 2")
    assert broken(store)[0][1].startswith("le point de départ du journal")


@pytest.mark.parametrize(
    "touch",
    [
        "UPDATE journal_checkpoint SET payload = :it",
        "UPDATE journal_checkpoint SET mac = :it",
        "UPDATE journal_checkpoint SET epoch = 9",
        "UPDATE journal_checkpoint SET part = 1",
        "DELETE FROM journal_checkpoint",
    ],
)
def test_a_checkpoint_touched_or_taken_out_is_named(store: Store, touch: str) -> None:
    lived(store)
    pruned(store)
    altered(store, touch, **({"it": b"{}"} if ":it" in touch else {}))
    assert broken(store) != []
    with reading(store) as tx:
        is_gone = touch.startswith("DELETE")
        assert read_checkpoint(tx.connection, store.keyring) == (checkpoints.START, is_gone)


def test_a_broken_line_is_never_pruned(store: Store) -> None:
    lived(store)
    altered(store, "UPDATE journal_entry SET mac = :it WHERE seq = 3", it=bytes(32))
    with pytest.raises(Refused, match="ligne 3"):
        pruned(store)
    assert stolen(store, "SELECT min(seq) AS first FROM journal_entry")["first"] == 1


def test_lines_taken_out_beyond_the_checkpoint_are_named(store: Store) -> None:
    lived(store)
    pruned(store)
    altered(store, "DELETE FROM journal_entry WHERE seq = 7")
    assert broken(store)[0] == (8, "des lignes manquent avant celle-ci (attendu : 7)")


def test_heads_written_before_and_after_hold(store: Store) -> None:
    lived(store)
    early = line_of(store)
    said(store, NOON, 2)
    late = line_of(store)
    pruned(store)
    after = line_of(store)
    found = compared(store, early, late, after)
    assert (found.contradicted, found.pruned) == ((), 0)


def test_a_head_of_a_pruned_line_is_counted_apart(store: Store) -> None:
    said(store, OLD, 2)
    early = line_of(store)
    said(store, OLD, 4)
    pruned(store)
    found = compared(store, early, line_of(store))
    assert (found.contradicted, found.pruned, found.heads) == ((), 1, 2)


def test_an_end_cut_after_pruning_is_still_named(store: Store) -> None:
    lived(store)
    pruned(store)
    line = line_of(store)
    last = lines(store) + 6
    altered(store, f"DELETE FROM journal_entry WHERE seq >= {last - 1}")
    mac = stolen(store, "SELECT mac FROM journal_entry WHERE seq = :seq", seq=last - 2)["mac"]
    altered(store, f"UPDATE journal_head SET seq = {last - 2}, mac = :mac", mac=mac)
    assert broken(store) == []
    assert "sa fin a été coupée" in compared(store, line).contradicted[0].problem


def test_everything_cut_down_to_the_checkpoint_is_still_named(store: Store) -> None:
    lived(store)
    pruned(store)
    line = line_of(store)
    with reading(store) as tx:
        start, _ = read_checkpoint(tx.connection, store.keyring)
    altered(store, "DELETE FROM journal_subject", "DELETE FROM journal_entry")
    altered(store, f"UPDATE journal_head SET seq = {start.seq}, mac = :mac", mac=start.mac)
    assert broken(store) == []
    assert "s’arrête à la ligne 6" in compared(store, line).contradicted[0].problem


def test_a_change_of_key_in_what_is_pruned_is_followed(store: Store) -> None:
    said(store, OLD, 2)
    with at(store, OLD) as tx:
        rotate_journal(tx)
    said(store, OLD, 2)
    said(store, NOON, 2)
    assert pruned(store, lot=2).count == 2 and broken(store) == []
    assert pruned(store).count == 3 and broken(store) == []


def test_what_was_put_back_is_still_explained_once_pruned(store: Store) -> None:
    said(store, OLD, 2)
    with reading(store) as tx:
        to = journal.last_seq(tx.connection)
    said(store, OLD, 30)
    with Transaction(store, actor=SYSTEM, clock=FixedClock(OLD), door="jobs", write=False) as tx:
        abandoned = heads.head_line(store, tx.connection, at=OLD)
    mac = stolen(store, "SELECT mac FROM journal_entry WHERE seq = :to", to=to)["mac"]
    altered(store, f"DELETE FROM journal_entry WHERE seq > {to}")
    altered(store, f"UPDATE journal_head SET seq = {to}, mac = :mac", mac=mac)
    with at(store, OLD + timedelta(minutes=1)) as tx:
        tx.acts.append(journal.restored(to=to, copy=""))
    said(store, NOON, 2)
    assert (compared(store, abandoned).contradicted, compared(store, abandoned).abandoned) == ((), 1)
    pruned(store)
    assert (compared(store, abandoned).contradicted, compared(store, abandoned).abandoned) == ((), 1)
    assert sealed(store) and broken(store) == []
    with writing(store) as tx:
        tx.journal("rest")
