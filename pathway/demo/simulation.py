"""A town under way in a simulation: its people, those who work there, what is going on between them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from pathway.casework.partners.rules import Role
from pathway.casework.records.names import Identity
from pathway.demo.figures import Lived
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import PathwayError
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction

SECRET = "quai-neuf"  # a sensitive structure: nobody is passed on to it, nor does it close
HOMES = {  # structure → the scheme it enters people in
    "pae-centre": "pae",
    "plie": "plie",
    "mission-locale": "cej",
    "ccas": "social",
    "ateliers-canal": "iae",
    SECRET: "quai-neuf",
}


@dataclass(kw_only=True)
class Worker:
    """One professional of the simulation, at work until she leaves; away up to that day."""

    account_id: str
    membership_id: str
    home: str
    role: Role
    away_until: date = date.min


@dataclass(kw_only=True)
class Person:
    """One invented person: where she is followed, her open step, when it will end, when she will come back."""

    number: int
    identity: Identity
    arrives_on: date
    home: str
    reach: float
    record_id: str = ""
    step: str = ""
    leaves_on: date = date.max
    returns_on: date = date.max
    tries: int = 0


@dataclass(kw_only=True)
class Passing:
    """A relay under way: what its two sides will do, and when the next of it happens."""

    person: Person
    relay_id: str
    from_home: str
    to_home: str
    story: list[tuple[int, str]]
    next_on: date


@dataclass(kw_only=True)
class Simulation:
    """A town under way. The same seed lives the same town: nothing is done in the order of identifiers."""

    town: Town
    clock: FixedClock
    rng: Random
    began_on: date
    ends_on: date
    months: int
    homes: dict[str, str] = field(default_factory=lambda: dict(HOMES))
    people: list[Person] = field(default_factory=list)
    known: dict[str, Person] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    vacancies: list[tuple[date, str, Role]] = field(default_factory=list)
    passings: list[Passing] = field(default_factory=list)
    linked: list[tuple[date, str]] = field(default_factory=list)
    lived: Lived = field(default_factory=Lived)
    hired: int = 0

    def acting(self, worker: Worker, *, write: bool = True) -> Transaction:
        """A transaction in that professional's name."""
        actor = Actor(
            role=worker.role.value,
            account_id=worker.account_id,
            structure_id=self.town.structures[worker.home],
        )
        return Transaction(self.town.store, actor=actor, clock=self.clock, door="demo", write=write)

    def present(self, home: str, today: date) -> list[Worker]:
        """The counsellors at work there that day."""
        return [
            one for one in self.workers if one.home == home and one.role is Role.COUNSELLOR and one.away_until < today
        ]

    def team(self, worker: Worker) -> list[Worker]:
        """Her colleagues."""
        return [one for one in self.workers if one.home == worker.home and one is not worker]

    def in_order(self, record_ids: Iterable[str]) -> list[str]:
        """Those cards in the order of people, whatever their identifiers."""
        return sorted(record_ids, key=lambda one: self.known[one].number)

    def tried(self, worker: Worker, act: Callable[[Transaction], object]) -> bool:
        """Do it in that professional's name; a refusal is an answer like another, and is counted."""
        try:
            with self.acting(worker) as tx:
                act(tx)
                tx.journal("simulate")
        except PathwayError as refusal:
            self.lived.refusals[refusal.sentence] += 1
            return False
        return True
