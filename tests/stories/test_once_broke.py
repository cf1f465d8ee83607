"""Sequences that once left somebody without follow-up, told again one gesture after the other: all promises hold."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.relays.actions import accept_relay, put_on_waiting_list
from pathway.kernel.clock import FixedClock
from tests.stories.no_orphan.machine import Pathway
from tests.stories.no_orphan.stage import Tally
from tests.stories.no_orphan.towns import sqlite_town_of_its_own
from tests.town import Settled

AMINA, TWIN = 0, 1
Deed = Callable[..., None]


@pytest.fixture
def told(sqlite_settled: Settled, tmp_path: Path, clock: FixedClock, ids_in_order: None) -> Iterator[Deed]:
    """One gesture of the machine, which is done and after which everything holds."""
    opened = partial(sqlite_town_of_its_own, sqlite_settled, tmp_path, clock)
    stage = {"opened": staticmethod(opened), "clock": clock, "folder": tmp_path, "tally": Tally()}
    machine: Pathway = type("Told", (Pathway,), stage)()

    def tell(gesture: str, **said: Any) -> None:
        done = machine.tally.done.total()
        getattr(machine, gesture)(**said)
        assert machine.tally.done.total() > done, (gesture, machine.refused)
        machine.holds()

    machine.arrives("bruno")
    machine.holds()
    yield tell
    machine.teardown()


def enters(told: Deed, by: str, card: int = AMINA, other: str | None = None) -> None:
    told("enters", by=by, other=other, back=0, card=card)


def leaves(told: Deed, reason: str, which: int = 0, **dates: int) -> None:
    told(
        "leaves",
        **{"which": which, "reason": reason, "back": 0, "ends": None, "review": None, "stranger": False, **dates},
    )


def passed_on(told: Deed, by: str, to: str, card: int = AMINA, *, hands_over: bool = False) -> None:
    said = {"by": by, "to": to, "hands_over": hands_over, "after_exit": False, "is_draft": False, "card": card}
    told("is_passed_on", **said)


def reached(told: Deed, which: int = 0) -> None:
    said = {"channel": Channel.PHONE, "result": ContactResult.REACHED, "after": 7, "waited": False}
    told("is_called_for_a_point", which=which, **said)


def test_points_given_while_cards_were_linked_stay_with_who_supports_the_very_card(told: Deed) -> None:
    enters(told, "karim", TWIN)
    told("is_one_person", one=AMINA, other=1)
    leaves(told, "end_of_scheme")
    told("is_two_persons")
    told("time_passes", days=8)


def test_a_referent_named_while_linked_leaves_nobody_behind_when_they_are_taken_apart(told: Deed) -> None:
    told("is_one_person", one=AMINA, other=1)
    told("changes_referent", by="karim", to="karim", card=TWIN)
    told("is_two_persons")
    told("time_passes", days=1)


def test_a_last_point_not_done_is_followed_by_another_for_ever(told: Deed) -> None:
    enters(told, "bruno")
    leaves(told, "retirement")
    for _ in range(3):
        told("is_not_called", which=0)
        told("time_passes", days=31)


def test_an_exit_cancelled_when_its_support_was_ending_keeps_the_structure_that_follows_her_again(told: Deed) -> None:
    told("agrees_to_share", card=AMINA, to="ccas", by="")
    enters(told, "nadia")
    leaves(told, "follow_up_refused")
    told("time_passes", days=1)
    told("never_left", which=0)
    told("time_passes", days=95)
    leaves(told, "end_of_scheme")


def test_an_account_shut_leaves_its_points_to_the_night(told: Deed) -> None:
    enters(told, "bruno")
    leaves(told, "cdi")
    told("account_is_shut", who="bruno")
    told("time_passes", days=8)


def test_a_structure_that_closes_takes_no_relay_with_it_neither_sent_nor_received(told: Deed) -> None:
    enters(told, "bruno")
    passed_on(told, "bruno", "ccas")
    passed_on(told, "bruno", "mission-locale")
    told("a_structure_closes", closing="ccas", heir="plie")
    told("a_structure_closes", closing="pae-centre", heir="mission-locale")
    told("time_passes", days=31)


def test_a_structure_that_closes_takes_no_appointment_with_it(told: Deed) -> None:
    enters(told, "bruno")
    told("is_given_an_appointment", by="bruno", days=6, times=4, card=AMINA)
    told("a_structure_closes", closing="pae-centre", heir="plie")
    told("time_passes", days=1)


def test_who_leaves_leaves_no_appointment_under_her_name(told: Deed) -> None:
    told("is_given_an_appointment", by="bruno", days=40, times=1, card=AMINA)
    told("habilitation_ends", chief="denis", rank=0, is_heir_named=True, later=None)
    told("time_passes", days=1)


def test_who_stopped_all_sharing_waits_in_the_queue_of_the_territory_when_her_structure_closes(told: Deed) -> None:
    enters(told, "bruno")
    leaves(told, "end_of_scheme")
    told("stops_sharing", card=AMINA, to="", by="")
    told("a_structure_closes", closing="pae-centre", heir="plie")
    told("time_passes", days=95)
    told("agrees_to_share", card=AMINA, to="mission-locale", by="")
    told("is_placed", to="mission-locale", is_agreed=True)


def test_a_relay_on_a_waiting_list_outlives_the_support_of_whoever_sent_it(told: Deed) -> None:
    told("shows_her_card", card=AMINA, to="plie")
    enters(told, "lucie")
    passed_on(told, "lucie", "ccas")
    leaves(told, "retirement")
    told("is_answered", which=0, deed=put_on_waiting_list, ahead=0)
    told("time_passes", days=8)
    reached(told)
    told("answers_questions", which=0, declined=True)
    told("answers_questions", which=0, declined=True)
    told("time_passes", days=1)
    told("no_night_runs", days=40)


def test_an_appointment_to_come_outlives_the_support_of_whoever_gave_it(told: Deed) -> None:
    told("shows_her_card", card=AMINA, to="ccas")
    enters(told, "nadia")
    told("is_given_an_appointment", by="nadia", days=40, times=1, card=AMINA)
    leaves(told, "follow_up_refused")
    told("time_passes", days=1)
    told("no_night_runs", days=31)


def test_a_relay_that_nights_forgot_comes_back_once_its_receiver_reads_nothing_any_more(told: Deed) -> None:
    passed_on(told, "bruno", "ccas")
    told("is_answered", which=0, deed=accept_relay, ahead=0)
    told("no_night_runs", days=40)
    told("time_passes", days=8)


def test_a_relay_told_to_be_late_is_read_by_its_receiver_until_it_comes_back(told: Deed) -> None:
    passed_on(told, "bruno", "ccas")
    told("is_answered", which=0, deed=accept_relay, ahead=0)
    for days in (10, 6, 6, 6, 6, 6, 6, 1):
        told("time_passes", days=days)


def test_a_relay_that_the_territory_answers_for_opens_no_record_to_it_when_it_comes_back(told: Deed) -> None:
    enters(told, "bruno")
    leaves(told, "end_of_scheme")
    passed_on(told, "bruno", "ccas")
    told("refuses_whoever_takes_over", which=0, heir="plie")
    told("time_passes", days=31)
    told("is_placed", to="mission-locale", is_agreed=True)
