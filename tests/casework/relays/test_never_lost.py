"""Lived at random, day after day: nobody who was passed on is ever without a day to come or somebody to call her."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from pathway.casework.enrolments.queries import orphan_exits
from pathway.casework.records.queries import referent_of
from pathway.casework.relays.actions import (
    accept_relay,
    acknowledge_relay,
    close_relay,
    put_on_waiting_list,
    refuse_relay,
    set_first_appointment,
    settle_entered,
    withdraw_relay,
)
from pathway.casework.relays.rules import RefusalReason, RelayResult, comes_back
from pathway.demo.town import Town
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Conflict, NotFound, Refused
from tests.casework.enrolments.steps import enter, leave, rows, system
from tests.casework.relays.scenes import answer, known, night, seen, send, to_call
from tests.town import herself, welcome
from tests.web.counsellor.scenes import move

Deed = Callable[[Town, str, str], None]


def no(town: Town, record_id: str, relay: str) -> None:
    with herself(town, record_id) as tx:
        withdraw_relay(tx, relay_id=relay, version=seen(town, relay).version)


def entry(town: Town, record_id: str, _relay: str) -> None:
    enter(town, record_id, by="elise", scheme="cej")
    with town.acting("elise") as tx:
        settle_entered(tx, record_id=record_id)


DEEDS: tuple[Deed, ...] = (
    lambda town, _, relay: answer(town, acknowledge_relay, relay),
    lambda town, _, relay: answer(town, put_on_waiting_list, relay),
    lambda town, _, relay: answer(town, set_first_appointment, relay, on=local_day(town.clock.now())),
    lambda town, _, relay: answer(town, accept_relay, relay),
    lambda town, _, relay: answer(town, refuse_relay, relay, reason=RefusalReason.NO_PLACE),
    lambda town, _, relay: answer(town, close_relay, relay, result=RelayResult.NOT_ENTERED),
    lambda town, _, relay: answer(town, withdraw_relay, relay, by="bruno"),
    no,
    entry,
    *(lambda town, _, relay: None for _ in range(6)),
)


def weigh(town: Town, record_id: str, relay_id: str) -> None:
    relay = seen(town, relay_id)
    if relay.is_pending:
        assert relay.due_on is not None and relay.due_on >= local_day(town.clock.now())
    if comes_back(relay.state, relay.result):
        assert to_call(town, record_id), relay.state
        assert not known(town, record_id), relay.state
    with system(town.store, town.clock) as tx:
        assert referent_of(tx, record_id) is not None
        assert orphan_exits(tx) == []
        tx.journal("look")
    open_grants = [row for row in rows(town.store, "access_grant") if row["cause"] == "relay"]
    assert all(row["until_at"] is not None for row in open_grants)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_done_and_not_done_she_is_somebody_s(sqlite_town: Town, seed: int) -> None:
    chance = random.Random(seed)
    ref = welcome(sqlite_town)
    step = enter(sqlite_town, ref).enrolment_id
    leave(sqlite_town, step, reason="other_structure")
    relay = send(sqlite_town, ref, hands_over=chance.random() < 0.5, enrolment_id=step)
    for _ in range(12):
        with suppress(Conflict, NotFound, Refused):  # it was not the time, or not for them
            chance.choice(DEEDS)(sqlite_town, ref, relay)
        move(sqlite_town, chance.randrange(12))
        night(sqlite_town)
        weigh(sqlite_town, ref, relay)
