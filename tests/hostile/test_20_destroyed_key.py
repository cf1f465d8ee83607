"""Check 20: once a wrapping key is destroyed, no copy that needs it is read again by anybody; later ones are."""

from datetime import timedelta
from pathlib import Path

import pytest

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock, SystemClock
from pathway.kernel.errors import Refused
from pathway.store import rotation
from tests.casework.enrolments.steps import rows
from tests.jobs.copies import Kept, kept, problems


def destroyed(here: Kept, kid: int) -> None:
    """That key gone, the moment nothing needs it any more."""
    with here.writing() as tx:
        rotation.destroy_kek(tx, kid, retention=timedelta(days=30))
    with here.writing() as tx:
        rotation.drop_kek(tx, kid)


def test_a_copy_older_than_the_key_is_dead_and_a_later_one_is_put_back(
    town: Town, clock: FixedClock, tmp_path: Path
) -> None:
    clock.at = SystemClock().now() - timedelta(days=40)
    here = kept(town, clock, tmp_path)
    old = here.backed_up()
    with here.writing() as tx:
        assert rotation.rotate_kek(tx) == 2
    rotation.rewrap(town.store, clock, pause=0)
    later = here.backed_up()
    with pytest.raises(Refused, match="Une copie de la base"):
        destroyed(here, 1)
    clock.move(timedelta(days=35))
    destroyed(here, 1)
    with pytest.raises(Refused, match="plus personne ne peut la relire"):
        here.looked_through(old)
    with pytest.raises(Refused, match="plus personne ne peut la relire"):
        here.put_back(old)
    here.put_back(later)
    store = here.opened()
    assert {row["kid"] for row in rows(store, "data_key")} == {2} and problems(store) == []
    store.engine.dispose()


def test_nothing_in_the_dead_copy_opens_by_hand(sqlite_town: Town, clock: FixedClock, tmp_path: Path) -> None:
    clock.at = SystemClock().now() - timedelta(days=40)
    here = kept(sqlite_town, clock, tmp_path)
    old = here.backed_up()
    with here.writing() as tx:
        rotation.rotate_kek(tx)
    rotation.rewrap(sqlite_town.store, clock, pause=0)
    clock.move(timedelta(days=35))
    destroyed(here, 1)
    keys = sqlite_town.store.keyring
    assert 1 not in keys.keks
    kept_of_it = old.read_bytes() + here.settings.keyring_path.read_bytes()
    wrapped = [bytes(row["wrapped"]) for row in rows(sqlite_town.store, "data_key")]
    assert wrapped and not any(one in kept_of_it for one in wrapped)
