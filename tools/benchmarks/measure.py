"""Runs two ways of doing the same work turn by turn, so that both meet the same machine, and compares their medians."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]
Say = Callable[[str], None]

_NANOSECONDS_IN_MS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """How often each side runs: `count` measures after `warm_up` unmeasured ones, each of `calls` calls in a row."""

    count: int
    warm_up: int = 20
    calls: int = 1

    @property
    def total(self) -> int:
        """How many calls each side receives in all."""
        return (self.count + self.warm_up) * self.calls


@dataclass(frozen=True, kw_only=True)
class Times:
    """What one side cost at each measure, in milliseconds a call: the processor's time, and the clock's."""

    cpu: tuple[float, ...]
    elapsed: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        """The middle measure of processor time."""
        return median(self.cpu)

    @property
    def p95_ms(self) -> float:
        """The processor time that 95 measures out of 100 do not exceed."""
        return _rank(self.cpu, 0.95)

    @property
    def elapsed_ms(self) -> float:
        """The middle measure of the time that passed, waiting for the disk included."""
        return median(self.elapsed)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The floor and the product in one run. `note` is one French sentence on what was done."""

    name: str
    floor: Times
    ours: Times
    note: str

    @property
    def ratio(self) -> float:
        """How many times the floor the product costs, by medians of processor time."""
        return self.ours.median_ms / self.floor.median_ms


def compare(name: str, *, floor: Work, ours: Work, rounds: Rounds, note: str, say: Say) -> Comparison:
    """Run both sides turn by turn, the first of each pair changing, and keep every measure after the warm-up."""
    kept = side_by_side(name, {"floor": floor, "ours": ours}, rounds=rounds, say=say)
    return Comparison(name=name, floor=kept["floor"], ours=kept["ours"], note=note)


def side_by_side(name: str, works: Mapping[str, Work], *, rounds: Rounds, say: Say) -> dict[str, Times]:
    """Run all of them turn by turn, in one order then in the other, and keep every measure after the warm-up."""
    kept: dict[str, list[tuple[float, float]]] = {which: [] for which in works}
    for number in range(rounds.warm_up + rounds.count):
        for which in works if number % 2 else reversed(list(works)):
            kept[which].append(_timed(works[which], rounds.calls))
        if number % 100 == 99:
            say(f"{name} : {number + 1} tours sur {rounds.warm_up + rounds.count}")
    return {which: _times(measures[rounds.warm_up :]) for which, measures in kept.items()}


def _timed(work: Work, calls: int) -> tuple[float, float]:
    elapsed, cpu = time.perf_counter_ns(), time.process_time_ns()
    for _ in range(calls):
        work()
    cpu, elapsed = time.process_time_ns() - cpu, time.perf_counter_ns() - elapsed
    return cpu / calls / _NANOSECONDS_IN_MS, elapsed / calls / _NANOSECONDS_IN_MS


def _times(measures: list[tuple[float, float]]) -> Times:
    return Times(cpu=tuple(cpu for cpu, _ in measures), elapsed=tuple(elapsed for _, elapsed in measures))


def _rank(values: tuple[float, ...], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
