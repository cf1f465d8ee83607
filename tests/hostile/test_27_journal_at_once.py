"""Check 27: fifty at once, readers and writers: the chain is never broken and not one line is lost, on each engine."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from pathway.casework.followup.rules import ContactResult
from pathway.demo.town import Town
from pathway.store.opening import Store
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import call
from tests.store.hands import broken, lines, reading, stolen, writing
from tests.town import FRIDAY, signed_in, welcome
from tests.web.counsellor.scenes import move

CROWD, TIMES = 50, 4


def crowd(act: Callable[[int], None]) -> list[BaseException]:
    """Fifty threads that start together and each act a few times; gives what went wrong."""
    start, wrong = threading.Barrier(CROWD), []

    def run(number: int) -> None:
        start.wait()
        try:
            for _ in range(TIMES):
                act(number)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def read(store: Store) -> None:
    """A reading as the web does it: a snapshot, then its line in a short transaction of its own."""
    with reading(store) as tx:
        tx.journal("look", records=["a" * 26])
        acts = tx.acts
    with writing(store) as tx:
        tx.acts = acts


def test_fifty_readers_and_writers_leave_every_line_and_one_chain(store: Store) -> None:
    def act(number: int) -> None:
        if number % 2:
            read(store)
        else:
            with writing(store) as tx:
                tx.journal("write", number=number)

    before = lines(store)
    assert crowd(act) == []
    assert (lines(store) - before, broken(store)) == (CROWD * TIMES, [])
    assert stolen(store, "SELECT count(*) AS n, max(seq) AS last FROM journal_entry WHERE seq > 0")["last"] == lines(
        store
    )


def test_writers_that_give_up_leave_no_line_and_no_hole(store: Store) -> None:
    def act(number: int) -> None:
        if number % 3:
            read(store)
        else:
            abandoned(writing(store))

    before = lines(store)
    assert crowd(act) == []
    kept = TIMES * sum(1 for number in range(CROWD) if number % 3)
    assert (lines(store) - before, broken(store)) == (kept, [])


def abandoned(transaction: Transaction) -> None:
    with pytest.raises(ZeroDivisionError), transaction as tx:
        tx.journal("write")
        raise ZeroDivisionError


def test_pages_read_while_others_write_each_leave_their_line(town: Town) -> None:
    move(town, -5)
    people = [welcome(town) for _ in range(4)]
    move(town, 5)
    clients = [signed_in(town, "bruno") for _ in range(8)]
    before, start = lines(town.store), threading.Barrier(12)
    statuses: list[int] = []

    def visit(number: int) -> None:
        start.wait()
        statuses.extend(clients[number].get(f"/dossiers/{people[0]}").status_code for _ in range(TIMES))

    def ring(number: int) -> None:
        start.wait()
        for days in range(TIMES):
            call(town, people[number], result=ContactResult.NO_ANSWER, on=FRIDAY.date() - timedelta(days))

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
    threads += [threading.Thread(target=ring, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8 * TIMES
    assert (lines(town.store) - before, broken(town.store)) == (12 * TIMES, [])
