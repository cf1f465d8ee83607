"""Check 19: yesterday's base put back still holds her; the log kept outside it forgets her again."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pathway.casework.lifecycle.forgetting import forget_person, replay_tombstones
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.cli.serving import check_may_serve
from pathway.demo.town import Town
from pathway.jobs import restoring
from pathway.kernel.clock import FixedClock, SystemClock
from pathway.kernel.errors import Refused
from pathway.store.erasing import truncate_log
from pathway.store.tombstones import read_tombstones
from tests.casework.enrolments.steps import rows, system
from tests.jobs.copies import kept, problems
from tests.store.hands import altered
from tests.town import welcome


def test_a_base_put_back_forgets_her_again_from_the_log(sqlite_town: Town, clock: FixedClock, tmp_path: Path) -> None:
    town = sqlite_town
    amina = welcome(town)
    base = Path(str(town.store.engine.url.database))
    assert truncate_log(town.store.engine)
    shutil.copyfile(base, tmp_path / "yesterday.sqlite")
    clock.move(timedelta(days=1))
    with system(town.store, clock) as tx:
        forget_person(tx, amina, reason=ForgetReason.ASKED)
    town.store.engine.dispose()
    for beside in ("-wal", "-shm"):
        base.with_name(base.name + beside).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "yesterday.sqlite", base)
    assert rows(town.store, "data_key", f"WHERE subject_id = '{amina}'")
    with system(town.store, clock) as tx:
        assert replay_tombstones(tx, read_tombstones(town.store).entries) == 1
    assert not rows(town.store, "data_key", f"WHERE subject_id = '{amina}'")
    assert [row["reason"] for row in rows(town.store, "tombstone")] == ["asked"]


def test_yesterdays_copy_put_back_serves_without_her(town: Town, clock: FixedClock, tmp_path: Path) -> None:
    clock.at = SystemClock().now()
    here = kept(town, clock, tmp_path)
    amina, other = rows(town.store, "record")[0]["id"], welcome(town)
    file = here.backed_up()
    here.forget(amina)
    log = town.store.tombstones.read_bytes()
    done = here.put_back(file)
    store = here.opened()
    assert (done.forgotten, [row["id"] for row in rows(store, "record")]) == (1, [other])
    for table in ("data_key", "sealed_section", "search_token"):
        assert not rows(store, table, f"WHERE subject_id = '{amina}'"), table
    assert [row["reason"] for row in rows(store, "tombstone")] == ["asked"]
    assert store.tombstones.read_bytes() == log
    assert problems(store) == []
    store.engine.dispose()


def test_a_base_put_back_by_other_means_serves_nobody_before_it_is_settled(
    town: Town, clock: FixedClock, tmp_path: Path
) -> None:
    clock.at = SystemClock().now()
    here = kept(town, clock, tmp_path)
    amina = rows(town.store, "record")[0]["id"]
    here.forget(amina)
    # As the base was before she was forgotten; and its accounts are those of a demonstration.
    altered(town.store, "DELETE FROM tombstone", "INSERT INTO mark (name, value) VALUES ('demo', 'yes')")
    town.store.engine.dispose()
    with pytest.raises(Refused, match="backup settle"):
        check_may_serve(here.settings, host="127.0.0.1")
    restoring.settle(here.settings)
    check_may_serve(here.settings, host="127.0.0.1")
    store = here.opened()
    assert [row["record_id"] for row in rows(store, "tombstone")] == [amina]
    store.engine.dispose()


def test_a_log_that_was_touched_keeps_the_copy_from_serving(town: Town, clock: FixedClock, tmp_path: Path) -> None:
    clock.at = SystemClock().now()
    here = kept(town, clock, tmp_path)
    file = here.backed_up()
    here.forget(rows(town.store, "record")[0]["id"])
    log = town.store.tombstones
    log.write_bytes(log.read_bytes().replace(b"asked", b"other"))
    with pytest.raises(Refused, match="ne tient pas à sa ligne 1"):
        here.put_back(file)
