"""What a simulated town tells: exits, points, load, what went on, and what must never be."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from statistics import median, quantiles

from pathway.casework.reports.queries import point_outcomes, relays_bounced
from pathway.kernel.clock import Clock
from pathway.store import journal
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.transaction import Transaction


@dataclass(kw_only=True)
class Lived:
    """What happened, counted as it did. `orphans` and `twice` are the worst of all nights; `handled`: points handled by
    (account, Monday of the week); `refusals`: how often each sentence was said; `shut`: of the leavers, those whose
    account was shut and nothing else; `worked`: how many years of work were lived, all counsellors together."""

    entries: int = 0
    exits: int = 0
    cancelled: int = 0
    returns: int = 0
    absences: int = 0
    stood_in_for: int = 0
    leavers: int = 0
    left_an_heir: int = 0
    shut: int = 0
    closings: int = 0
    linked: int = 0
    unlinked: int = 0
    nights: int = 0
    nights_missed: int = 0
    nights_twice: int = 0
    crashes: int = 0
    orphans: int = 0
    twice: int = 0
    worked: float = 0.0
    relays: Counter[str] = field(default_factory=Counter)
    appointments: Counter[str] = field(default_factory=Counter)
    handled: Counter[tuple[str, date]] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)


def figures(lived: Lived, store: Store, *, clock: Clock, ends_on: date) -> dict[str, object]:
    """The figures of a town that lived. A point is late when it was not closed by its first due day; the load is how
    many points one counsellor handles in a week with any; the turnover, departures for a hundred years of work."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="demo", write=False) as tx:
        outcomes = point_outcomes(tx, before=ends_on)
        bounced = relays_bounced(tx)
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
        "relays": {**dict(sorted(lived.relays.items())), "bounced": bounced},
        "appointments": dict(sorted(lived.appointments.items())),
        "cards_linked": lived.linked,
        "cards_unlinked": lived.unlinked,
        "structures_closed": lived.closings,
        **_team(lived),
        "nights": lived.nights,
        "nights_missed": lived.nights_missed,
        "nights_twice": lived.nights_twice,
        "crashes": lived.crashes,
        "refusals": lived.refusals.total(),
        "journal_broken": broken,
    }


def _team(lived: Lived) -> dict[str, object]:
    return {
        "absences": lived.absences,
        "absences_with_stand_in": lived.stood_in_for,
        "leavers": lived.leavers,
        "leavers_with_heir": lived.left_an_heir,
        "accounts_shut": lived.shut,
        "turnover_percent": round(100 * lived.leavers / lived.worked, 1) if lived.worked else 0.0,
    }


def _load(handled: list[int]) -> dict[str, float]:
    if len(handled) < 2:
        return {"median": float(sum(handled)), "p95": float(sum(handled))}
    return {"median": float(median(handled)), "p95": round(quantiles(handled, n=20)[-1], 1)}
