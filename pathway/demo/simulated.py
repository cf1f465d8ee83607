"""A town lived night by night on a throw-away base: does anybody ever lose her follow-up, and at what load?"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import update

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.encounters.queries import appointments_of_the_day, appointments_to_take_up
from pathway.casework.enrolments.queries import orphan_exits
from pathway.casework.followup.actions import answer_questions, mark_not_done, record_contact, replan_point
from pathway.casework.followup.queries import PointLine, work_of_the_day
from pathway.casework.followup.rules import Channel, ContactResult, PointKind, ReplanReason
from pathway.casework.partners.rules import Role
from pathway.casework.reports.queries import alerts_open_twice
from pathway.demo.doubles import review
from pathway.demo.figures import figures
from pathway.demo.instance import hurry
from pathway.demo.meetings import meet
from pathway.demo.passing import move_relays
from pathway.demo.paths import draw_people, enter, lives
from pathway.demo.simulation import Simulation, Worker
from pathway.demo.staff import change_staff, close_homes, hire_first
from pathway.demo.town import settle
from pathway.jobs.nightly import run_nights
from pathway.kernel.calendar import add_months, is_working_day
from pathway.kernel.clock import FixedClock, SystemClock, local_day, start_of_day
from pathway.store.actor import SYSTEM
from pathway.store.columns import table_of
from pathway.store.opening import Store
from pathway.store.tables import NightStep
from pathway.store.transaction import Transaction

Report = Callable[[int, int], None]

ENDS_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # not today: the same seed gives the same figures on any day

_CALLS_A_DAY = 4  # the work of follow-up one counsellor does in a day, beside the rest
_NIGHT, _MORNING, _AFTERNOON = timedelta(hours=5), timedelta(hours=9), timedelta(hours=14)
_MISSED, _TWICE, _CRASHED = 0.03, 0.03, 0.03


class _Crash(Exception):  # it plays the part of a power cut, not of an error of ours
    """The night is cut short there."""


def simulate(store: Store, *, people: int, months: int, seed: int, now: datetime, report: Report) -> dict[str, object]:
    """Live that many months ending on the day of `now`, with that many people arriving over its first four fifths.

    `report(days lived, days in all)` follows the progress. Gives the figures; `orphan_exits` and `duplicate_alerts` are
    the worst of all nights.
    """
    live = _settled(store, months=months, seed=seed, today=local_day(now))
    draw_people(live, people)
    hire_first(live)
    days = (live.ends_on - live.began_on).days
    for number in range(days):
        day = live.began_on + timedelta(days=number)
        _night(live, day)
        if is_working_day(day):
            _day(live, day)
        report(number + 1, days)
    return figures(live.lived, store, clock=live.clock, ends_on=live.ends_on)


def _settled(store: Store, *, months: int, seed: int, today: date) -> Simulation:
    began_on = add_months(today, -months)
    clock = FixedClock(start_of_day(began_on) + _MORNING)
    if store.engine.dialect.name == "sqlite":
        hurry(store.engine)  # a base that is thrown away need not survive a power cut
    town = settle(store, clock, since=began_on - timedelta(days=1), password_hash="none")
    rng = Random(f"simulated town {seed}")
    return Simulation(town=town, clock=clock, rng=rng, began_on=began_on, ends_on=today, months=months)


def _night(live: Simulation, day: date) -> None:
    """The night before that day: missed, run twice, or cut between two writes, now and then."""
    live.clock.at = start_of_day(day) + _NIGHT
    drawn = live.rng.random()
    if drawn < _MISSED:
        live.lived.nights_missed += 1
    elif drawn < _MISSED + _CRASHED:
        live.lived.crashes += 1
        _cut_short(live)
        _run(live)
    else:
        _run(live)
        if drawn > 1 - _TWICE:
            live.lived.nights_twice += 1
            _run(live)
    with Transaction(live.town.store, actor=SYSTEM, clock=live.clock, door="demo", write=False) as tx:
        live.lived.orphans = max(live.lived.orphans, len(orphan_exits(tx)))
        live.lived.twice = max(live.lived.twice, alerts_open_twice(tx))


def _run(live: Simulation) -> None:
    live.lived.nights += 1
    failures = run_nights(live.town.store, on=None, report=_silent, clock=live.clock).failures
    if failures:  # counted and passed over in a real town; here it would hide that somebody was
        raise RuntimeError(f"a night left something out: {failures}")


def _cut_short(live: Simulation) -> None:
    left = live.rng.randrange(1, 8)

    def cut(_step: str, _done: int, _total: int) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise _Crash

    try:
        run_nights(live.town.store, on=None, report=cut, clock=live.clock)
    except _Crash:
        step = table_of(NightStep)
        # Two minutes pass: the lease of the run that was cut ends.
        with Transaction(live.town.store, actor=SYSTEM, clock=live.clock, door="demo") as tx:
            tx.execute(update(step).where(step.c.finished_at.is_(None)).values(leased_until=SystemClock().now()))
            tx.journal("wait_for_lease")


def _silent(_step: str, _done: int, _total: int) -> None:
    """Nobody follows the progress of one night."""


def _day(live: Simulation, day: date) -> None:
    live.clock.at = start_of_day(day) + _MORNING
    change_staff(live, day)
    close_homes(live, day)
    review(live, day)
    for person in live.people:
        if min(person.leaves_on, person.returns_on) <= day or (not person.record_id and person.arrives_on <= day):
            present = live.present(person.home, day)
            if present:
                lives(live, person, live.rng.choice(present), day)
    move_relays(live, day, enter)
    for worker in [one for one in live.workers if one.away_until < day]:
        live.clock.at = start_of_day(day) + _AFTERNOON
        _works(live, worker)


def _works(live: Simulation, worker: Worker) -> None:
    """Her appointments, then up to four people of the day's list: called, put off, asked, or « non fait »."""
    with live.acting(worker, write=False) as tx:
        today, waiting = appointments_of_the_day(tx), appointments_to_take_up(tx)
        points = [point for point in work_of_the_day(tx) if point.due_on <= tx.today]
    meet(live, worker, today, waiting)
    first: dict[str, PointLine] = {}
    for point in sorted(points, key=lambda one: _order(live, one)):
        first.setdefault(point.record_id, point)
    for point in list(first.values())[:_CALLS_A_DAY]:
        live.clock.move(timedelta(minutes=3))
        is_done = live.tried(worker, lambda tx, point=point: _handles(live, tx, point))  # type: ignore[misc]  # bound now
        if is_done and worker.role is Role.COUNSELLOR:
            live.lived.handled[worker.account_id, _monday(live.clock.at)] += 1


def _order(live: Simulation, point: PointLine) -> tuple[object, ...]:
    return point.due_on, live.known[point.record_id].number, point.original_due_on, point.kind.value, point.is_last


def _handles(live: Simulation, tx: Transaction, point: PointLine) -> None:
    drawn = live.rng.random()
    if point.kind in (PointKind.EXIT_QUESTIONS, PointKind.LATER_QUESTIONS):
        answer_questions(tx, point_id=point.id, values={}, declined=True)
    elif drawn < 0.05:
        mark_not_done(tx, point_id=point.id, reason="no_time")
    elif drawn < 0.1:
        on = tx.today + timedelta(days=live.rng.randrange(3, 20))
        replan_point(tx, point_id=point.id, on=on, reason=ReplanReason.NO_TIME, version=point.version)
    else:
        _calls(live, tx, point)


def _calls(live: Simulation, tx: Transaction, point: PointLine) -> None:
    person = live.known[point.record_id]
    is_reached = live.rng.random() < person.reach
    person.tries = 0 if is_reached else person.tries + 1
    record_contact(
        tx,
        record_id=point.record_id,
        channel=(Channel.PHONE, Channel.EMAIL, Channel.OFF_PLATFORM)[person.tries % 3],
        result=ContactResult.REACHED if is_reached else ContactResult.NO_ANSWER,
        made_on=tx.today,
        next_on=None if is_reached else tx.today + timedelta(days=live.rng.randrange(2, 9)),
        point_id=point.id,
    )
    clear_settled(tx, record_id=point.record_id)


def _monday(at: datetime) -> date:
    day = local_day(at)
    return day - timedelta(days=day.weekday())
