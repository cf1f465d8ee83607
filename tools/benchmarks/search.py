"""Searching among one structure's people in a large base, beside the same searches in a base that holds nobody else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle

from pathway.casework.records.names import Query
from pathway.casework.records.queries import found
from pathway.demo.town import Town
from tools.benchmarks.base import throw_away_town
from tools.benchmarks.crowd import Somebody, crowd
from tools.benchmarks.measure import Comparison, Rounds, Say, Times, compare
from tools.benchmarks.people import BY

NAME = "search"
PEOPLE = 100_000
ROUNDS = Rounds(count=150, warm_up=20)
_OWN = 10_000
_ELSEWHERE = "mission-locale"
_NOTE = (
    "Chercher parmi les {own} personnes d’une structure, dans une base de {people} ; le plancher : la même structure"
    " seule dans sa base."
)


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The same searches in the small base and in the large one, by way of searching."""

    name: str
    people: int
    ways: Mapping[str, Comparison]
    note: str

    @property
    def ratio(self) -> float:
        """How many times longer the slow searches are in the large base: 95th percentiles, all ways together."""
        return self.large.p95_ms / self.small.p95_ms

    @property
    def small(self) -> Times:
        """Every measure in the small base."""
        return _together([one.floor for one in self.ways.values()])

    @property
    def large(self) -> Times:
        """Every measure in the large base."""
        return _together([one.ours for one in self.ways.values()])


def run(say: Say, rounds: Rounds = ROUNDS, *, people: int = PEOPLE, own: int = _OWN) -> Growth:
    """Build both bases, then search turn by turn. Whoever searches follows the same people in both."""
    with throw_away_town() as (small, _), throw_away_town() as (large, _):
        wanted = [_own_people(town, own, say) for town in (small, large)]
        crowd(large, max(people - own, 0), structure_id=large.structures[_ELSEWHERE], seed=2, say=say)
        ways = {
            way: compare(
                f"{NAME} {way}",
                floor=_searcher(small, wanted[0], ask),
                ours=_searcher(large, wanted[1], ask),
                rounds=rounds,
                note=way,
                say=say,
            )
            for way, ask in WAYS.items()
        }
    return Growth(name=NAME, people=people, ways=ways, note=_NOTE.format(own=own, people=people))


def _own_people(town: Town, count: int, say: Say) -> list[Somebody]:
    return crowd(town, count, structure_id=town.structures[town.cast[BY].structure], seed=1, say=say)


def _searcher(town: Town, people: list[Somebody], ask: Callable[[Somebody], Query]) -> Callable[[], object]:
    turn = cycle(people[:: max(len(people) // 97, 1)])

    def search() -> object:
        one = next(turn)
        with town.acting(BY, write=False) as tx:
            hits = found(tx, ask(one))
        if one.record_id not in {hit.record_id for hit in hits}:
            raise RuntimeError("the search does not find its person any more")
        return hits

    return search


def _named(one: Somebody) -> Query:
    who = one.identity
    return Query(last_name=who.last_name, first_name=who.first_name, birth_date=who.birth_date)


def _misspelt(one: Somebody) -> Query:
    asked = _named(one)
    name = one.identity.last_name
    return replace(asked, last_name=f"{name[:2]}{name[3]}{name[2]}{name[4:]}")


def _another_day(one: Somebody) -> Query:
    return replace(_named(one), birth_date=one.identity.birth_date + timedelta(days=10))


WAYS: dict[str, Callable[[Somebody], Query]] = {
    "exact": _named,
    "misspelt": _misspelt,
    "inverted": lambda one: replace(_named(one), last_name=one.identity.first_name, first_name=one.identity.last_name),
    "married": lambda one: replace(_named(one), last_name="Wojciechowski"),
    "wrong date": _another_day,
    "phone": lambda one: Query(phone=one.phone),
    "e-mail": lambda one: Query(email=one.email),
    "card": lambda one: Query(card_number=one.card_number),
}


def _together(times: list[Times]) -> Times:
    return Times(
        cpu=tuple(value for one in times for value in one.cpu),
        elapsed=tuple(value for one in times for value in one.elapsed),
    )
