"""What the people of the simulated town go through: arriving, entering, leaving, coming back, having two cards."""

from datetime import date, timedelta

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.enrolments.actions import cancel_exit, record_exit
from pathway.casework.followup.rules import ExitKind
from pathway.casework.records.actions import SUPPORT_SECTIONS, create_person
from pathway.casework.records.names import Identity
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Answer, Gesture, ReuseState, reuse
from pathway.casework.relays.actions import enter_scheme
from pathway.casework.schemes.exit_reasons import REASONS, ExitReason
from pathway.casework.schemes.queries import scheme_for_entry
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.meetings import plan
from pathway.demo.passing import pass_on
from pathway.demo.simulation import HOMES, SECRET, Person, Simulation, Worker
from pathway.store.actor import SYSTEM
from pathway.store.transaction import Transaction

_SAID = {
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
_PHONES = 10_000  # numbers kept for fiction
_TWO_CARDS, _AGAIN, _ELSEWHERE, _CANCELLED = 0.03, 0.4, 0.3, 0.03


def draw_people(live: Simulation, count: int) -> None:
    """Draw that many people; a few are somebody already known, to whom another structure makes a second card."""
    span = max(int((live.ends_on - live.began_on).days * 0.8), 1)
    for number in range(count):
        arrives_on = live.began_on + timedelta(days=live.rng.randrange(span))
        home, identity = live.rng.choice(sorted(HOMES)), _identity(live, number)
        if live.people and live.rng.random() < _TWO_CARDS:
            identity = live.rng.choice(live.people).identity
        reach = live.rng.choice((0.35, 0.6, 0.85))
        live.people.append(Person(number=number, identity=identity, arrives_on=arrives_on, home=home, reach=reach))


def _identity(live: Simulation, number: int) -> Identity:
    syllables = [live.rng.choice(_SYLLABLES) for _ in range(6)]
    lettered = "".join(_SYLLABLES[int(digit)] for digit in str(number)).capitalize()  # a surname of one's own
    return Identity(
        first_name="".join(syllables[:2]).capitalize(),
        last_name=f"{''.join(syllables[2:]).capitalize()}-{lettered}",
        birth_date=date(1960, 1, 1) + timedelta(days=live.rng.randrange(16_000)),
    )


def lives(live: Simulation, person: Person, worker: Worker, day: date) -> None:
    """What happens to her that day with that counsellor, if anything does."""
    if not person.record_id and person.arrives_on <= day:
        if _arrives(live, person, worker):
            _enters(live, person, worker, day)
    elif person.step and person.leaves_on <= day:
        _exits(live, person, worker, day)
    elif person.record_id and not person.step and person.returns_on <= day:
        _returns(live, person, worker, day)


def enter(live: Simulation, tx: Transaction, person: Person, home: str) -> None:
    """Enter her there, as the screen does: what is missing is asked, her relays and alerts are settled."""
    scheme = scheme_for_entry(tx, live.town.schemes[HOMES[home]])
    record = record_opened(tx, person.record_id)
    proposals = reuse(scheme.requirements, record.facts, visible_sections=record.sections, on=tx.today)
    missing = [one.item.key for one in proposals if one.is_required and one.state is ReuseState.MISSING]
    said = _said(person)
    answers = [Answer(key=key, value=said.get(key), gesture=Gesture.ANSWERED) for key in missing]
    entered = enter_scheme(tx, record_id=person.record_id, scheme_id=scheme.id, entered_on=tx.today, answers=answers)
    clear_settled(tx, record_id=person.record_id)
    person.step, person.home = entered.enrolment_id, home
    person.leaves_on = tx.today + timedelta(days=live.rng.randrange(10, 150))
    person.returns_on = date.max
    live.lived.entries += 1


def _said(person: Person) -> dict[str, object]:
    return {**_SAID, "phones": [f"+33639{980_000 + person.number % _PHONES}"]}


def _arrives(live: Simulation, person: Person, worker: Worker) -> bool:
    with live.acting(worker) as tx:
        record_id, is_new = create_person(tx, identity=person.identity, claims=_said(person))
    if not is_new:
        person.arrives_on = date.max  # this structure knows her already: one card is enough
        return False
    person.record_id = record_id
    live.known[record_id] = person
    return True


def _enters(live: Simulation, person: Person, worker: Worker, day: date) -> None:
    if live.tried(worker, lambda tx: enter(live, tx, person, worker.home)):
        plan(live, person, worker, day)


def _exits(live: Simulation, person: Person, worker: Worker, day: date) -> None:
    reason: ExitReason = live.rng.choice(REASONS)
    late = live.rng.choice((0, 0, 0, 5, 45))
    step = person.step

    def exit_(tx: Transaction) -> None:
        soon = tx.today + timedelta(days=live.rng.randrange(30, 200))
        record_exit(
            tx,
            enrolment_id=step,
            reason=reason,
            event_on=max(tx.today - timedelta(days=late), live.began_on),
            ends_on=soon if reason.asks_end else None,
            review_on=tx.today + timedelta(days=30) if reason.kind is ExitKind.PAUSED else None,
        )
        clear_settled(tx, record_id=person.record_id)

    if not live.tried(worker, exit_):
        person.leaves_on = day + timedelta(days=30)  # the dates could not be: it is tried again
        return
    live.lived.exits += 1
    if live.rng.random() < _CANCELLED and live.tried(worker, lambda tx: cancel_exit(tx, enrolment_id=step)):
        live.lived.cancelled += 1
        person.leaves_on = day + timedelta(days=60)
        return
    person.step, person.leaves_on = "", date.max
    if reason.kind is ExitKind.RELAY or live.rng.random() < 0.1:
        pass_on(live, person, worker, step if reason.kind is ExitKind.RELAY else "", day)
    is_back = live.rng.random() < _AGAIN
    person.returns_on = day + timedelta(days=live.rng.randrange(10, 150)) if is_back else date.max


def _returns(live: Simulation, person: Person, worker: Worker, day: date) -> None:
    """Back to the same structure, or to another one to which she shows her card."""
    person.returns_on = date.max
    live.lived.returns += 1
    if live.rng.random() < _ELSEWHERE:
        home = live.rng.choice(sorted(set(live.homes) - {person.home, SECRET}))
        present = live.present(home, day)
        if not present:
            person.returns_on = day + timedelta(days=7)
            return
        worker = live.rng.choice(present)
    with Transaction(live.town.store, actor=SYSTEM, clock=live.clock, door="demo") as tx:
        open_grants(
            tx,
            record_ids=[person.record_id],
            structure_id=live.town.structures[worker.home],
            cause=Cause.PRESENTED_CARD,
            cause_id="",
            sections=SUPPORT_SECTIONS,
            until_at=tx.now + timedelta(days=1),
        )
        tx.journal("open_grant", records=[person.record_id])
    _enters(live, person, worker, day)
