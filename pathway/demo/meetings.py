"""The appointments of the simulated town: single ones and series, kept, excused, missed, moved, taken up again."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from pathway.casework.encounters.actions import (
    cancel_appointment,
    move_appointment,
    plan_appointment,
    settle_appointment,
    take_up,
)
from pathway.casework.encounters.queries import AppointmentView
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay, Every, NextStep, Slot
from pathway.demo.simulation import Person, Simulation, Worker
from pathway.kernel.calendar import next_working_day
from pathway.store.transaction import Transaction

_SERIES = (Every.WEEK, Every.TWO_WEEKS, Every.MONTH)
_OUTCOMES = (
    (0.68, AppointmentState.ATTENDED),
    (0.80, AppointmentState.EXCUSED),
    (1.0, AppointmentState.MISSED),
)


def plan(live: Simulation, person: Person, worker: Worker, day: date) -> None:
    """Half of the people are given an appointment as they enter, one in four of those a series."""
    if live.rng.random() < 0.5:
        return
    every = live.rng.choice(_SERIES) if live.rng.random() < 0.25 else Every.ONCE
    slot = _slot(live, day, every)

    def planned(tx: Transaction) -> None:
        made = plan_appointment(tx, record_id=person.record_id, slot=slot)
        live.lived.appointments["planned"] += len(made.ids)

    if live.tried(worker, planned):
        live.lived.appointments["series"] += every is not Every.ONCE


def meet(
    live: Simulation, worker: Worker, today: Sequence[AppointmentView], waiting: Sequence[AppointmentView]
) -> None:
    """Say what became of her appointments that are over, then what follows those that were not kept."""
    for one in sorted((one for one in today if one.starts_at <= live.clock.now()), key=lambda it: _order(live, it)):
        live.clock.move(timedelta(minutes=3))
        _settles(live, worker, one)
    for one in sorted(waiting, key=lambda it: _order(live, it)):
        _takes_up(live, worker, one)


def _order(live: Simulation, one: AppointmentView) -> tuple[object, int]:
    return one.starts_at, live.known[one.record_id].number


def _slot(live: Simulation, day: date, every: Every = Every.ONCE) -> Slot:
    return Slot(
        day=next_working_day(day + timedelta(days=live.rng.randrange(2, 15))),
        hour=time(live.rng.randrange(9, 18)),
        minutes=45,
        way=live.rng.choice(list(AppointmentWay)),
        every=every,
        times=live.rng.randrange(2, 7),
    )


def _settles(live: Simulation, worker: Worker, one: AppointmentView) -> None:
    drawn = live.rng.random()
    if drawn < 0.02:
        name, done = (
            "cancelled",
            live.tried(worker, lambda tx: cancel_appointment(tx, appointment_id=one.id, version=one.version)),
        )
    elif drawn < 0.05:
        name, done = "moved", live.tried(worker, lambda tx: _moved(live, tx, one))
    else:
        state = next(state for share, state in _OUTCOMES if (drawn - 0.05) / 0.95 < share)
        name, done = (
            state.value,
            live.tried(
                worker, lambda tx: settle_appointment(tx, appointment_id=one.id, state=state, version=one.version)
            ),
        )
    live.lived.appointments[name] += done


def _moved(live: Simulation, tx: Transaction, one: AppointmentView) -> None:
    later = tx.now + timedelta(days=live.rng.randrange(2, 10))
    move_appointment(tx, appointment_id=one.id, starts_at=later, minutes=one.minutes, way=one.way, version=one.version)


def _takes_up(live: Simulation, worker: Worker, one: AppointmentView) -> None:
    """Another appointment, a word on the phone, or nothing more for now."""
    drawn = live.rng.random()
    if drawn < 0.5:
        slot = _slot(live, live.clock.now().date())
        done = live.tried(worker, lambda tx: plan_appointment(tx, record_id=one.record_id, slot=slot))
        live.lived.appointments["planned"] += done
    else:
        step = NextStep.REACHED if drawn < 0.8 else NextStep.NOTHING
        done = live.tried(worker, lambda tx: take_up(tx, appointment_id=one.id, next_step=step, version=one.version))
    live.lived.appointments["taken_up"] += done
