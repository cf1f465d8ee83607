"""What the town lives, in the order of time: each act happens with the clock set to its own instant."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count

from pathway.kernel.calendar import is_working_day
from pathway.kernel.clock import PARIS, FixedClock, local_day

Act = Callable[[], None]
Report = Callable[[int, int], None]


class Agenda:
    """Acts to come. An act may plan others, later than itself."""

    def __init__(self, clock: FixedClock, *, until: datetime) -> None:
        """Nothing planned at `until` or after it is lived."""
        self.clock = clock
        self.until = until
        self._acts: list[tuple[datetime, int, Act]] = []
        self._numbers = count()

    def plan(self, day: date, minute: int, act: Act) -> None:
        """Plan an act on that day, so many minutes after midnight in metropolitan France."""
        at = datetime.combine(day, time(minute // 60, minute % 60), PARIS)
        heapq.heappush(self._acts, (at, next(self._numbers), act))

    def live(self, report: Report) -> None:
        """Live every act in turn; `report(days lived, days in all)` follows the progress."""
        first = local_day(self._acts[0][0])
        total = (local_day(self.until) - first).days
        while self._acts:
            at, _, act = heapq.heappop(self._acts)
            if at >= self.until:
                break
            if local_day(at) != local_day(self.clock.at):
                report((local_day(at) - first).days, total)
            self.clock.at = at
            act()
        report(total, total)


def worked(day: date) -> date:
    """That day, or the last working day before it: offices are closed otherwise."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
