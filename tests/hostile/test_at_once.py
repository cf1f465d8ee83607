"""Several clicks at the same instant, on each engine: one of them is written, the others are told so."""

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import update

from pathway.casework.enrolments.actions import cancel_exit, record_exit
from pathway.casework.lifecycle import actions as lifecycle
from pathway.casework.partners.tables import Membership
from pathway.casework.records.actions import create_person
from pathway.casework.relays import actions as relays
from pathway.casework.relays.rules import RelayState
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.demo.town import Town
from pathway.jobs.nightly import run_night
from pathway.kernel.errors import Conflict, PathwayError
from pathway.store.columns import table_of
from tests.casework.enrolments.steps import call, enter, leave, points, rows, system
from tests.casework.relays.scenes import answer, seen, send
from tests.town import AMINA, welcome
from tests.web.counsellor.scenes import move

_membership = table_of(Membership)


def at_once(times: int, act: Callable[[int], object]) -> list[str]:
    """Do it that many times at the same instant; gives « done » or the code of the refusal, for each."""
    start = threading.Barrier(times)
    ends: list[str] = []

    def run(number: int) -> None:
        start.wait()
        try:
            act(number)
            ends.append("done")
        except PathwayError as error:
            ends.append(error.code)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_a_person_created_by_several_clicks_has_one_card(town: Town) -> None:
    def create(_number: int) -> None:
        with town.acting("bruno") as tx:
            create_person(tx, identity=AMINA, claims={})

    assert at_once(5, create) == ["done"] * 5
    assert len(rows(town.store, "record")) == 1


def test_a_contact_sent_by_several_clicks_is_written_once(town: Town) -> None:
    amina = welcome(town)
    assert at_once(5, lambda _: call(town, amina)) == [Conflict.code] * 4 + ["done"]
    assert len(rows(town.store, "contact_attempt")) == 1


def test_an_entry_sent_by_several_clicks_is_written_once(town: Town) -> None:
    amina = welcome(town)
    assert at_once(5, lambda _: enter(town, amina)) == [Conflict.code] * 4 + ["done"]
    assert len(rows(town.store, "enrolment")) == len(rows(town.store, "entry_meter")) == 1


def test_a_step_left_and_taken_back_at_the_same_instant_is_open_or_left_never_both(town: Town) -> None:
    step = enter(town, welcome(town)).enrolment_id

    def leave_or_cancel(number: int) -> None:
        with town.acting(("bruno", "denis")[number % 2]) as tx:
            if number % 2:
                cancel_exit(tx, enrolment_id=step)
            else:
                record_exit(tx, enrolment_id=step, reason=exit_reason("end_of_scheme"), event_on=tx.today)

    for _ in range(4):
        at_once(8, leave_or_cancel)
        is_left = rows(town.store, "enrolment")[0]["exited_at"] is not None
        assert len(rows(town.store, "scheme_exit", "WHERE cancelled_at IS NULL")) == is_left
        assert bool(rows(town.store, "point", "WHERE state = 'open'")) == is_left


def meanwhile(
    town: Town, monkeypatch: pytest.MonkeyPatch, read: tuple[ModuleType, str], act: Callable[[], object]
) -> None:
    """Somebody acts between the moment the night reads and the moment it writes. SQLite has one writer: she comes
    after. PostgreSQL lets her in: she must wait, or be told."""
    first, others = getattr(*read), []

    def reading(*args: Any, **more: Any) -> Any:
        found = first(*args, **more)
        others.append(threading.Thread(target=lambda: at_once(1, lambda _: act())))
        others[0].start()
        others[0].join(1 if town.store.engine.dialect.name == "postgresql" else 0)
        return found

    monkeypatch.setattr(*read, reading)
    run_night(town.store, town.clock, report=lambda *_: None)
    others[0].join()


def test_an_answer_at_the_very_moment_of_the_night_does_not_stop_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = welcome(town)
    relay = send(town, amina)
    move(town, 9)
    meanwhile(town, monkeypatch, (relays, "late_relay"), lambda: answer(town, relays.withdraw_relay, relay, by="bruno"))
    assert seen(town, relay).state in (RelayState.BOUNCED, RelayState.WITHDRAWN)
    assert len(points(town, amina)) == 1


def test_a_call_at_the_very_moment_somebody_s_points_change_hands_does_not_stop_the_night(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina).enrolment_id)
    with system(town.store, town.clock) as tx:
        gone = _membership.c.account_id == town.accounts["bruno"]
        tx.execute(update(_membership).where(gone).values(until_on=tx.today))
        tx.journal("leave")
    move(town, 7)
    meanwhile(town, monkeypatch, (lifecycle, "owned_points"), lambda: call(town, amina, by="denis"))
    assert town.accounts["bruno"] not in {one.owner_id for one in points(town, amina, by="denis")}
