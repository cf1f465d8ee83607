from datetime import date, timedelta

import pytest

from pathway.casework.oversight.actions import answer_contest, open_contest, reopen_contest
from pathway.casework.oversight.queries import (
    contests_settled,
    contests_to_answer,
    late_counts,
    own_contests,
    own_log,
)
from pathway.casework.oversight.rules import TEXT_LENGTH, ContestState
from pathway.casework.partners.rules import Role
from pathway.casework.records.queries import record_opened
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotFound, PathwayError, Refused
from pathway.store.journal import entries_about
from tests.casework.enrolments.steps import rows, system
from tests.casework.oversight.scenes import acting_as, ask, herself, promote
from tests.town import welcome

SECRET = "Je n’ai jamais rencontré cette personne à Valmer"


def read_by(town: Town, record_id: str, code: str = "fatou") -> None:
    with town.acting(code) as tx:
        record_opened(tx, record_id)


def asked(town: Town, by: str = "fatou", message: str = "") -> tuple[str, str]:
    record_id = welcome(town)
    read_by(town, record_id, by)
    return record_id, ask(town, record_id, message=message)


def answer(town: Town, contest_id: str, *, by: str = "denis", text: str = "C’était un remplacement.") -> None:
    with town.acting(by) as tx:
        answer_contest(tx, contest_id=contest_id, text=text)


def to_answer(town: Town, code: str) -> list[str]:
    with town.acting(code, write=False) as tx:
        return [one.id for one in contests_to_answer(tx)]


def test_a_question_goes_to_the_responsable_with_its_day(town: Town) -> None:
    record_id, contest_id = asked(town, message=SECRET)
    with town.acting("denis", write=False) as tx:
        (one,) = contests_to_answer(tx)
    assert (one.id, one.record_id, one.account_id) == (contest_id, record_id, town.accounts["fatou"])
    assert (one.action, one.message, one.due_on) == ("read_record", SECRET, date(2026, 12, 20))
    assert to_answer(town, "ines") == to_answer(town, "sylvie") == to_answer(town, "bruno") == []


def test_what_she_writes_and_what_is_answered_is_sealed(town: Town) -> None:
    _, contest_id = asked(town, message=SECRET)
    answer(town, contest_id, text="Une réponse à Valmer")
    kept = str(rows(town.store, "contest")) + str(rows(town.store, "contest_answer"))
    assert "Valmer" not in kept


def test_she_reads_the_answer_and_the_list_of_the_responsable_is_empty(town: Town) -> None:
    record_id, contest_id = asked(town)
    answer(town, contest_id)
    with herself(town, record_id, write=False) as tx:
        (one,) = own_contests(tx)
    assert one.state is ContestState.ANSWERED and not one.is_awaited
    assert [said.text for said in one.answers] == ["C’était un remplacement."]
    assert to_answer(town, "denis") == []
    with town.acting("denis", write=False) as tx:
        assert [settled.id for settled in contests_settled(tx)] == [contest_id]


def test_each_step_is_in_her_log(sqlite_town: Town) -> None:
    record_id, contest_id = asked(sqlite_town)
    answer(sqlite_town, contest_id)
    with herself(sqlite_town, record_id) as tx:
        reopen_contest(tx, contest_id=contest_id)
    with sqlite_town.acting("bruno", write=False) as tx:
        done = [act["do"] for one in entries_about(tx.connection, record_id, limit=3) for act in one["acts"]]
    assert done == ["reopen_contest", "answer_contest", "open_contest"]


def test_a_responsable_does_not_explain_her_own_access(town: Town) -> None:
    _, contest_id = asked(town, by="denis")
    assert to_answer(town, "denis") == [] and to_answer(town, "ines") == [contest_id]
    with pytest.raises(NotFound):
        answer(town, contest_id)
    promote(town, "fatou")
    with acting_as(town, "fatou", Role.SUPERVISOR, write=False) as tx:
        assert [one.id for one in contests_to_answer(tx)] == [contest_id]
    assert to_answer(town, "ines") == []


def test_a_structure_without_responsable_leaves_it_to_the_reviewer(town: Town) -> None:
    record_id = welcome(town, by="chloe")
    read_by(town, record_id, "chloe")
    contest_id = ask(town, record_id)
    assert to_answer(town, "ines") == [contest_id]
    answer(town, contest_id, by="ines")
    with herself(town, record_id, write=False) as tx:
        assert own_contests(tx)[0].answers[0].structure_id == town.structures["coordination"]


def test_an_answer_that_is_not_enough_goes_once_to_the_reviewer(town: Town, clock: FixedClock) -> None:
    record_id, contest_id = asked(town)
    with pytest.raises(Refused), herself(town, record_id) as tx:
        reopen_contest(tx, contest_id=contest_id)
    answer(town, contest_id)
    clock.move(timedelta(days=2))
    with herself(town, record_id) as tx:
        assert reopen_contest(tx, contest_id=contest_id) == date(2026, 12, 7)
    assert to_answer(town, "denis") == [] and to_answer(town, "ines") == [contest_id]
    answer(town, contest_id, by="ines", text="Un deuxième regard.")
    with herself(town, record_id, write=False) as tx:
        (one,) = own_contests(tx)
    assert one.state is ContestState.CLOSED and len(one.answers) == 2
    with pytest.raises(Refused), herself(town, record_id) as tx:
        reopen_contest(tx, contest_id=contest_id)


def test_a_late_answer_is_counted_and_still_given(town: Town, clock: FixedClock) -> None:
    _, contest_id = asked(town)
    clock.move(timedelta(days=30))
    with system(town.store, clock, write=False) as tx:
        assert late_counts(tx) == {"late_answers": 0, "late_reviews": 0, "unattended": 0}
    clock.move(timedelta(days=1))
    with system(town.store, clock, write=False) as tx:
        assert late_counts(tx) == {"late_answers": 1, "late_reviews": 0, "unattended": 0}
    answer(town, contest_id)
    with system(town.store, clock, write=False) as tx:
        assert late_counts(tx)["late_answers"] == 0


def test_a_question_nobody_can_answer_is_counted(town: Town) -> None:
    record_id = welcome(town)
    with acting_as(town, "ines", Role.REVIEWER, "horizon") as tx:
        tx.journal("refused", records=[record_id])
    ask(town, record_id, action="refused")
    assert to_answer(town, "ines") == []
    with system(town.store, town.clock, write=False) as tx:
        assert late_counts(tx)["unattended"] == 1


def test_a_line_is_asked_about_once_and_only_by_her(town: Town) -> None:
    record_id, _ = asked(town)
    read_by(town, record_id)  # the line grows: the question already covers it
    with pytest.raises(Refused):
        ask(town, record_id)
    other = welcome(town, by="elise")
    with herself(town, record_id, write=False) as tx:
        line = next(one for one in own_log(tx) if one.action == "read_record")
    with pytest.raises(NotFound), herself(town, other) as tx:
        open_contest(tx, seq=line.seq, action="read_record", message="")
    assert len(rows(town.store, "contest")) == 1


def test_a_visit_of_her_own_is_not_asked_about(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    with herself(sqlite_town, record_id) as tx:
        record_opened(tx, record_id)
    with herself(sqlite_town, record_id, write=False) as tx:
        line = next(one for one in own_log(tx) if one.action == "read_record")
    with pytest.raises(Refused), herself(sqlite_town, record_id) as tx:
        open_contest(tx, seq=line.seq, action="read_record", message="")


@pytest.mark.parametrize(("text", "refusal"), [("  ", Invalid), ("x" * (TEXT_LENGTH + 1), Invalid)])
def test_an_answer_says_something_of_a_bearable_length(
    sqlite_town: Town, text: str, refusal: type[PathwayError]
) -> None:
    _, contest_id = asked(sqlite_town)
    with pytest.raises(refusal):
        answer(sqlite_town, contest_id, text=text)
    assert to_answer(sqlite_town, "denis") == [contest_id]


def test_two_answers_at_once_leave_one(sqlite_town: Town) -> None:
    _, contest_id = asked(sqlite_town)
    with sqlite_town.acting("denis", write=False) as late:
        assert contests_to_answer(late)
    answer(sqlite_town, contest_id)
    with pytest.raises((NotFound, Conflict)):
        answer(sqlite_town, contest_id)
    assert len(rows(sqlite_town.store, "contest_answer")) == 1
