"""What is answered while a night is at work, or between its instant and the day it is caught up."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from pathway.casework.accounts.rules import AccountState
from pathway.casework.alerts import actions
from pathway.casework.alerts.actions import clear_settled, dismiss_alert, publish_policy
from pathway.casework.alerts.deciding import Look, decide, look_at
from pathway.casework.alerts.queries import open_alerts, open_count
from pathway.casework.alerts.replay import Replay, cutoff_of, replay
from pathway.casework.alerts.vocabulary import DismissReason
from pathway.casework.followup.actions import record_contact
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.partners.actions import cancel_absence, declare_absence
from pathway.casework.partners.queries import absences
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Identity
from pathway.casework.team.actions import set_account_state
from pathway.demo.town import Town
from pathway.jobs.night import lots, steps
from pathway.jobs.nightly import run_nights
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Unavailable
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import enter, rows, system
from tests.casework.links.pairs import link
from tests.town import welcome

BILAL = Identity(first_name="Bilal", last_name="Haddad", birth_date=date(1987, 2, 3))


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


def away(town: Town) -> None:
    """Whoever follows them is away for three weeks, without stand-in."""
    with town.acting("denis") as tx:
        until = tx.today + timedelta(days=21)
        declare_absence(tx, account_id=town.accounts["bruno"], from_on=tx.today, until_on=until, stand_in_id=None)


def back(town: Town, _record_id: str) -> None:
    with town.acting("denis") as tx:
        cancel_absence(tx, absences(tx)[0].id)


def leaves(town: Town, _record_id: str) -> None:
    with system(town.store, town.clock) as tx:
        set_account_state(tx, town.accounts["bruno"], AccountState.DISABLED)


def more_patience(town: Town, _record_id: str) -> None:
    with system(town.store, town.clock) as tx:
        publish_policy(tx, {"silent_standard_days": 36}, from_on=tx.today)


def read(town: Town, record_id: str) -> None:
    with town.acting("bruno") as tx:
        record_opened(tx, record_id)


def once_looked_at(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """That happens when the snapshot has decided something of somebody, before anything is held."""
    todo = [act]

    def looked(*args: Any, **named: Any) -> list[Look]:
        found = look_at(*args, **named)
        assert found
        if todo:
            todo.pop()()
        return found

    monkeypatch.setattr(steps, "look_at", looked)


def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Who is evaluated while held, each time somebody is."""
    found: list[list[str]] = []

    def counted(tx: Transaction, person: dict[str, str], **named: Any) -> Any:
        found.append(sorted(set(person.values())))
        return decide(tx, person, **named)

    monkeypatch.setattr(actions, "decide", counted)
    return found


@pytest.mark.parametrize("is_quiet", [True, False])  # before anybody is looked at, and after: the same is kept
@pytest.mark.parametrize(
    ("act", "minutes", "before", "days", "state"),
    [
        (answered, 0, None, 31, []),  # at the very instant of the night: it counts
        (answered, 5, None, 31, ["cleared"]),
        (more_patience, 0, None, 31, []),
        (more_patience, 5, None, 31, ["open"]),
        (leaves, 5, None, 31, ["open"]),
        (back, 5, away, 3, ["cleared"]),
    ],
)
def test_what_is_written_between_the_look_and_the_hold_counts_as_on_a_quiet_night(
    town: Town,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Town, str], None],
    minutes: int,
    before: Callable[[Town], None] | None,
    days: int,
    state: list[str],
    is_quiet: bool,
) -> None:
    amina = silent(town, clock, days)
    if before:
        before(town)

    def meanwhile() -> None:
        clock.move(timedelta(minutes=minutes))
        act(town, amina)

    if is_quiet:
        told = [meanwhile]
        run_nights(
            town.store,
            on=None,
            report=lambda step, *_: told.pop()() if step == "alerts" and told else None,
            clock=clock,
        )
    else:
        once_looked_at(monkeypatch, meanwhile)
        night(town)
    assert states(town) == state and all(is_same for _, is_same in again(town, clock, 1))
    monkeypatch.undo()
    clock.move(timedelta(days=1))
    night(town)
    assert all(is_same for _, is_same in again(town, clock, 2))


def test_only_whoever_was_touched_meanwhile_is_evaluated_again(
    town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = welcome(town, identity=BILAL)
    enter(town, other)
    amina = silent(town, clock, 31)
    once_looked_at(monkeypatch, lambda: read(town, amina))
    again_for = evaluated(monkeypatch)
    night(town)
    assert again_for == [[amina]] and states(town) == ["open", "open"]


def test_what_the_snapshot_decided_is_written_as_it_is_when_nobody_wrote_meanwhile(
    town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(town, welcome(town, identity=BILAL))
    silent(town, clock, 31)
    monkeypatch.setattr(lots, "SHORT_LOT", 1)  # what one lot journals concerns no other
    again_for = evaluated(monkeypatch)
    night(town)
    assert again_for == [] and states(town) == ["open", "open"] and again(town, clock, 1) == [(2, True)]


def test_whoever_was_linked_to_another_card_meanwhile_is_evaluated_with_both(
    town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = welcome(town, identity=BILAL)
    enter(town, twin)
    amina = silent(town, clock, 31)

    def linked() -> None:
        answered(town, twin)
        link(town, amina, twin)

    once_looked_at(monkeypatch, linked)
    night(town)
    assert states(town) == []


def test_a_lot_that_was_kept_though_its_end_was_not_heard_is_not_written_twice(
    town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent(town, clock, 31)
    ends, cut = Transaction.__exit__, [True]

    def cut_off(tx: Transaction, *error: Any) -> None:
        ends(tx, *error)
        if cut and any(act.action == "nightly_alerts" for act in tx.acts):
            cut.pop()
            raise Unavailable("")

    monkeypatch.setattr(Transaction, "__exit__", cut_off)
    night(town)
    assert cut == [] and states(town) == ["open"] and again(town, clock, 1) == [(1, True)]
