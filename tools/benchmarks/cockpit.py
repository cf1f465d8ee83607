"""The cockpit of a responsable whose structure follows many people, beside the same numbers asked raw."""

from datetime import timedelta

from sqlalchemy import insert, select

from pathway.casework.cockpit.queries import cockpit
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ExitKind
from pathway.casework.followup.tables import Plan
from pathway.casework.partners.rules import Role
from pathway.demo.town import Town
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction
from tools.benchmarks.base import NOW, raw_copy, throw_away_town
from tools.benchmarks.caseload import followed
from tools.benchmarks.measure import Comparison, Rounds, Say, compare
from tools.benchmarks.people import BY
from tools.benchmarks.raw_cockpit import raw_app
from tools.benchmarks.raw_list import reseal_cards
from tools.benchmarks.record_page import Page, queries, signed_in
from tools.benchmarks.today import busy_day

NAME = "cockpit"
PEOPLE = 3_000
ROUNDS = Rounds(count=100, warm_up=10)
PATH = "/pilotage"
HEAD = "denis"  # the responsable of the structure of the measures
_STAYED = timedelta(days=90)
_NOTE = (
    "« Pilotage » ({exits} sorties suivies, {late} en retard, {people} personnes et {staff} collègues dans la"
    " structure), {queries} requêtes SQL ; le plancher : les mêmes nombres, une requête chacun, dans une page du même"
    " poids ({kilobytes} Ko) par Flask, sqlite3, AES-GCM et Jinja seuls."
)

_plan = table_of(Plan)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)


def run(say: Say, rounds: Rounds = ROUNDS, *, people: int = PEOPLE) -> Comparison:
    """Both pages of the same structure, turn by turn, brought to the same size in bytes; an error unless both count as
    many exits."""
    with throw_away_town() as (town, settings):
        own = followed(town, people, say, is_staffed=True)
        busy_day(town, own)
        left(town)
        ours = signed_in(town, settings, PATH, by=HEAD, role=Role.SUPERVISOR)
        with raw_copy(town) as connection:
            alerted = [record_id for (record_id,) in connection.execute("SELECT DISTINCT record_id FROM alert")]
            reseal_cards(town, connection, alerted, by=BY)
            app = raw_app(connection, structure_id=town.structures[town.cast[BY].structure], today=NOW.date())
            floor = Page(app, PATH, {})
            app.config["filler"] = " " * (len(ours()) - len(floor()))
            note = _said(town, people, queries=queries(town, ours), page=floor())
            return compare(NAME, floor=floor, ours=ours, rounds=rounds, note=note, say=say)


def left(town: Town) -> None:
    """Give each plan of the structure the step it follows, and its exit."""
    with town.acting(BY) as tx:
        plans = [(row.id, row.record_id, row.event_on) for row in tx.execute(select(_plan))]
        steps = [_step(tx, town, record_id) for _, record_id, _ in plans]
        tx.execute(insert(_enrolment), steps)
        exits = [_end(tx, plan, step) for plan, step in zip(plans, steps, strict=True)]
        tx.execute(insert(_exit), exits)
        tx.journal("fill_exits")


def _step(tx: Transaction, town: Town, record_id: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "record_id": record_id,
        "scheme_id": town.schemes["pae"],
        "structure_id": tx.actor.structure_id,
        "account_id": tx.actor.account_id,
        "entered_on": tx.today - _STAYED,
        "exited_at": tx.now,
        "recorded_at": tx.now,
    }


def _end(tx: Transaction, plan: tuple[str, str, object], step: dict[str, object]) -> dict[str, object]:
    plan_id, record_id, event_on = plan
    return {
        "id": new_id(),
        "enrolment_id": step["id"],
        "record_id": record_id,
        "structure_id": tx.actor.structure_id,
        "plan_id": plan_id,
        "kind": ExitKind.TRAINING.value,
        "event_on": event_on,
        "reason": b"sealed",
        "recorded_by": tx.actor.account_id,
        "recorded_at": tx.now,
    }


def _said(town: Town, people: int, *, queries: int, page: bytes) -> str:
    with town.acting(HEAD, write=False) as tx:
        exits = cockpit(tx).exits
    if f"<p>{exits.late} sur {exits.followed}</p>".encode() not in page:
        raise RuntimeError("the floor does not count as many exits")
    return _NOTE.format(
        exits=exits.followed,
        late=exits.late,
        people=people,
        staff=(people - 1) // 80,
        queries=queries,
        kilobytes=len(page) // 1024,
    )
