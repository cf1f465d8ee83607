"""A night done again changes nothing, and neither the order of people nor the size of lots changes what it says."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from pathway.casework.alerts.actions import Swept, sweep
from pathway.casework.alerts.candidates import candidates
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.alerts.test_candidates import DEEDS, night, settled
from tests.casework.enrolments.steps import rows, system
from tests.town import FRIDAY

TIMELESS = ("record_id", "rule", "circle", "state", "level", "structure_id", "parameters", "facts", "opened_on")


class _Undone(Exception):
    """Nothing of that night is kept."""


def territory(town: Town) -> None:
    draw = Random(11)
    settled(town, [(draw.randrange(2**32), draw.choices(range(len(DEEDS)), k=draw.randrange(6))) for _ in range(90)])


def swept(town: Town, arrange: Any) -> list[dict[str, Any]]:
    """What that night would leave with those lots, which is then undone."""
    found: list[dict[str, Any]] = []
    with pytest.raises(_Undone), system(town.store, FixedClock(FRIDAY)) as tx:
        for lot in arrange(candidates(tx, on=tx.today)):
            sweep(tx, lot, on=tx.today)
        kept = tx.connection.exec_driver_sql("SELECT * FROM alert").mappings().all()
        found = [{name: row[name] for name in TIMELESS} for row in kept]
        raise _Undone
    return sorted(found, key=lambda row: (row["record_id"], row["rule"], row["circle"]))


def test_a_night_done_twice_is_a_night_done_once(town: Town) -> None:
    territory(town)
    night(town, 0)
    before = rows(town.store, "alert"), rows(town.store, "alert_change")
    with system(town.store, FixedClock(FRIDAY)) as tx:
        again = sweep(tx, candidates(tx, on=tx.today), on=tx.today)
        tx.journal("sweep")
    assert again == Swept(opened=0, updated=0, cleared=0)
    assert (rows(town.store, "alert"), rows(town.store, "alert_change")) == before
    assert len(before[0]) == len(before[1]) > 50


def test_neither_the_order_nor_the_size_of_lots_changes_what_a_night_says(town: Town) -> None:
    territory(town)

    def by(size: int, *, shuffled: int = 0) -> Any:
        def arranged(found: Sequence[str]) -> list[Sequence[str]]:
            people = Random(shuffled).sample(found, len(found)) if shuffled else list(found)
            return [people[start : start + size] for start in range(0, len(people), size)]

        return arranged

    whole = swept(town, by(10_000))
    assert len(whole) > 50
    assert swept(town, by(7)) == whole
    assert swept(town, by(13, shuffled=3)) == whole
