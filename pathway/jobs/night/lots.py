"""Work cut in lots, so that others write in between; a lot that fails is done again one by one, and only what fails is
left out, counted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import sleep
from typing import TypeVar

from pathway.kernel.clock import Clock
from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.transaction import Transaction

Counts = dict[str, int]
Moves = Iterator[tuple[int, int, Counts]]  # (done, in all, what was just counted)

T = TypeVar("T")
R = TypeVar("R")

LOT = 200
READ_LOT = 1000  # read in a snapshot that stops nobody
SHORT_LOT = 25  # written while others wait: a few tens of milliseconds
_TRIES, _PAUSE_SECONDS = 3, 0.3
_LONGEST_KIND = 80


@dataclass(kw_only=True)
class Troubles:
    """What a step could not treat: how many people or lots, and of what kind the first error was (never its words,
    which may name somebody). `is_broken`: the step itself stopped. `first`: for who stands beside, never written."""

    failed: int = 0
    failure: str = ""
    is_broken: bool = False
    first: Exception | None = None

    def note(self, error: Exception) -> Counts:
        """Count one that failed."""
        self.failed += 1
        self.failure = self.failure or type(error).__name__[:_LONGEST_KIND]
        self.first = self.first or error
        return {"failed": 1}

    def broke(self, error: Exception) -> None:
        """The step cannot go on."""
        self.note(error)
        self.is_broken = True


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where a step works. `clock`: the night's own instant. `present`: what time it truly is, which a night caught up
    late is not. `heads`: where the journal's head goes. `settings`: of an instance that is kept; none for a
    town that is lived."""

    store: Store
    clock: Clock
    night: date
    present: Clock
    heads: Path | None = None
    settings: Settings | None = None
    troubles: Troubles = field(default_factory=Troubles)

    def writing(self, clock: Clock | None = None) -> Transaction:
        """A transaction of the night, at its instant unless another clock is given."""
        return Transaction(self.store, actor=SYSTEM, clock=clock or self.clock, door="jobs")

    def reading(self, clock: Clock | None = None) -> Transaction:
        """A snapshot at the night's instant, unless another clock is given."""
        return Transaction(self.store, actor=SYSTEM, clock=clock or self.clock, door="jobs", write=False)


def in_lots(
    stage: Stage, items: Sequence[T], treat: Callable[[Sequence[T]], Counts], *, lot: int = 0, start: Counts
) -> Moves:
    """Treat those, so many at once (one transaction or more, each whole or absent), from those counts.

    `Unavailable` (the base itself) goes through once the base was given a moment; any other error leaves out what it is
    about and nothing else.
    """
    lot = lot or LOT
    yield 0, len(items), start
    for first in range(0, len(items), lot):
        some = items[first : first + lot]
        for counts in _treated(stage, some, treat):
            yield min(first + lot, len(items)), len(items), counts


def looked_then_treated(
    stage: Stage,
    items: Sequence[T],
    look: Callable[[Sequence[T]], Sequence[R]],
    treat: Callable[[Sequence[R]], Counts],
    *,
    start: Counts,
) -> Moves:
    """Look at many at once in a snapshot, which gives what to treat; treat it a few at a time, as `in_lots` does.

    Others may write meanwhile: `treat` checks that what was seen still stands.
    """
    yield 0, len(items), start
    for first in range(0, len(items), READ_LOT):
        some, due = items[first : first + READ_LOT], list[R]()

        def keep(part: Sequence[T], due: list[R] = due) -> Counts:
            due.extend(look(part))
            return {}

        failed = [count for count in _treated(stage, some, keep) if count]
        if failed or not due:
            yield first + (0 if due else len(some)), len(items), {"failed": len(failed)} if failed else {}
        for at in range(0, len(due), SHORT_LOT):
            done = first + len(some) * min(at + SHORT_LOT, len(due)) // len(due)
            for counts in _treated(stage, due[at : at + SHORT_LOT], treat):
                yield done, len(items), counts


def _treated(stage: Stage, some: Sequence[T], treat: Callable[[Sequence[T]], Counts]) -> Iterator[Counts]:
    try:
        counts = [steady(lambda: treat(some))]
    except Unavailable:
        raise
    except Exception as error:  # whatever it is, it is about those alone: nobody else waits for them
        counts = [stage.troubles.note(error)] if len(some) == 1 else []
    yield from counts
    for one in some if not counts else ():
        yield from _treated(stage, [one], treat)


def steady(act: Callable[[], R]) -> R:
    """Do it, again when the base was busy or two writers crossed; `Unavailable` when it stays so."""
    for _ in range(_TRIES - 1):
        try:
            return act()
        except Unavailable:
            sleep(_PAUSE_SECONDS)
    return act()
