import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from pathway.casework.retention.actions import hold_record
from pathway.demo.town import Town
from pathway.jobs import copies_watch, restoring
from pathway.jobs.doctor import examine
from pathway.jobs.nightly import run_nights
from pathway.kernel.clock import FixedClock, SystemClock, local_day
from pathway.kernel.errors import Refused, Unavailable
from pathway.store import backups, dumps
from pathway.store.engine import engine_url
from pathway.store.opening import Store, open_store
from pathway.store.rotation import rotate_journal
from tests.casework.enrolments.steps import rows
from tests.jobs.copies import Kept, kept, problems, silent
from tests.store.hands import altered
from tests.town import instance, welcome


@pytest.fixture
def here(town: Town, clock: FixedClock, tmp_path: Path) -> Kept:
    """A town whose instance is copied, on each engine; what is put back lives at the machine's hour."""
    clock.at = SystemClock().now()
    return kept(town, clock, tmp_path)


@pytest.fixture
def again(here: Kept) -> Iterator[list[Store]]:
    """Stores opened by a test, closed at its end."""
    stores: list[Store] = []
    yield stores
    for store in stores:
        store.engine.dispose()


def test_a_copy_is_one_file_with_its_signed_description(here: Kept) -> None:
    file = here.backed_up()
    said = orjson.loads(backups.described_by(file).read_bytes())
    engine = here.town.store.engine.dialect.name
    assert (said["engine"], said["territory"], said["kids"], said["format"]) == (engine, "valmer", [1], 1)
    assert said["counts"]["record"] == 1 and said["size"] == file.stat().st_size
    assert said["sha256"] == backups.digest(file)
    folder = here.settings.backups
    assert folder is not None and sorted(one.name for one in folder.iterdir()) == [file.name, f"{file.name}.json"]
    modes = {one.stat().st_mode & 0o777 for one in folder.iterdir()}
    assert (modes, folder.stat().st_mode & 0o777) == ({0o600}, 0o700)


def test_a_copy_holds_from_end_to_end(here: Kept) -> None:
    found = here.looked_through(here.backed_up())
    assert (found.problems, found.counts["record"]) == ((), 1)
    assert found.opened == found.subjects == len(rows(here.town.store, "data_key")) > 1
    assert found.entries == len(rows(here.town.store, "journal_entry")) - 1  # the line that says it was made


def test_a_copy_is_made_while_others_write(here: Kept) -> None:
    stop, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            welcome(here.town)
            written += 1

    thread = threading.Thread(target=write)
    thread.start()
    files = [here.backed_up() for _ in range(3)]
    stop.set()
    thread.join()
    assert written > 3
    assert [here.looked_through(file).problems for file in files] == [(), (), ()]


def test_a_file_touched_or_cut_is_not_put_back(here: Kept) -> None:
    file = here.backed_up()
    whole = file.read_bytes()
    for content in (whole[:-1], whole[:5000] + b"?" + whole[5001:], b""):
        file.write_bytes(content)
        with pytest.raises(Refused, match="n’est plus celui qui a été écrit"):
            here.looked_through(file)
    file.write_bytes(whole)
    assert here.looked_through(file).is_well


def test_a_description_touched_missing_or_of_another_territory_is_refused(here: Kept) -> None:
    file = here.backed_up()
    path = backups.described_by(file)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"record": 1', b'"record": 2'))
    with pytest.raises(Refused, match="n’a pas été signée"):
        here.looked_through(file)
    path.write_bytes(b"{}")
    with pytest.raises(Refused, match="manque ou ne se lit pas"):
        here.looked_through(file)
    path.write_bytes(whole)
    with pytest.raises(Refused, match="territoire « valmer »"):
        restoring.described(here.settings.model_copy(update={"territory": "autre"}), file)


def test_a_base_that_was_altered_before_its_copy_is_told_by_it(here: Kept) -> None:
    altered(here.town.store, "UPDATE sealed_section SET seq = seq + 1 WHERE section = 'card'")
    altered(here.town.store, "DELETE FROM journal_subject WHERE seq = 2")
    file = here.backed_up()
    found = here.looked_through(file)
    assert any("ne s’ouvre pas" in one for one in found.problems)
    assert any("journal, ligne 2" in one for one in found.problems)
    with pytest.raises(Refused, match="Rien n’a été remplacé"):
        here.put_back(file)
    store = here.opened()
    assert len(rows(store, "record")) == 1
    store.engine.dispose()


def held_twice(here: Kept) -> None:
    """Two values sealed in rows of their own, for the one person there."""
    (person,) = rows(here.town.store, "record")
    for reason in ("Recours au tribunal", "Plainte"):
        with here.writing() as tx:
            hold_record(tx, record_id=person["id"], until_on=tx.today + timedelta(days=90), reason=reason)


def test_every_value_sealed_in_a_row_of_its_own_is_opened_and_counted(here: Kept) -> None:
    held_twice(here)
    found = here.looked_through(here.backed_up())
    assert found.is_well and found.values_opened == found.values
    assert found.values["retention_hold"] == 2


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            "UPDATE retention_hold SET reason = substr(reason, 1, 60) WHERE id = (SELECT min(id) FROM retention_hold)",
            "table retention_hold : 1 valeur scellée, sceau qui ne tient pas",
        ),
        (
            "UPDATE retention_hold SET reason = (SELECT o.reason FROM retention_hold o ORDER BY o.id LIMIT 1)",
            "1 valeur",
        ),
        ("DELETE FROM data_key WHERE subject_id = (SELECT id FROM record)", "2 valeurs scellées sans la clé"),
    ],
    ids=["cut", "moved", "without-key"],
)
def test_one_damaged_value_fails_the_copy(here: Kept, damage: str, said: str) -> None:
    held_twice(here)
    altered(here.town.store, damage)
    file = here.backed_up()
    assert any(said in one for one in here.looked_through(file).problems)
    with pytest.raises(Refused, match="Rien n’a été remplacé"):
        here.tried(file)


def test_what_was_done_since_is_gone_and_the_journal_says_why(here: Kept, again: list[Store]) -> None:
    here.exported()
    file = here.backed_up()
    later = welcome(here.town)
    here.exported()
    done = here.put_back(file)
    again.append(here.opened())
    assert later not in {row["id"] for row in rows(again[0], "record")}
    assert problems(again[0], here.heads_file) == []
    assert (done.heads_file, done.entry) == (here.heads_file, done.to + 1 + (1 if done.forgotten else 0))
    assert len(here.heads_file.read_bytes().splitlines()) == 3


def test_a_journal_touched_after_it_was_put_back_is_still_named(here: Kept, again: list[Store]) -> None:
    here.exported()
    file = here.backed_up()
    welcome(here.town)
    here.exported()
    done = here.put_back(file)
    again.append(here.opened())
    altered(again[0], "DELETE FROM journal_subject WHERE seq >= :to", to=done.to)
    altered(again[0], "DELETE FROM journal_entry WHERE seq >= :to", to=done.to)
    altered(
        again[0],
        "UPDATE journal_head SET seq = :to, mac = (SELECT mac FROM journal_entry WHERE seq = :to)",
        to=done.to - 1,
    )
    assert any("sa fin a été coupée" in one for one in problems(again[0], here.heads_file))


def test_the_journal_goes_on_under_its_newest_key(here: Kept, again: list[Store]) -> None:
    from_before = here.backed_up()
    with here.writing() as tx:
        epoch = rotate_journal(tx)
    here.put_back(from_before)
    again.append(here.opened())
    assert {row["epoch"] for row in rows(again[0], "journal_entry")} == {1, epoch}
    assert problems(again[0]) == []


def test_a_base_that_is_there_is_replaced_only_when_asked(here: Kept) -> None:
    file = here.backed_up()
    here.town.store.engine.dispose()
    with pytest.raises(Refused, match="--replace"):
        restoring.put_back(here.settings, file, may_replace=False, report=silent)


def test_a_base_that_serves_is_not_replaced(here: Kept) -> None:
    file = here.backed_up()
    before = rows(here.town.store, "record")
    with here.town.store.engine.connect() as held:
        held.execute(text("SELECT 1 FROM record"))
        with pytest.raises(Refused, match="Arrêtez le service"):
            restoring.put_back(here.settings, file, may_replace=True, report=silent)
    assert rows(here.town.store, "record") == before
    assert not list(here.settings.instance.parent.glob("*.restoring*"))


def test_trying_a_copy_leaves_nothing_but_its_date(here: Kept) -> None:
    file = here.backed_up()
    amina = rows(here.town.store, "record")[0]["id"]
    here.forget(amina)
    log = here.town.store.tombstones.read_bytes()
    before = {name: rows(here.town.store, name) for name in ("record", "data_key", "tombstone")}
    tried = here.tried(file)
    assert (tried.before.counts["record"], tried.after.counts["record"], tried.forgotten) == (1, 0, 1)
    assert tried.after.is_well and tried.before.is_well
    assert {name: rows(here.town.store, name) for name in before} == before
    assert here.town.store.tombstones.read_bytes() == log
    assert restoring.last_drill(here.town.store) == here.clock.now()


def test_old_copies_go_with_the_next_one(here: Kept) -> None:
    first = here.backed_up()
    here.clock.move(timedelta(days=29))
    second = here.backed_up()
    assert [one.file for one in restoring.copies(here.settings)] == [second, first]
    here.clock.move(timedelta(days=2))
    third = here.backed_up()
    assert [one.file for one in restoring.copies(here.settings)] == [third, second]
    assert not backups.described_by(first).exists()


def test_copies_that_would_outlive_the_keys_are_refused(here: Kept) -> None:
    long = here.settings.model_copy(update={"backup_days": 90})
    with pytest.raises(Refused, match="la vie d’une clé"):
        restoring.back_up(here.town.store, long, here.clock, report=silent)


@pytest.mark.parametrize("place", ["inside", "open", "file"])
def test_a_folder_that_is_not_fit_is_refused(here: Kept, tmp_path: Path, place: str) -> None:
    folder = here.settings.instance / "copies" if place == "inside" else tmp_path / "elsewhere"
    if place == "open":
        folder.mkdir()
        folder.chmod(0o755)
    if place == "file":
        folder.write_text("")
    with pytest.raises((Refused, Unavailable)):
        restoring.back_up(
            here.town.store, here.settings.model_copy(update={"backups": folder}), here.clock, report=silent
        )
    assert place != "inside" or not folder.exists()


def test_the_night_copies_the_base_once_and_the_doctor_knows(here: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "première nuit" in examine(here.settings).notes["backups"]
    today = local_day(here.clock.now())
    for on in (today - timedelta(days=2), today):
        run_nights(here.town.store, on=on, report=lambda *_: None, settings=here.settings, clock=here.clock)
    assert len(restoring.copies(here.settings)) == 1
    found = examine(here.settings)
    assert found.checks["backups"] == "ok" and "essayée" in found.notes["drill"]
    here.clock.move(timedelta(days=3))
    monkeypatch.setattr(copies_watch, "clock_of", lambda store: here.clock)
    assert "La dernière sauvegarde est du" in examine(here.settings).checks["backups"]
    shutil.rmtree(here.settings.backups or "")
    assert "ne contient aucune sauvegarde" in examine(here.settings).checks["backups"]


def test_a_disk_that_fails_leaves_the_night_and_is_counted(here: Kept) -> None:
    folder = here.settings.backups
    assert folder is not None
    folder.write_text("a file")
    night = run_nights(here.town.store, on=None, report=lambda *_: None, settings=here.settings, clock=here.clock)
    assert night.steps["backup"] == {"copied": 0, "failed": 1}
    assert [(one.step, one.failed) for one in night.failures] == [("backup", 1)]


def test_a_full_disk_is_not_told_as_a_damaged_base(
    sqlite_town: Town, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = kept(sqlite_town, clock, tmp_path)
    opens = sqlite3.connect

    def small(place: object, *args: Any, **more: Any) -> sqlite3.Connection:
        one: sqlite3.Connection = opens(place, *args, **more)  # type: ignore[call-overload]
        if str(place).endswith(".part"):
            one.execute("PRAGMA max_page_count = 20")
        return one

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(Unavailable, match="plus de place"):
        here.backed_up()
    folder = here.settings.backups
    assert folder is not None and list(folder.iterdir()) == []


def test_a_copy_put_in_place_by_hand_does_not_serve(sqlite_town: Town, clock: FixedClock, tmp_path: Path) -> None:
    clock.at = SystemClock().now()
    here = kept(sqlite_town, clock, tmp_path)
    file = here.backed_up()
    here.town.store.engine.dispose()
    base = Path(str(here.town.store.engine.url.database))
    for beside in ("", "-wal", "-shm"):
        base.with_name(base.name + beside).unlink(missing_ok=True)
    shutil.copyfile(file, base)
    with pytest.raises(Unavailable, match="n’est pas servie"):
        here.opened()
    restoring.settle(here.settings)
    store = here.opened()
    assert problems(store) == []
    store.engine.dispose()


def test_a_copy_of_one_engine_does_not_go_to_the_other(here: Kept, tmp_path: Path) -> None:
    file = here.backed_up()
    other = "postgresql://x@127.0.0.1/x" if file.suffix == ".sqlite" else f"sqlite:///{tmp_path}/other.sqlite"
    with pytest.raises(Refused, match="Corrigez DATABASE_URL"):
        restoring.look_through(
            here.settings.model_copy(update={"database_url": other}), file, sample=None, report=silent
        )


def test_a_damaged_base_is_replaced_too(sqlite_town: Town, clock: FixedClock, tmp_path: Path) -> None:
    clock.at = SystemClock().now()
    here = kept(sqlite_town, clock, tmp_path)
    file = here.backed_up()
    here.town.store.engine.dispose()
    base = Path(str(here.town.store.engine.url.database))
    base.write_bytes(b"not a base at all" * 1000)
    here.put_back(file)
    store = here.opened()
    assert len(rows(store, "record")) == 1 and problems(store) == []
    store.engine.dispose()


@pytest.mark.parametrize("engine_name", ["sqlite"])  # a throw-away base of the other has tables from the start
def test_an_empty_server_takes_the_copy_without_being_asked(here: Kept, tmp_path: Path) -> None:
    file = here.backed_up()
    place = instance(tmp_path, f"sqlite:///{tmp_path}/new.sqlite")
    restoring.put_back(place, file, may_replace=False, report=silent)
    store = open_store(place)
    assert len(rows(store, "record")) == 1
    store.engine.dispose()
    with closing(sqlite3.connect(tmp_path / "new.sqlite")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_without_its_programs_postgresql_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dumps, "_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="Le programme pg_dump manque"):
        dumps.program("pg_dump")


def test_a_password_is_never_on_the_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = tmp_path / "said"
    tool = tmp_path / "pg_restore"
    tool.write_text(f'#!/bin/sh\necho "$@" > {said}; echo "$PGPASSWORD" >> {said}; exit 1\n')
    tool.chmod(0o755)
    monkeypatch.setattr(dumps, "_DEBIAN", tmp_path / "none")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    address = engine_url("postgresql://u:tr%C3%A8s-secret@127.0.0.1/b")
    with pytest.raises(Unavailable, match="a échoué"):
        dumps.restore_postgresql(address, tmp_path / "file")
    line, secret, *_ = said.read_text().splitlines()
    assert "secret" not in line and secret == "très-secret"
