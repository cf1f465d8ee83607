"""The step of the night that writes to each professional what waits for her: one letter a day, never one an alert."""

from collections.abc import Sequence

from pathway.casework.alerts.digests import Work, send_digest, told_before, work_of
from pathway.casework.team.holders import Team, teams
from pathway.jobs.night.lots import Counts, Moves, Stage, in_lots
from pathway.kernel.calendar import is_working_day
from pathway.kernel.clock import local_day
from pathway.store.clocks import clock_of


def digests(stage: Stage) -> Moves:
    """Write to everybody for whom something waits, on working days; counts the letters.

    A night caught up late, or lived by a town faster than its days, writes nothing: the letters of today say all that
    waits. Safe to run again: whoever was written to today is not written to twice. A structure or an account that fails
    keeps nobody else waiting.
    """
    yield 0, 0, {"sent": 0, "failed": 0}
    if stage.night < local_day(clock_of(stage.store).now()) or not is_working_day(stage.night):
        return
    found: dict[str, Work] = {}
    yield from _gather(stage, found)
    yield from _write(stage, found)


def _gather(stage: Stage, found: dict[str, Work]) -> Moves:
    """Add to `found` what waits for each account, wherever she works, but those written to today."""
    with stage.reading() as tx:
        known, before = teams(tx), told_before(tx)
    told = {name for name, at in before.items() if local_day(at) >= stage.night}

    def treat(some: Sequence[Team]) -> Counts:
        with stage.reading() as tx:
            here = work_of(tx, some[0], since=before)
        for name in here.keys() - told:
            found.setdefault(name, Work()).add(here[name])
        return {}

    return in_lots(stage, known, treat, lot=1, start={})


def _write(stage: Stage, found: dict[str, Work]) -> Moves:
    """One account, one transaction."""
    waited_for = sorted(name for name, work in found.items() if not work.is_empty)

    def treat(some: Sequence[str]) -> Counts:
        with stage.writing() as tx:
            send_digest(tx, account_id=some[0], work=found[some[0]], on=stage.night)
        return {"sent": 1}

    return in_lots(stage, waited_for, treat, lot=1, start={})
