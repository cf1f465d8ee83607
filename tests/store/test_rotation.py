"""Keys change while everything goes on, the old one ends only when nothing needs it, and each change can be proved."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Refused, Sealed
from pathway.store import rotation
from pathway.store.key_registry import key_uses, note_copy
from pathway.store.key_states import custody_of, key_states, note_custody, overdue, warnings
from pathway.store.opening import Store, read_marks
from pathway.store.rotation import destroy_kek, drop_kek, rewrap, rotate_journal, rotate_kek, save_keyring
from pathway.store.transaction import Transaction
from pathway.vault.keyring import Keyring
from tests.hostile.test_at_once import at_once
from tests.store.hands import NOON, altered, broken, opened, reading, sealed, stolen, writing

MONTH = timedelta(days=30)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


def rotated(store: Store) -> int:
    with writing(store) as tx:
        return rotate_kek(tx)


def destroyed(store: Store, kid: int, *, at: FixedClock, retention: timedelta = MONTH) -> Keyring:
    with Transaction(store, actor=writing(store).actor, clock=at, door="cli") as tx:
        destroy_kek(tx, kid, retention=retention)
    with writing(store) as tx:
        drop_kek(tx, kid)
    return store.keyring


def by_key(store: Store) -> dict[int, int]:
    with store.engine.connect() as connection:
        return {kid: use.rows for kid, use in key_uses(connection).items()}


@pytest.fixture
def half_way(store: Store) -> Iterator[list[str]]:
    """Eleven subjects sealed before a rotation, one after."""
    subjects = [sealed(store) for _ in range(11)]
    assert rotated(store) == 2
    yield [*subjects, sealed(store)]


def test_a_new_key_seals_at_once_and_the_rest_follows(store: Store, clock: FixedClock, half_way: list[str]) -> None:
    assert by_key(store) == {1: 11, 2: 1}
    seen: list[tuple[int, int]] = []
    assert rewrap(store, clock, lot=4, pause=0, report=lambda *now: seen.append(now)) == (11, 0)
    assert seen == [(4, 11), (8, 11), (11, 11)]
    assert by_key(store) == {1: 0, 2: 12}
    assert [opened(store, one) for one in half_way] == [{"name": "Amina"}] * 12
    assert broken(store) == []
    assert rewrap(store, clock, pause=0) == (0, 0)


def test_a_row_that_does_not_open_is_counted_and_stops_nothing(
    store: Store, clock: FixedClock, half_way: list[str]
) -> None:
    altered(store, "UPDATE data_key SET wrapped = :bad WHERE subject_id = :it", bad=b"\x01" * 66, it=half_way[0])
    assert rewrap(store, clock, lot=1, pause=0) == (10, 1)
    assert by_key(store) == {1: 1, 2: 11}


def test_a_key_that_serves_or_is_unknown_is_not_destroyed(store: Store, clock: FixedClock, half_way: list[str]) -> None:
    for kid, sentence in ((1, "sert encore à 11"), (2, "celle qui sert maintenant"), (7, "Aucune clé")):
        with pytest.raises(Refused, match=sentence):
            destroyed(store, kid, at=clock)
    assert opened(store, half_way[0]) == {"name": "Amina"}


def test_a_key_is_destroyed_once_copies_that_need_it_are_old(
    store: Store, clock: FixedClock, half_way: list[str]
) -> None:
    former = stolen(store, "SELECT wrapped FROM data_key WHERE subject_id = :it", it=half_way[0])["wrapped"]
    rewrap(store, clock, pause=0)
    with pytest.raises(Refused, match=r"à partir du 21\sdécembre\s2026"):
        destroyed(store, 1, at=FixedClock(NOON + MONTH - timedelta(seconds=1)))
    assert set(destroyed(store, 1, at=FixedClock(NOON + MONTH)).keks) == {2}
    assert [opened(store, one) for one in half_way] == [{"name": "Amina"}] * 12
    with store.engine.connect() as connection:
        assert "kcv-1" not in read_marks(connection)
    altered(store, "UPDATE data_key SET kid = 1, wrapped = :it WHERE subject_id = :who", it=former, who=half_way[0])
    with pytest.raises(Sealed):  # what an old copy holds is shut for ever
        opened(store, half_way[0])


def test_a_copy_made_under_a_key_keeps_it_for_the_whole_delay(store: Store, clock: FixedClock) -> None:
    sealed(store)
    rotated(store)
    later = FixedClock(NOON + timedelta(days=10))
    with Transaction(store, actor=writing(store).actor, clock=later, door="cli") as tx:
        note_copy(tx)
    rewrap(store, clock, pause=0)
    with pytest.raises(Refused, match=r"jusqu’au 30\snovembre\s2026"):
        destroyed(store, 1, at=FixedClock(NOON + MONTH))
    assert set(destroyed(store, 1, at=FixedClock(NOON + MONTH + timedelta(days=10))).keks) == {2}


def test_a_key_used_again_begins_its_delay_again(store: Store, clock: FixedClock, half_way: list[str]) -> None:
    former = stolen(store, "SELECT wrapped FROM data_key WHERE subject_id = :it", it=half_way[0])["wrapped"]
    rewrap(store, clock, pause=0)
    put_back = "UPDATE data_key SET kid = 1, wrapped = :was WHERE subject_id = :it"
    altered(store, put_back, was=former, it=half_way[0])
    rewrap(store, FixedClock(NOON + MONTH), pause=0)
    with pytest.raises(Refused, match="peut être détruite"):
        destroyed(store, 1, at=FixedClock(NOON + MONTH + timedelta(days=1)))


def test_without_kept_copies_a_key_may_go_at_once(store: Store, clock: FixedClock, half_way: list[str]) -> None:
    rewrap(store, clock, pause=0)
    assert set(destroyed(store, 1, at=clock, retention=timedelta(0)).keks) == {2}


def test_a_crash_between_the_decision_and_the_file_is_finished_by_asking_again(
    store: Store, clock: FixedClock, half_way: list[str]
) -> None:
    rewrap(store, clock, pause=0)
    with Transaction(store, actor=writing(store).actor, clock=FixedClock(NOON + MONTH), door="cli") as tx:
        destroy_kek(tx, 1, retention=MONTH)  # and the keyring was never saved
    assert 1 in store.keyring.keks
    assert set(destroyed(store, 1, at=FixedClock(NOON + MONTH)).keks) == {2}


def test_a_key_made_while_another_ends_is_never_lost(store: Store, clock: FixedClock) -> None:
    sealed(store)
    rotated(store)
    rewrap(store, clock, pause=0)
    with Transaction(store, actor=writing(store).actor, clock=FixedClock(NOON + MONTH), door="cli") as tx:
        destroy_kek(tx, 1, retention=MONTH)
    assert rotated(store) == 3
    with writing(store) as tx:
        drop_kek(tx, 1)
    assert set(store.keyring.keks) == {2, 3}
    with store.engine.connect() as connection:
        assert {name for name in read_marks(connection) if name.startswith("kcv-")} == {"kcv-2", "kcv-3"}


def test_the_journal_goes_on_under_a_new_key_and_both_vouch_for_it(store: Store) -> None:
    sealed(store)
    with writing(store) as tx:
        assert rotate_journal(tx) == 2
    sealed(store)
    epochs = [row[0] for row in all_rows(store, "SELECT epoch FROM journal_entry ORDER BY seq")]
    assert epochs == [1, 2, 2]
    assert broken(store) == []


def all_rows(store: Store, query: str) -> list[tuple[int, ...]]:
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_a_process_that_has_not_read_the_new_journal_key_yet_marks_with_it_all_the_same(store: Store) -> None:
    with writing(store) as tx:
        rotate_journal(tx)
    old = replace(store, keys=type(store.keys)(without_epoch(store.keyring, 2), store.territory, store.keys.provider))
    old.keys._seen = None  # as it was before the file changed
    sealed(old)
    assert broken(store) == []


def without_epoch(ring: Keyring, epoch: int) -> Keyring:
    kept = {number: key for number, key in ring.journal_keys.items() if number != epoch}
    return replace(ring, journal_keys=kept, journal_epoch=min(kept))


def test_a_change_of_journal_key_without_the_former_one_is_named(store: Store) -> None:
    sealed(store)
    altered(store, "UPDATE journal_head SET epoch = 2")
    save_keyring(store, store.keyring.with_new_journal_key())
    sealed(store)
    assert broken(store) == [(2, "la clé du journal change ici sans que l’ancienne l’atteste")]


def test_a_journal_that_goes_back_to_a_former_key_is_named(store: Store) -> None:
    with writing(store) as tx:
        rotate_journal(tx)
    altered(store, "UPDATE journal_head SET epoch = 1")
    sealed(store)
    assert broken(store) == [(2, "la clé du journal change ici sans que l’ancienne l’atteste")]


def test_the_operator_is_told_what_to_do(store: Store, clock: FixedClock, half_way: list[str]) -> None:
    with reading(store) as tx:
        later = NOON + timedelta(days=91)
        states = key_states(tx.connection, store.keyring, now=later)
        said = " ".join(warnings(states, custody_of(tx.connection, store.keyring), now=later, retention=MONTH))
    assert [(one.kid, one.state, one.use.rows) for one in states] == [(1, "retired", 11), (2, "active", 1)]
    for word in ("sert depuis 91 jours", "11 contenus attendent", "jamais été mis de côté"):
        assert word in said


def test_a_key_that_nothing_needs_any_more_is_said_so(store: Store, clock: FixedClock, half_way: list[str]) -> None:
    rewrap(store, clock, pause=0)
    for days, is_said in ((29, False), (31, True)):
        now = NOON + timedelta(days=days)
        with reading(store) as tx:
            found = overdue(key_states(tx.connection, store.keyring, now=now), now=now, retention=MONTH)
        assert any("keys destroy 1" in one for one in found) is is_said


def test_a_worn_key_is_said_so(store: Store) -> None:
    sealed(store)
    altered(store, "INSERT INTO wrapping_key (kid, wraps) VALUES (1, 16777216)")
    with reading(store) as tx:
        states = key_states(tx.connection, store.keyring, now=NOON)
        note = warnings(states, None, now=NOON, retention=MONTH)
    assert any("a trop servi" in one for one in note)


def test_a_keyring_put_away_is_known_until_it_changes(store: Store) -> None:
    with writing(store) as tx:
        note_custody(tx, store.keyring, way="codes")
    with reading(store) as tx:
        saved = custody_of(tx.connection, store.keyring)
    assert saved is not None and (saved.at, saved.way, saved.is_current) == (NOON, "codes", True)
    rotated(store)
    with reading(store) as tx:
        saved = custody_of(tx.connection, store.keyring)
    assert saved is not None and not saved.is_current


def test_two_changes_at_once_are_one_after_the_other(store: Store) -> None:
    assert at_once(3, lambda _: rotated(store)) == ["done"] * 3
    assert (store.keyring.primary, sorted(store.keyring.keks)) == (4, [1, 2, 3, 4])


def test_the_lot_and_pause_are_those_asked_for_by_default() -> None:
    assert (rotation.LOT, rotation.PAUSE_SECONDS) == (500, 0.02)
