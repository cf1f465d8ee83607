"""A group session is each person's own appointment, told of on one screen; nobody learns who else was there."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from pathway.casework.encounters.actions import (
    make_feed,
    move_appointment,
    remind_tomorrow,
    settle_appointment,
)
from pathway.casework.encounters.queries import appointments_to_take_up, feed_slots, own_appointments
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay
from pathway.casework.followup.queries import contacts
from pathway.casework.workshops.actions import add_people, cancel_workshop, forget_attendance, tell_attendance
from pathway.casework.workshops.queries import count_workshops, workshop_seen, workshops, workshops_among
from pathway.casework.workshops.rules import Tick
from pathway.casework.workshops.tables import Workshop
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.tables import Letter
from tests.casework.enrolments.steps import system
from tests.casework.workshops.scenes import group, tell, together, workshop
from tests.town import herself, welcome
from tests.web.counsellor.scenes import ZOE, left, points

CAME, EXCUSED, MISSED = AppointmentState.ATTENDED, AppointmentState.EXCUSED, AppointmentState.MISSED


def letters(town: Town, kind: LetterKind) -> int:
    with town.acting("bruno", write=False) as tx:
        rows = tx.execute(select(table_of(Letter).c.kind)).scalars().all()
    return sum(row == kind.value for row in rows)


def states(town: Town, workshop_id: str) -> list[AppointmentState]:
    return sorted(one.state for one in together(town, workshop_id).values())


def test_each_person_has_her_own_appointment_and_learns_of_nobody_else(town: Town) -> None:
    people = group(town)
    session = workshop(town, people, title="Atelier CV")
    assert set(together(town, session)) == set(people)
    with herself(town, people[0], write=False) as tx:
        (hers,) = own_appointments(tx)
    assert hers.subject == "Atelier CV (Salle 2)" and hers.workshop_id == session
    with town.acting("bruno", write=False) as tx:
        found = workshop_seen(tx, session)
        row = tx.execute(select(table_of(Workshop))).one()
    assert (found.title, found.place, found.expected) == ("Atelier CV", "Salle 2", 3)
    assert b"CV" not in row.content and b"Salle" not in row.content


def test_the_attendance_is_told_for_everybody_at_once(town: Town, clock: FixedClock) -> None:
    people = group(town)
    session = workshop(town, people, days=0, hour=time(14))
    clock.move(timedelta(hours=6))
    told = tell(town, session, {people[0]: MISSED, people[1]: EXCUSED}, rest=True)
    assert (told.changed, told.left) == (3, 0)
    assert states(town, session) == sorted([MISSED, EXCUSED, CAME])
    with town.acting("bruno", write=False) as tx:
        assert [one.channel.value for one in contacts(tx, people[2])] == ["visit"] and contacts(tx, people[0]) == []
        assert {one.record_id for one in appointments_to_take_up(tx)} == set(people[:2])


def test_nothing_is_ticked_until_somebody_says_it(town: Town, clock: FixedClock) -> None:
    people = group(town)
    session = workshop(town, people, days=0)
    clock.move(timedelta(hours=6))
    assert tell(town, session, {people[0]: CAME}).left == 2
    with pytest.raises(Invalid), town.acting("bruno") as tx:
        tell_attendance(tx, workshop_id=session, ticks=[])


def test_somebody_noted_as_come_by_mistake_is_corrected_and_her_points_open_again(
    town: Town, clock: FixedClock
) -> None:
    amina, _ = left(town, days_ago=28)
    before = points(town, amina)
    session = workshop(town, [amina], days=0)
    clock.move(timedelta(hours=6))
    tell(town, session, rest=True)
    assert len(points(town, amina)) < len(before)
    tell(town, session, {amina: MISSED})
    assert [one.id for one in points(town, amina)] == [one.id for one in before]
    assert states(town, session) == [MISSED]
    with town.acting("bruno", write=False) as tx:
        assert contacts(tx, amina) == []
    tell(town, session, {amina: CAME})
    assert len(points(town, amina)) < len(before)


def test_all_that_was_noted_is_taken_back_for_24_hours_but_her_own_word(town: Town, clock: FixedClock) -> None:
    people = group(town, 2)
    session = workshop(town, people, days=0)
    clock.move(timedelta(hours=6))
    tell(town, session, {people[0]: EXCUSED}, rest=True)
    with town.acting("bruno") as tx:
        assert forget_attendance(tx, workshop_id=session).changed == 2
    assert states(town, session) == [AppointmentState.PLANNED] * 2
    tell(town, session, rest=True)
    clock.move(timedelta(hours=25))
    with pytest.raises(Refused), town.acting("bruno") as tx:
        forget_attendance(tx, workshop_id=session)
    with pytest.raises(Refused):
        tell(town, session, {people[0]: MISSED})


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(town: Town, clock: FixedClock) -> None:
    people = group(town, 2)
    session = workshop(town, people, days=0)
    clock.move(timedelta(hours=6))
    old = together(town, session)[people[0]]
    tell(town, session, {people[0]: MISSED})
    with pytest.raises(Refused) as refusal, town.acting("bruno") as tx:
        late = Tick(appointment_id=old.id, state=CAME, version=old.version)
        tell_attendance(tx, workshop_id=session, ticks=[late], the_rest_came=True)
    assert refusal.value.field == old.id
    assert states(town, session) == sorted([MISSED, AppointmentState.PLANNED])


def test_nobody_has_come_nor_failed_to_before_the_hour(town: Town) -> None:
    people = group(town, 1)
    with pytest.raises(Refused):
        tell(town, workshop(town, people), {people[0]: CAME})
    session = workshop(town, people, days=0)
    for state in (CAME, MISSED):
        with pytest.raises(Refused):
            tell(town, session, {people[0]: state})
    with pytest.raises(Refused):
        tell(town, session, rest=True)
    hers = together(town, session)[people[0]]
    with pytest.raises(Refused), town.acting("bruno") as tx:
        settle_appointment(tx, appointment_id=hers.id, state=CAME, version=hers.version)
    assert tell(town, session, {people[0]: EXCUSED}).changed == 1


def test_somebody_joins_once_even_on_the_day(town: Town, clock: FixedClock) -> None:
    people = group(town)
    session = workshop(town, people[:1], days=0)
    with town.acting("bruno") as tx:
        assert add_people(tx, workshop_id=session, record_ids=people[:2]) == 1
    clock.move(timedelta(hours=6))
    before = letters(town, LetterKind.APPOINTMENT)
    with town.acting("fatou") as tx:
        assert add_people(tx, workshop_id=session, record_ids=[people[2]]) == 1
    assert letters(town, LetterKind.APPOINTMENT) == before
    assert {one.account_id for one in together(town, session).values()} == {town.accounts["bruno"]}
    clock.move(timedelta(hours=20))
    late = welcome(town, "bruno", ZOE)
    with pytest.raises(Refused), town.acting("bruno") as tx:
        add_people(tx, workshop_id=session, record_ids=[late])


def test_a_record_closed_to_the_structure_never_joins(town: Town) -> None:
    hers = group(town, 1, by="chloe")
    session = workshop(town, [])
    with pytest.raises(NotFound), town.acting("bruno") as tx:
        add_people(tx, workshop_id=session, record_ids=hers)
    with pytest.raises(NotFound):
        workshop(town, hers)


def test_the_same_session_sent_again_is_the_one_that_exists_and_nobody_is_told_twice(
    town: Town, clock: FixedClock
) -> None:
    people = group(town)
    session = workshop(town, people)
    told = letters(town, LetterKind.APPOINTMENT)
    assert workshop(town, people[::-1]) == session and letters(town, LetterKind.APPOINTMENT) == told
    empty = workshop(town, [], days=2)
    assert workshop(town, [], days=2) == empty and workshop(town, [], days=2, title="Ma lettre") != empty
    clock.move(timedelta(minutes=11))
    assert workshop(town, [], days=2) != empty
    with pytest.raises(Refused) as refusal:
        workshop(town, people)
    assert refusal.value.field == "people"


def test_nobody_is_expected_twice_at_the_same_time_by_the_same_professional(town: Town) -> None:
    people = group(town)
    workshop(town, people[:1])
    with pytest.raises(Refused) as refusal:
        workshop(town, people, hour=time(15), title="Ma lettre")
    assert "Amina Benkacem." in refusal.value.sentence and "Martin" not in refusal.value.sentence
    with town.acting("bruno", write=False) as tx:
        assert count_workshops(tx, past=False) == 1
    later = workshop(town, people, hour=time(16), title="Ma lettre")
    other = workshop(town, people[:1], by="fatou", title="Ma lettre")
    assert len({later, other}) == 2
    empty = workshop(town, [], title="Vide")
    with pytest.raises(Refused), town.acting("bruno") as tx:
        add_people(tx, workshop_id=empty, record_ids=people[:1])


def test_an_absence_noted_in_advance_is_taken_back_alone(town: Town) -> None:
    people = group(town)
    session = workshop(town, people)
    tell(town, session, {people[0]: EXCUSED, people[1]: EXCUSED})
    told = tell(town, session, {people[0]: AppointmentState.PLANNED})
    assert (told.changed, told.left) == (1, 2)
    assert together(town, session)[people[0]].state is AppointmentState.PLANNED
    assert together(town, session)[people[1]].state is EXCUSED


def test_another_structure_sees_no_session(town: Town) -> None:
    session = workshop(town, group(town, 1))
    with town.acting("chloe", write=False) as tx:
        assert count_workshops(tx, past=False) == 0 and workshops_among(tx, [session]) == {}
        with pytest.raises(NotFound):
            workshop_seen(tx, session)


def test_calling_it_off_tells_each_person(town: Town) -> None:
    people = group(town)
    session = workshop(town, people)
    with town.acting("fatou") as tx:
        assert cancel_workshop(tx, workshop_id=session) == 3
    with herself(town, people[1], write=False) as tx:
        assert own_appointments(tx)[0].state is AppointmentState.CANCELLED
    with town.acting("bruno", write=False) as tx:
        assert workshop_seen(tx, session).is_cancelled and workshops(tx, past=False, page=1, per_page=20) == []
    with pytest.raises(Refused), town.acting("bruno") as tx:
        cancel_workshop(tx, workshop_id=session)
    with pytest.raises(Refused), town.acting("bruno") as tx:
        add_people(tx, workshop_id=session, record_ids=people)


def test_a_session_where_somebody_came_is_not_called_off(town: Town, clock: FixedClock) -> None:
    session = workshop(town, group(town, 1), days=0)
    clock.move(timedelta(hours=6))
    tell(town, session, rest=True)
    with pytest.raises(Refused), town.acting("bruno") as tx:
        cancel_workshop(tx, workshop_id=session)


def test_one_moved_to_another_hour_leaves_the_session(town: Town) -> None:
    people = group(town, 2)
    session = workshop(town, people)
    hers = together(town, session)[people[0]]
    with town.acting("bruno") as tx:
        later = hers.starts_at + timedelta(days=1)
        way = AppointmentWay.IN_PERSON
        move_appointment(tx, appointment_id=hers.id, starts_at=later, minutes=30, way=way, version=1)
    assert set(together(town, session)) == {people[1]}


def test_the_night_reminds_each_person_and_a_calendar_shows_one_line(town: Town) -> None:
    session = workshop(town, group(town))
    with system(town.store, town.clock) as tx:
        assert remind_tomorrow(tx, now=tx.now) == 3
    with town.acting("bruno") as tx:
        secret = make_feed(tx)
    with town.acting("bruno", write=False) as tx:
        (slot,) = feed_slots(tx, secret)
    assert (slot.id, slot.is_workshop) == (session, True)


def test_a_page_too_late_is_told(town: Town) -> None:
    people = group(town, 2)
    session = workshop(town, people)
    with pytest.raises(Conflict), town.acting("bruno") as tx:
        tell_attendance(tx, workshop_id=session, ticks=[Tick(appointment_id="a" * 26, state=EXCUSED, version=1)])
