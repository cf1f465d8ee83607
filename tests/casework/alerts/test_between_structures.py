"""What one structure does about an alert, and what she writes to it, stays between them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from pathway.casework.alerts.actions import Together, dismiss_alert, give_alert, give_alerts, snooze_alert
from pathway.casework.alerts.answering import answer_alert, answers_to_read, last_answers
from pathway.casework.alerts.outcomes import outcomes
from pathway.casework.alerts.queries import AlertLine, alerts_about
from pathway.casework.alerts.vocabulary import Answer, DismissReason, RuleId
from pathway.casework.sharing.tables import AccessGrant
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict
from pathway.store.columns import table_of
from tests.casework.agreements.deciding import stop
from tests.casework.alerts.test_actions import LONG_AGO, alerted, dismissed, queue, swept
from tests.casework.enrolments.steps import call, enter, leave, points, rows, share, system
from tests.town import herself, welcome

SHARED = {"identity", "contact", "pathway", "followup"}


def late_twice(town: Town, clock: FixedClock, *, days: int) -> tuple[str, AlertLine]:
    """Amina, who left the PAE (its point was due on day 10) then the PLIE (day 17); gives her late alert, the PAE's."""
    amina = welcome(town)
    here = enter(town, amina, on=LONG_AGO).enrolment_id
    share(town, amina, "plie", sections=SHARED)
    there = enter(town, amina, by="lucie", scheme="plie", on=LONG_AGO).enrolment_id
    clock.move(timedelta(days=3))
    leave(town, here)
    clock.move(timedelta(days=1))
    leave(town, there, by="lucie")
    clock.move(timedelta(days=days - 4))
    swept(town, amina)
    return amina, late(town, "denis")[0]


def late(town: Town, by: str) -> list[AlertLine]:
    return [line for line in queue(town, by) if line.rule is RuleId.R02]


def message(town: Town, amina: str, alert_id: str) -> None:
    with herself(town, amina) as tx:
        answer_alert(tx, alert_id=alert_id, record_id=amina, answer=Answer.FINE, note="Pour vous seul")


def test_among_several_given_one_that_may_not_be_is_left_as_it_was(sqlite_town: Town, clock: FixedClock) -> None:
    amina = alerted(sqlite_town, clock)
    before = rows(sqlite_town.store, "alert")
    with system(sqlite_town.store, clock) as tx:
        grant = table_of(AccessGrant)
        tx.execute(grant.update().where(grant.c.record_id == amina).values(until_at=tx.now + timedelta(days=30)))
        tx.journal("support_ends")
    with sqlite_town.acting("denis") as tx:
        found = give_alerts(tx, [before[0]["id"]], account_id=sqlite_town.accounts["fatou"])
    assert found == Together(done=0, left=(before[0]["id"],))
    assert rows(sqlite_town.store, "alert") == before


def test_an_alert_that_becomes_another_structures_begins_there_anew(town: Town, clock: FixedClock) -> None:
    amina, alert = late_twice(town, clock, days=30)
    with town.acting("denis") as tx:
        give_alert(tx, alert_id=alert.id, account_id=town.accounts["fatou"])
        snooze_alert(tx, alert_id=alert.id)
    message(town, amina, alert.id)
    for one in points(town, amina):
        if one.structure_id == alert.structure_id and one.due_on <= clock.now().date():
            call(town, amina, point_id=one.id)
    swept(town, amina)
    (theirs,) = late(town, "yvan")
    assert (theirs.assigned_to, theirs.snoozed_until, theirs.opened_on) == (None, None, clock.now().date())
    with town.acting("yvan", write=False) as tx:
        assert (answers_to_read(tx), last_answers(tx, [theirs])) == ([], {})
    with town.acting("fatou", write=False) as tx:
        assert [one.note for one in answers_to_read(tx)] == ["Pour vous seul"]


def test_a_structure_she_stopped_learns_nothing_of_what_another_one_did(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    enter(town, amina, on=LONG_AGO)
    share(town, amina, "plie", sections=SHARED)
    enter(town, amina, by="lucie", scheme="plie", on=LONG_AGO)
    clock.move(timedelta(days=40))
    call(town, amina, by="lucie")
    clock.move(timedelta(days=32))
    swept(town, amina)
    silent = {line.structure_id: line for line in [*queue(town, "denis"), *queue(town, "yvan")]}
    told_before = [line.facts["since_on"] for line in silent.values() if line.rule is RuleId.R03]
    stop(town, amina, "pae-centre")
    assert queue(town, "denis") == []  # at once: it may speak of what the PLIE did
    swept(town, amina)
    (ours,) = [line for line in queue(town, "denis") if line.rule is RuleId.R03]
    assert (ours.circle, ours.facts["since_on"]) == (ours.structure_id, LONG_AGO.isoformat())
    assert told_before and ours.facts["since_on"] not in told_before
    call(town, amina, by="lucie")
    swept(town, amina)
    assert ours.id in {line.id for line in queue(town, "denis")}


def test_setting_a_late_point_aside_hides_no_other_structures(sqlite_town: Town, clock: FixedClock) -> None:
    amina, alert = late_twice(sqlite_town, clock, days=30)  # both points are late enough
    assert late(sqlite_town, "yvan") == []
    dismissed(sqlite_town, alert.id)
    swept(sqlite_town, amina)
    assert [line.structure_id for line in late(sqlite_town, "yvan")] == [sqlite_town.structures["plie"]]
    assert late(sqlite_town, "denis") == []


def test_a_partner_reads_what_she_answered_and_not_her_message(sqlite_town: Town, clock: FixedClock) -> None:
    amina, alert = late_twice(sqlite_town, clock, days=30)
    message(sqlite_town, amina, alert.id)
    read = {}
    for by in ("bruno", "lucie"):
        with sqlite_town.acting(by, write=False) as tx:
            read[by] = [(one.answer, one.note) for one in last_answers(tx, alerts_about(tx, amina)).values()]
    assert read == {"bruno": [(Answer.FINE, "Pour vous seul")], "lucie": [(Answer.FINE, "")]}


def test_two_responsables_settle_one_alert_once(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    alert_id = queue(town)[0].id

    def once(reason: DismissReason) -> bool:
        try:
            with town.acting("denis") as tx:
                dismiss_alert(tx, alert_id=alert_id, reason=reason)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(once, DismissReason)) == [False, False, False, True]
    assert len(rows(town.store, "alert_change", "WHERE change = 'dismissed'")) == 1


def test_what_a_sensitive_structure_did_counts_in_no_other_precision(sqlite_town: Town, clock: FixedClock) -> None:
    town = sqlite_town
    amina = welcome(town)
    enter(town, amina)
    share(town, amina, "quai-neuf", sections=SHARED)
    enter(town, amina, scheme="quai-neuf", by="solene")
    clock.move(timedelta(days=31))
    swept(town, amina)
    dismissed(town, queue(town)[0].id, DismissReason.NOT_RELEVANT)
    call(town, amina, by="solene")
    assert over(town) == [None]
    call(town, amina)
    assert over(town) == [clock.now().date()]


def over(town: Town) -> list[date | None]:
    """When what each alert of the PAE told was over."""
    with town.acting("denis", write=False) as tx:
        return [one.over_on for one in outcomes(tx, since=LONG_AGO, structure_id=tx.actor.structure_id)]
