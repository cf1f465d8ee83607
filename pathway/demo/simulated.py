"""A town lived night by night on a throw-away base: does anybody ever lose her follow-up, and at what load?"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import update

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.alerts.rules import DEFAULT_ALERT_POLICY
from pathway.casework.enrolments.actions import cancel_exit, record_entry, record_exit
from pathway.casework.enrolments.queries import orphan_exits
from pathway.casework.followup.actions import answer_questions, mark_not_done, record_contact, replan_point
from pathway.casework.followup.queries import PointLine, work_of_the_day
from pathway.casework.followup.rules import Channel, ContactResult, PointKind, ReplanReason
from pathway.casework.records.actions import SUPPORT_SECTIONS, create_person
from pathway.casework.records.names import Identity
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Answer, Gesture, ReuseState, reuse
from pathway.casework.reports.queries import alerts_open_twice
from pathway.casework.schemes.exit_reasons import REASONS, ExitReason
from pathway.casework.schemes.queries import scheme_for_entry
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.figures import figures
from pathway.demo.staff import HOMES, Person, Simulation, Worker, change_staff, hire_first
from pathway.demo.town import settle
from pathway.jobs.nightly import run_nights
from pathway.kernel.calendar import add_months, is_working_day
from pathway.kernel.clock import FixedClock, SystemClock, local_day, start_of_day
from pathway.kernel.errors import PathwayError
from pathway.store.actor import SYSTEM
from pathway.store.columns import table_of
from pathway.store.opening import Store
from pathway.store.tables import NightStep
from pathway.store.transaction import Transaction

Report = Callable[[int, int], None]

_CALLS_A_DAY = 4  # the work of follow-up one counsellor does in a day, beside the rest
_NIGHT, _MORNING, _AFTERNOON = timedelta(hours=5), timedelta(hours=9), timedelta(hours=14)
_MISSED, _TWICE, _CRASHED = 0.03, 0.03, 0.03
_SAID = {
    "phones": ["+33639980001"],
    "postcode": "35980",
    "city": "Valmer",
    "situation": "seeking_job",
    "education_level": "level_3",
    "rome_jobs": ["K1304"],
    "housing": "tenant",
    "digital_autonomy": "alone",
    "no_message": False,
    "phone_is_shared": False,
    "address_is_protected": False,
}
_SYLLABLES = ("ba", "co", "da", "fé", "gui", "ka", "lou", "mar", "ni", "pra", "ro", "sa", "ti", "vel", "zan")
_PLANNED = tuple(reason for reason in REASONS if reason.kind.value != "paused")


class _Crash(Exception):  # it plays the part of a power cut, not of an error of ours
    """The night is cut short there."""


def simulate(store: Store, *, people: int, months: int, seed: int, now: datetime, report: Report) -> dict[str, object]:
    """Live that many months ending on the day of `now`, with that many people arriving over its first four fifths.

    `report(days lived, days in all)` follows the progress. Gives the figures; `orphan_exits` and `duplicate_alerts` are
    the worst of all nights.
    """
    today = local_day(now)
    began_on = add_months(today, -months)
    clock = FixedClock(start_of_day(began_on) + _MORNING)
    town = settle(store, clock, since=began_on - timedelta(days=1), password_hash="none")
    rng = Random(f"simulated town {seed}")
    live = Simulation(town=town, clock=clock, rng=rng, began_on=began_on, ends_on=today)
    _people(live, people)
    hire_first(live)
    days = (today - began_on).days
    for number in range(days):
        day = began_on + timedelta(days=number)
        _night(live, day)
        if is_working_day(day):
            _day(live, day)
        report(number + 1, days)
    return figures(live.lived, store, clock=clock, ends_on=today)


def _people(live: Simulation, count: int) -> None:
    span = max(int((live.ends_on - live.began_on).days * 0.8), 1)
    for number in range(count):
        arrives_on = live.began_on + timedelta(days=live.rng.randrange(span))
        home = live.rng.choice(sorted(HOMES))
        live.people.append(
            Person(number=number, arrives_on=arrives_on, home=home, reach=live.rng.choice((0.35, 0.6, 0.85)))
        )


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
    run_nights(live.town.store, on=None, report=_silent, clock=live.clock)


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
    for person in live.people:
        present = live.present(person.home, day)
        if present:
            _lives(live, person, live.rng.choice(present), day)
    live.clock.at = start_of_day(day) + _AFTERNOON
    known = {one.record_id: one for one in live.people}
    for worker in list(live.workers):
        if worker.away_until < day:
            _works(live, worker, known)


def _lives(live: Simulation, person: Person, worker: Worker, day: date) -> None:
    if not person.record_id and person.arrives_on <= day:
        _arrives(live, person, worker)
        _enters(live, person, worker, day)
    elif person.step and person.leaves_on <= day:
        _exits(live, person, worker, day)
    elif person.record_id and not person.step and person.returns_on <= day:
        _returns(live, person, worker, day)


def _arrives(live: Simulation, person: Person, worker: Worker) -> None:
    syllables = [live.rng.choice(_SYLLABLES) for _ in range(6)]
    born = date(1960, 1, 1) + timedelta(days=live.rng.randrange(16_000))
    first, last = "".join(syllables[:2]).capitalize(), "".join(syllables[2:]).capitalize()
    identity = Identity(first_name=first, last_name=f"{last}-{_lettered(person.number)}", birth_date=born)
    with live.acting(worker) as tx:
        person.record_id, _ = create_person(tx, identity=identity, claims=_SAID)


def _lettered(number: int) -> str:
    """A surname of one's own: the number in letters."""
    return "".join(_SYLLABLES[int(digit)] for digit in str(number)).capitalize()


def _enters(live: Simulation, person: Person, worker: Worker, day: date) -> None:
    def enter(tx: Transaction) -> None:
        scheme = scheme_for_entry(tx, live.town.schemes[HOMES[person.home]])
        record = record_opened(tx, person.record_id)
        proposals = reuse(scheme.requirements, record.facts, visible_sections=record.sections, on=tx.today)
        missing = [one.item.key for one in proposals if one.is_required and one.state is ReuseState.MISSING]
        answers = [Answer(key=key, value=_SAID.get(key), gesture=Gesture.ANSWERED) for key in missing]
        person.step = record_entry(
            tx, record_id=person.record_id, scheme_id=scheme.id, entered_on=tx.today, answers=answers
        ).enrolment_id

    if _tried(live, worker, enter):
        live.lived.entries += 1
        person.leaves_on = day + timedelta(days=live.rng.randrange(10, 150))


def _exits(live: Simulation, person: Person, worker: Worker, day: date) -> None:
    reason: ExitReason = live.rng.choice(_PLANNED)
    late = live.rng.choice((0, 0, 0, 5, 45))

    def exit_(tx: Transaction) -> None:
        ends_on = tx.today + timedelta(days=live.rng.randrange(30, 200)) if reason.asks_end else None
        record_exit(
            tx,
            enrolment_id=person.step,
            reason=reason,
            event_on=max(tx.today - timedelta(days=late), live.began_on),
            ends_on=ends_on,
        )

    if not _tried(live, worker, exit_):
        person.leaves_on = day + timedelta(days=30)  # the dates could not be: it is tried again
        return
    live.lived.exits += 1
    if live.rng.random() < 0.03 and _tried(live, worker, lambda tx: cancel_exit(tx, enrolment_id=person.step)):
        live.lived.cancelled += 1
        person.leaves_on = day + timedelta(days=60)
        return
    person.step, person.leaves_on = "", date.max
    person.returns_on = day + timedelta(days=live.rng.randrange(10, 150)) if live.rng.random() < 0.4 else date.max


def _returns(live: Simulation, person: Person, worker: Worker, day: date) -> None:
    """Back to the same structure, or to another one to which she shows her card."""
    person.returns_on = date.max
    live.lived.returns += 1
    if live.rng.random() < 0.3:
        person.home = live.rng.choice(sorted(set(HOMES) - {person.home}))
        present = live.present(person.home, day)
        if not present:
            person.returns_on = day + timedelta(days=7)
            return
        worker = live.rng.choice(present)
    structure_id = live.town.structures[person.home]
    with Transaction(live.town.store, actor=SYSTEM, clock=live.clock, door="demo") as tx:
        open_grants(
            tx,
            record_ids=[person.record_id],
            structure_id=structure_id,
            cause=Cause.PRESENTED_CARD,
            cause_id="",
            sections=SUPPORT_SECTIONS,
            until_at=tx.now + timedelta(days=1),
        )
        tx.journal("open_grant", records=[person.record_id])
    _enters(live, person, worker, day)


def _works(live: Simulation, worker: Worker, known: dict[str, Person]) -> None:
    """Up to four people of the day's list: called, put off, asked, or « non fait »."""
    with live.acting(worker) as tx:
        points = work_of_the_day(tx)
        tx.journal("read_day")
    first: dict[str, PointLine] = {}
    for point in points:
        if point.due_on <= local_day(live.clock.at):
            first.setdefault(point.record_id, point)
    for point in list(first.values())[:_CALLS_A_DAY]:
        live.clock.move(timedelta(minutes=3))
        if _tried(live, worker, lambda tx, point=point: _handles(live, tx, point, known[point.record_id])):  # type: ignore[misc]  # bound now
            live.lived.handled[worker.account_id, _monday(live.clock.at)] += 1


def _handles(live: Simulation, tx: Transaction, point: PointLine, person: Person) -> None:
    drawn = live.rng.random()
    if point.kind in (PointKind.EXIT_QUESTIONS, PointKind.LATER_QUESTIONS):
        answer_questions(tx, point_id=point.id, values={}, declined=True)
    elif drawn < 0.05:
        mark_not_done(tx, point_id=point.id, reason="no_time")
    elif drawn < 0.1:
        on = tx.today + timedelta(days=live.rng.randrange(3, 20))
        replan_point(tx, point_id=point.id, on=on, reason=ReplanReason.NO_TIME, version=point.version)
    else:
        _calls(live, tx, point, person)


def _calls(live: Simulation, tx: Transaction, point: PointLine, person: Person) -> None:
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
    clear_settled(tx, record_id=point.record_id, policy=DEFAULT_ALERT_POLICY)


def _tried(live: Simulation, worker: Worker, act: Callable[[Transaction], None]) -> bool:
    """Do it; a refusal is an answer like another, and is counted."""
    try:
        with live.acting(worker) as tx:
            act(tx)
            tx.journal("simulate")
    except PathwayError as refusal:
        live.lived.refusals[refusal.sentence] += 1
        return False
    return True


def _monday(at: datetime) -> date:
    day = local_day(at)
    return day - timedelta(days=day.weekday())
