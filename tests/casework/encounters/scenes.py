"""What tests of appointments start from."""

from datetime import time, timedelta

from pathway.casework.encounters.actions import Planned, plan_appointment, settle_appointment
from pathway.casework.encounters.queries import AppointmentView, appointment_seen
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay, Every, Slot
from pathway.demo.town import Town


def plan(
    town: Town,
    ref: str,
    *,
    days: int = 1,
    hour: time = time(14),
    every: Every = Every.ONCE,
    times: int = 1,
    by: str = "bruno",
    subject: str = "",
    way: AppointmentWay = AppointmentWay.IN_PERSON,
) -> Planned:
    """An appointment in so many days."""
    with town.acting(by) as tx:
        day = tx.today + timedelta(days=days)
        slot = Slot(day=day, hour=hour, minutes=45, way=way, every=every, times=times)
        return plan_appointment(tx, record_id=ref, slot=slot, subject=subject)


def seen(town: Town, appointment_id: str, by: str = "bruno") -> AppointmentView:
    """The appointment as that professional reads it."""
    with town.acting(by, write=False) as tx:
        return appointment_seen(tx, appointment_id)


def settle(town: Town, appointment_id: str, state: AppointmentState, by: str = "bruno") -> None:
    """Say what became of it."""
    version = seen(town, appointment_id, by).version
    with town.acting(by) as tx:
        settle_appointment(tx, appointment_id=appointment_id, state=state, version=version)
