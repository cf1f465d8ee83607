"""A counsellor's page of the day in a structure that follows many people, beside the same page raw."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice

from sqlalchemy import insert, select, update

from pathway.casework.alerts.tables import Alert
from pathway.casework.alerts.vocabulary import AlertState, Level, RuleId
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay
from pathway.casework.encounters.tables import Appointment
from pathway.casework.followup.tables import Point
from pathway.casework.records.tables import Referent
from pathway.casework.relays.rules import AgreedWay, RelayPurpose, RelayState
from pathway.casework.relays.tables import Relay
from pathway.demo.town import Town
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction
from tools.benchmarks.base import NOW, raw_copy, throw_away_town
from tools.benchmarks.caseload import followed
from tools.benchmarks.measure import Comparison, Rounds, Say, compare
from tools.benchmarks.people import BY
from tools.benchmarks.raw_day import SHOWN, raw_app
from tools.benchmarks.raw_list import reseal_cards
from tools.benchmarks.record_page import Page, queries, signed_in

NAME = "today"
PEOPLE = 3_000
ROUNDS = Rounds(count=200, warm_up=20)
PATH = "/aujourd-hui"
_QUEUED, _RELAYS, _ALERTS = 8, 3, 3
_MINE = {AppointmentState.PLANNED: 5, AppointmentState.MISSED: 2, AppointmentState.EXCUSED: 1}
_OTHERS_KEPT = 2  # old appointments of each person of the colleagues
_ALERTED = 20  # one person in so many has an open alert, in a colleague's hands
_LOT = 5_000
_NOTE = (
    "« Aujourd’hui » ({tasks} points de suivi, 5 rendez-vous, 3 à reprendre, 3 relais à recevoir, 3 alertes ; {people}"
    " personnes et {staff} collègues dans la structure), {queries} requêtes SQL ; le plancher : une page du même poids"
    " ({kilobytes} Ko) par Flask, sqlite3, AES-GCM et Jinja seuls."
)

_referent = table_of(Referent)
_point = table_of(Point)
_appointment = table_of(Appointment)
_relay = table_of(Relay)
_alert = table_of(Alert)


def run(say: Say, rounds: Rounds = ROUNDS, *, people: int = PEOPLE) -> Comparison:
    """Both pages of the same day, turn by turn, brought to the same size in bytes."""
    with throw_away_town() as (town, settings):
        own = followed(town, people, say, is_staffed=True)
        shown = busy_day(town, own)
        ours = signed_in(town, settings, PATH)
        with raw_copy(town) as connection:
            floor, fill = _floor(town, connection, shown)
            fill(" " * (len(ours()) - len(floor())))
            note = _NOTE.format(
                tasks=SHOWN,
                people=people,
                staff=(people - 1) // 80,
                queries=queries(town, ours),
                kilobytes=len(floor()) // 1024,
            )
            return compare(NAME, floor=floor, ours=ours, rounds=rounds, note=note, say=say)


def busy_day(town: Town, own: Sequence[str]) -> list[str]:
    """Give the counsellor a full day, and the rest of the structure what it has at any time; gives the records whose
    names her page may open: her own people, those of the queue, those passed on to her."""
    with town.acting(BY, write=False) as tx:
        hers = {row.record_id: row.account_id for row in tx.execute(select(_referent))}
    others = [(record_id, account_id) for record_id, account_id in hers.items() if record_id not in set(own)]
    with town.acting(BY) as tx:
        _queue(tx, others)
        _appoint(tx, own)
        tx.execute(insert(_relay), [_passed_on(tx, one, town) for one in own[:_RELAYS]])
        tx.execute(insert(_alert), [_alerted(tx, one, tx.actor.account_id) for one in own[:_ALERTS]])
        tx.journal("fill_day")
    for lot in _lots(_others_past(others)):
        with town.acting(BY) as tx:
            tx.execute(insert(_appointment), [_held(tx, *one) for one in lot])
            tx.journal("fill_past")
    with town.acting(BY) as tx:
        rest = [_alerted(tx, one, account_id) for one, account_id in others[::_ALERTED]]
        if rest:
            tx.execute(insert(_alert), rest)
        tx.journal("fill_alerts")
    return [*own, *(one for one, _ in others[: _QUEUED * 2])]


def _queue(tx: Transaction, others: Sequence[tuple[str, str]]) -> None:
    """Some points have no owner; a few of the counsellor's are due today and this week."""
    here = [one for one, _ in others[: _QUEUED * 2]]
    waiting = select(_point.c.id).where(_point.c.record_id.in_(here), _point.c.due_on <= tx.today).limit(_QUEUED)
    tx.execute(update(_point).where(_point.c.id.in_(waiting)).values(owner_id=None))
    coming = select(_point.c.id).where(
        _point.c.owner_id == tx.actor.account_id, _point.c.due_on == tx.today + timedelta(days=14)
    )
    ids = sorted(row.id for row in tx.execute(coming))
    for days, some in ((0, ids[:6]), (3, ids[6:14])):
        tx.execute(update(_point).where(_point.c.id.in_(some)).values(due_on=tx.today + timedelta(days=days)))


def _appoint(tx: Transaction, own: Sequence[str]) -> None:
    people = iter(own)
    rows = [
        _held(tx, next(people), tx.actor.account_id, state, hours=-2 if state is AppointmentState.PLANNED else -48)
        for state, number in _MINE.items()
        for _ in range(number)
    ]
    tx.execute(insert(_appointment), rows)


def _others_past(others: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return (one for one in others for _ in range(_OTHERS_KEPT))


def _lots(rows: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    while lot := list(islice(rows, _LOT)):
        yield lot


def _held(
    tx: Transaction,
    record_id: str,
    account_id: str,
    state: AppointmentState = AppointmentState.ATTENDED,
    *,
    hours: int = -900,
) -> dict[str, object]:
    is_planned = state is AppointmentState.PLANNED
    return {
        "id": new_id(),
        "record_id": record_id,
        "structure_id": tx.actor.structure_id,
        "account_id": account_id,
        "starts_at": tx.now + timedelta(hours=hours),
        "minutes": 45,
        "way": AppointmentWay.IN_PERSON.value,
        "state": state.value,
        "recorded_at": tx.now,
        "settled_at": None if is_planned else tx.now,
        "settled_by": None if is_planned else account_id,
    }


def _passed_on(tx: Transaction, record_id: str, town: Town) -> dict[str, object]:
    relay_id = new_id()
    return {
        "id": relay_id,
        "record_id": record_id,
        "from_structure_id": town.structures["ccas"],
        "sent_by": town.accounts["nadia"],
        "to_structure_id": tx.actor.structure_id,
        "purpose": RelayPurpose.SUPPORT.value,
        "agreed_way": AgreedWay.IN_PERSON.value,
        "sections": "contact identity",
        "hands_over": False,
        "state": RelayState.SENT.value,
        "content": tx.sealing.seal_value(record_id, "relay", relay_id, {"message": ""}),
        "due_on": tx.today + timedelta(days=4),
        "recorded_at": tx.now,
        "sent_at": tx.now,
        "version": 1,
    }


def _alerted(tx: Transaction, record_id: str, account_id: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "record_id": record_id,
        "rule": RuleId.R02.value,
        "rule_version": "1",
        "policy_version": "1",
        "level": Level.HIGH.value,
        "structure_id": tx.actor.structure_id,
        "parameters": '{"threshold_days":5}',
        "facts": '{"due_on":"2026-10-31"}',
        "state": AlertState.OPEN.value,
        "opened_on": tx.today - timedelta(days=4),
        "opened_at": tx.now,
        "assigned_to": account_id,
    }


def _floor(town: Town, connection: sqlite3.Connection, shown: list[str]) -> tuple[Page, Callable[[str], None]]:
    reseal_cards(town, connection, shown, by=BY)
    app = raw_app(
        connection,
        account_id=town.accounts[BY],
        structure_id=town.structures[town.cast[BY].structure],
        now=NOW,
    )
    return Page(app, PATH, {}), lambda filler: app.config.update(filler=filler)
