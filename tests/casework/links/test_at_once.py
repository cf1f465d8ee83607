"""Two decisions about one person at once: whichever comes second sees what the first made of her cards."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from pathway.casework.links.actions import link_cards, unlink_cards
from pathway.casework.sharing.queries import same_person
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Refused
from tests.casework.enrolments.steps import system
from tests.casework.links.pairs import link, two_cards, unlink
from tests.town import welcome

BEHIND = 0.5  # seconds: enough for the second to reach the first's locks


def three_cards(town: Town) -> tuple[str, str, str]:
    first, second = two_cards(town)
    assert isinstance(town.clock, FixedClock)
    town.clock.move(timedelta(minutes=1))
    return first, second, welcome(town, by="hugo")


def cards_of(town: Town, record_id: str) -> set[str]:
    with system(town.store, town.clock, write=False) as tx:
        return set(same_person(tx, record_id))


def behind(work: Future[Any]) -> None:
    """Let the other one come as far as it can."""
    with suppress(TimeoutError):
        work.result(timeout=BEHIND)


def test_two_links_at_once_leave_one_person(town: Town) -> None:
    first, second, third = three_cards(town)
    with ThreadPoolExecutor(1) as pool:
        with system(town.store, town.clock) as tx:
            link_cards(tx, record_id=first, other_id=second)
            later = pool.submit(link, town, second, third)
            behind(later)
        later.result()
    assert cards_of(town, third) == cards_of(town, first) == {first, second, third}


def test_a_link_and_its_end_at_once_leave_nobody_half_linked(town: Town) -> None:
    first, second, third = three_cards(town)
    link(town, first, second)
    with ThreadPoolExecutor(1) as pool:
        with system(town.store, town.clock) as tx:
            unlink_cards(tx, record_id=first, other_id=second)
            later = pool.submit(link, town, second, third)
            behind(later)
        later.result()
    assert cards_of(town, first) == {first} and cards_of(town, second) == {second, third}


def test_the_same_link_twice_at_once_is_made_once(town: Town) -> None:
    first, second = two_cards(town)
    with ThreadPoolExecutor(1) as pool:
        with system(town.store, town.clock) as tx:
            link_cards(tx, record_id=first, other_id=second)
            later = pool.submit(link, town, second, first)
            behind(later)
        with pytest.raises(Refused):
            later.result()
    unlink(town, first, second)
    assert cards_of(town, first) == {first}
