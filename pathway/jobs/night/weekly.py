"""The step of the night that writes, once a week, how each structure goes to whoever leads it."""

from collections.abc import Sequence

from pathway.casework.cockpit.digests import send_weekly, week_of, written_this_week
from pathway.casework.team.holders import Team, teams
from pathway.jobs.night.lots import Counts, Moves, Stage, in_lots
from pathway.kernel.calendar import is_working_day
from pathway.kernel.clock import local_day
from pathway.store.clocks import clock_of

_Led = tuple[str, str]  # who is written to, for which structure


def weekly(stage: Stage) -> Moves:
    """Write to the responsables at work, else to who replaces them, on the first working day of the week; the next one
    when that night was missed. Counts the letters.

    A night caught up late writes nothing. Safe to run again: nobody is written to twice in a week for one structure. A
    structure or an account that fails keeps no other waiting.
    """
    yield 0, 0, {"sent": 0, "failed": 0}
    if stage.night < local_day(clock_of(stage.store).now()) or not is_working_day(stage.night):
        return
    found: dict[_Led, dict[str, int]] = {}
    yield from _gather(stage, found)
    yield from _write(stage, found)


def _gather(stage: Stage, found: dict[_Led, dict[str, int]]) -> Moves:
    """Add to `found` the counts of each structure, under whoever was not yet written to this week."""
    with stage.reading() as tx:
        known, told = teams(tx), written_this_week(tx, on=stage.night)

    def treat(some: Sequence[Team]) -> Counts:
        waiting = {(name, some[0].structure_id) for name in some[0].leading} - told
        if waiting:
            with stage.reading() as tx:
                found.update(dict.fromkeys(waiting, week_of(tx, some[0])))
        return {}

    return in_lots(stage, known, treat, lot=1, start={})


def _write(stage: Stage, found: dict[_Led, dict[str, int]]) -> Moves:
    """One letter, one transaction."""

    def treat(some: Sequence[_Led]) -> Counts:
        account, structure = some[0]
        with stage.writing() as tx:
            send_weekly(tx, account_id=account, structure_id=structure, counts=found[some[0]], on=stage.night)
        return {"sent": 1}

    return in_lots(stage, sorted(found), treat, lot=1, start={})
