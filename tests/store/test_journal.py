from collections.abc import Callable

import orjson
import pytest

from pathway.store import journal
from pathway.store.opening import Store
from tests.store.hands import altered, broken, lines, reading, rewritten, sealed, stolen, writing

MOVED = "le contenu ou l’ordre a été modifié"
MISSING = "des lignes manquent avant celle-ci (attendu : 3)"
CUT = "la fin du journal a été coupée ou réécrite"
SUBJECTS = "les dossiers cités ne sont plus ceux de la ligne"

Said = list[tuple[int, str]]


def written(store: Store) -> str:
    """A journal of six entries: 1 creates a record, 2 to 5 speak of it, 6 of nobody."""
    subject = sealed(store)
    for number in range(2, 6):
        with writing(store) as tx:
            tx.journal("look", records=[subject], number=number)
    with writing(store) as tx:
        tx.journal("rest")
    return subject


def line(store: Store, seq: int) -> dict[str, object]:
    return stolen(store, "SELECT seq, epoch, payload, mac FROM journal_entry WHERE seq = :seq", seq=seq)


def edit(store: Store) -> Said:
    payload = orjson.loads(bytes(line(store, 3)["payload"]))  # type: ignore[call-overload]  # a row of any type
    payload["actor"] = "somebody-else"
    altered(store, "UPDATE journal_entry SET payload = :it WHERE seq = 3", it=orjson.dumps(payload))
    return [(3, MOVED)]


def delete(store: Store) -> Said:
    altered(store, "DELETE FROM journal_subject WHERE seq = 3", "DELETE FROM journal_entry WHERE seq = 3")
    return [(4, MISSING)]


def swap(store: Store) -> Said:
    put = "UPDATE journal_entry SET epoch = :epoch, payload = :payload, mac = :mac WHERE seq = :seq"
    third, fourth = line(store, 3), line(store, 4)
    altered(store, put, **{**third, "seq": 4})
    altered(store, put, **{**fourth, "seq": 3})
    return [(3, MOVED), (4, MOVED), (5, MOVED)]


def insert_forged(store: Store) -> Said:
    put = "INSERT INTO journal_entry (seq, epoch, payload, mac) VALUES (:seq, :epoch, :payload, :mac)"
    altered(store, put, **{**line(store, 6), "seq": 7})
    altered(store, "UPDATE journal_head SET seq = 7")
    return [(7, MOVED)]


def truncate(store: Store) -> Said:
    altered(store, "DELETE FROM journal_entry WHERE seq = 6")
    return [(5, CUT)]


def truncate_all(store: Store) -> Said:
    altered(store, "DELETE FROM journal_subject", "DELETE FROM journal_entry")
    return [(0, CUT)]


def behead(store: Store) -> Said:
    altered(store, "DELETE FROM journal_head")
    return [(6, CUT)]


def forget_subject(store: Store) -> Said:
    altered(store, "DELETE FROM journal_subject WHERE seq = 4")
    return [(4, SUBJECTS)]


def accuse(store: Store) -> Said:
    altered(store, "INSERT INTO journal_subject (record_id, seq) VALUES ('somebody', 6)")
    return [(6, SUBJECTS)]


def other_key(store: Store) -> Said:
    altered(store, "UPDATE journal_entry SET epoch = 9 WHERE seq = 2")
    return [(2, "la clé du journal qui l’a signée est inconnue")]


def scribble(store: Store) -> Said:
    altered(store, "UPDATE journal_entry SET payload = :it WHERE seq = 6", it=b"\xff not json")
    return [(6, MOVED)]


HANDS = [edit, delete, swap, insert_forged, truncate, behead, forget_subject, accuse, other_key, scribble]


def test_an_untouched_journal_holds(store: Store) -> None:
    written(store)
    with reading(store) as tx:
        assert journal.verify(tx.connection, store.keyring) == journal.Verified(entries=6, broken=())


def test_an_empty_journal_holds(store: Store) -> None:
    with reading(store) as tx:
        assert journal.verify(tx.connection, store.keyring) == journal.Verified(entries=0, broken=())


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.__name__)
def test_what_a_hand_did_is_named_with_its_line(store: Store, hand: Callable[[Store], Said]) -> None:
    written(store)
    expected = hand(store)
    assert broken(store) == expected


def test_an_emptied_journal_is_named_with_every_record_it_spoke_of(store: Store) -> None:
    subject = written(store)
    assert [*truncate_all(store), (0, f"le dossier {subject} n’est plus celui que le journal a vu")] == broken(store)


def test_a_writing_cut_off_with_its_head_is_still_named_by_the_seal(store: Store) -> None:
    subject = written(store)
    rewritten(store, subject, "card", {"name": "Amina B."})
    altered(store, "DELETE FROM journal_subject WHERE seq = 7", "DELETE FROM journal_entry WHERE seq = 7")
    altered(store, "UPDATE journal_head SET seq = 6, mac = :mac", mac=line(store, 6)["mac"])
    assert broken(store) == [(1, f"le dossier {subject} n’est plus celui que le journal a vu")]


def test_a_record_nobody_wrote_through_the_journal_is_named(store: Store) -> None:
    hers, other = sealed(store), "z" * 26
    copied = "INSERT INTO data_key SELECT :to, kid, dek_version, wrapped, seal, seals_used, created_at FROM data_key"
    altered(store, f"{copied} WHERE subject_id = :it", it=hers, to=other)
    assert broken(store) == [(0, f"le dossier {other} n’est plus celui que le journal a vu")]


def test_after_a_break_new_entries_still_chain_on(store: Store) -> None:
    written(store)
    edit(store)
    with writing(store) as tx:
        tx.journal("rest")
    assert (lines(store), broken(store)) == (7, [(3, MOVED)])


def test_a_person_finds_what_was_said_of_her_newest_first_and_nothing_else(store: Store) -> None:
    hers, other = written(store), sealed(store)
    with reading(store) as tx:
        about = journal.entries_about(tx.connection, hers, limit=3)
        assert [one["seq"] for one in about] == [5, 4, 3]
        assert [one["seq"] for one in journal.entries_about(tx.connection, other, limit=3)] == [7]
    assert [one["acts"][0]["number"] for one in about] == [5, 4, 3]


def test_one_entry_holds_everything_a_request_did(store: Store) -> None:
    first, second = sealed(store), sealed(store)
    with writing(store) as tx:
        tx.journal("look", records=[first])
        tx.journal("compare", records=[first, second])
    with reading(store) as tx:
        entry = journal.entries_about(tx.connection, second, limit=1)[0]
    assert (lines(store), [act["do"] for act in entry["acts"]]) == (3, ["look", "compare"])


def test_what_was_done_after_an_entry_is_told_with_whom_it_was_about(store: Store) -> None:
    first, second = sealed(store), sealed(store)
    with reading(store) as tx:
        seq = journal.last_seq(tx.connection)
        assert journal.acts_since(tx.connection, seq) == []
    with writing(store) as tx:
        tx.journal("look", records=[first, second], number=2)
        tx.journal("publish")
    with reading(store) as tx:
        look, publish = journal.acts_since(tx.connection, seq)
        assert (look.action, set(look.records)) == ("look", {first, second})
        assert (publish.action, publish.records) == ("publish", ())
        assert len(journal.acts_since(tx.connection, 0)) == 4
