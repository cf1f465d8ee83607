"""What the town does in common: a group session to come; who came by the desk or was met outside."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import partial

from pathway.casework.encounters.rules import AppointmentWay, Slot
from pathway.casework.workshops.actions import plan_workshop
from pathway.demo.agenda import Agenda, worked
from pathway.demo.lives import Life
from pathway.demo.town import Town
from pathway.kernel.calendar import add_working_days

_PLANNED, _AHEAD = 4, 4  # calendar days ago, working days ahead
_INVITED = ("Yanis Aït Slimane (bruno)", "Gülsüm Yıldız (bruno)", "Khadija Berrada (bruno)", "Karim Mansouri (bruno)")


def plan_groups(lives: Mapping[str, Life], town: Town, agenda: Agenda, *, today: date) -> None:
    """Plan all of it, for those of these people who live in the town."""
    invited = [lives[code] for code in _INVITED if code in lives]
    agenda.plan(worked(today - timedelta(days=_PLANNED)), 17 * 60, partial(_invite, town, invited, today))


def _invite(town: Town, invited: list[Life], today: date) -> None:
    slot = Slot(day=add_working_days(today, _AHEAD), hour=time(14), minutes=120, way=AppointmentWay.IN_PERSON)
    with town.acting("bruno") as tx:
        ids = [life.record_id for life in invited]
        plan_workshop(tx, title="Préparer un entretien", place="Salle 2", slot=slot, record_ids=ids)
