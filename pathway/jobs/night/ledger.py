"""What is written of each step of each night: its lease while it runs, its end, what it did and what it could not."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, select, update

from pathway.casework.reports.vocabulary import LAST_STEP
from pathway.jobs.night.holding import TAKEN, Hold
from pathway.jobs.night.lots import Counts, Troubles
from pathway.kernel.clock import SystemClock, local_day
from pathway.kernel.errors import PathwayError, Refused
from pathway.store.actor import SYSTEM
from pathway.store.columns import table_of
from pathway.store.engine import connect
from pathway.store.opening import Store
from pathway.store.tables import NightStep
from pathway.store.transaction import Transaction

_step = table_of(NightStep)

LEASE = timedelta(minutes=2)


def last_night(store: Store) -> date | None:
    """The latest night that went to its end: its last step is done."""
    query = select(func.max(_step.c.night)).where(_step.c.step == LAST_STEP, _step.c.finished_at.is_not(None))
    with connect(store.engine, write=False) as connection:
        night: date | None = connection.execute(query).scalar_one()
    return night


def instant_of(store: Store, night: date) -> datetime | None:
    """The instant of a night that was begun and not done: it goes on with the facts it had begun with."""
    query = select(_step.c.step, _step.c.cutoff_at, _step.c.finished_at).where(_step.c.night == night)
    with connect(store.engine, write=False) as connection:
        rows = connection.execute(query).all()
    if any(row.step == LAST_STEP and row.finished_at is not None for row in rows):
        return None
    return min((row.cutoff_at for row in rows if row.cutoff_at and local_day(row.cutoff_at) == night), default=None)


@dataclass(kw_only=True)
class Ledger:
    """The pen of one run. A step is leased until it ends; its end is written with the beginning of the next one, so
    that the night is never nobody's in between."""

    store: Store
    hold: Hold
    _under_way: tuple[date, str] | None = None
    _until: datetime | None = None
    _ended: dict[str, Any] = field(default_factory=dict)

    def begin(self, night: date, name: str, *, cutoff_at: datetime) -> None:
        """Begin a step. `Refused` when another run is at work."""
        now = SystemClock().now()
        with self._writing() as tx:
            self._write_end(tx)
            if not self.hold.is_sure:
                _check_free(tx, now)
            tx.execute(delete(_step).where(*_here(night, name)))
            begun = {"night": night, "step": name, "started_at": now, "leased_until": now + LEASE}
            tx.execute(insert(_step).values(**begun, cutoff_at=cutoff_at, counts="{}"))
            tx.journal("start_night_step", night=night.isoformat(), step=name)
        self._under_way, self._until, self._ended = (night, name), now + LEASE, {}

    def keep(self) -> None:
        """Hold the step under way for two more minutes, when half of the last ones are over."""
        now = SystemClock().now()
        if self._under_way is None or self._until is None or now <= self._until - LEASE / 2:
            return
        self.hold.keep()
        with self._writing() as tx:
            tx.execute(update(_step).where(*_here(*self._under_way)).values(leased_until=now + LEASE))
            tx.journal("renew_night_step", night=self._under_way[0].isoformat(), step=self._under_way[1])
        self._until = now + LEASE

    def end(self, counts: Counts, troubles: Troubles) -> None:
        """Say what the step under way did. One that broke does not count as done, and waits for nobody."""
        now = SystemClock().now()
        self._ended = {
            "finished_at": None if troubles.is_broken else now,
            "leased_until": now,
            "counts": orjson.dumps(counts).decode(),
            "failed": max(troubles.failed, counts.get("failed", 0)),
            "failure": troubles.failure,
        }

    def close(self) -> None:
        """Write the end of the last step; one that was cut short is left to the next run at once."""
        if self._under_way is None:
            return
        if self._ended:
            self._write()
        else:
            self._ended = {"leased_until": SystemClock().now()}
            with suppress(PathwayError):  # what cut the step short is what is told
                self._write()
        self._under_way = None

    def _write(self) -> None:
        with self._writing() as tx:
            self._write_end(tx)

    def _write_end(self, tx: Transaction) -> None:
        if self._under_way is not None and self._ended:
            night, name = self._under_way
            tx.execute(update(_step).where(*_here(night, name)).values(**self._ended))
            tx.journal("finish_night_step", night=night.isoformat(), step=name)

    def _writing(self) -> Transaction:
        return Transaction(self.store, actor=SYSTEM, clock=SystemClock(), door="jobs")


def _check_free(tx: Transaction, now: datetime) -> None:
    others = select(_step.c.step).where(_step.c.finished_at.is_(None), _step.c.leased_until > now)
    if tx.execute(others.limit(1)).first() is not None:
        raise Refused(TAKEN)


def _here(night: date, name: str) -> tuple[Any, Any]:
    return _step.c.night == night, _step.c.step == name
