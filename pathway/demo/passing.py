"""Relays in the simulated town: sent, received or left unread, refused, put on a waiting list, entered."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from pathway.casework.relays.actions import (
    accept_relay,
    acknowledge_relay,
    close_relay,
    note_acknowledgement,
    put_on_waiting_list,
    refuse_relay,
    send_relay,
    set_first_appointment,
    withdraw_relay,
)
from pathway.casework.relays.queries import relay_seen
from pathway.casework.relays.reading import Outside, RelayView
from pathway.casework.relays.rules import AgreedWay, RefusalReason, RelayPurpose, RelayResult
from pathway.casework.relays.writing import Letter
from pathway.demo.simulation import SECRET, Passing, Person, Simulation, Worker
from pathway.kernel.calendar import add_working_days, next_working_day
from pathway.store.transaction import Transaction

Enter = Callable[[Simulation, Transaction, Person, str], None]

_SECTIONS = frozenset({"contact", "situation"})
_OUTSIDE = "outside"
# What is done and how many days after the step before. Where a story ends without an answer, the night brings her back.
_STORIES: tuple[tuple[tuple[int, str], ...], ...] = (
    (),
    ((2, "acknowledged"),),
    ((1, "refused"),),
    ((2, "acknowledged"), (4, "refused")),
    ((1, "entered"),),
    ((2, "acknowledged"), (3, "appointment"), (7, "accepted"), (3, "entered")),
    ((1, "accepted"), (9, "entered")),
    ((2, "acknowledged"), (3, "waiting"), (28, "waiting"), (26, "accepted"), (5, "entered")),
    ((3, "waiting"),),
    ((1, "accepted"), (12, "not_entered")),
    ((2, "withdrawn"),),
    ((1, "accepted"),),
)
_OUTSIDE_STORIES: tuple[tuple[tuple[int, str], ...], ...] = (
    (),
    ((2, "noted"), (6, "refused")),
    ((2, "noted"), (5, "accepted"), (20, "closed_entered")),
)


def pass_on(live: Simulation, person: Person, worker: Worker, step: str, day: date) -> None:
    """Send her on to another structure, one time in eight outside the platform; `step`: the one left by a relay."""
    is_outside = live.rng.random() < 0.125
    there = _OUTSIDE if is_outside else live.rng.choice(sorted(set(live.homes) - {person.home, SECRET}))
    story = live.rng.choice(_OUTSIDE_STORIES if is_outside else _STORIES)
    letter = Letter(
        purpose=RelayPurpose.SUPPORT,
        sections=_SECTIONS,
        to_structure_id="" if is_outside else live.town.structures[there],
        outside=Outside(name=f"Association {person.number}") if is_outside else None,
        hands_over=live.rng.random() < 0.5,
        agreed_way=AgreedWay.IN_PERSON,
    )

    def sent(tx: Transaction) -> None:
        relay_id = send_relay(tx, record_id=person.record_id, letter=letter, enrolment_id=step)
        live.passings.append(
            Passing(
                person=person,
                relay_id=relay_id,
                from_home=worker.home,
                to_home=there,
                story=list(story),
                next_on=day + timedelta(days=story[0][0] if story else 0),
            )
        )

    live.lived.relays["sent"] += live.tried(worker, sent)


def move_relays(live: Simulation, day: date, enter: Enter) -> None:
    """Take the steps of relays that are due that day. One whose structure is closed, or that came back, goes no
    further: who sent her is called by her points."""
    for one in [it for it in live.passings if it.next_on <= day]:
        home = one.from_home if one.to_home == _OUTSIDE or one.story[:1] == [(2, "withdrawn")] else one.to_home
        present = live.present(home, day) if home in live.homes else []
        if one.story and present:
            _step(live, one, live.rng.choice(present), day, enter)
        elif not one.story or home not in live.homes:
            live.passings.remove(one)


def _step(live: Simulation, one: Passing, worker: Worker, day: date, enter: Enter) -> None:
    name = one.story.pop(0)[1]
    if name == "entered" and one.person.step:
        name = "not_entered"  # she has found her way elsewhere meanwhile

    def act(tx: Transaction) -> None:
        if name == "entered":
            enter(live, tx, one.person, one.to_home)
        else:
            _GESTURES[name](tx, relay_seen(tx, one.relay_id))

    is_done = live.tried(worker, act)
    live.lived.relays[name] += is_done
    one.story = one.story if is_done else []
    one.next_on = next_working_day(day + timedelta(days=one.story[0][0])) if one.story else date.min


def _noted(tx: Transaction, relay: RelayView) -> None:
    note_acknowledgement(tx, relay_id=relay.id, version=relay.version, who="Accueil", on=tx.today)


def _appointed(tx: Transaction, relay: RelayView) -> None:
    set_first_appointment(tx, relay_id=relay.id, version=relay.version, on=add_working_days(tx.today, 4))


def _refused(tx: Transaction, relay: RelayView) -> None:
    refuse_relay(tx, relay_id=relay.id, version=relay.version, reason=RefusalReason.NO_PLACE)


def _closed(result: RelayResult) -> Callable[[Transaction, RelayView], None]:
    return lambda tx, relay: close_relay(tx, relay_id=relay.id, version=relay.version, result=result)


_GESTURES: Mapping[str, Callable[[Transaction, RelayView], None]] = {
    "acknowledged": lambda tx, relay: acknowledge_relay(tx, relay_id=relay.id, version=relay.version),
    "noted": _noted,
    "waiting": lambda tx, relay: put_on_waiting_list(tx, relay_id=relay.id, version=relay.version),
    "appointment": _appointed,
    "accepted": lambda tx, relay: accept_relay(tx, relay_id=relay.id, version=relay.version),
    "refused": _refused,
    "withdrawn": lambda tx, relay: withdraw_relay(tx, relay_id=relay.id, version=relay.version),
    "not_entered": _closed(RelayResult.NOT_ENTERED),
    "closed_entered": _closed(RelayResult.ENTERED),
}
