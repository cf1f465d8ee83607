"""The night's alerts over a territory, beside one statement a rule and the same alerts written in one go."""

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, delete, select, text
from sqlalchemy.engine import make_url

from pathway.casework.alerts.actions import Swept, observe_work
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.demo.town import Town
from pathway.jobs.night.lots import Stage
from pathway.jobs.night.steps import alerts
from pathway.kernel.clock import FixedClock, local_day
from pathway.store.actor import SYSTEM
from pathway.store.columns import table_of
from pathway.store.engine import connect, engine_url
from pathway.store.transaction import Transaction
from tools.benchmarks.base import NOW, throw_away_town
from tools.benchmarks.lives import lives
from tools.benchmarks.measure import Say
from tools.benchmarks.raw_night import asked_people, write_alerts

NAME = "nightly"
PEOPLE = 100_000
FEWEST = 10_000
_T = TypeVar("_T")

_TICKS = 100  # of a processor, a second: Linux's

_alert = table_of(Alert)
_change = table_of(AlertChange)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Seconds: of processor (ours and the server's, where it can be read), and of the clock."""

    cpu: float
    elapsed: float


@dataclass(frozen=True, kw_only=True)
class Lived:
    """One night over so many people: whom it looked at, what it changed, what that took."""

    people: int
    looked_at: int
    swept: Swept
    ours: Spent
    floor: Spent

    @property
    def ratio(self) -> float:
        """How many times the floor, in processor time."""
        return self.ours.cpu / self.floor.cpu


@dataclass(frozen=True, kw_only=True)
class Nights:
    """A first night and the following one, over a tenth of the people then over all of them."""

    name: str
    engine: str
    people: int
    small: tuple[Lived, Lived]
    large: tuple[Lived, Lived]
    peak_mb: int

    @property
    def ratio(self) -> float:
        """Of the first night, over all."""
        return self.large[0].ratio

    @property
    def growth(self) -> float:
        """How many times longer the first night is with ten times as many people."""
        return self.large[0].ours.cpu / self.small[0].ours.cpu


def run(say: Say, *, people: int = PEOPLE, database: str = "") -> Nights:
    """Both nights in two bases made for it: on SQLite, or on the PostgreSQL server of that address."""
    small, large = (_nights(say, count, database) for count in (people // 10, people))
    return Nights(
        name=NAME,
        engine="PostgreSQL" if database else "SQLite",
        people=people,
        small=small,
        large=large,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _nights(say: Say, people: int, database: str) -> tuple[Lived, Lived]:
    with _base(database) as address, throw_away_town(address) as (town, _):
        say(f"{people} personnes à écrire")
        lives(town, people, seed=1, say=say)
        _settle(town)
        first, following = FixedClock(NOW), FixedClock(NOW + timedelta(days=1))
        said = [_night(town, clock) for clock in (first, following)]
        floors = _floors(town, [first, following], [one["looked_at"] for one in said])
    lived = [Lived(people=people, floor=floor, **one) for one, floor in zip(said, floors, strict=True)]
    return lived[0], lived[1]


def _settle(town: Town) -> None:
    """Before any night: what a server in use has in its caches and statistics, and who works where."""
    if town.store.engine.dialect.name != "sqlite":
        with connect(town.store.engine, write=True) as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()
    with Transaction(town.store, actor=SYSTEM, clock=FixedClock(NOW), door="jobs") as tx:
        observe_work(tx)
        asked_people(tx.connection, tx.now, tx.today)


def _night(town: Town, clock: FixedClock) -> dict[str, Any]:
    """The night's own step, a second after its instant as in life: what was recorded meanwhile is looked for too."""
    present = FixedClock(clock.now() + timedelta(seconds=1))
    stage = Stage(store=town.store, clock=clock, night=local_day(clock.now()), present=present)
    totals: Counter[str] = Counter()

    def work() -> None:
        for _, _, counts in alerts(stage):
            totals.update(counts)

    spent, _ = _timed(town, work)
    swept = Swept(**{name: totals[name] for name in ("opened", "updated", "cleared")})
    return {"ours": spent, "looked_at": totals["candidates"], "swept": swept}


def _floors(town: Town, clocks: Sequence[FixedClock], numbers: Sequence[int]) -> list[Spent]:
    """The floor of each night, on the same base without its alerts: as many people found, the same alerts written."""
    with connect(town.store.engine, write=True) as connection:
        kept = [_opened(connection, clock) for clock in clocks]
        for table in (_change, _alert):
            connection.execute(delete(table))
        connection.commit()
    spent = []
    for clock, (opened, changes), looked_at in zip(clocks, kept, numbers, strict=True):
        night = Transaction(town.store, actor=SYSTEM, clock=clock, door="jobs")

        def work(night: Transaction = night, opened: Any = opened, changes: Any = changes) -> set[str]:
            with night as tx:
                found = asked_people(tx.connection, tx.now, tx.today)
                write_alerts(tx.connection, opened, changes)
                tx.journal("nightly_alerts")
            return found

        took, found = _timed(town, work)
        if len(found) != looked_at:
            raise RuntimeError(f"the floor finds {len(found)} people, the night looks at {looked_at}")
        spent.append(took)
    return spent


def _opened(connection: Connection, clock: FixedClock) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The alerts that night opened, and what it noted of them, as rows to be written again."""
    rows = [dict(row._mapping) for row in connection.execute(select(_alert).where(_alert.c.opened_at == clock.now()))]
    query = select(_change).where(_change.c.recorded_at == clock.now(), _change.c.version == 1)
    changes = [dict(row._mapping) for row in connection.execute(query)]
    return [{**row, "state": "open", "ended_at": None} for row in rows], changes


def _timed(town: Town, work: Callable[[], _T]) -> tuple[Spent, _T]:
    server = _server_ticks(town)
    cpu, elapsed = time.process_time(), time.perf_counter()
    found = work()
    ours, elapsed = time.process_time() - cpu, time.perf_counter() - elapsed
    return Spent(cpu=ours + (_server_ticks(town) - server) / _TICKS, elapsed=elapsed), found


def _server_ticks(town: Town) -> int:
    """What the PostgreSQL server of this machine has taken of the processor so far; nothing for SQLite."""
    if town.store.engine.dialect.name == "sqlite":
        return 0
    with connect(town.store.engine, write=False) as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    stats = {path.parent.name: _stat(path) for path in Path("/proc").glob("[0-9]*/stat")}
    server = stats[str(backend)][1]  # the process that every one of the server's belongs to
    own = sum(sum(stat[11:13]) for stat in stats.values() if stat and stat[1] == server)
    return own + sum(stats[str(server)][11:15])


def _stat(path: Path) -> list[int]:
    """The numbers of a process: its parent is the second, its processor time the twelfth and thirteenth, that of its
    ended children the two that follow. Empty when it has just ended."""
    try:
        said = path.read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [0, *(int(one) for one in said[1:])]


@contextmanager
def _base(server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL base of that server, dropped at the end; none without a server."""
    if not server:
        yield ""
        return
    name = f"carte_bench_{token_hex(4)}"
    engine = create_engine(engine_url(server), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()
