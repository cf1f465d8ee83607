from pathway.casework.resets.actions import ask_reset
from pathway.demo.town import Town
from pathway.jobs.forgotten import answer_forgotten
from tests.casework.enrolments.steps import rows, system
from tests.casework.resets.letters import letters


def test_an_idle_worker_writes_nothing(sqlite_town: Town) -> None:
    before = len(rows(sqlite_town.store, "journal_entry"))
    assert answer_forgotten(sqlite_town.store, sqlite_town.clock) == 0
    assert len(rows(sqlite_town.store, "journal_entry")) == before


def test_every_request_is_looked_at_however_many_there_are(town: Town) -> None:
    with system(town.store, town.clock) as tx:
        for number in range(60):
            ask_reset(tx, f"inconnu{number}@exemple.fr")
        for persona in ("bruno", "denis"):
            ask_reset(tx, town.cast[persona].email)
    assert answer_forgotten(town.store, town.clock) == 2
    assert rows(town.store, "reset_request") == []
    assert {one.to for one in letters(town)} == {town.cast["bruno"].email, town.cast["denis"].email}
