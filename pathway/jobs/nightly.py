"""The night: an ordered list of steps, each safe to run twice, with missed nights caught up."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from pathway.jobs.night.holding import held
from pathway.jobs.night.ledger import Ledger, instant_of, last_night
from pathway.jobs.night.lots import Counts, Moves, Stage
from pathway.jobs.night.steps import STEPS, Step
from pathway.kernel.clock import Clock, FixedClock, SystemClock, local_day
from pathway.kernel.errors import Refused, Unavailable
from pathway.kernel.settings import Settings
from pathway.kernel.wording import said_date
from pathway.store.actor import SYSTEM
from pathway.store.clocks import clock_of, move_ahead
from pathway.store.opening import Store
from pathway.store.transaction import Transaction

_MOST_CAUGHT_UP = 400
_FURTHEST_YEARS = 100

Report = Callable[[str, int, int], None]
OnStep = Callable[[date, str], None]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What one step of one night could not treat: how many people or lots, and of what kind the first error was."""

    night: date
    step: str
    failed: int
    failure: str
    is_broken: bool = False


@dataclass(kw_only=True)
class Night:
    """What a run of the nightly did: the night asked for, what each of its steps counted, the nights caught up, and
    what failed in any of them."""

    on: date
    steps: dict[str, Counts] = field(default_factory=dict)
    caught_up: list[date] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def _unseen(_night: date, _step: str) -> None:
    """Nobody looks."""


def run_nights(
    store: Store,
    *,
    on: date | None,
    report: Report,
    heads: Path | None = None,
    settings: Settings | None = None,
    clock: Clock | None = None,
    on_step: OnStep = _unseen,
) -> Night:
    """Run the night of that day (today by default) after the nights missed before it.

    `heads` is where the journal's head is kept outside the base (a file or a folder); `settings` say how long the
    journal is kept and where copies of the base go (neither is done without them). `report(step, done, total)`
    follows the progress, `on_step(night, step)` the steps as they begin. What fails in a step is counted and stops
    nothing else; only a base that cannot serve does (`Unavailable`). `Refused` when a later night is already complete,
    when the day is in the future on a base of real people or over a century ahead, or when another run is at work.
    `clock`: that of a town lived faster than its days, instead of the base's own.
    """
    clock = clock or clock_of(store)
    with held(store) as hold:
        today = local_day(clock.now())
        wanted = on or today
        last = last_night(store)
        _check_day(store, wanted, today, last)
        at = clock.now() + timedelta(days=(wanted - today).days)
        run = _Run(
            ledger=Ledger(store=store, hold=hold),
            present=clock,
            heads=heads,
            settings=settings,
            report=report,
            on_step=on_step,
        )
        night = Night(on=wanted, caught_up=_missed(last, wanted))
        with closing(run.ledger):
            for day in [*night.caught_up, wanted]:
                run.live(night, day, at - timedelta(days=(wanted - day).days))
        if wanted > today:
            _live_ahead(store, at)
    return night


def run_night(store: Store, clock: Clock, *, report: Report) -> dict[str, Counts]:
    """Run the one night of that clock's day, whatever came before: for a town whose days are lived one by one. What
    failed is raised, once all the rest is done: here nothing may."""
    with held(store) as hold:
        run = _Run(ledger=Ledger(store=store, hold=hold), present=clock, heads=None, report=report, on_step=_unseen)
        night = Night(on=local_day(clock.now()))
        with closing(run.ledger):
            run.live(night, night.on, clock.now())
    if run.errors:
        raise run.errors[0]
    return night.steps


@dataclass(kw_only=True)
class _Run:
    """One run: what all its nights and steps share."""

    ledger: Ledger
    present: Clock
    heads: Path | None
    report: Report
    on_step: OnStep
    settings: Settings | None = None
    errors: list[Exception] = field(default_factory=list)

    def live(self, night: Night, day: date, at: datetime) -> None:
        """One night from its first step to its last, at that instant or at the one it had begun with."""
        store = self.ledger.store
        begun_at = instant_of(store, day) or at
        night.steps = {}
        for name, step in STEPS:
            clock = FixedClock(begun_at)
            stage = Stage(
                store=store, clock=clock, night=day, present=self.present, heads=self.heads, settings=self.settings
            )
            self.on_step(day, name)
            self.ledger.begin(day, name, cutoff_at=begun_at)
            counts = night.steps[name] = self._counted(stage, name, step)
            self.ledger.end(counts, stage.troubles)
            failed = max(stage.troubles.failed, counts.get("failed", 0))
            if failed:
                night.failures.append(_failure(stage, name, failed))

    def _counted(self, stage: Stage, name: str, step: Step) -> Counts:
        counts: Counts = {}
        for done, total, more in _moves(stage, step):
            counts = {key: counts.get(key, 0) + more.get(key, 0) for key in {*counts, *more}}
            self.ledger.keep()
            self.report(name, done, total)
        if stage.troubles.first:
            self.errors.append(stage.troubles.first)
        return counts


def _failure(stage: Stage, name: str, failed: int) -> Failure:
    found = stage.troubles
    return Failure(night=stage.night, step=name, failed=failed, failure=found.failure, is_broken=found.is_broken)


def _moves(stage: Stage, step: Step) -> Moves:
    """The moves of a step; what breaks it is noted, and the next step has its turn. Without a base no step has."""
    try:
        yield from step(stage)
    except Unavailable:
        raise
    except Exception as error:
        stage.troubles.broke(error)


def _check_day(store: Store, wanted: date, today: date, last: date | None) -> None:
    if last is not None and wanted < last:
        raise Refused(f"La nuit du {said_date(last)} est déjà faite : une nuit plus ancienne ne peut plus l’être.")
    if wanted > today and not store.is_demo:
        raise Refused("Ce jour est dans le futur. Seule une base de démonstration peut vivre en avance.")
    # Ages, deadlines and sessions are counted from the base's own day: near the end of the calendar every page fails.
    if wanted.year > local_day(SystemClock().now()).year + _FURTHEST_YEARS:
        raise Refused(f"Une démonstration vit au plus {_FURTHEST_YEARS} ans en avance. Choisissez un jour plus proche.")


def _missed(last: date | None, wanted: date) -> list[date]:
    if last is None:
        return []
    days = (wanted - last).days
    return [wanted - timedelta(days=back) for back in range(min(days - 1, _MOST_CAUGHT_UP), 0, -1)]


def _live_ahead(store: Store, at: datetime) -> None:
    seconds = int((at - SystemClock().now()).total_seconds())
    with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="jobs") as tx:
        move_ahead(tx.connection, seconds)
        tx.journal("live_ahead", seconds=seconds)
