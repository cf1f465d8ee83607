"""What a person answers to an alert reaches whoever follows her, and ends nothing by itself."""

from datetime import timedelta

import pytest

from pathway.casework.alerts.actions import dismiss_alert, give_alert, sweep
from pathway.casework.alerts.answering import (
    Answered,
    answer_alert,
    answers_of,
    answers_to_read,
    last_answers,
    note_answer,
)
from pathway.casework.alerts.queries import alerts_about, open_alerts
from pathway.casework.alerts.vocabulary import Answer, DismissReason
from pathway.casework.followup.queries import open_points
from pathway.casework.followup.rules import PointKind
from pathway.casework.partners.actions import declare_absence
from pathway.casework.records.actions import set_referent
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from tests.casework.enrolments.steps import call, enter, leave, rows, share, system
from tests.store.hands import altered
from tests.town import herself, welcome


def swept_id(town: Town, record_id: str) -> str:
    """Let the rules look at her; gives the first alert there ever was."""
    with system(town.store, town.clock) as tx:
        sweep(tx, [record_id], on=tx.today)
        tx.journal("sweep")
    return str(rows(town.store, "alert")[0]["id"])


def alerted(town: Town, clock: FixedClock) -> tuple[str, str]:
    """Amina, whom nobody reached for 32 days: her record, her alert."""
    amina = welcome(town)
    enter(town, amina)
    clock.move(timedelta(days=32))
    return amina, swept_id(town, amina)


@pytest.fixture
def alert(town: Town, clock: FixedClock) -> tuple[str, str]:
    """The same on each engine."""
    return alerted(town, clock)


def said(town: Town, alert: tuple[str, str], answer: Answer | None, note: str = "") -> Answered:
    with herself(town, alert[0]) as tx:
        return answer_alert(tx, alert_id=alert[1], record_id=alert[0], answer=answer, note=note)


def to_read(town: Town, *people: str) -> set[str]:
    """Who of those has an answer to read."""
    found = set()
    for by in people:
        with town.acting(by, write=False) as tx:
            found |= {by} if answers_to_read(tx) else set()
    return found


def test_her_answer_is_read_by_her_referent_and_the_alert_stays(town: Town, alert: tuple[str, str]) -> None:
    said(town, alert, Answer.FINE, "Je travaille chez ma cousine")
    with town.acting("bruno", write=False) as tx:
        (line,) = answers_to_read(tx)
        assert (line.answer, line.note, line.alert_id) == (Answer.FINE, "Je travaille chez ma cousine", alert[1])
        assert len(alerts_about(tx, alert[0])) == 1
    assert b"cousine" not in b"".join(bytes(row["note"] or b"") for row in rows(town.store, "alert_change"))


def test_an_answer_is_read_once_and_by_those_who_follow_her(town: Town, alert: tuple[str, str]) -> None:
    said(town, alert, Answer.NOT_TRUE)
    for by in ("fatou", "sylvie", "chloe"):
        with town.acting(by, write=False) as tx:
            assert answers_to_read(tx) == []
    with pytest.raises(NotFound), town.acting("elise") as tx:
        note_answer(tx, alert_id=alert[1], version=2)
    with town.acting("bruno") as tx:
        note_answer(tx, alert_id=alert[1], version=2)
        assert answers_to_read(tx) == []
    with pytest.raises(Conflict), town.acting("bruno") as tx:
        note_answer(tx, alert_id=alert[1], version=2)


def test_call_me_back_opens_a_call_on_the_next_working_day(town: Town, alert: tuple[str, str]) -> None:
    said(town, alert, Answer.CALL_ME)
    with town.acting("bruno", write=False) as tx:
        (call,) = [one for one in open_points(tx, alert[0]) if one.kind is PointKind.CALLBACK]
        assert timedelta(0) < call.due_on - tx.today <= timedelta(days=4)


def test_only_her_own_open_alert_is_answered(town: Town, alert: tuple[str, str]) -> None:
    other = welcome(town)
    with pytest.raises(NotFound), herself(town, other) as tx:
        answer_alert(tx, alert_id=alert[1], record_id=other, answer=Answer.FINE)
    with pytest.raises(Invalid):
        said(town, alert, None)
    with pytest.raises(Invalid):
        said(town, alert, Answer.FINE, "x" * 1001)
    assert not [row for row in rows(town.store, "alert_change") if row["change"] == "answered"]


def test_the_last_answer_is_the_one_shown(town: Town, clock: FixedClock, alert: tuple[str, str]) -> None:
    said(town, alert, Answer.FINE)
    clock.move(timedelta(hours=1))
    said(town, alert, Answer.NOT_TRUE)
    with town.acting("denis", write=False) as tx:
        assert [answer for answer, _ in answers_of(tx, open_alerts(tx)).values()] == [Answer.NOT_TRUE]
    with town.acting("bruno", write=False) as tx:
        assert len(answers_to_read(tx)) == 1


def test_she_is_told_who_reads_and_when_she_is_called(town: Town, alert: tuple[str, str]) -> None:
    done = said(town, alert, Answer.CALL_ME)
    assert done.is_for_referent and done.call_on is not None
    assert said(town, alert, Answer.FINE) == Answered(call_on=None, is_for_referent=True)


def test_whoever_stands_in_reads_and_whoever_stands_beside_does_not(town: Town, alert: tuple[str, str]) -> None:
    said(town, alert, Answer.FINE)
    with town.acting("bruno") as tx:
        bruno, fatou = tx.actor.account_id, town.accounts["fatou"]
        declare_absence(tx, account_id=bruno, from_on=tx.today, until_on=tx.today, stand_in_id=fatou)
    assert to_read(town, "bruno", "fatou", "denis") == {"bruno", "fatou"}


def test_an_absence_without_stand_in_leaves_the_answer_to_everybody_there(sqlite_town: Town, clock: FixedClock) -> None:
    hers = alerted(sqlite_town, clock)
    said(sqlite_town, hers, Answer.FINE)
    with sqlite_town.acting("bruno") as tx:
        declare_absence(tx, account_id=tx.actor.account_id, from_on=tx.today, until_on=tx.today, stand_in_id=None)
    assert to_read(sqlite_town, "fatou", "denis", "elise", "solene") == {"fatou", "denis"}


def test_whoever_is_given_the_alert_reads_the_answer_too(sqlite_town: Town, clock: FixedClock) -> None:
    hers = alerted(sqlite_town, clock)
    said(sqlite_town, hers, Answer.FINE)
    with sqlite_town.acting("denis") as tx:
        give_alert(tx, alert_id=hers[1], account_id=sqlite_town.accounts["fatou"])
    assert to_read(sqlite_town, "bruno", "fatou", "denis") == {"bruno", "fatou"}
    with sqlite_town.acting("fatou") as tx:
        note_answer(tx, alert_id=hers[1], version=answers_to_read(tx)[0].version)
    assert to_read(sqlite_town, "bruno", "fatou", "denis") == set()


def test_without_a_referent_there_the_responsable_reads(town: Town, clock: FixedClock) -> None:
    hers = alerted(town, clock)
    share(town, hers[0], "mission-locale", sections={"identity", "contact", "pathway", "followup", "alerts"})
    enter(town, hers[0], by="elise", scheme="cej")
    with town.acting("elise") as tx:
        set_referent(tx, record_id=hers[0], account_id=tx.actor.account_id)
    assert not said(town, hers, Answer.FINE).is_for_referent
    # Her référent elsewhere reads it as well: what all who follow her may know.
    assert to_read(town, "bruno", "fatou", "denis", "elise", "karim") == {"denis", "elise"}


def test_what_one_structure_alone_may_know_is_answered_to_it_alone(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    share(town, amina, "quai-neuf", sections={"identity", "contact", "pathway", "followup", "alerts"})
    enter(town, amina, scheme="quai-neuf", by="solene")
    clock.move(timedelta(days=100))
    hers = amina, swept_id(town, amina)
    assert not said(town, hers, Answer.NOT_TRUE, "Je suis venue").is_for_referent
    assert to_read(town, "bruno", "denis", "elise", "solene") == {"solene"}


def test_an_answer_outlives_its_alert_until_it_is_read(sqlite_town: Town, clock: FixedClock) -> None:
    hers = alerted(sqlite_town, clock)
    said(sqlite_town, hers, Answer.FINE, "Bien reçu")
    call(sqlite_town, hers[0], by="fatou")
    swept_id(sqlite_town, hers[0])
    with sqlite_town.acting("bruno") as tx:
        assert alerts_about(tx, hers[0]) == []
        (line,) = answers_to_read(tx)
        assert line.note == "Bien reçu"
        note_answer(tx, alert_id=hers[1], version=line.version)
        assert answers_to_read(tx) == []


def test_an_alert_set_aside_takes_its_answer_with_it(sqlite_town: Town, clock: FixedClock) -> None:
    hers = alerted(sqlite_town, clock)
    said(sqlite_town, hers, Answer.FINE)
    with sqlite_town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=hers[1], reason=DismissReason.PERSON_ASKED)
    assert to_read(sqlite_town, "bruno", "fatou", "denis") == set()


def test_an_answer_given_again_meanwhile_is_not_taken_for_read(sqlite_town: Town, clock: FixedClock) -> None:
    hers = alerted(sqlite_town, clock)
    said(sqlite_town, hers, Answer.FINE)
    with sqlite_town.acting("bruno", write=False) as tx:
        old = answers_to_read(tx)[0].version
    said(sqlite_town, hers, Answer.CALL_ME)
    with pytest.raises(Conflict), sqlite_town.acting("bruno") as tx:
        note_answer(tx, alert_id=hers[1], version=old)
    with herself(sqlite_town, hers[0], write=False) as tx:
        kept = last_answers(tx, alerts_about(tx, hers[0]))[hers[1]]
        assert (kept.answer, kept.is_read) == (Answer.CALL_ME, False)


def test_an_alert_gone_meanwhile_is_said_to_her_without_being_an_error(sqlite_town: Town, clock: FixedClock) -> None:
    hers = alerted(sqlite_town, clock)
    call(sqlite_town, hers[0])
    swept_id(sqlite_town, hers[0])
    with pytest.raises(Conflict, match="n’est plus là"):
        said(sqlite_town, hers, Answer.FINE)


def test_call_me_back_is_kept_even_when_no_structure_supports_her(sqlite_town: Town, clock: FixedClock) -> None:
    amina = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, amina).enrolment_id)
    clock.move(timedelta(days=30))
    hers = amina, swept_id(sqlite_town, amina)
    with sqlite_town.store.engine.begin() as base:
        base.exec_driver_sql("UPDATE access_grant SET until_at = '2027-06-01 00:00:00'")
    assert said(sqlite_town, hers, Answer.CALL_ME, "Le soir").call_on is None
    assert to_read(sqlite_town, "bruno") == {"bruno"}


def test_a_closed_account_reads_nothing_and_is_given_nothing(sqlite_town: Town, clock: FixedClock) -> None:
    hers = alerted(sqlite_town, clock)
    closed = sqlite_town.accounts["bruno"]
    altered(sqlite_town.store, f"UPDATE account SET state = 'disabled' WHERE id = '{closed}'")
    assert not said(sqlite_town, hers, Answer.FINE).is_for_referent
    assert to_read(sqlite_town, "fatou", "denis") == {"denis"}
    with pytest.raises(Refused), sqlite_town.acting("denis") as tx:
        give_alert(tx, alert_id=hers[1], account_id=closed)


def test_changing_her_mind_hides_no_message_that_nobody_read(town: Town, alert: tuple[str, str]) -> None:
    said(town, alert, Answer.CALL_ME, "Mon téléphone a changé.")
    said(town, alert, Answer.FINE)
    with town.acting("bruno", write=False) as tx:
        (line,) = answers_to_read(tx)
    assert (line.answer, line.earlier) == (Answer.FINE, ((Answer.CALL_ME, "Mon téléphone a changé."),))
    with town.acting("bruno") as tx:
        note_answer(tx, alert_id=line.alert_id, version=line.version)
    said(town, alert, Answer.NOT_TRUE)
    with town.acting("bruno", write=False) as tx:
        assert [one.earlier for one in answers_to_read(tx)] == [()]
