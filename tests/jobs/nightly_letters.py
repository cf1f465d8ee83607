"""What the steps of the night that write letters do: how many, and to whom."""

from collections.abc import Callable
from datetime import date

from pathway.demo.town import Town
from pathway.jobs.night.lots import Moves, Stage
from pathway.kernel.clock import local_day
from pathway.store.letter_kinds import LetterKind
from tests.casework.enrolments.steps import rows


def counted(town: Town, step: Callable[[Stage], Moves], on: date | None = None) -> dict[str, int]:
    """What that step counts that night, the town's own day unless said."""
    counts: dict[str, int] = {}
    night = on or local_day(town.clock.now())
    for _, _, more in step(Stage(store=town.store, clock=town.clock, night=night, present=town.clock)):
        counts = {name: counts.get(name, 0) + more.get(name, 0) for name in {*counts, *more}}
    return counts


def written_to(town: Town, kind: LetterKind) -> set[str]:
    """Who was written to, whatever the day."""
    names = {account_id: code for code, account_id in town.accounts.items()}
    return {names[str(one["key"]).split(":")[1]] for one in rows(town.store, "letter", f"WHERE kind = '{kind.value}'")}
