"""The night: an ordered list of steps, each safe to run twice, with missed nights caught up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import sleep

import orjson
from sqlalchemy import delete, func, insert, select, update

from pathway.casework.accounts.actions import forget_old_traces
from pathway.casework.alerts.actions import sweep
from pathway.casework.alerts.queries import candidates
from pathway.casework.alerts.rules import DEFAULT_ALERT_POLICY
from pathway.casework.cards.actions import forget_old_codes
from pathway.casework.encounters.actions import remind_tomorrow
from pathway.casework.encounters.queries import expecting
from pathway.casework.enrolments.actions import end_finished_supports
from pathway.casework.lifecycle.actions import pass_on_left
from pathway.casework.links.actions import keep_matches
from pathway.casework.links.queries import cards_to_compare, plan_matches
from pathway.casework.preparation.actions import forget_typed
from pathway.casework.relays.actions import bounce_late, end_relayed_supports
from pathway.casework.relays.queries import late_relays, waiting_senders
from pathway.casework.relays.rules import LateRelay
from pathway.casework.resets.actions import forget_old_resets
from pathway.casework.team.actions import forget_old_invitations
from pathway.casework.usage.actions import forget_old_usage
from pathway.jobs.tokens import renew_old_tokens
from pathway.kernel.clock import Clock, FixedClock, SystemClock, local_day
from pathway.kernel.errors import PathwayError, Refused, Unavailable
from pathway.kernel.wording import said_date
from pathway.store.actor import SYSTEM
from pathway.store.clocks import clock_of, move_ahead
from pathway.store.columns import table_of
from pathway.store.engine import connect
from pathway.store.heads import append_head, head_line
from pathway.store.opening import Store
from pathway.store.tables import NightStep
from pathway.store.transaction import Transaction

_step = table_of(NightStep)

_LOT = 200
_PAUSE_SECONDS = 0.01  # between two lots, others write
_LEASE = timedelta(minutes=2)
_MOST_CAUGHT_UP = 400
_FURTHEST_YEARS = 100

Report = Callable[[str, int, int], None]
Counts = dict[str, int]


@dataclass(kw_only=True)
class Night:
    """What a run of the nightly did: the night asked for, what each of its steps counted, the nights caught up."""

    on: date
    steps: dict[str, Counts] = field(default_factory=dict)
    caught_up: list[date] = field(default_factory=list)


def run_nights(
    store: Store, *, on: date | None, report: Report, heads: Path | None = None, clock: Clock | None = None
) -> Night:
    """Run the night of that day (today by default) after the nights missed before it.

    `heads` is where the journal's head is kept outside the base (a file or a folder). `report(step, done, total)`
    follows the progress. `Refused` when a later night is already complete, when the day is in the future on a base of
    real people or over a century ahead, or when another run holds the lease. `clock`: that of a town lived faster than
    its days, instead of the base's own.
    """
    clock = clock or clock_of(store)
    today = local_day(clock.now())
    wanted = on or today
    last = last_night(store)
    _check_day(store, wanted, today, last)
    at = clock.now() + timedelta(days=(wanted - today).days)
    night = Night(on=wanted, caught_up=_missed(last, wanted))
    for day in [*night.caught_up, wanted]:
        then = FixedClock(at - timedelta(days=(wanted - day).days))
        night.steps = {name: _run_step(store, then, day, name, step, report) for name, step in _steps(heads)}
    if wanted > today:
        _live_ahead(store, at)
    return night


def run_night(store: Store, clock: Clock, *, report: Report) -> dict[str, Counts]:
    """Run the one night of that clock's day, whatever came before: for a town whose days are lived one by one."""
    day = local_day(clock.now())
    return {name: _run_step(store, clock, day, name, step, report) for name, step in _steps(None)}


def last_night(store: Store) -> date | None:
    """The latest night whose steps are all done."""
    finished = func.count().filter(_step.c.finished_at.is_not(None))
    query = (
        select(_step.c.night)
        .group_by(_step.c.night)
        .having(finished == len(_steps(None)))
        .order_by(_step.c.night.desc())
    )
    with connect(store.engine, write=False) as connection:
        row = connection.execute(query.limit(1)).one_or_none()
    return row.night if row else None


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


def _run_step(store: Store, clock: Clock, night: date, name: str, step: "Step", report: Report) -> Counts:
    until = _take_lease(store, night, name)
    counts: Counts = {}
    for done, total, more in step(store, clock, night):
        counts = {key: counts.get(key, 0) + more.get(key, 0) for key in {*counts, *more}}
        if SystemClock().now() > until - _LEASE / 2:
            until = _renew_lease(store, night, name)
        report(name, done, total)
    _finish(store, night, name, counts)
    return counts


Step = Callable[[Store, Clock, date], Iterator[tuple[int, int, Counts]]]


def _alerts(store: Store, clock: Clock, night: date) -> Iterator[tuple[int, int, Counts]]:
    """Evaluate the rules where something may have happened."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        found = candidates(tx, on=night, policy=DEFAULT_ALERT_POLICY)
    yield 0, len(found), {"candidates": len(found), "opened": 0, "updated": 0, "cleared": 0}
    for start in range(0, len(found), _LOT):
        lot = found[start : start + _LOT]
        yield min(start + _LOT, len(found)), len(found), _sweep_lot(store, clock, night, lot)


def _sweep_lot(store: Store, clock: Clock, night: date, lot: Sequence[str]) -> Counts:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        swept = sweep(tx, lot, on=night, policy=DEFAULT_ALERT_POLICY)
        counts = {"opened": swept.opened, "updated": swept.updated, "cleared": swept.cleared}
        tx.journal("nightly_alerts", night=night.isoformat(), counts=counts)
    return counts


def _departures(store: Store, clock: Clock, _night: date) -> Iterator[tuple[int, int, Counts]]:
    """Pass on what people who no longer work somewhere still hold there."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        passed = pass_on_left(tx)
    yield 1, 1, asdict(passed)


def _supports(store: Store, clock: Clock, _night: date) -> Iterator[tuple[int, int, Counts]]:
    """Let the supports end in which nothing is left to do."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        but = waiting_senders(tx) | expecting(tx)
        ended = end_finished_supports(tx, but=but) + end_relayed_supports(tx, but=but)
    yield 1, 1, {"ended": ended}


def _relays(store: Store, clock: Clock, _night: date) -> Iterator[tuple[int, int, Counts]]:
    """Give back to whoever sent them the people whose relay nobody answered: nobody is left between two structures."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        late = late_relays(tx)
    yield 0, len(late), {"back": 0, "reminded": 0, "failed": 0}
    for done, relay_id in enumerate(late, start=1):
        yield done, len(late), _late_relay(store, clock, relay_id)


def _late_relay(store: Store, clock: Clock, relay_id: str) -> Counts:
    """One person, one transaction: a relay that cannot be read keeps nobody else waiting, and is counted."""
    try:
        with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
            done = bounce_late(tx, relay_id)
    except Unavailable:
        raise  # the base, not the relay
    except PathwayError:
        return {"failed": 1}
    return {} if done is LateRelay.ANSWERED else {done.value: 1}


def _reminders(store: Store, clock: Clock, _night: date) -> Iterator[tuple[int, int, Counts]]:
    """Remind of tomorrow's appointments; a night caught up late reminds nobody of what is past."""
    now = clock_of(store).now()
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        reminded = remind_tomorrow(tx, now=now)
    yield 1, 1, {"reminded": reminded}


def _links(store: Store, clock: Clock, _night: date) -> Iterator[tuple[int, int, Counts]]:
    """Compare the cards written since the last time with all the others; a person will decide on those that look
    alike. Never inside a request: creating a card tells nothing of other cards."""
    for renewed in renew_old_tokens(store, clock):
        yield 0, 0, {"renewed": renewed}
        sleep(_PAUSE_SECONDS)
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        found = cards_to_compare(tx)
    yield 0, len(found), {"compared": 0, "proposed": 0}
    for start in range(0, len(found), _LOT):
        lot = found[start : start + _LOT]
        yield min(start + _LOT, len(found)), len(found), _compare_lot(store, clock, lot)
        sleep(_PAUSE_SECONDS)


def _compare_lot(store: Store, clock: Clock, lot: Sequence[str]) -> Counts:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        plan = plan_matches(tx, lot)  # names are opened and scored outside the write lock
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        proposed = keep_matches(tx, plan)
    return {"compared": len(lot), "proposed": proposed}


def _traces(store: Store, clock: Clock, _night: date) -> Iterator[tuple[int, int, Counts]]:
    """Forget sessions, codes, failed tries, counts of use and what was typed in vain, that no longer serve."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        forgotten = forget_old_traces(tx) + forget_old_usage(tx) + forget_old_codes(tx)
        forgotten += forget_old_resets(tx) + forget_old_invitations(tx) + forget_typed(tx)
        tx.journal("nightly_traces", forgotten=forgotten)
    yield 1, 1, {"forgotten": forgotten}


def _journal_head(heads: Path | None, store: Store, _clock: Clock, _night: date) -> Iterator[tuple[int, int, Counts]]:
    """Keep the journal's head in a second place; a place that cannot be reached stops no night: the doctor tells."""
    yield 1, 1, {"exported": 0, "failed": 0} if heads is None else _exported(store, heads)


def _exported(store: Store, heads: Path) -> Counts:
    # Not the night's own instant: a night caught up late exports the journal as it stands now.
    at = clock_of(store).now()
    try:
        with connect(store.engine, write=False) as connection:
            line = head_line(store, connection, at=at)
        append_head(heads, line, territory=store.territory)
    except Unavailable:
        return {"exported": 0, "failed": 1}
    return {"exported": 1, "failed": 0}


_STEPS: tuple[tuple[str, Step], ...] = (
    ("alerts", _alerts),
    ("relays", _relays),  # before the supports end: who comes back has somebody to call her
    ("departures", _departures),
    ("supports", _supports),
    ("reminders", _reminders),
    ("links", _links),
    ("traces", _traces),
)


def _steps(heads: Path | None) -> tuple[tuple[str, Step], ...]:
    # Last: what the other steps journalled is under the head.
    return (*_STEPS, ("journal_head", partial(_journal_head, heads)))


def _take_lease(store: Store, night: date, name: str) -> datetime:
    here = (_step.c.night == night, _step.c.step == name)
    now = SystemClock().now()
    with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="jobs") as tx:
        row = tx.execute(select(_step).where(*here).with_for_update()).one_or_none()
        if row is not None and row.finished_at is None and row.leased_until > now:
            raise Refused("Une autre exécution de cette nuit est en cours. Réessayez dans deux minutes.")
        tx.execute(delete(_step).where(*here))
        tx.execute(insert(_step).values(night=night, step=name, started_at=now, leased_until=now + _LEASE, counts="{}"))
        tx.journal("start_night_step", night=night.isoformat(), step=name)
    return now + _LEASE


def _renew_lease(store: Store, night: date, name: str) -> datetime:
    until = SystemClock().now() + _LEASE
    _mark(store, night, name, "renew_night_step", leased_until=until)
    return until


def _finish(store: Store, night: date, name: str, counts: Counts) -> None:
    kept = orjson.dumps(counts).decode()
    _mark(store, night, name, "finish_night_step", finished_at=SystemClock().now(), counts=kept)


def _mark(store: Store, night: date, name: str, action: str, **values: object) -> None:
    with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="jobs") as tx:
        tx.execute(update(_step).where(_step.c.night == night, _step.c.step == name).values(**values))
        tx.journal(action, night=night.isoformat(), step=name)
