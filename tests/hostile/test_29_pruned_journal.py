"""Check 29: what is pruned of the journal leaves it provable, and each person reads all that is kept about her."""

from datetime import timedelta
from pathlib import Path

import pytest

from pathway.casework.oversight.queries import own_log
from pathway.demo.town import Town
from pathway.jobs.nightly import run_nights
from pathway.jobs.pruning import kept_from, prune_all
from pathway.kernel.clock import FixedClock, local_day, start_of_day
from pathway.kernel.errors import Refused
from tests.casework.oversight.scenes import herself
from tests.jobs.copies import Kept, kept, problems
from tests.store.hands import altered
from tests.town import signed_in


@pytest.fixture
def here(town: Town, clock: FixedClock, tmp_path: Path) -> Kept:
    """Amina, read once fourteen months ago and once now."""
    return kept(town, clock, tmp_path)


def read_by_bruno(here: Kept) -> str:
    record = str(rows_of(here)[0])
    assert signed_in(here.town, "bruno").get(f"/dossiers/{record}").status_code == 200
    return record


def rows_of(here: Kept) -> list[str]:
    with here.town.acting("bruno", write=False) as tx:
        from_sharing = tx.connection.exec_driver_sql("SELECT id FROM record ORDER BY id").scalars()
        return [str(one) for one in from_sharing]


def hers(here: Kept, record: str) -> list[str]:
    with herself(here.town, record, write=False) as tx:
        return [one.action for one in own_log(tx) for _ in one.seqs]


def test_the_chain_the_heads_and_her_log_hold_after_the_night_has_pruned(here: Kept) -> None:
    record = read_by_bruno(here)
    here.exported()
    here.clock.move(timedelta(days=425))
    read_by_bruno(here)
    here.exported()
    assert hers(here, record).count("read_record") == 2
    night = run_nights(
        here.town.store, on=None, report=lambda *_: None, settings=here.settings, clock=here.clock, heads=None
    )
    assert night.steps["pruning"]["pruned"] > 0 and night.failures == []
    assert problems(here.town.store, here.heads_file) == []
    assert hers(here, record).count("read_record") == 1
    assert signed_in(here.town, "bruno").get(f"/dossiers/{record}").status_code == 200


@pytest.mark.parametrize("deed", ["checkpoint", "line"])
def test_who_touches_what_is_left_is_named(here: Kept, deed: str) -> None:
    read_by_bruno(here)
    here.clock.move(timedelta(days=425))
    read_by_bruno(here)
    here.exported()
    before = start_of_day(kept_from(here.clock, months=12))
    pruned = prune_all(here.town.store, here.clock, before=before, total=0, report=lambda *_: None, lot=3)
    if deed == "checkpoint":
        altered(here.town.store, "UPDATE journal_checkpoint SET mac = :it", it=bytes(32))
    else:
        altered(here.town.store, f"DELETE FROM journal_subject WHERE seq = {pruned + 1}")
        altered(here.town.store, f"DELETE FROM journal_entry WHERE seq = {pruned + 1}")
    assert problems(here.town.store) != []


def test_what_must_be_kept_is_not_pruned(here: Kept) -> None:
    today = local_day(here.clock.now())
    assert kept_from(here.clock, months=12) == today.replace(year=today.year - 1)
    with pytest.raises(Refused, match="est gardé 12 mois"):
        kept_from(here.clock, months=12, before=today - timedelta(days=30))
