"""What is answered while a night is at work, or between its instant and the day it is caught up."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from pathway.casework.alerts.actions import clear_settled, dismiss_alert
from pathway.casework.alerts.queries import open_alerts, open_count
from pathway.casework.alerts.replay import Replay, cutoff_of, replay
from pathway.casework.alerts.vocabulary import DismissReason
from pathway.casework.followup.actions import record_contact
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.demo.town import Town
from pathway.jobs.nightly import run_nights
from pathway.kernel.clock import FixedClock
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import enter, rows, system
from tests.town import welcome


def night(town: Town, *, at: str = "", act: Callable[[], object] = int) -> None:
    """Tonight, and the nights missed before it; as that step reports, five minutes pass and somebody acts."""
    todo = [act]

    def meanwhile(step: str, _done: int, _total: int) -> None:
        if step == at and todo:
            assert isinstance(town.clock, FixedClock)
            town.clock.move(timedelta(minutes=5))
            todo.pop()()

    assert run_nights(town.store, on=None, report=meanwhile, clock=town.clock).failures == []


def answered(town: Town, record_id: str) -> None:
    with town.acting("bruno") as tx:
        _answer(tx, record_id)


def _answer(tx: Transaction, record_id: str) -> None:
    record_contact(tx, record_id=record_id, channel=Channel.PHONE, result=ContactResult.REACHED, made_on=tx.today)
    clear_settled(tx, record_id=record_id)


def set_aside(town: Town, _record_id: str) -> None:
    with town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=open_alerts(tx)[0].id, reason=DismissReason.HANDLED)


def silent(town: Town, clock: FixedClock, days: int) -> str:
    """Amina, entered that many days ago, whom nobody reached since; every night was lived but tonight's."""
    amina = welcome(town)
    enter(town, amina)
    clock.move(timedelta(days=days - 1))
    night(town)
    clock.move(timedelta(days=1))
    return amina


def again(town: Town, clock: FixedClock, nights: int) -> list[tuple[int, bool]]:
    """Each of the last nights replayed, the latest first: how many alerts, and whether it kept the same."""
    found = []
    with system(town.store, clock, write=False) as tx:
        for ago in range(nights):
            on = tx.today - timedelta(days=ago)
            one = Replay(on=on, cutoff_at=cutoff_of(tx, on))
            for _ in replay(tx, one):
                pass
            found.append((len(one.alerts), one.is_same))
    return found


def states(town: Town) -> list[str]:
    return [row["state"] for row in rows(town.store, "alert", "ORDER BY opened_at")]


@pytest.mark.parametrize("step", ["work", "alerts"])  # before the people to look at are known, and after
def test_an_answer_given_before_the_night_came_to_her_leaves_no_alert(town: Town, clock: FixedClock, step: str) -> None:
    amina = silent(town, clock, 31)
    night(town, at=step, act=lambda: answered(town, amina))
    assert states(town) == ["cleared"] and again(town, clock, 2) == [(1, True), (0, True)]
    clock.move(timedelta(days=1))
    night(town)
    assert states(town) == ["cleared"] and again(town, clock, 3) == [(0, True), (1, True), (0, True)]


@pytest.mark.parametrize(("act", "state"), [(answered, "cleared"), (set_aside, "dismissed")])
def test_an_alert_that_was_ended_meanwhile_is_not_opened_again(
    town: Town, clock: FixedClock, act: Callable[[Town, str], None], state: str
) -> None:
    amina = silent(town, clock, 33)
    assert states(town) == ["open"]
    night(town, at="work", act=lambda: act(town, amina))
    assert states(town) == [state] and again(town, clock, 2) == [(1, True), (1, True)]
    clock.move(timedelta(days=1))
    night(town)
    assert states(town) == [state] and all(is_same for _, is_same in again(town, clock, 3))


def test_nights_caught_up_after_an_answer_say_what_stood_then_and_leave_nothing_open(
    town: Town, clock: FixedClock
) -> None:
    amina = silent(town, clock, 28)
    clock.move(timedelta(days=5))
    answered(town, amina)
    clock.move(timedelta(days=2))
    night(town)
    assert states(town) == ["cleared"]
    counts = again(town, clock, 9)
    assert all(is_same for _, is_same in counts) and [number for number, _ in counts] == [0, 0, 0, 1, 1, 0, 0, 0, 0]


def test_an_answer_being_written_is_waited_for(town: Town, clock: FixedClock) -> None:
    amina = silent(town, clock, 31)
    clock.move(timedelta(minutes=5))
    with town.acting("bruno") as tx:
        _answer(tx, amina)
        clock.move(-timedelta(minutes=4))
        run = threading.Thread(target=lambda: night(town, at="relays", act=lambda: clock.move(timedelta(minutes=9))))
        run.start()
        run.join(1)
    run.join(20)
    with system(town.store, clock, write=False) as tx:
        assert open_count(tx) == 0
