"""What is told of some people of the town on given days, beside the pathway each one lives by herself."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from pathway.demo.agenda import Agenda, worked
from pathway.demo.lives import Life


class Told(NamedTuple):
    """One act: whose record, how many days ago, how many minutes after midnight in metropolitan France. Of two that
    follow each other, the later has the later hour where both may fall on one working day."""

    whose: str
    ago: int
    minute: int
    act: Callable[[Life], None]

    def moment(self, today: date) -> tuple[date, int]:
        """When it happens: on a working day, that one or the last before it."""
        return worked(today - timedelta(days=self.ago)), self.minute


def plan_told(acts: tuple[Told, ...], lives: Mapping[str, Life], agenda: Agenda) -> None:
    """Plan those of the people who live in the town."""
    for one in acts:
        if one.whose in lives:
            life = lives[one.whose]
            agenda.plan(*one.moment(life.today), partial(one.act, life))
