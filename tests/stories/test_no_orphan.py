"""Whatever is done, in whatever order, nobody leaves a scheme without somebody who answers for what comes next."""

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from pathway.kernel.clock import FixedClock
from tests.stories.no_orphan.machine import Pathway
from tests.stories.no_orphan.stage import GESTURES, Opened, Tally
from tests.stories.no_orphan.towns import pg_town_of_its_own, sqlite_town_of_its_own
from tests.town import Settled

pytestmark = pytest.mark.usefixtures("ids_in_order")

# CONTRIBUTING.md says how to play them all.
IS_WHOLE = os.environ.get("CARTE_STORIES") == "whole"
# What is counted under the name of its answer, and all the rest under its own.
ANSWERS = {"attended", "excused", "missed", "is_drafted"}
ANSWERS |= {"acknowledge_relay", "put_on_waiting_list", "set_first_appointment", "accept_relay"}
EVERY = sorted({*GESTURES, *ANSWERS} - {"comes_or_not", "is_answered"})
CORE = ("enters", "leaves", "is_passed_on", "changes_referent", "time_passes")


def played(opened: Opened, clock: FixedClock, folder: Path, *, sequences: int, gestures: int) -> Tally:
    tally = Tally()
    stage: dict[str, Any] = {"opened": staticmethod(opened), "clock": clock, "folder": folder, "tally": tally}
    run_state_machine_as_test(
        type("OnThatTown", (Pathway,), stage),
        settings=settings(
            max_examples=sequences,
            stateful_step_count=gestures,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            print_blob=False,
        ),
    )
    print(told(tally))
    return tally


def told(tally: Tally) -> str:
    lines = [f"{name:32} {tally.done[name]:6} of {number:6}" for name, number in sorted(tally.tried.items())]
    total = f"{tally.sequences} sequences, {tally.done.total()} gestures done of {tally.tried.total()} tried"
    return "\n".join([total, *lines])


def check(tally: Tally, *, sequences: int, gestures: int, expected: Iterable[str], each: int) -> None:
    assert tally.sequences >= sequences
    assert tally.tried.total() >= sequences * gestures / 2, told(tally)  # hypothesis begins with short ones
    assert tally.done.total() >= tally.tried.total() / 3, f"nearly all was refused: it proves nothing\n{told(tally)}"
    missed = {name: tally.done[name] for name in expected if tally.done[name] < each}
    assert not missed, f"{missed}\n{told(tally)}"


def test_no_sequence_of_gestures_leaves_an_exit_without_follow_up(
    sqlite_settled: Settled, tmp_path: Path, clock: FixedClock
) -> None:
    size = {"sequences": 400, "gestures": 50} if IS_WHOLE else {"sequences": 30, "gestures": 40}
    opened = partial(sqlite_town_of_its_own, sqlite_settled, tmp_path, clock)
    done = played(opened, clock, tmp_path, **size)
    check(done, **size, expected=EVERY if IS_WHOLE else CORE, each=3 if IS_WHOLE else 1)


def test_no_sequence_does_on_postgresql_either(
    pg_settled: Settled, pg_engine: Engine, tmp_path: Path, clock: FixedClock
) -> None:
    size = {"sequences": 40, "gestures": 50} if IS_WHOLE else {"sequences": 8, "gestures": 30}
    opened = partial(pg_town_of_its_own, pg_settled, pg_engine, tmp_path, clock)
    done = played(opened, clock, tmp_path, **size)
    check(done, **size, expected=CORE, each=10 if IS_WHOLE else 1)
