from dataclasses import replace
from pathlib import Path

import pytest

from pathway.casework.lifecycle.forgetting import forget_person
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.demo.town import Town, settle
from pathway.jobs.doctor import OK, Examination, examine
from pathway.jobs.nightly import run_nights
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import Settings
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.outbox import post
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import enter, leave, system
from tests.casework.oversight.scenes import ask
from tests.store.hands import altered
from tests.town import instance, welcome
from tests.web.counsellor.scenes import ZOE


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return instance(tmp_path, database_url)


@pytest.fixture
def lively(settings: Settings, store: Store, clock: FixedClock) -> Town:
    """A town with one person out of her step, in the instance of `settings`."""
    town = settle(store, clock, since=clock.now().date(), password_hash="x")
    leave(town, enter(town, welcome(town)).enrolment_id, reason="cdi")
    return town


def failed(found: Examination) -> dict[str, str]:
    return {name: said for name, said in found.checks.items() if said != OK and not said.startswith("Non vérifié")}


def test_a_sound_instance_is_well_and_counted(settings: Settings, lively: Town) -> None:
    found = examine(settings)
    assert found.is_well, found.checks
    assert {"keyring", "journal", "migrations", "orphans"} <= set(found.checks)
    assert found.counts == {
        "people": 1,
        "entries": 1,
        "exits": 1,
        "open_followups": 4,
        "orphan_exits": 0,
        "open_alerts": 0,
    }


def test_what_is_merely_not_set_up_goes_to_the_notes(settings: Settings, lively: Town) -> None:
    found = examine(settings)
    assert {"mail", "root_key", "https", "nightly"} <= set(found.notes)
    assert found.is_well


def test_an_access_that_nobody_can_explain_goes_to_the_notes(settings: Settings, lively: Town) -> None:
    record_id = welcome(lively)
    # Nobody is responsable of the structure in which that was done.
    altered(lively.store, f"DELETE FROM membership WHERE account_id = '{lively.accounts['maud']}'")
    with lively.acting("ines") as tx:
        tx.journal("refused", records=[record_id])
    ask(lively, record_id, action="refused")
    found = examine(settings)
    assert "1 demande sans personne pour répondre" in found.notes["oversight"] and found.is_well


def test_an_orphan_exit_is_the_first_thing_it_says(settings: Settings, lively: Town) -> None:
    altered(lively.store, "UPDATE point SET state = 'cancelled', closed_at = recorded_at")
    found = examine(settings)
    assert found.counts["orphan_exits"] == 1
    assert set(failed(found)) == {"orphans"} and "1 sortie sans suite" in found.checks["orphans"]


def test_a_journal_that_was_touched_is_named_with_its_line(settings: Settings, lively: Town) -> None:
    altered(lively.store, "DELETE FROM journal_subject WHERE seq = 2")
    found = examine(settings)
    assert set(failed(found)) == {"journal"} and "ligne 2" in found.checks["journal"]


def test_a_missing_keyring_is_a_failed_check(settings: Settings, lively: Town) -> None:
    settings.keyring_path.unlink()
    found = examine(settings)
    assert set(failed(found)) == {"keyring"} and not found.is_well
    assert not settings.keyring_path.exists()


def test_an_open_keyring_is_a_failed_check(settings: Settings, lively: Town) -> None:
    settings.keyring_path.chmod(0o644)
    assert set(failed(examine(settings))) == {"keyring"}


def test_an_older_base_is_a_failed_check(settings: Settings, lively: Town) -> None:
    altered(lively.store, "UPDATE alembic_version SET version_num = '0000'")
    found = examine(settings)
    assert len(failed(found)) == 1 and not found.is_well


def test_nothing_is_created_where_there_is_nothing(tmp_path: Path) -> None:
    here = Settings(CARTE_INSTANCE=tmp_path / "nothing", DATABASE_URL="")
    found = examine(here)
    assert not found.is_well and "n’existe pas encore" in found.checks["base"]
    assert set(found.counts.values()) == {0}
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_by_looking(settings: Settings, lively: Town) -> None:
    lively.store.engine.dispose()
    before = examine(settings)
    assert examine(settings) == before


def exporting(settings: Settings, place: Path) -> Settings:
    return settings.model_copy(update={"journal_heads": place})


def test_a_head_exported_nowhere_is_said(settings: Settings, lively: Town) -> None:
    assert "n’est exporté nulle part" in examine(settings).notes["journal_heads"]


def test_heads_that_hold_are_well_and_those_that_do_not_are_named(
    settings: Settings, lively: Town, tmp_path: Path
) -> None:
    here = exporting(settings, tmp_path / "heads.jsonl")
    assert "première nuit" in examine(here).notes["journal_heads"]
    run_nights(lively.store, on=None, report=lambda step, done, total: None, heads=here.journal_heads)
    assert examine(here).checks["journal_heads"] == OK
    with (tmp_path / "heads.jsonl").open("ab") as file:
        file.write(b"{}\n")
    assert set(failed(examine(here))) == {"journal_heads"}
    assert "ligne 2" in examine(here).checks["journal_heads"]


def test_heads_that_vanished_after_a_night_are_a_failed_check(settings: Settings, lively: Town, tmp_path: Path) -> None:
    run_nights(lively.store, on=None, report=lambda step, done, total: None)
    assert set(failed(examine(exporting(settings, tmp_path / "heads.jsonl")))) == {"journal_heads"}


def test_heads_that_cannot_be_read_are_a_failed_check(settings: Settings, lively: Town, tmp_path: Path) -> None:
    place = tmp_path / "journal-valmer.jsonl"
    place.mkdir()
    assert "ne se lit pas" in examine(exporting(settings, tmp_path)).checks["journal_heads"]


def test_what_waits_is_told_by_channel_with_its_age(settings: Settings, lively: Town) -> None:
    with Transaction(lively.store, actor=SYSTEM, clock=lively.clock, door="jobs") as tx:
        for to in ("amina@exemple.fr", "bruno@exemple.fr"):
            post(tx, kind="invitation", to=to, variables={"link": "/invitation/kd82hs"})
        post(tx, kind="new_support", to="+33612345678", variables={"link": "/qui-voit-quoi"}, channel="sms")
    told = examine(settings).notes
    assert told["email_queue"].startswith("2 courriels attendent, au plus depuis le 20\u00a0novembre\u00a02026")
    assert told["sms_queue"].startswith("1 SMS attend,") and "CARTE_SMS_URL" in told["sms"]
    by_provider = settings.model_copy(update={"sms_url": "https://sms.example/"})
    assert "STOP" in examine(by_provider).notes["sms"]
    assert "sms" not in examine(by_provider.model_copy(update={"sms_reply_token": "x" * 30})).notes


def test_a_log_of_what_was_forgotten_must_be_whole_and_there(settings: Settings, lively: Town) -> None:
    for number in range(3):
        record_id = welcome(lively, identity=replace(ZOE, first_name=f"Zoé{number}"))
        with system(lively.store, lively.clock) as tx:
            forget_person(tx, record_id, reason=ForgetReason.ASKED)
    log = lively.store.tombstones
    written = log.read_bytes()
    assert "tombstones" not in failed(examine(settings))
    log.write_bytes(b"".join(written.splitlines(keepends=True)[::2]))
    assert "ligne 2" in failed(examine(settings))["tombstones"]
    log.write_bytes(written[: written.index(b"\n") + 1])
    assert "Il manque 2 effacements" in failed(examine(settings))["tombstones"]
    log.unlink()
    assert "Il manque 3 effacements" in failed(examine(settings))["tombstones"]
    run_nights(lively.store, on=None, report=lambda step, done, total: None)
    assert "tombstones" not in failed(examine(settings))
