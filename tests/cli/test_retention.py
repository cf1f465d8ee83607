"""How long records are kept, as an operator reads it: nothing is written by looking."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Way
from pathway.cli import group
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import SystemClock, local_day
from pathway.store.actor import SYSTEM, Actor
from pathway.store.opening import open_store
from pathway.store.transaction import Transaction
from tests.cli.conftest import Desk
from tests.town import AMINA, AMINA_CLAIMS


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The operator's desk, with one person followed."""
    store = open_store(desk.settings)
    with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="cli", write=False) as tx:
        post = tx.execute(text("SELECT account_id, structure_id FROM membership WHERE role = 'counsellor'")).first()
    assert post is not None
    actor = Actor(role="counsellor", account_id=post.account_id, structure_id=post.structure_id)
    with Transaction(store, actor=actor, clock=SystemClock(), door="web") as tx:
        create_records(tx, [NewPerson(identity=AMINA, claims=AMINA_CLAIMS)], way=Way.SAID, referent_id=post.account_id)
    store.engine.dispose()
    return desk


def test_the_state_says_the_delays_and_counts(desk: Desk) -> None:
    said = desk.answer("retention", "status")
    assert said["delays"] == {"active_months": 24, "archive_months": 24, "notice_days": 30}
    assert said["active"] > 0 and said["archived"] == said["told"] == said["held"] == said["forgotten"] == 0


def test_a_preview_writes_nothing(desk: Desk) -> None:
    far = add_months(local_day(SystemClock().now()), 30).isoformat()
    before = desk.answer("retention", "status")
    found = desk.answer("retention", "preview", "--on", far)["people"]
    assert {one["step"] for one in found} <= {"archive", "blocked"} and len(found) == before["active"]
    assert desk.answer("retention", "status") == before
    assert "rien n’est écrit" in desk.run("retention", "preview").output


def test_a_hold_begins_and_ends(desk: Desk) -> None:
    far = add_months(local_day(SystemClock().now()), 30).isoformat()
    record = desk.answer("retention", "preview", "--on", far)["people"][0]["record"]
    done = desk.run("retention", "hold", record, "--until", far, "--reason", "Recours")
    assert done.exit_code == 0 and desk.answer("retention", "status")["held"] == 1
    hold = done.output.split()[-1]
    assert desk.run("retention", "lift", hold).exit_code == 0
    assert "déjà terminée" in desk.refusal("retention", "lift", hold, code=1)
    words = ("retention", "hold", "a" * 26, "--until", far, "--reason", "Recours")
    assert "Aucun dossier ne porte cette référence" in desk.refusal(*words, code=1)


def test_the_reason_of_a_hold_is_asked_not_shown_to_others(desk: Desk) -> None:
    far = add_months(local_day(SystemClock().now()), 30).isoformat()
    record = desk.answer("retention", "preview", "--on", far)["people"][0]["record"]
    words = ["retention", "hold", record, "--until", far]
    assert CliRunner().invoke(group, words, input="Recours de Paul\n", prog_name="carte").exit_code == 0
    assert CliRunner().invoke(group, words, input="", prog_name="carte").exit_code == 1
    (found,) = desk.answer("retention", "holds")
    assert (found["record_id"], found["structure_id"], found["until_on"]) == (record, "", far)
    said = desk.run("retention", "holds").output
    assert found["id"] in said and "territoire" in said and "Paul" not in said
    desk.run("retention", "lift", found["id"])
    assert "Aucun dossier" in desk.run("retention", "holds").output


def test_evidence_is_kept_for_a_scheme_that_exists(desk: Desk) -> None:
    far = add_months(local_day(SystemClock().now()), 30).isoformat()
    assert desk.run("retention", "evidence", "pae", "--until", far).exit_code == 0
    assert desk.run("retention", "evidence", "pae").exit_code == 0
    desk.refusal("retention", "evidence", "inconnu", "--until", far, code=1)
    desk.refusal("retention", "evidence", "pae", "--until", "2020-01-01", code=1)
