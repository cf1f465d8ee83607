from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from pathway.casework.alerts import actions
from pathway.casework.alerts.actions import (
    Swept,
    clear_settled,
    dismiss_alert,
    give_alert,
    observe_work,
    snooze_alert,
    snooze_alerts,
    sweep,
)
from pathway.casework.alerts.candidates import candidates
from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY
from pathway.casework.alerts.queries import (
    AlertLine,
    alert_ever_seen,
    alert_seen,
    alerts_about,
    alerts_given_to_me,
    history_of,
    open_alerts,
    open_count,
)
from pathway.casework.alerts.reading import facts_of, people_of, seen_at, seen_now
from pathway.casework.alerts.rules import evaluate
from pathway.casework.alerts.vocabulary import DismissReason, Level, RuleId
from pathway.casework.records.actions import set_referent
from pathway.casework.records.tables import Referent
from pathway.casework.sharing.tables import AccessGrant
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.store.columns import table_of
from tests.casework.enrolments.steps import call, enter, leave, points, rows, system
from tests.town import FRIDAY, welcome

TODAY = date(2026, 11, 20)
LONG_AGO = TODAY - timedelta(days=200)  # a step that ends after a third of its planned time is no early end


def swept(town: Town, *record_ids: str) -> Swept:
    """One sweep of the clock's day, over those records or all that may fire."""
    with system(town.store, town.clock) as tx:
        asked = record_ids or tuple(candidates(tx, on=tx.today))
        done = sweep(tx, asked, on=tx.today)
        tx.journal("sweep")
    return done


def alerted(town: Town, clock: FixedClock) -> str:
    """Amina, whose first point is twelve days late today and who was never reached; gives her record."""
    amina = welcome(town)
    leave(town, enter(town, amina, on=LONG_AGO).enrolment_id)
    clock.move(timedelta(days=19))
    swept(town)
    return amina


def queue(town: Town, by: str = "denis") -> list[AlertLine]:
    with town.acting(by, write=False) as tx:
        return open_alerts(tx)


def rules(town: Town, by: str = "denis") -> set[RuleId]:
    return {line.rule for line in queue(town, by)}


def dismissed(town: Town, alert_id: str, reason: DismissReason | None = DismissReason.HANDLED, note: str = "") -> None:
    with town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=alert_id, reason=reason, note=note)


def test_an_overdue_point_is_seen_by_the_responsable_with_what_explains_it(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    line = queue(town)[0]
    assert (line.rule, line.record_id, line.opened_on) == (RuleId.R02, amina, TODAY + timedelta(days=19))
    assert line.facts["due_on"] == "2026-11-27"
    assert line.facts["point_id"] == points(town, amina)[0].id
    assert line.parameters["threshold_days"] == 7


def test_a_silence_and_a_gap_fire_after_their_days(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    step = enter(town, amina).enrolment_id
    clock.move(timedelta(days=30))
    assert swept(town) == Swept(opened=0, updated=0, cleared=0)
    clock.move(timedelta(days=1))
    assert swept(town).opened == 1
    assert rules(town) == {RuleId.R03}
    leave(town, step, on=clock.now().date())
    call(town, amina)
    clock.move(timedelta(days=29))
    swept(town)
    assert rules(town) >= {RuleId.R07}


def test_sweeping_twice_is_sweeping_once(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    before = rows(town.store, "alert")
    assert swept(town) == Swept(opened=0, updated=0, cleared=0)
    assert rows(town.store, "alert") == before


def test_two_sweeps_at_the_same_time_open_one_alert(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina, on=LONG_AGO).enrolment_id)
    clock.move(timedelta(days=19))

    def once(_: int) -> int:
        try:
            return swept(town).opened
        except Conflict:
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(once, range(4))) == 1
    assert len(rows(town.store, "alert")) == 1


def test_an_alert_grows_more_pressing_without_being_doubled(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    clock.move(timedelta(days=7))
    assert swept(town).updated == 1
    assert len(rows(town.store, "alert")) == 1
    assert queue(town)[0].parameters["responsable"] is True


def test_a_contact_clears_at_once_what_it_answers_and_opens_nothing(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    call(town, amina)
    with town.acting("bruno") as tx:
        assert clear_settled(tx, record_id=amina) == 1
        tx.journal("clear")
        assert clear_settled(tx, record_id=amina) == 0
    kept = rows(town.store, "alert")[0]
    assert (kept["state"], kept["ended_at"] is None) == ("cleared", False)
    assert swept(town).opened == 0


def test_an_entry_clears_a_gap(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina, on=LONG_AGO).enrolment_id)
    clock.move(timedelta(days=30))
    swept(town)
    assert RuleId.R07 in rules(town)
    enter(town, amina)
    with town.acting("bruno") as tx:
        clear_settled(tx, record_id=amina)
        tx.journal("clear")
    assert RuleId.R07 not in rules(town)


def test_a_dismissed_alert_does_not_come_back_on_the_same_facts_but_does_on_new_ones(
    town: Town, clock: FixedClock
) -> None:
    amina = alerted(town, clock)
    dismissed(town, queue(town)[0].id)
    assert (queue(town), swept(town).opened) == ([], 0)
    call(town, amina, point_id=points(town, amina)[0].id)
    clock.at = FRIDAY + timedelta(days=98)
    assert swept(town, amina).opened >= 1
    assert RuleId.R02 in rules(town)


def test_nobody_answering_for_her_is_set_aside_until_somebody_was_named(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    enter(town, amina)
    unnamed(town)
    swept(town)
    assert rules(town) == {RuleId.R11}
    dismissed(town, queue(town)[0].id)
    clock.move(timedelta(days=1))
    assert (swept(town, amina).opened, rules(town)) == (0, set())
    with town.acting("denis") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["bruno"])
    clock.move(timedelta(days=1))
    unnamed(town)
    swept(town, amina)
    assert rules(town) == {RuleId.R11}


def unnamed(town: Town) -> None:
    """Nobody is référent de parcours any more."""
    with system(town.store, town.clock) as tx:
        referent = table_of(Referent)
        tx.execute(update(referent).where(referent.c.until_at.is_(None)).values(until_at=tx.now))
        tx.journal("unnamed")


def test_dismissing_needs_a_reason_and_seals_the_note(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    alert_id = queue(town)[0].id
    with pytest.raises(Invalid) as refusal:
        dismissed(town, alert_id, None)
    assert refusal.value.field == "reason"
    dismissed(town, alert_id, DismissReason.PERSON_ASKED, "Partie chez sa sœur")
    kept = rows(town.store, "alert_change", "WHERE change = 'dismissed'")[0]
    assert (kept["change"], kept["reason"]) == ("dismissed", "person_asked")
    assert "sœur".encode() not in bytes(kept["note"])
    with town.acting("denis", write=False) as tx:
        said = tx.sealing.open_value(amina, "alert_change", f"{alert_id}-{kept['version']}", bytes(kept["note"]))
    assert said == {"note": "Partie chez sa sœur"}


def test_a_given_alert_moves_the_points_with_it(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    alert_id = queue(town)[0].id
    with town.acting("denis") as tx:
        give_alert(tx, alert_id=alert_id, account_id=town.accounts["fatou"])
    with town.acting("fatou", write=False) as tx:
        assert [line.id for line in alerts_given_to_me(tx)] == [alert_id]
    assert {point.owner_id for point in points(town, amina)} == {town.accounts["fatou"]}
    swept(town)
    assert queue(town)[0].assigned_to == town.accounts["fatou"]


def test_an_alert_is_given_inside_the_structure_only(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    with pytest.raises(Refused) as refusal, town.acting("denis") as tx:
        give_alert(tx, alert_id=queue(town)[0].id, account_id=town.accounts["chloe"])
    assert refusal.value.field == "account_id"
    assert {point.owner_id for point in points(town, amina)} == {town.accounts["bruno"]}


def test_a_snoozed_alert_sleeps_seven_days(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    with town.acting("denis") as tx:
        until = snooze_alert(tx, alert_id=queue(town)[0].id)
    assert until == TODAY + timedelta(days=26)
    clock.move(timedelta(days=6))
    assert queue(town) == []
    with town.acting("denis", write=False) as tx:
        assert len(alerts_about(tx, amina)) == 1
    clock.move(timedelta(days=1))
    assert len(queue(town)) == 1


def test_who_may_only_read_neither_puts_an_alert_off_nor_dismisses_it(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    alert_id = queue(town)[0].id
    with system(town.store, clock) as tx:
        grant = table_of(AccessGrant)
        tx.execute(grant.update().where(grant.c.record_id == amina).values(until_at=tx.now + timedelta(days=30)))
        tx.journal("support_ends")
    with pytest.raises(Refused, match="pas le modifier"), town.acting("denis") as tx:
        snooze_alert(tx, alert_id=alert_id)
    with pytest.raises(Refused, match="pas le modifier"):
        dismissed(town, alert_id)
    assert [line.id for line in queue(town)] == [alert_id]


def test_a_supervisor_of_elsewhere_sees_and_touches_nothing(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    alert_id = queue(town)[0].id
    for by in ("sylvie", "chloe"):
        assert queue(town, by) == []
        with town.acting(by, write=False) as tx:
            assert alerts_about(tx, amina) == []
            for asked in (alert_id, "z" * 26):
                with pytest.raises(NotFound):
                    alert_seen(tx, asked)
        with pytest.raises(NotFound), town.acting(by) as tx:
            dismiss_alert(tx, alert_id=alert_id, reason=DismissReason.HANDLED)


def test_what_was_done_about_an_alert_is_told_in_order(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    alert_id = queue(town)[0].id
    with town.acting("denis") as tx:
        give_alert(tx, alert_id=alert_id, account_id=town.accounts["fatou"])
        snooze_alert(tx, alert_id=alert_id)
        dismiss_alert(tx, alert_id=alert_id, reason=DismissReason.NOT_RELEVANT, note="Vue mardi.")
        told = history_of(tx, alert_ever_seen(tx, alert_id))
        assert open_count(tx) == 0
    assert [one.change for one in told] == ["opened", "given", "snoozed", "dismissed"]
    assert told[1].assigned_to == town.accounts["fatou"] and told[3].reason == "not_relevant"
    assert [one.note for one in told] == ["", "", "", "Vue mardi."]


def test_two_responsables_who_tick_the_same_alerts_take_them_in_the_same_order(
    town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    monkeypatch.setattr(actions, "snooze_alert", lambda _tx, *, alert_id: taken.append(alert_id))
    for ticked in (["a", "c", "b"], ["b", "c", "a"]):
        with town.acting("denis") as tx:
            assert snooze_alerts(tx, ticked).done == 3
    assert taken == ["a", "b", "c"] * 2


def test_candidates_hold_everyone_about_whom_a_rule_fires(town: Town, clock: FixedClock) -> None:
    amina, bilal, chahra = welcome(town), welcome(town), welcome(town)
    enter(town, amina)
    leave(town, enter(town, bilal, on=LONG_AGO).enrolment_id, reason="cdi")
    leave(town, enter(town, chahra, on=LONG_AGO).enrolment_id, reason="death")
    for days in (0, 8, 15, 31, 60, 95):
        clock.at = FRIDAY + timedelta(days=days)
        with system(town.store, clock, write=False) as tx:
            wanted = candidates(tx, on=tx.today)
            facts = facts_of(tx, people_of(tx, [amina, bilal, chahra]), seen_now(tx))
            fired = {one.record_id for one in facts if evaluate(one, on=tx.today, policy=DEFAULT_ALERT_POLICY)}
        assert fired <= set(wanted), days
        assert wanted == sorted(set(wanted))


def test_whoever_left_is_looked_at_until_somebody_supports_her_again(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina, on=LONG_AGO).enrolment_id, reason="other_scheme")
    call(town, amina)
    clock.move(timedelta(days=30))
    call(town, amina)
    with system(town.store, clock, write=False) as tx:
        assert amina in candidates(tx, on=tx.today)  # a gap begins
    enter(town, amina)
    with system(town.store, clock, write=False) as tx:
        assert amina not in candidates(tx, on=tx.today)


def test_a_past_night_can_be_looked_at_again(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    night = clock.now()
    with system(town.store, clock) as tx:
        observe_work(tx)
        then = facts_of(tx, people_of(tx, [amina]), seen_at(tx, night))
    clock.move(timedelta(days=1))
    call(town, amina)
    with system(town.store, clock, write=False) as tx:
        her = people_of(tx, [amina])
        assert facts_of(tx, her, seen_at(tx, night)) == then
        assert facts_of(tx, her, seen_now(tx)) != then


def test_setting_one_late_point_aside_does_not_hide_those_that_become_late_after_it(
    town: Town, clock: FixedClock
) -> None:
    amina = alerted(town, clock)
    dismissed(town, queue(town)[0].id)
    clock.at = FRIDAY + timedelta(days=34)  # the second point, due on the 28th day, is six days late
    swept(town, amina)
    assert RuleId.R02 not in rules(town)
    clock.move(timedelta(days=1))
    swept(town, amina)
    late = next(line for line in queue(town) if line.rule is RuleId.R02)
    assert late.facts["due_on"] == "2026-12-18"


def test_a_silence_set_aside_comes_back_when_it_becomes_long(sqlite_town: Town, clock: FixedClock) -> None:
    enter(sqlite_town, welcome(sqlite_town))
    clock.move(timedelta(days=32))
    swept(sqlite_town)
    dismissed(sqlite_town, queue(sqlite_town)[0].id)
    clock.move(timedelta(days=20))
    swept(sqlite_town)
    assert rules(sqlite_town) == set()
    clock.move(timedelta(days=40))
    swept(sqlite_town)
    assert [(one.rule, one.level) for one in queue(sqlite_town)] == [(RuleId.R03, Level.HIGH)]
