"""The step of the night that writes to each professional what waits for her: one letter a day, never one an alert."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from pathway.casework.alerts.digests import Team, Work, send_digest, teams, told_before, work_of
from pathway.kernel.calendar import is_working_day
from pathway.kernel.clock import Clock, local_day
from pathway.kernel.errors import PathwayError, Unavailable
from pathway.store.actor import SYSTEM
from pathway.store.clocks import clock_of
from pathway.store.opening import Store
from pathway.store.transaction import Transaction

Counts = dict[str, int]
Found = dict[str, Work]


def digests(store: Store, clock: Clock, night: date) -> Iterator[tuple[int, int, Counts]]:
    """Write to everybody for whom something waits, on working days; gives (done, in all, counts) as it goes.

    A night caught up late writes nothing of its own day: the letters of today say all that waits. Safe to run again:
    whoever was written to today is not written to twice. A structure or an account that fails keeps nobody else
    waiting, and is counted.
    """
    yield 0, 0, {"sent": 0, "failed": 0}
    if night < local_day(clock_of(store).now()) or not is_working_day(night):
        return
    found, failed = _gathered(store, clock, night)
    yield 0, len(found), {"failed": failed}
    for done, (account_id, work) in enumerate(found.items(), start=1):
        yield done, len(found), _write(store, clock, account_id, work, night)


def _gathered(store: Store, clock: Clock, night: date) -> tuple[Found, int]:
    """What waits for each account, wherever she works, but those written to today; how many structures failed."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        known, before = teams(tx), told_before(tx)
    found: Found = {}
    failed = 0
    for team in known:
        try:
            _add_team(store, clock, team, before, found)
        except Unavailable:
            raise  # the base, not the structure
        except PathwayError:
            failed += 1
    told = {name for name, at in before.items() if local_day(at) >= night}
    return {name: work for name, work in sorted(found.items()) if name not in told and not work.is_empty}, failed


def _add_team(store: Store, clock: Clock, team: Team, before: Mapping[str, datetime], found: Found) -> None:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        here = work_of(tx, team, since=before)
    for name, work in here.items():
        found.setdefault(name, Work()).add(work)


def _write(store: Store, clock: Clock, account_id: str, work: Work, night: date) -> Counts:
    """One account, one transaction."""
    try:
        with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
            send_digest(tx, account_id=account_id, work=work, on=night)
    except Unavailable:
        raise  # the base, not the account
    except PathwayError:
        return {"failed": 1}
    return {"sent": 1}
