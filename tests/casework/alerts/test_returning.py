"""An alert that nobody takes within five working days comes back to the responsables, once."""

from datetime import timedelta

from pathway.casework.alerts.actions import give_alert, snooze_alert, sweep
from pathway.casework.alerts.queries import AlertLine, alerts_given_to_me, open_alerts
from pathway.casework.alerts.returning import return_alerts, untaken
from pathway.casework.followup.rules import ContactResult
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import call, enter, rows, system
from tests.town import welcome


def alerted(town: Town, clock: FixedClock) -> str:
    amina = welcome(town)
    enter(town, amina)
    clock.move(timedelta(days=31))  # a Monday
    with system(town.store, clock) as tx:
        sweep(tx, [amina], on=tx.today)
        tx.journal("sweep")
    return amina


def returned(town: Town) -> int:
    with system(town.store, town.clock) as tx:
        return return_alerts(tx, untaken(tx))


def line(town: Town) -> AlertLine:
    with town.acting("denis", write=False) as tx:
        return open_alerts(tx)[0]


def give(town: Town, to: str) -> None:
    with town.acting("denis") as tx:
        give_alert(tx, alert_id=line(town).id, account_id=town.accounts[to])


def test_an_alert_given_and_left_comes_back_after_five_working_days(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    give(town, "fatou")
    clock.move(timedelta(days=8))  # 29 December: Christmas is no working day
    assert returned(town) == 0
    clock.move(timedelta(days=1))
    assert returned(town) == 1
    with town.acting("fatou", write=False) as tx:
        assert alerts_given_to_me(tx) == []
    assert (line(town).assigned_to, line(town).returned_on) == (None, town.clock.now().date())
    assert [row["change"] for row in rows(town.store, "alert_change", "ORDER BY version")][-1] == "returned"


def test_it_comes_back_once_and_again_when_given_again(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    clock.move(timedelta(days=9))
    assert (returned(town), returned(town)) == (1, 0)
    clock.move(timedelta(days=30))
    assert returned(town) == 0
    give(town, "fatou")
    assert line(town).returned_on is None
    clock.move(timedelta(days=9))
    assert returned(town) == 1


def test_whoever_tries_to_reach_the_person_keeps_the_alert(town: Town, clock: FixedClock) -> None:
    amina = alerted(town, clock)
    give(town, "fatou")
    clock.move(timedelta(days=2))
    call(town, amina, by="fatou", result=ContactResult.NO_ANSWER)
    clock.move(timedelta(days=20))
    assert returned(town) == 0
    assert line(town).assigned_to == town.accounts["fatou"]


def test_an_alert_put_off_waits_for_its_day(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    clock.move(timedelta(days=5))
    with town.acting("denis") as tx:
        snooze_alert(tx, alert_id=line(town).id)
    clock.move(timedelta(days=6))
    assert returned(town) == 0
    clock.move(timedelta(days=7))  # the days in which nobody takes it begin when it comes back to be read
    assert returned(town) == 0
    clock.move(timedelta(days=2))
    assert returned(town) == 1
