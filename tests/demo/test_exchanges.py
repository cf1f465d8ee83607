"""What is handed from one structure to another in the demonstration: each screen of it has something to show."""

from datetime import timedelta

from pathway.casework.encounters.queries import (
    appointments_of_the_day,
    appointments_to_take_up,
    coming_appointments,
)
from pathway.casework.enrolments.queries import orphan_exits
from pathway.casework.followup.protocol import QUESTIONS
from pathway.casework.followup.queries import work_of_the_day
from pathway.casework.partners.queries import absences
from pathway.casework.placements.queries import Order, waiting_lines, waiting_person
from pathway.casework.relays.queries import relay_counts, to_acknowledge
from pathway.casework.relays.rules import RelayState, Side
from pathway.demo.people import PEOPLE
from pathway.demo.seed import Seeded
from pathway.store.transaction import Transaction


def reading(seeded: Seeded, who: str) -> Transaction:
    return seeded.town.acting(who, write=False)


def test_one_relay_waits_for_brunos_structure_two_are_accepted_one_refused_one_came_back(lived: Seeded) -> None:
    with reading(lived, "bruno") as tx:
        assert len(to_acknowledge(tx)) == 1
        sent = relay_counts(tx, Side.SENDER)
    assert sent == {RelayState.ACCEPTED: 2, RelayState.REFUSED: 1, RelayState.BOUNCED: 1}


def test_denis_has_to_call_those_who_came_back_or_wait_for_a_first_appointment(lived: Seeded) -> None:
    with reading(lived, "denis") as tx:
        assert sum(one.to_responsable for one in work_of_the_day(tx)) == 3


def test_bruno_has_appointments_today_this_week_a_series_and_one_that_was_missed(lived: Seeded) -> None:
    record = {who.code: lived.lives[who.code].record_id for who in PEOPLE}
    with reading(lived, "bruno") as tx:
        assert len(appointments_of_the_day(tx)) == 2
        assert len(appointments_to_take_up(tx)) == 1
        amina = coming_appointments(tx, record["Amina Benkacem (elise)"])
        assert [one.starts_at.date() - tx.today for one in amina] == [timedelta(days=2)]
        assert len({one.series_id for one in coming_appointments(tx, record["Bilal Cherkaoui (bruno)"])}) == 1


def test_fatou_is_away_and_bruno_stands_in(lived: Seeded) -> None:
    fatou = lived.town.accounts["fatou"]
    with reading(lived, "bruno") as tx:
        assert [(one.account_id, one.stand_in_id) for one in absences(tx)] == [(fatou, tx.actor.account_id)]
        assert any(one.owner_id == fatou for one in work_of_the_day(tx))


def test_maud_has_somebody_to_place_whose_structure_closed(lived: Seeded) -> None:
    with reading(lived, "maud") as tx:
        [line] = waiting_lines(tx, Order.DUE, page=1, per_page=20)
        assert line.identity is not None and line.identity.first_name == "Rosalie"
        assert line.due_on < tx.today
        waiting = waiting_person(tx, line.record_id)
        assert waiting.phones and lived.town.structures["ccas"] not in {one.id for one in waiting.takers}
        assert orphan_exits(tx) == []


def test_bruno_has_questions_to_ask_after_a_step_of_the_plie(lived: Seeded) -> None:
    with reading(lived, "bruno") as tx:
        asked = [one for one in work_of_the_day(tx) if one.kind in QUESTIONS]
    assert [one.record_id for one in asked] == [lived.lives["Malika Zerrouki (bruno)"].record_id]
