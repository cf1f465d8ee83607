"""A counsellor's list of the people she follows, in a structure that follows many, beside the same page raw."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert

from pathway.casework.accounts.actions import add_professional
from pathway.casework.followup.rules import DEFAULT_POLICY, ExitKind, PointKind, PointState
from pathway.casework.followup.tables import Plan, Point
from pathway.casework.partners.actions import add_membership
from pathway.casework.partners.rules import Role
from pathway.casework.records.tables import Referent
from pathway.demo.town import Town
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction
from pathway.web.counsellor.people import PER_PAGE
from tools.benchmarks.base import NOW, raw_copy, throw_away_town
from tools.benchmarks.crowd import Somebody, crowd
from tools.benchmarks.measure import Comparison, Rounds, Say, compare
from tools.benchmarks.people import BY
from tools.benchmarks.raw_list import raw_app, reseal_cards
from tools.benchmarks.record_page import Page, queries, signed_in

NAME = "caseload"
PEOPLE = 3_000
ROUNDS = Rounds(count=200, warm_up=20)
PATH = "/dossiers"
_EACH = 80  # people a counsellor follows
_UNTOLD = 5  # one person in so many has no open point
_DUE = (-20, 14, 75)  # days from today to the first point of a plan; the others follow
_POINTS = (PointKind.START_CHECK, PointKind.CONTACT, PointKind.CONTACT)
_NOTE = (
    "Première page de « Mes personnes » ({shown} lignes sur {each} suivies, {people} dans la structure), {queries}"
    " requêtes SQL ; le plancher : une page du même poids ({kilobytes} Ko) par Flask, sqlite3, AES-GCM et Jinja seuls."
)

_referent = table_of(Referent)
_plan = table_of(Plan)
_point = table_of(Point)


def run(say: Say, rounds: Rounds = ROUNDS, *, people: int = PEOPLE) -> Comparison:
    """Both pages of the same people, turn by turn, brought to the same size in bytes."""
    with throw_away_town() as (town, settings):
        own = followed(town, people, say)
        ours = signed_in(town, settings, PATH)
        with raw_copy(town) as connection:
            floor, fill = _floor(town, connection, own)
            fill(" " * (len(ours()) - len(floor())))
            note = _NOTE.format(
                shown=PER_PAGE,
                each=len(own),
                people=people,
                queries=queries(town, ours),
                kilobytes=len(floor()) // 1024,
            )
            return compare(NAME, floor=floor, ours=ours, rounds=rounds, note=note, say=say)


def followed(town: Town, people: int, say: Say, *, is_staffed: bool = False) -> list[str]:
    """Fill the counsellor's structure with that many people, each with her référent and most with open points.

    Gives the records of those the counsellor herself follows, 80 at most. The others have référents without a name;
    `is_staffed`: colleagues at work there, one for 80 people.
    """
    structure_id = town.structures[town.cast[BY].structure]
    everybody = crowd(town, people, structure_id=structure_id, seed=1, say=say)
    lots = [everybody[start : start + _EACH] for start in range(0, len(everybody), _EACH)]
    for number, lot in enumerate(lots):
        with town.acting(BY) as tx:
            colleague = _hired(tx, number) if number and is_staffed else new_id()
            _support(tx, lot, colleague if number else tx.actor.account_id)
    return [one.record_id for one in lots[0]]


def _hired(tx: Transaction, number: int) -> str:
    account_id = add_professional(
        tx, email=f"agent{number}@demo.carte.invalid", first_name="Agent", last_name=str(number), password_hash="none"
    )
    role, there = Role.COUNSELLOR, tx.actor.structure_id
    add_membership(tx, account_id=account_id, structure_id=there, role=role, from_on=tx.today)
    return account_id


def _support(tx: Transaction, lot: list[Somebody], account_id: str) -> None:
    mine = {"account_id": account_id, "structure_id": tx.actor.structure_id, "from_at": tx.now}
    tx.execute(insert(_referent), [{"id": new_id(), "record_id": one.record_id, **mine} for one in lot])
    left = [one for number, one in enumerate(lot) if number % _UNTOLD]
    plans = [_planned(tx, one) for one in left]
    tx.execute(insert(_plan), plans)
    tx.execute(insert(_point), [point for plan in plans for point in _points(tx, plan, account_id)])
    tx.journal("create_records", created=len(lot))


def _planned(tx: Transaction, one: Somebody) -> dict[str, object]:
    return {
        "id": new_id(),
        "record_id": one.record_id,
        "kind": ExitKind.TRAINING.value,
        "policy_version": DEFAULT_POLICY.version,
        "event_on": tx.today - timedelta(days=40),
        "recorded_at": tx.now,
    }


def _points(tx: Transaction, plan: dict[str, object], account_id: str) -> list[dict[str, object]]:
    first = _DUE[ord(str(plan["id"])[-1]) % len(_DUE)]
    return [
        {
            "id": new_id(),
            "plan_id": plan["id"],
            "record_id": plan["record_id"],
            "kind": kind.value,
            "original_due_on": tx.today + timedelta(days=first + 60 * rank),
            "due_on": tx.today + timedelta(days=first + 60 * rank),
            "is_last": rank == len(_POINTS) - 1,
            "structure_id": tx.actor.structure_id,
            "owner_id": account_id,
            "state": PointState.OPEN.value,
            "recorded_at": tx.now,
        }
        for rank, kind in enumerate(_POINTS)
    ]


def _floor(town: Town, connection: sqlite3.Connection, own: list[str]) -> tuple[Page, Callable[[str], None]]:
    reseal_cards(town, connection, own, by=BY)
    app = raw_app(
        connection,
        account_id=town.accounts[BY],
        structure_id=town.structures[town.cast[BY].structure],
        lines=PER_PAGE,
        today=NOW.date(),
    )
    return Page(app, PATH, {}), lambda filler: app.config.update(filler=filler)
