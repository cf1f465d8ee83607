"""The stage of every sequence: a town of its own, who is at work in it, and what was done, refused or impossible."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select, text
from sqlmodel import SQLModel

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock, local_day
from pathway.kernel.errors import NotAllowed, PathwayError

FRIENDS = ("bruno", "fatou", "denis", "elise", "karim", "sylvie", "lucie", "yvan", "nadia", "solene")
WHOEVER_FOLLOWS_HER = ""
ACTORS = st.sampled_from(
    [*[WHOEVER_FOLLOWS_HER] * 8, "bruno", "denis", "elise", "karim", "lucie", "nadia", "solene", "chloe"]
)
ANYBODY = st.sampled_from(FRIENDS)
STRUCTURES = ("pae-centre", "mission-locale", "plie", "ccas")
BACK = st.sampled_from([0, 0, 0, 1, 5, 30, 200])
AHEAD = st.none() | st.sampled_from([-5, 1, 14, 60, 91, 120])
WHICH = st.integers(0, 9)
CARD = st.sampled_from([0, 0, 0, 1, 2])

_AT_WORK = """
SELECT account.id FROM account
JOIN membership ON membership.account_id = account.id JOIN structure ON structure.id = membership.structure_id
WHERE account.state = 'active' AND structure.state = 'active'
AND membership.from_on <= '{today}' AND (membership.until_on IS NULL OR membership.until_on >= '{today}')
"""

Func = TypeVar("Func", bound=Callable[..., None])
Opened = Callable[[], AbstractContextManager[Town]]


@dataclass(frozen=True, kw_only=True)
class Gesture:
    """What somebody may do: how often beside the others, when it is possible, and what is drawn for it."""

    name: str
    often: int
    when: Callable[["Stage"], bool]
    drawn: dict[str, st.SearchStrategy[Any]]


def gesture(
    *, often: int = 2, when: Callable[[Any], bool] = lambda _: True, **drawn: st.SearchStrategy[Any]
) -> Callable[[Func], Func]:
    """Make a method something that may happen. Unlike hypothesis' rules, none is left out of a sequence by chance:
    nobody could leave where nobody may enter."""

    def made(func: Func) -> Func:
        GESTURES[func.__name__] = Gesture(name=func.__name__, often=often, when=when, drawn=drawn)
        return func

    return made


GESTURES: dict[str, Gesture] = {}


@dataclass(kw_only=True)
class Tally:
    """How many gestures were tried and how many were done, by name; `sequences`: how many towns were begun."""

    tried: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    sequences: int = 0


class Stage(RuleBasedStateMachine):
    """One person with cards that anybody may make, in a town that begins anew with each sequence."""

    opened: Opened
    clock: FixedClock
    folder: Path
    tally: Tally
    town: Town
    rows: dict[str, list[dict[str, Any]]]  # as last seen
    turn = 0
    refused: PathwayError | None = None
    is_after_night = False  # nothing was done since the night ran: what it promises holds

    def begin(self) -> None:
        """A town of its own."""
        self.open = ExitStack()
        self.town = self.open.enter_context(self.opened())
        self.tally.sequences += 1

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "open"):
            self.open.close()

    def happens(self, data: st.DataObject) -> None:
        """Something that is possible now."""
        possible = [one.name for one in GESTURES.values() if one.when(self) for _ in range(one.often)]
        # Hypothesis plays first what is listed first, again and again: each turn begins elsewhere.
        self.turn += 1
        first = self.turn * 7 % len(possible)
        name = data.draw(st.sampled_from(possible[first:] + possible[:first]), label="what happens")
        getattr(self, name)(**data.draw(st.fixed_dictionaries(GESTURES[name].drawn), label=name))

    def attempt(self, gesture: str, what: Callable[[], object]) -> bool:
        """Do it; a refusal is an answer like another, as long as the promises still hold. Gives whether it was done."""
        self.tally.tried[gesture] += 1
        self.is_after_night = False
        try:
            what()
        except PathwayError as refusal:
            self.refused = refusal
            return False
        self.tally.done[gesture] += 1
        return True

    def act(self, by: str, what: Callable[..., object], **said: Any) -> None:
        """One action of that professional, who is at work, as the gate asks before every page."""
        if by not in self.at_work():
            raise NotAllowed
        with self.town.acting(by) as tx:
            what(tx, **said)
            tx.journal("act")

    def at_work(self) -> list[str]:
        """Who may sign in today and work in her structure."""
        found = {row["id"] for row in self.told(_AT_WORK.format(today=self.today.isoformat()))}
        return [code for code, account in self.town.accounts.items() if account in found]

    def worker(self, structure_id: str | None, like: str = "") -> str:
        """Somebody who follows people in that structure, `like` if she does; nobody is a refusal like another."""
        there = (code for code in FRIENDS if self.town.structures[self.town.cast[code].structure] == structure_id)
        free = set(self.at_work())
        found = [code for code in there if code in free]
        if not found:
            raise NotAllowed
        return like if like in found else found[self.turn % len(found)]

    def hand(self, by: str, record_id: str) -> str:
        """That professional, or else one of those who follow her: each structure in its turn."""
        if by:
            return by
        lasting = f"record_id = '{record_id}' AND cause = 'support' AND until_at IS NULL"
        there = [row["structure_id"] for row in self.mine("access_grant", lasting)]
        return self.worker(there[self.turn % len(there)] if there else None)

    def own(self, code: str) -> str:
        """Where she works."""
        return self.town.structures[self.town.cast[code].structure]

    def told(self, query: str) -> list[dict[str, Any]]:
        """The rows of that query."""
        with self.town.store.engine.connect() as connection:
            return [dict(row._mapping) for row in connection.exec_driver_sql(query)]

    def mine(self, table: str, where: str = "1 = 1") -> list[dict[str, Any]]:
        """The rows of that table: the town knows nobody but her."""
        found = SQLModel.metadata.tables[table]
        with self.town.store.engine.connect() as connection:
            rows = connection.execute(select(found).where(text(where)).order_by(*found.primary_key))
            return [dict(row._mapping) for row in rows]

    def any(self, table: str, **wanted: Any) -> bool:
        """Whether such a row was seen after the last gesture: cheaper than asking the base what is possible."""
        return any(all(row[key] in values for key, values in wanted.items()) for row in self.rows[table])

    def has(self, table: str, where: str = "1 = 1") -> bool:
        """Whether there is such a row."""
        return bool(self.told(f"SELECT 1 FROM {table} WHERE {where} LIMIT 1"))

    def card(self, which: int) -> str:
        """One of her cards."""
        cards = [row["id"] for row in self.mine("record")]
        return str(cards[which % len(cards)])

    @property
    def today(self) -> date:
        """The day in Paris."""
        return local_day(self.clock.now())

    def day(self, ahead: int) -> date:
        """That many days from today."""
        return self.today + timedelta(days=ahead)


def one_of(found: list[dict[str, Any]], which: int) -> dict[str, Any]:
    """The one drawn."""
    return found[which % len(found)]
