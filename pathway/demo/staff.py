"""Who lives and works in the simulated town: people, professionals, hiring, leaves and departures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from random import Random

from pathway.casework.accounts.actions import add_professional
from pathway.casework.lifecycle.actions import leave
from pathway.casework.partners.actions import add_membership, declare_absence
from pathway.casework.partners.rules import Role
from pathway.demo.figures import Lived
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import PathwayError
from pathway.store.actor import SYSTEM, Actor
from pathway.store.transaction import Transaction

HOMES = {"pae-centre": "pae", "plie": "plie", "mission-locale": "cej", "ccas": "social"}  # structure → its scheme
_PEOPLE_EACH = 80  # followed by one counsellor (product rule)


@dataclass(kw_only=True)
class Worker:
    """One professional of the simulation, at work until she leaves; away up to that day."""

    account_id: str
    membership_id: str
    home: str
    away_until: date = date.min


@dataclass(kw_only=True)
class Person:
    """One invented person: where she is followed, her open step, when it will end, when she will come back."""

    number: int
    arrives_on: date
    home: str
    record_id: str = ""
    step: str = ""
    leaves_on: date = date.max
    returns_on: date = date.max
    reach: float = 0.7
    tries: int = 0


@dataclass(kw_only=True)
class Simulation:
    """A town under way. The same seed lives the same town, but for drawn identifiers."""

    town: Town
    clock: FixedClock
    rng: Random
    began_on: date
    ends_on: date
    people: list[Person] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    lived: Lived = field(default_factory=Lived)
    hired: int = 0

    def acting(self, worker: Worker) -> Transaction:
        """A transaction in that professional's name."""
        role = Role.COUNSELLOR.value
        actor = Actor(role=role, account_id=worker.account_id, structure_id=self.town.structures[worker.home])
        return Transaction(self.town.store, actor=actor, clock=self.clock, door="demo")

    def present(self, home: str, today: date) -> list[Worker]:
        """Who is at work there that day."""
        return [one for one in self.workers if one.home == home and one.away_until < today]


def hire_first(live: Simulation) -> None:
    """Hire one counsellor for eighty people, two in each structure at least."""
    for home in sorted(HOMES):
        followed = sum(one.home == home for one in live.people)
        for _ in range(max(ceil(followed / _PEOPLE_EACH), 2)):
            _hire(live, home)


def _hire(live: Simulation, home: str) -> None:
    live.hired += 1
    with Transaction(live.town.store, actor=SYSTEM, clock=live.clock, door="demo") as tx:
        account_id = add_professional(
            tx,
            email=f"agent{live.hired}@demo.carte.invalid",
            first_name="Agent",
            last_name=f"Numéro {live.hired}",
            password_hash="none",
        )
        membership_id = add_membership(
            tx,
            account_id=account_id,
            structure_id=live.town.structures[home],
            role=Role.COUNSELLOR,
            from_on=tx.today,
        )
    live.workers.append(Worker(account_id=account_id, membership_id=membership_id, home=home))


def change_staff(live: Simulation, day: date) -> None:
    """About six weeks of leave a year for each, declared ahead; about one in five leaves within a year."""
    for worker in list(live.workers):
        drawn = live.rng.random()
        team = [one for one in live.workers if one.home == worker.home and one is not worker]
        if drawn < 0.012 and worker.away_until < day:
            _takes_leave(live, worker, team, day)
        elif drawn > 0.9991 and len(team) > 1:
            _leaves_team(live, worker, team)


def _takes_leave(live: Simulation, worker: Worker, team: Sequence[Worker], day: date) -> None:
    until_on = day + timedelta(days=live.rng.randrange(4, 18))
    stand_in = live.rng.choice([None, *(one.account_id for one in team if one.away_until < day)])
    with live.acting(worker) as tx:
        try:
            declare_absence(tx, account_id=worker.account_id, from_on=tx.today, until_on=until_on, stand_in_id=stand_in)
        except PathwayError:
            tx.journal("no_absence")  # she stands in for somebody these days
            return
    worker.away_until = until_on
    live.lived.absences += 1


def _leaves_team(live: Simulation, worker: Worker, team: Sequence[Worker]) -> None:
    heir = live.rng.choice([None, live.rng.choice(team).account_id])
    supervisor = Actor(
        role=Role.SUPERVISOR.value,
        account_id=live.town.accounts["denis"],
        structure_id=live.town.structures[worker.home],
    )
    with Transaction(live.town.store, actor=supervisor, clock=live.clock, door="demo") as tx:
        last_on = live.rng.choice([None, tx.today + timedelta(days=3)])
        leave(tx, worker.membership_id, last_on=last_on, heir_id=heir)
    live.workers.remove(worker)
    live.lived.leavers += 1
    _hire(live, worker.home)
