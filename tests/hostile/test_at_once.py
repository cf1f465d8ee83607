"""Several clicks at the same instant, on each engine: one of them is written, the others are told so."""

import threading
from collections.abc import Callable

from pathway.casework.enrolments.actions import cancel_exit, record_exit
from pathway.casework.records.actions import create_person
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, PathwayError
from tests.casework.enrolments.steps import call, enter, rows
from tests.town import AMINA, welcome


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
