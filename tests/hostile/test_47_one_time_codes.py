"""Check 47: a one-time code serves once, for three steps at most, and cannot be guessed."""

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.factors.one_time import code_of, matching_step, new_seed, step_at
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows
from tests.town import FRIDAY, code_of_now
from tests.web.account.doors import coded, halfway, printed


@pytest.mark.parametrize(("later", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_code_holds_one_step_on_each_side(sqlite_town: Town, later: int, status: int) -> None:
    assert coded(halfway(sqlite_town), code_of_now(sqlite_town, "bruno", later=later)).status_code == status


def test_a_code_that_served_is_refused_in_its_own_step(town: Town) -> None:
    code = code_of_now(town, "bruno")
    first, second = halfway(town), halfway(town)
    assert coded(first, code).status_code == 303
    assert coded(second, code).status_code == 422


def test_an_earlier_code_is_refused_after_a_later_one(town: Town, clock: FixedClock) -> None:
    earlier, later = code_of_now(town, "bruno", later=-1), code_of_now(town, "bruno")
    assert coded(halfway(town), later).status_code == 303
    assert coded(halfway(town), earlier).status_code == 422
    clock.move(timedelta(seconds=30))
    assert coded(halfway(town), code_of_now(town, "bruno")).status_code == 303


@pytest.mark.parametrize("kind", ["one-time", "recovery"])
def test_of_two_requests_at_once_with_one_code_a_single_one_enters(town: Town, kind: str) -> None:
    code = code_of_now(town, "bruno") if kind == "one-time" else printed(town)[0]
    clients = [halfway(town) for _ in range(5)]
    start, statuses = threading.Barrier(len(clients)), []

    def enter(number: int) -> None:
        start.wait()
        statuses.append(coded(clients[number], code).status_code)

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(303) == 1, statuses
    opened = rows(town.store, "web_session", "WHERE stage = 'open'")
    assert len(opened) == 1


def test_guesses_sent_at_once_are_all_counted(town: Town) -> None:
    clients = [halfway(town) for _ in range(10)]
    start, statuses = threading.Barrier(len(clients)), []

    def guess(number: int) -> None:
        start.wait()
        statuses.append(coded(clients[number], f"{number:06d}").status_code)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(422) == 5 and statuses.count(429) == 5, statuses


def test_a_day_of_guesses_reads_few_codes_of_a_million(sqlite_town: Town, clock: FixedClock) -> None:
    read, end = 0, clock.at + timedelta(hours=24)
    while clock.at < end:
        answer = coded(halfway(sqlite_town), "000000")
        read += answer.status_code == 422
        clock.move(timedelta(seconds=int(answer.headers.get("Retry-After", "1"))))
    assert read <= 35


@given(st.integers(-3, 3), st.integers(-3, 3))
def test_only_a_later_step_within_one_is_found(shift: int, used: int) -> None:
    seed, now = new_seed(), step_at(FRIDAY)
    found = matching_step(seed, code_of(seed, now + shift), at=FRIDAY, after=now + used)
    if abs(shift) <= 1 and shift > used:
        assert found == now + shift
    else:
        assert found is None or found > now + used  # two steps may share a code, once in a million


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B: the seed is the ASCII text 12345678901234567890; the last six of eight figures.
    seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    told = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
    assert {at: code_of(seed, at // 30) for at in told} == told
