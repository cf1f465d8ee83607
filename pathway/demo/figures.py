"""What a simulated town tells: exits, points, load, and what must never be."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from statistics import median, quantiles

from pathway.casework.reports.queries import point_outcomes
from pathway.kernel.clock import Clock
from pathway.store import journal
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.transaction import Transaction


@dataclass(kw_only=True)
class Lived:
    """What happened, counted as it did. `orphans` and `twice` are the worst of all nights; `handled`: points handled by
    (account, Monday of the week); `refusals`: how often each sentence was said."""

    entries: int = 0
    exits: int = 0
    cancelled: int = 0
    returns: int = 0
    absences: int = 0
    leavers: int = 0
    nights: int = 0
    nights_missed: int = 0
    nights_twice: int = 0
    crashes: int = 0
    orphans: int = 0
    twice: int = 0
    handled: Counter[tuple[str, date]] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)


def figures(lived: Lived, store: Store, *, clock: Clock, ends_on: date) -> dict[str, object]:
    """The figures of a town that lived. A point is late when it was not closed by its first due day; the load is how
    many points one counsellor handles in a week with any."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="demo", write=False) as tx:
        outcomes = point_outcomes(tx, before=ends_on)
        broken = len(journal.verify(tx.connection, store.keyring).broken)
    return {
        "exits": lived.exits,
        **outcomes,
        "load_per_counsellor_week": _load(list(lived.handled.values())),
        "orphan_exits": lived.orphans,
        "duplicate_alerts": lived.twice,
        "entries": lived.entries,
        "returns": lived.returns,
        "cancelled_exits": lived.cancelled,
        "absences": lived.absences,
        "leavers": lived.leavers,
        "nights": lived.nights,
        "nights_missed": lived.nights_missed,
        "nights_twice": lived.nights_twice,
        "crashes": lived.crashes,
        "refusals": lived.refusals.total(),
        "journal_broken": broken,
    }


def _load(handled: list[int]) -> dict[str, float]:
    if len(handled) < 2:
        return {"median": float(sum(handled)), "p95": float(sum(handled))}
    return {"median": float(median(handled)), "p95": round(quantiles(handled, n=20)[-1], 1)}
