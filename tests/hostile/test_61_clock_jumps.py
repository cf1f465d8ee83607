"""Check 61: a clock that jumps a day either way opens nothing, and leaves the journal whole and in order."""

from datetime import timedelta

import orjson
import pytest

from pathway.casework.accounts.rules import LONGEST_SESSION
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows
from tests.store.hands import broken
from tests.town import code_of_now, signed_in, web, welcome
from tests.web.account.doors import STEP, coded, halfway, printed, secret_of

DAY = timedelta(days=1)
JUMPS = pytest.mark.parametrize("jump", [DAY, -DAY], ids=["ahead", "back"])


@JUMPS
def test_a_session_does_not_outlive_the_jump(town: Town, clock: FixedClock, jump: timedelta) -> None:
    client = signed_in(town, "bruno")
    clock.move(jump)
    assert client.get("/aujourd-hui").location.startswith("/connexion")


def test_a_session_used_ahead_is_not_given_a_day_of_idleness(town: Town, clock: FixedClock) -> None:
    client = signed_in(town, "bruno")
    clock.move(timedelta(minutes=15))  # within its idle time: it is used, then the clock is put right
    assert client.get("/aujourd-hui").status_code == 200
    clock.move(-timedelta(minutes=15))
    clock.move(LONGEST_SESSION)
    assert client.get("/aujourd-hui").status_code == 302


def test_a_session_opened_a_day_ahead_is_worth_nothing_once_the_clock_is_right(town: Town, clock: FixedClock) -> None:
    clock.move(DAY)
    client = signed_in(town, "bruno")
    kept = secret_of(client)
    clock.move(-DAY)
    thief = web(town)
    thief.set_cookie("carte", kept)
    assert thief.get("/aujourd-hui").status_code == 302
    assert thief.post("/recherche", data={"last_name": "Benkacem"}).location == "/connexion"


@JUMPS
def test_a_code_read_before_the_jump_opens_nothing_after_it(town: Town, clock: FixedClock, jump: timedelta) -> None:
    code = code_of_now(town, "bruno")
    clock.move(jump)
    fresh = halfway(town)
    assert coded(fresh, code).status_code == 422
    assert coded(fresh, code_of_now(town, "bruno")).status_code == 303


def test_a_code_that_served_ahead_keeps_later_ones_shut_but_not_the_printed_list(
    sqlite_town: Town, clock: FixedClock
) -> None:
    """No step is ever gone back to: until the hour of that code, its owner signs in with a printed code."""
    codes = printed(sqlite_town)
    clock.move(DAY)
    assert coded(halfway(sqlite_town), code_of_now(sqlite_town, "bruno")).status_code == 303
    clock.move(-DAY)
    assert coded(halfway(sqlite_town), code_of_now(sqlite_town, "bruno")).status_code == 422
    assert coded(halfway(sqlite_town), codes[0]).status_code == 303


def test_half_a_session_does_not_wait_through_a_jump(sqlite_town: Town, clock: FixedClock) -> None:
    for jump in (DAY, -DAY):
        client = halfway(sqlite_town)
        clock.move(jump)
        assert client.post(STEP, data={"code": code_of_now(sqlite_town, "bruno")}).location.startswith("/connexion")
        assert not [one for one in rows(sqlite_town.store, "web_session") if one["stage"] == "open"]


def test_the_journal_keeps_its_order_and_its_chain_whatever_the_clock_says(town: Town, clock: FixedClock) -> None:
    for jump in (DAY, -2 * DAY, DAY):
        ref = welcome(town)
        with town.acting("bruno") as tx:
            tx.journal("look", records=[ref])
        clock.move(jump)
    kept = [one["seq"] for one in rows(town.store, "journal_entry", "ORDER BY seq")]
    assert kept == list(range(kept[0], kept[0] + len(kept))) and broken(town.store) == []
    hours = [orjson.loads(bytes(one["payload"]))["at"] for one in rows(town.store, "journal_entry", "ORDER BY seq")]
    assert hours != sorted(hours)  # the hours say what the clock said; the numbers alone say the order
