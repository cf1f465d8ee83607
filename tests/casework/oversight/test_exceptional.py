from datetime import date, timedelta

import pytest
from sqlalchemy import text

from pathway.casework.accounts.queries import blocked_until
from pathway.casework.enrolments.actions import cancel_exit
from pathway.casework.followup.actions import record_contact
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.oversight.actions import exceptional_tries, review_exceptional
from pathway.casework.oversight.queries import (
    exceptional_of_structure,
    exceptional_to_review,
    late_counts,
    own_exceptional,
    used_under,
)
from pathway.casework.oversight.rules import Outcome
from pathway.casework.partners.rules import Role
from pathway.casework.records.queries import record_opened
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.actions import end_grants, withdraw
from pathway.casework.sharing.queries import access_of, is_visible
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, NotFound, Refused
from pathway.store.journal import entries_about
from pathway.store.outbox import queue_state
from pathway.store.tables import Channel as LetterChannel
from tests.casework.enrolments.steps import enter, leave, rows, system
from tests.casework.oversight.scenes import acting_as, card_number, herself, open_it, promote
from tests.town import web, welcome
from tests.web.jobseeker.lives import SECRET, code_for

NOTE = "Son contrat se termine mardi à Valmer"


def gone(town: Town, *, with_account: bool = False) -> str:
    """Amina, whose support by Bruno's structure ended a minute ago."""
    return ended(town, welcome(town), with_account=with_account)


def ended(town: Town, record_id: str, *, with_account: bool = False) -> str:
    """Her, once that support has ended."""
    if with_account:
        typed = {"code": code_for(town, record_id), "birth_date": "22/04/1991", "email": "amina@exemple.fr"}
        secrets = {"password": SECRET, "again": SECRET}
        assert web(town).post("/activation/mot-de-passe", data={**typed, **secrets}).status_code == 303
    with town.acting("bruno") as tx:
        structure = town.structures["pae-centre"]
        end_grants(tx, record_id=record_id, structure_id=structure, cause=Cause.SUPPORT, until_at=tx.now)
        tx.journal("end")
    town.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]  # the tests' clock moves
    return record_id


def review(town: Town, record_id: str, outcome: Outcome | None, *, by: str = "ines", verdict: str = "Vu.") -> None:
    access_id = rows(town.store, "exceptional_access")[0]["id"]
    with town.acting(by) as tx:
        review_exceptional(tx, access_id=access_id, outcome=outcome, verdict=verdict)


def test_it_opens_an_hour_of_reading_without_health(town: Town, clock: FixedClock) -> None:
    record_id = gone(town)
    opened = open_it(town, record_id)
    assert opened is not None and opened.record_id == record_id
    assert opened.until_at == clock.now() + timedelta(minutes=60)
    with town.acting("denis", write=False) as tx:
        access = access_of(tx, record_id)
    assert access.opens(Section.CONTACT) and not access.opens(Section.HEALTH)
    assert not access.may_write and not access.may_enter
    clock.move(timedelta(minutes=60))
    with town.acting("denis", write=False) as tx:
        assert not is_visible(tx, record_id)


def test_it_writes_nothing(sqlite_town: Town) -> None:
    record_id = gone(sqlite_town)
    open_it(sqlite_town, record_id)
    with pytest.raises(Refused), sqlite_town.acting("denis") as tx:
        record_contact(tx, record_id=record_id, channel=Channel.PHONE, result=ContactResult.REACHED, made_on=tx.today)


def test_cancelling_an_old_exit_does_not_turn_the_hour_into_a_support(town: Town) -> None:
    record_id = welcome(town)
    step = enter(town, record_id).enrolment_id
    leave(town, step, reason="death")
    open_it(town, ended(town, record_id))
    with pytest.raises(Refused), town.acting("denis") as tx:
        cancel_exit(tx, enrolment_id=step)
    town.clock.move(timedelta(minutes=60))  # type: ignore[attr-defined]  # the tests' clock moves
    with town.acting("denis", write=False) as tx:
        assert not is_visible(tx, record_id)


def test_she_is_told_at_once_on_her_pages_in_her_log_and_by_letter(town: Town) -> None:
    record_id = gone(town, with_account=True)
    open_it(town, record_id, note=NOTE)
    with herself(town, record_id, write=False) as tx:
        (told,) = own_exceptional(tx)
        assert queue_state(tx, LetterChannel.SMS).waiting == 1  # her address is not proved yet
        newest = entries_about(tx.connection, record_id, limit=1)[0]
    assert (told.note, told.outcome) == (NOTE, None)
    assert [act["do"] for act in newest["acts"] if act["on"]] == ["open_exceptional"]
    assert "Valmer" not in str(rows(town.store, "exceptional_access"))


def test_somebody_without_an_account_is_told_when_she_comes(town: Town) -> None:
    record_id = gone(town)
    open_it(town, record_id)
    with herself(town, record_id, write=False) as tx:
        assert queue_state(tx).waiting == 0 and len(own_exceptional(tx)) == 1


def test_a_withdrawal_overrides_it_before_and_after(town: Town) -> None:
    record_id = gone(town)
    open_it(town, record_id)
    with herself(town, record_id) as tx:
        withdraw(tx, record_id=record_id, structure_id=town.structures["pae-centre"])
        tx.journal("agreement_withdrawn", records=[record_id])
    with town.acting("denis", write=False) as tx:
        assert not is_visible(tx, record_id)
    town.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]  # the tests' clock moves
    assert open_it(town, record_id) is None


def test_a_relation_is_a_grant_of_any_other_cause(sqlite_town: Town) -> None:
    record_id = gone(sqlite_town)
    assert open_it(sqlite_town, record_id, by="sylvie") is None
    assert open_it(sqlite_town, record_id) is not None


def test_an_exceptional_access_is_not_a_relation(sqlite_town: Town) -> None:
    record_id = gone(sqlite_town)
    open_it(sqlite_town, record_id)
    with sqlite_town.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM access_grant WHERE cause = 'support'"))
    sqlite_town.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]  # the tests' clock moves
    assert open_it(sqlite_town, record_id) is None


def test_an_access_that_is_open_is_not_opened_twice(town: Town) -> None:
    record_id = welcome(town)
    with pytest.raises(Refused):
        open_it(town, record_id)
    other = gone(town)
    assert open_it(town, other) is not None
    with pytest.raises(Refused):
        open_it(town, other)
    assert len(rows(town.store, "exceptional_access")) == 1


def test_failed_tries_are_told_to_her_and_slow_the_next_ones(town: Town) -> None:
    record_id = gone(town)
    for _ in range(5):
        assert open_it(town, record_id, born=date(1990, 1, 1)) is None
    with town.acting("denis", write=False) as tx:
        assert blocked_until(tx, exceptional_tries(tx)) == tx.now + timedelta(minutes=1)
        entries = entries_about(tx.connection, record_id, limit=5)
    assert [act["do"] for one in entries for act in one["acts"]] == ["refused"] * 5


def test_nobody_reviews_her_own_access(town: Town) -> None:
    record_id = gone(town)
    open_it(town, record_id)
    with pytest.raises(NotFound):
        review(town, record_id, Outcome.JUSTIFIED, by="denis")
    with town.acting("ines", write=False) as tx:
        (one,) = exceptional_to_review(tx)
    assert one.review_due_on == date(2026, 11, 27)
    promote(town, "fatou")
    with town.acting("ines", write=False) as tx:
        assert exceptional_to_review(tx) == []
    with acting_as(town, "fatou", Role.SUPERVISOR, write=False) as tx:
        assert [found.id for found in exceptional_to_review(tx)] == [one.id]


def test_the_reviewer_reads_what_was_done_during_the_hour_and_only_that(town: Town, clock: FixedClock) -> None:
    record_id = gone(town)
    with town.acting("elise") as tx:
        tx.journal("refused", records=[record_id])
    open_it(town, record_id)
    clock.move(timedelta(minutes=5))
    with town.acting("denis") as tx:
        record_opened(tx, record_id)
    with town.acting("ines", write=False) as tx:
        (one,) = exceptional_to_review(tx)
        assert [line.action for line in used_under(tx, one)] == ["read_record", "open_exceptional"]


def test_an_access_that_was_not_justified_ends_at_once_and_she_reads_why(town: Town) -> None:
    record_id = gone(town)
    open_it(town, record_id)
    review(town, record_id, Outcome.NOT_JUSTIFIED, verdict="Rien ne pressait.")
    with town.acting("denis", write=False) as tx:
        assert not is_visible(tx, record_id)
        assert exceptional_of_structure(tx)[0].outcome is Outcome.NOT_JUSTIFIED
    with herself(town, record_id, write=False) as tx:
        assert own_exceptional(tx)[0].verdict == "Rien ne pressait."
    with pytest.raises(NotFound):
        review(town, record_id, Outcome.JUSTIFIED)


@pytest.mark.parametrize(("outcome", "verdict"), [(None, "Vu."), (Outcome.JUSTIFIED, " ")])
def test_a_review_says_its_outcome_and_why(sqlite_town: Town, outcome: Outcome | None, verdict: str) -> None:
    record_id = gone(sqlite_town)
    open_it(sqlite_town, record_id)
    with pytest.raises(Invalid):
        review(sqlite_town, record_id, outcome, verdict=verdict)


def test_a_review_past_five_working_days_is_counted(town: Town, clock: FixedClock) -> None:
    record_id = gone(town)
    open_it(town, record_id)
    clock.move(timedelta(days=7))
    with system(town.store, clock, write=False) as tx:
        assert late_counts(tx)["late_reviews"] == 0
    clock.move(timedelta(days=1))
    with system(town.store, clock, write=False) as tx:
        assert late_counts(tx) == {"late_answers": 0, "late_reviews": 1, "unattended": 0}
    review(town, record_id, Outcome.JUSTIFIED)
    with system(town.store, clock, write=False) as tx:
        assert late_counts(tx)["late_reviews"] == 0


def test_a_number_that_is_no_card_says_nothing_else(sqlite_town: Town) -> None:
    record_id = gone(sqlite_town)
    number = card_number(sqlite_town, record_id)
    assert open_it(sqlite_town, record_id, number="12345678901234") is None
    assert open_it(sqlite_town, record_id, number=number[::-1]) is None
