"""What tests of group sessions start from: a few people, a session for them, an attendance told."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from pathway.casework.encounters.queries import AppointmentView
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay, Slot
from pathway.casework.records.rules import Identity
from pathway.casework.workshops.actions import Told, plan_workshop, tell_attendance
from pathway.casework.workshops.queries import people_together
from pathway.casework.workshops.rules import Tick
from pathway.demo.town import Town
from tests.town import welcome

NAMES = (("Amina", "Benkacem"), ("Zoé", "Martin"), ("Lina", "Sall"), ("Jean", "Petit"), ("Marie", "Blanc"))


def group(town: Town, number: int = 3, by: str = "bruno") -> list[str]:
    """So many people welcomed by that professional."""
    born = date(1990, 1, 1)
    return [
        welcome(town, by, Identity(first_name=first, last_name=last, birth_date=born + timedelta(days=rank)))
        for rank, (first, last) in enumerate(NAMES[:number])
    ]


def workshop(
    town: Town, people: Sequence[str], *, days: int = 1, hour: time = time(14), by: str = "bruno", title: str = "Mon CV"
) -> str:
    """A session of two hours in so many days; gives its id."""
    with town.acting(by) as tx:
        slot = Slot(day=tx.today + timedelta(days=days), hour=hour, minutes=120, way=AppointmentWay.IN_PERSON)
        return plan_workshop(tx, title=title, place="Salle 2", slot=slot, record_ids=people).id


def together(town: Town, workshop_id: str, by: str = "bruno") -> dict[str, AppointmentView]:
    """record id → her appointment in that session, as that professional reads it."""
    with town.acting(by, write=False) as tx:
        return {one.record_id: one for one in people_together(tx, workshop_id)}


def tell(
    town: Town,
    workshop_id: str,
    said: dict[str, AppointmentState] | None = None,
    *,
    rest: bool = False,
    by: str = "bruno",
) -> Told:
    """Tell the attendance of those people by record; `rest`: all the others came."""
    known = together(town, workshop_id, by)
    ticks = [
        Tick(appointment_id=known[one].id, state=state, version=known[one].version)
        for one, state in (said or {}).items()
    ]
    with town.acting(by) as tx:
        return tell_attendance(tx, workshop_id=workshop_id, ticks=ticks, the_rest_came=rest)
