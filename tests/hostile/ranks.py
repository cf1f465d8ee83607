"""Whether two lists of durations come from the same work: Mann and Whitney's rank test, run up to three times."""

from collections.abc import Callable, Mapping
from itertools import combinations
from math import sqrt
from time import perf_counter

LIMIT = 3.9  # standard deviations: p = 1e-4 on both sides
SAMPLES = 40
TURNS = 3


def deviation(left: list[float], right: list[float]) -> float:
    """The rank statistic in standard deviations: near 0 when neither is slower, negative when the left is faster."""
    ranks = {place: rank for rank, place in enumerate(sorted(range(len(left + right)), key=(left + right).__getitem__))}
    n, m = len(left), len(right)
    surplus = sum(ranks[place] for place in range(n)) - n * (n - 1) / 2
    return (surplus - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)


Doing = Mapping[str, Callable[[int], object]]


def durations(doing: Doing, *, start: int = 0, before: Callable[[], None]) -> dict[str, list[float]]:
    """How long each took, in turn, the order shifting at each round; `before` each one, out of the count."""
    names, taken = list(doing), {name: list[float]() for name in doing}
    for number in range(start, start + SAMPLES):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            before()
            begun = perf_counter()
            doing[name](number)
            taken[name].append(perf_counter() - begun)
    return taken


def told_apart(doing: Doing, *, before: Callable[[], None] = lambda: None) -> list[tuple[str, str]]:
    """The pairs whose durations differ, on the same side, at each measure: a neighbour's work weighs on one."""
    durations(doing, before=before)  # what is only done once is behind us
    sides: dict[tuple[str, str], list[float]] = {pair: [] for pair in combinations(doing, 2)}
    for turn in range(1, TURNS + 1):
        taken = durations(doing, start=turn * SAMPLES, before=before)
        for left, right in sides:
            sides[left, right].append(deviation(taken[left], taken[right]))
        if not _apart(sides):
            return []
    return _apart(sides)


def _apart(sides: Mapping[tuple[str, str], list[float]]) -> list[tuple[str, str]]:
    return [
        pair for pair, found in sides.items() if all(one > LIMIT for one in found) or all(one < -LIMIT for one in found)
    ]
