"""Somebody of the town as data: who she is and the steps of her pathway, in days before the day of the seed."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pathway.casework.records.rules import Way
from pathway.kernel.choice import Choice


class Care(Choice):
    """How a step is followed."""

    STEADY = "steady", "Suivi régulier"
    UNEVEN = "uneven", "Suivi irrégulier"
    ELUSIVE = "elusive", "Personne difficile à joindre"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step: scheme, professional, days ago it began and ended.

    `lasts`: days of the contract or training that follows. `review`: days until the review of a pause.
    `quiet`: how many days ago somebody called for the last time. `stages`: (stage key, days ago) passed to after entry.
    """

    scheme: str
    by: str
    began: int
    ended: int | None = None
    reason: str = ""
    lasts: int | None = None
    review: int | None = None
    care: Care = Care.STEADY
    quiet: int | None = None
    stages: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Word:
    """Answers recorded outside an entry: by whom, days ago, how they came. Imported ones stand beside the others."""

    by: str
    ago: int
    answers: dict[str, Any]
    way: Way = Way.SAID


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """Somebody of the town. `known` fixes some of her answers; the others are drawn."""

    first_name: str
    last_name: str
    birth_date: date
    steps: tuple[Step, ...]
    birth_name: str | None = None
    known: dict[str, Any] = field(default_factory=dict)
    words: tuple[Word, ...] = ()
    is_imported: bool = False

    @property
    def code(self) -> str:
        """First name, surname and the professional who first welcomed her: a twin record has another one."""
        return f"{self.first_name} {self.last_name} ({self.steps[0].by})"


def step(scheme: str, by: str, began: int, ended: int | None = None, reason: str = "", **more: Any) -> Step:
    """A step on one line."""
    return Step(scheme=scheme, by=by, began=began, ended=ended, reason=reason, **more)


def person(first: str, last: str, born: str, *steps: Step, **more: Any) -> DemoPerson:
    """Somebody on one line; `born` in ISO 8601."""
    return DemoPerson(first_name=first, last_name=last, birth_date=date.fromisoformat(born), steps=steps, **more)
