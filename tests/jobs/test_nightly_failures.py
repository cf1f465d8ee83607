"""One person, one lot or one step that fails is counted, and nobody else is left out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pathway.casework.relays.rules import RelayState
from pathway.demo.town import Town
from pathway.jobs.night import lots, steps
from pathway.jobs.night.ledger import last_night
from pathway.jobs.nightly import Night, run_night, run_nights
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Unavailable
from tests.casework.encounters.scenes import plan
from tests.casework.enrolments.steps import enter, leave, points, rows, share
from tests.casework.relays.scenes import seen, send
from tests.store.hands import altered
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE


def lived(town: Town) -> Night:
    return run_nights(town.store, on=None, report=lambda *_: None, clock=town.clock)


def kept(town: Town, step: str) -> tuple[int, str, bool]:
    row = next(row for row in rows(town.store, "night_step") if row["step"] == step)
    return row["failed"], row["failure"], row["finished_at"] is not None


def failing(monkeypatch: pytest.MonkeyPatch, name: str, record_id: str, place: int = 1) -> None:
    """That action fails each time that record is among those it is given."""
    act: Callable[..., Any] = getattr(steps, name)

    def act_or_fail(*given: Any, **more: Any) -> Any:
        if record_id in {getattr(one, "name", one) for one in more.get("cards") or given[place]}:
            raise KeyError(record_id)
        return act(*given, **more)

    monkeypatch.setattr(steps, name, act_or_fail)


@pytest.mark.parametrize("act", ["look_at", "sweep_looked_at"])
def test_somebody_whose_alerts_fail_leaves_the_others_theirs(
    town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    for one in (amina, zoe):
        enter(town, one)
    clock.move(timedelta(days=31))
    failing(monkeypatch, act, amina)
    night = lived(town)
    assert night.steps["alerts"] == {"candidates": 2, "opened": 1, "updated": 0, "cleared": 0, "failed": 1}
    assert [(one.step, one.failed, one.failure) for one in night.failures] == [("alerts", 1, "KeyError")]
    assert kept(town, "alerts") == (1, "KeyError", True) and amina not in str(rows(town.store, "night_step"))
    assert [row["record_id"] for row in rows(town.store, "alert")] == [zoe]


def test_somebody_whose_things_cannot_be_passed_on_keeps_nobody_else_with_who_left(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    for one in (amina, zoe):
        leave(town, enter(town, one).enrolment_id)
    altered(town.store, f"UPDATE account SET state = 'disabled' WHERE id = '{town.accounts['bruno']}'")
    failing(monkeypatch, "pass_on", amina)
    night = lived(town)
    assert night.steps["departures"]["failed"] == 1 and night.steps["departures"]["people"] == 1
    assert {one.owner_id for one in points(town, zoe, by="denis")} == {None}
    assert {one.owner_id for one in points(town, amina, by="denis")} == {town.accounts["bruno"]}
    monkeypatch.undo()
    assert lived(town).steps["departures"]["people"] == 1
    assert {one.owner_id for one in points(town, amina, by="denis")} == {None}


def test_an_appointment_that_cannot_be_read_leaves_the_others_their_reminder(town: Town, clock: FixedClock) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    step = enter(town, amina).enrolment_id
    for one in (amina, zoe):
        plan(town, one, days=1)
    clock.move(timedelta(minutes=1))
    leave(town, step, reason="follow_up_refused")
    altered(town.store, "UPDATE scheme_exit SET reason = :other", other=bytes(60))
    night = lived(town)
    assert night.steps["reminders"] == {"reminded": 1, "failed": 1}
    assert kept(town, "reminders")[1] == "Sealed"


def test_a_support_that_cannot_end_leaves_the_others_to_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    amina, zoe = welcome(town), welcome(town, identity=ZOE)
    until_at = town.clock.now() + timedelta(hours=1)
    for one in (amina, zoe):
        share(town, one, "mission-locale", sections={"identity", "contact"}, until_at=until_at)
        leave(town, enter(town, one, by="elise", scheme="atelier").enrolment_id, by="elise", reason="death")
    failing(monkeypatch, "end_finished_supports", amina)
    assert lived(town).steps["supports"] == {"ended": 1, "failed": 1}
    monkeypatch.undo()
    assert lived(town).steps["supports"] == {"ended": 1}


def test_a_step_that_breaks_lets_the_following_ones_have_their_turn(
    town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = send(town, welcome(town))
    clock.move(timedelta(days=9))
    monkeypatch.setattr(steps, "observe_work", lambda tx: 1 / 0)
    night = lived(town)
    assert [(one.step, one.failure, one.is_broken) for one in night.failures] == [("work", "ZeroDivisionError", True)]
    assert kept(town, "work") == (1, "ZeroDivisionError", False)
    assert {"alerts", "digest", "traces", "journal_head"} <= set(night.steps) and last_night(town.store) == night.on
    assert seen(town, relay).state is RelayState.BOUNCED
    monkeypatch.undo()
    assert lived(town).failures == [] and kept(town, "work") == (0, "", True)


def test_a_town_lived_day_by_day_hears_of_what_failed(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "observe_work", lambda tx: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_night(sqlite_town.store, sqlite_town.clock, report=lambda *_: None)
    assert last_night(sqlite_town.store) is not None


def test_a_base_that_is_busy_for_a_moment_is_waited_for_and_one_that_is_gone_stops_the_night(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lots, "_PAUSE_SECONDS", 0)
    left = [2]

    def busy(tx: Any) -> int:
        left[0] -= 1
        if left[0] >= 0:
            raise Unavailable("occupée")
        return 0

    monkeypatch.setattr(steps, "_FORGET", (busy,))
    assert lived(sqlite_town).failures == []
    left[0] = 3
    with pytest.raises(Unavailable):
        lived(sqlite_town)
    assert kept(sqlite_town, "traces") == (0, "", False)
