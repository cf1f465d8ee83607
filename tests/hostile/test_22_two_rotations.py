"""Check 22: two changes of key at once: the work is shared, nothing is wrapped twice over, and both end well."""

import threading
from datetime import timedelta

from pathway.kernel.clock import FixedClock
from pathway.kernel.ids import new_id
from pathway.store.key_registry import key_uses
from pathway.store.opening import Store
from pathway.store.rotation import rewrap, rotate_kek
from tests.hostile.test_at_once import at_once
from tests.store.hands import NOON, broken, opened, stolen, writing

SUBJECTS = 600


def filled(store: Store) -> list[str]:
    names = [new_id() for _ in range(SUBJECTS)]
    with writing(store) as tx:
        for name in names:
            tx.sealing.create(name, {"card": {"name": "Amina"}})
        tx.journal("create", count=SUBJECTS)
    return names


def test_two_rewraps_at_once_share_the_work(store: Store) -> None:
    names = filled(store)
    with writing(store) as tx:
        rotate_kek(tx)
    done: list[tuple[int, int]] = []
    ends = at_once(2, lambda _: done.append(rewrap(store, FixedClock(NOON), lot=25, pause=0.001)))
    assert ends == ["done", "done"]
    assert (sum(moved for moved, _ in done), [shut for _, shut in done]) == (SUBJECTS, [0, 0])
    assert stolen(store, "SELECT wraps FROM wrapping_key WHERE kid = 2")["wraps"] == SUBJECTS
    assert {opened(store, name)["name"] for name in names[::60]} == {"Amina"}
    assert broken(store) == []


def test_a_new_key_made_while_the_former_one_is_still_spreading_wins(store: Store) -> None:
    filled(store)
    with writing(store) as tx:
        rotate_kek(tx)
    spreading = threading.Thread(target=lambda: rewrap(store, FixedClock(NOON), lot=10, pause=0.002))
    spreading.start()
    with writing(store) as tx:
        assert rotate_kek(tx) == 3
    spreading.join()
    rewrap(store, FixedClock(NOON + timedelta(seconds=1)), pause=0)
    with store.engine.connect() as connection:
        assert {kid: use.rows for kid, use in key_uses(connection).items()} == {1: 0, 2: 0, 3: SUBJECTS}
    assert broken(store) == []
