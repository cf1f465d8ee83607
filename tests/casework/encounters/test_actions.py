"""Appointments change follow-up when they are kept, nothing when they are missed, and are nobody else's affair."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from pathway.casework.alerts.tables import Alert
from pathway.casework.encounters.actions import (
    cancel_appointment,
    excuse_myself,
    make_feed,
    move_appointment,
    remind_tomorrow,
    revoke_feed,
    take_up,
)
from pathway.casework.encounters.queries import (
    appointment_seen,
    appointments_of_the_day,
    appointments_to_take_up,
    coming_appointments,
    feed_slots,
    past_appointments,
)
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay, Every, NextStep
from pathway.casework.encounters.tables import Appointment, AppointmentChange, FeedKey
from pathway.casework.followup.queries import contacts, open_points
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.store.actor import SYSTEM
from pathway.store.columns import table_of
from pathway.store.outbox import contents
from pathway.store.tables import Letter
from pathway.store.transaction import Transaction
from tests.casework.encounters.scenes import plan, seen, settle
from tests.casework.enrolments.steps import enter, leave, rows, share, system
from tests.town import herself, welcome
from tests.web.counsellor.scenes import ZOE, left, move, points


def counted(town: Town, table: type) -> int:
    with town.acting("bruno", write=False) as tx:
        return int(tx.execute(select(func.count()).select_from(table_of(table))).scalar_one())


def test_one_is_planned_with_its_sealed_subject_and_its_trace(town: Town) -> None:
    ref = welcome(town)
    done = plan(town, ref, subject="Préparer le dossier de formation")
    one = seen(town, done.ids[0])
    assert (one.state, one.minutes, one.subject) == (AppointmentState.PLANNED, 45, "Préparer le dossier de formation")
    assert one.starts_at == datetime(2026, 11, 21, 13, 0, tzinfo=UTC) and done.busy == ()
    with town.acting("bruno", write=False) as tx:
        row = tx.execute(select(table_of(Appointment))).one()
    assert b"formation" not in row.subject
    assert counted(town, AppointmentChange) == 1


def test_a_series_is_kept_together_and_an_overlap_is_only_said(town: Town) -> None:
    ref = welcome(town)
    done = plan(town, ref, every=Every.WEEK, times=4)
    assert len(done.ids) == 4 and not done.busy
    assert len({seen(town, one).series_id for one in done.ids}) == 1
    again = plan(town, welcome(town, identity=ZOE), days=8, hour=time(14, 30))
    assert again.busy == again.starts


def test_one_that_was_kept_closes_the_point_near_it(town: Town) -> None:
    ref, _ = left(town, days_ago=28)
    before = points(town, ref)
    (one,) = plan(town, ref, days=0, hour=time(15)).ids
    settle(town, one, AppointmentState.ATTENDED)
    assert len(points(town, ref)) < len(before)
    with town.acting("bruno", write=False) as tx:
        assert [contact.channel.value for contact in contacts(tx, ref)][:1] == ["visit"]


def test_a_missed_one_is_a_line_of_the_day_and_nothing_else(town: Town, clock: FixedClock) -> None:
    ref, _ = left(town, days_ago=8)
    before = points(town, ref)
    (one,) = plan(town, ref, days=0, hour=time(15)).ids
    with pytest.raises(Refused, match="pas encore passée"):
        settle(town, one, AppointmentState.MISSED)
    clock.move(timedelta(hours=8))
    settle(town, one, AppointmentState.MISSED)
    assert points(town, ref) == before and counted(town, Alert) == 0
    with town.acting("bruno", write=False) as tx:
        assert contacts(tx, ref) == [] and appointments_of_the_day(tx) == []
        assert [line.id for line in appointments_to_take_up(tx)] == [one]
    with town.acting("bruno") as tx:
        take_up(tx, appointment_id=one, next_step=NextStep.REACHED, version=2)
    with town.acting("bruno", write=False) as tx:
        assert appointments_to_take_up(tx) == []
    settle(town, one, AppointmentState.ATTENDED)  # it had been noted wrongly
    assert seen(town, one).next_step is None


def test_another_appointment_takes_it_up(sqlite_town: Town, clock: FixedClock) -> None:
    ref = welcome(sqlite_town)
    (one,) = plan(sqlite_town, ref, days=0, hour=time(15)).ids
    clock.move(timedelta(hours=8))
    settle(sqlite_town, one, AppointmentState.MISSED)
    plan(sqlite_town, ref, days=3)
    assert seen(sqlite_town, one).next_step is NextStep.RESCHEDULED


@pytest.mark.parametrize("who", ["chloe", "nadia"])
def test_nobody_else_learns_of_it(town: Town, who: str, clock: FixedClock) -> None:
    ref = welcome(town)
    (one,) = plan(town, ref, days=0, hour=time(15)).ids
    clock.move(timedelta(hours=8))
    settle(town, one, AppointmentState.MISSED)
    with town.acting(who, write=False) as tx:
        with pytest.raises(NotFound):
            appointment_seen(tx, one)
        assert past_appointments(tx, ref) == [] and appointments_to_take_up(tx) == []


def test_another_structure_that_supports_her_too_learns_nothing(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    (one,) = plan(town, ref, days=0, hour=time(15)).ids
    clock.move(timedelta(hours=8))
    settle(town, one, AppointmentState.MISSED)
    with town.acting("bruno") as tx:
        open_grants(
            tx,
            record_ids=[ref],
            structure_id=town.actor("chloe").structure_id,
            cause=Cause.SUPPORT,
            cause_id="",
            sections=PARTS | {"identity"},
        )
        tx.journal("open_grant", records=[ref])
    with town.acting("chloe", write=False) as tx:
        assert open_points(tx, ref) == []
        with pytest.raises(NotFound):
            appointment_seen(tx, one)
        assert past_appointments(tx, ref) == [] and coming_appointments(tx, ref) == []


def test_moved_or_called_off(town: Town) -> None:
    ref = welcome(town)
    (one,) = plan(town, ref).ids
    later = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    asked = {"appointment_id": one, "starts_at": later, "minutes": 30, "way": AppointmentWay.PHONE}
    with town.acting("bruno") as tx:
        assert move_appointment(tx, **asked, version=1) is False  # type: ignore[arg-type]
    with pytest.raises(Conflict), town.acting("bruno") as tx:
        move_appointment(tx, **asked, version=1)  # type: ignore[arg-type]
    assert (seen(town, one).starts_at, seen(town, one).way) == (later, AppointmentWay.PHONE)
    with town.acting("bruno") as tx:
        cancel_appointment(tx, appointment_id=one, version=2)
    assert seen(town, one).state is AppointmentState.CANCELLED
    with town.acting("bruno", write=False) as tx:
        assert coming_appointments(tx, ref) == [] and appointments_to_take_up(tx) == []


def test_whoever_was_told_an_hour_without_an_account_is_told_that_it_moved_then_that_it_is_off(town: Town) -> None:
    (one,) = plan(town, welcome(town)).ids
    later = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    with town.acting("bruno") as tx:
        move_appointment(tx, appointment_id=one, starts_at=later, minutes=30, way=AppointmentWay.IN_PERSON, version=1)
    with town.acting("bruno") as tx:
        cancel_appointment(tx, appointment_id=one, version=2)
    letters = rows(town.store, "letter", "ORDER BY created_at, attempts")
    assert [row["kind"] for row in letters] == ["appointment", "appointment_changed", "appointment_cancelled"]
    assert {row["channel"] for row in letters} == {"sms"}
    with system(town.store, town.clock, write=False) as tx:
        planned = contents(tx, str(letters[-1]["id"])).planned
    assert planned is not None and planned.starts_at == later


def test_she_says_that_she_cannot_come(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    (one,) = plan(town, ref).ids
    with pytest.raises(NotFound), town.acting("bruno") as tx:
        excuse_myself(tx, appointment_id=one, version=1)
    with herself(town, ref) as tx:
        excuse_myself(tx, appointment_id=one, version=1)
    with town.acting("bruno", write=False) as tx:
        assert [line.state for line in appointments_to_take_up(tx)] == [AppointmentState.EXCUSED]
    (late,) = plan(town, ref, days=2).ids
    clock.move(timedelta(days=3))
    with pytest.raises(Refused, match="commencé"), herself(town, ref) as tx:
        excuse_myself(tx, appointment_id=late, version=1)


def test_somebody_else_s_page_excuses_nobody(sqlite_town: Town) -> None:
    (one,) = plan(sqlite_town, welcome(sqlite_town)).ids
    other = welcome(sqlite_town, identity=ZOE)
    with pytest.raises(NotFound), herself(sqlite_town, other) as tx:
        excuse_myself(tx, appointment_id=one, version=1)


def test_she_is_reminded_the_day_before_once_and_never_of_the_past(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)  # her card holds a mobile, and she has no proved address: a message
    plan(town, ref, days=1)
    plan(town, ref, days=2)
    before = counted(town, Letter)
    for _ in range(2):
        with Transaction(town.store, actor=SYSTEM, clock=clock, door="jobs") as tx:
            assert remind_tomorrow(tx, now=tx.now) == 1
    after = counted(town, Letter)
    assert after - before == 1
    with Transaction(town.store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        assert remind_tomorrow(tx, now=tx.now + timedelta(days=5)) == 0


def test_the_last_hour_of_a_day_of_25_is_recalled_too(sqlite_town: Town, clock: FixedClock) -> None:
    clock.at = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
    plan(sqlite_town, welcome(sqlite_town), days=5, hour=time(23, 30))
    clock.at = datetime(2026, 10, 24, 1, 0, tzinfo=UTC)
    with Transaction(sqlite_town.store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        assert remind_tomorrow(tx, now=tx.now) == 1


@pytest.mark.parametrize(
    ("by", "reason", "is_told"),
    [
        ("bruno", "death", False),
        ("lucie", "death", False),
        ("bruno", "follow_up_refused", False),
        ("lucie", "follow_up_refused", True),
        ("bruno", "end_of_scheme", True),
    ],
)
def test_nobody_is_written_to_after_a_death_nor_after_saying_no_to_follow_up(
    town: Town, clock: FixedClock, by: str, reason: str, is_told: bool
) -> None:
    ref = welcome(town)
    share(town, ref, "plie", sections=["*"])
    step = enter(town, ref, by=by, scheme="plie").enrolment_id
    plan(town, ref, days=1)
    later = seen(town, plan(town, ref, days=2).ids[0])
    clock.move(timedelta(minutes=1))
    leave(town, step, by=by, reason=reason)
    before = counted(town, Letter)
    with town.acting("bruno") as tx:
        day_after = later.starts_at + timedelta(days=1)
        move_appointment(
            tx, appointment_id=later.id, starts_at=day_after, minutes=45, way=AppointmentWay.PHONE, version=1
        )
    with Transaction(town.store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        assert remind_tomorrow(tx, now=tx.now) == is_told
    assert counted(town, Letter) - before == 2 * is_told, "the one that was moved, and the reminder of the other"


def test_a_calendar_follows_times_until_it_is_revoked(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    plan(town, ref, subject="Amina")
    with town.acting("bruno") as tx:
        first = make_feed(tx)
    with town.acting("bruno") as tx:
        second = make_feed(tx)
    with Transaction(town.store, actor=SYSTEM, clock=clock, door="web", write=False) as tx:
        with pytest.raises(NotFound):
            feed_slots(tx, first)
        assert [one.ends_at - one.starts_at for one in feed_slots(tx, second)] == [timedelta(minutes=45)]
        kept = tx.execute(select(table_of(FeedKey).c.digest)).scalars().all()
    assert second.encode() not in kept and len(second) >= 43
    with town.acting("bruno") as tx:
        revoke_feed(tx)
    with Transaction(town.store, actor=SYSTEM, clock=clock, door="web", write=False) as tx, pytest.raises(NotFound):
        feed_slots(tx, second)


def test_planning_needs_the_right_to_write(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    with pytest.raises(NotFound):
        plan(sqlite_town, ref, by="chloe")
    with sqlite_town.acting("bruno", write=False) as tx:
        assert coming_appointments(tx, ref) == []


def test_days_go_by_and_what_was_not_said_stays_in_the_day(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    (one,) = plan(sqlite_town, ref).ids
    move(sqlite_town, 4)
    with sqlite_town.acting("bruno", write=False) as tx:
        assert [line.id for line in appointments_of_the_day(tx)] == [one]
