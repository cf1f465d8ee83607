"""What must hold after every gesture, of all that the base says: the promises that no sequence may break."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from pathway.casework.alerts.replay import Replay, cutoff_of, replay
from pathway.casework.enrolments.queries import orphan_exits
from pathway.casework.followup.queries import open_points, point_facts, work_of_the_day
from pathway.casework.followup.rules import ContactResult, ExitKind, PlanKind, is_orphan
from pathway.casework.partners.rules import Role
from pathway.casework.placements.queries import waiting_rows
from pathway.casework.relays.queries import relay_seen
from pathway.casework.relays.rules import PENDING, RelayResult, RelayState, comes_back
from pathway.casework.sharing.queries import access_of, is_stopped
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import NotFound
from pathway.store.actor import SYSTEM, Actor
from pathway.store.transaction import Transaction

Row = dict[str, Any]

_TABLES = (
    "record",
    "structure",
    "membership",
    "account",
    "referent",
    "access_grant",
    "enrolment",
    "scheme_exit",
    "plan",
    "point",
    "contact_attempt",
    "relay",
    "appointment",
    "alert",
    "card_link",
    "rights_request",
    "hidden_part",
    "withdrawal",
)
_QUERIES = {
    name: select(SQLModel.metadata.tables[name]).order_by(*SQLModel.metadata.tables[name].primary_key)
    for name in _TABLES
}
_FOLLOWERS = (Role.COUNSELLOR.value, Role.SUPERVISOR.value)
_ANSWERS = (ContactResult.REACHED.value, ContactResult.REFUSED.value)


@dataclass(frozen=True, kw_only=True)
class Look:
    """All the base says at an instant, read as anybody. `is_after_night`: the night has just run."""

    tx: Transaction
    rows: dict[str, list[Row]]
    today: date
    now: datetime
    is_after_night: bool

    def open_points(self) -> list[Row]:
        """Her points de suivi to come."""
        return [row for row in self.rows["point"] if row["state"] == "open"]

    def open_alerts(self) -> list[Row]:
        """What risks a break now."""
        return [row for row in self.rows["alert"] if row["state"] == "open"]

    def open_steps(self) -> list[Row]:
        """The steps she has not left."""
        return [row for row in self.rows["enrolment"] if row["exited_at"] is None]

    def pending(self) -> list[Row]:
        """The relays something is expected of."""
        return [row for row in self.rows["relay"] if RelayState(row["state"]) in PENDING]

    def to_come(self) -> list[Row]:
        """The appointments still to be held."""
        return [row for row in self.rows["appointment"] if row["state"] == "planned" and row["starts_at"] > self.now]

    def structure(self, structure_id: str) -> Row:
        """That structure."""
        return next(row for row in self.rows["structure"] if row["id"] == structure_id)

    def is_active(self, structure_id: str) -> bool:
        """Whether it still works with the others."""
        return bool(self.structure(structure_id)["state"] == "active")

    def is_territory(self, structure_id: str) -> bool:
        """Whether it is the territory's coordination, whose queue takes what nobody else may hold."""
        return bool(self.structure(structure_id)["kind"] == "territory")

    def works(self, account_id: str, structure_id: str) -> bool:
        """Whether that professional follows people there today."""
        return account_id in self.team(structure_id)

    def team(self, structure_id: str) -> list[str]:
        """Who follows people there today, account open."""
        shut = {row["id"] for row in self.rows["account"] if row["state"] != "active"}
        held = (
            row for row in self.rows["membership"] if row["structure_id"] == structure_id and _holds(row, self.today)
        )
        return [row["account_id"] for row in held if row["role"] in _FOLLOWERS and row["account_id"] not in shut]

    def supports(self, card: str, structure_id: str) -> bool:
        """Whether it supports that very card, without an end."""
        return any(
            row["record_id"] == card
            and row["structure_id"] == structure_id
            and row["cause"] == "support"
            and row["until_at"] is None
            for row in self.rows["access_grant"]
        )

    def acting(self, structure_id: str, account_id: str = "", role: Role = Role.COUNSELLOR) -> Transaction:
        """To read as that professional there, or as anybody at work there."""
        self.tx.actor = Actor(role=role.value, account_id=account_id, structure_id=structure_id)
        return self.tx

    def reading(self) -> Transaction:
        """To read as nobody in particular."""
        self.tx.actor = SYSTEM
        return self.tx


def look(tx: Transaction, *, is_after_night: bool) -> Look:
    """What there is to see now: the town knows nobody but her."""
    rows = {name: [dict(row._mapping) for row in tx.execute(query)] for name, query in _QUERIES.items()}
    return Look(tx=tx, rows=rows, today=tx.today, now=tx.now, is_after_night=is_after_night)


def no_exit_is_an_orphan(seen: Look) -> None:
    """By the doctor's own query, and by the rule."""
    assert orphan_exits(seen.reading()) == []
    for gone in seen.rows["scheme_exit"]:
        kind, is_cancelled = ExitKind(gone["kind"]), gone["cancelled_at"] is not None
        facts = point_facts(seen.tx, gone["plan_id"] or "")
        assert not is_orphan(kind=kind, exit_cancelled=is_cancelled, points=facts)


def each_plan_keeps_its_last_point_until_somebody_answers(seen: Look) -> None:
    """Of an exit, of a relay that came back, of an asked call: cancelled whole, or one last point, open or done."""
    by_exit = {row["plan_id"] for row in seen.rows["scheme_exit"]}
    for plan in seen.rows["plan"]:
        last = [row["state"] for row in seen.rows["point"] if row["plan_id"] == plan["id"] and row["is_last"]]
        is_asked = plan["kind"] == PlanKind.CALLBACK.value and plan["id"] not in by_exit
        if plan["cancelled_at"] is None:
            assert len(last) == 1 and last[0] in ({"open", "done", "cancelled"} if is_asked else {"open", "done"}), plan
        else:
            assert "open" not in {row["state"] for row in seen.rows["point"] if row["plan_id"] == plan["id"]}


def nothing_closes_on_silence(seen: Look) -> None:
    """A last point is done by a person, who spoke with her; questions only by an answer."""
    told = {row["id"]: row["result"] for row in seen.rows["contact_attempt"]}
    for row in seen.rows["point"]:
        if row["is_last"] and row["state"] == "done":
            assert row["closed_by"] and told[row["contact_id"]] in _ANSWERS, row
        if row["kind"] in ("exit_questions", "later_questions"):
            assert row["state"] in ("open", "done", "cancelled") and row["contact_id"] is None, row


def a_step_is_left_once_or_under_way(seen: Look) -> None:
    """And its exit has a plan, unless nothing is to follow."""
    left = Counter(row["enrolment_id"] for row in seen.rows["scheme_exit"] if row["cancelled_at"] is None)
    for step in seen.rows["enrolment"]:
        assert left[step["id"]] == (0 if step["exited_at"] is None else 1), step
    for gone in seen.rows["scheme_exit"]:
        assert gone["plan_id"] is not None or gone["kind"] == ExitKind.CLOSED.value
    twice = Counter((row["record_id"], row["scheme_id"], row["structure_id"]) for row in seen.open_steps())
    assert all(number == 1 for number in twice.values())


def nothing_open_is_in_a_closed_structure(seen: Look) -> None:
    """Points, steps, relays on both sides, appointments: a structure that closed holds nothing any more."""
    held = [("point", row["structure_id"]) for row in seen.open_points()]
    held += [("step", row["structure_id"]) for row in seen.open_steps()]
    held += [("sender", row["from_structure_id"]) for row in seen.pending()]
    held += [("receiver", row["to_structure_id"]) for row in seen.pending() if row["to_structure_id"]]
    held += [("appointment", row["structure_id"]) for row in seen.to_come()]
    assert [one for one in held if not seen.is_active(one[1])] == []


def after_the_night_nobody_who_left_holds_anything(seen: Look) -> None:
    """Points have an owner at work or wait in the queue; appointments and people have somebody who is there."""
    if not seen.is_after_night:
        return
    for row in seen.open_points():
        assert row["owner_id"] is None or seen.works(row["owner_id"], row["structure_id"]), row
    for row in seen.to_come():
        assert seen.works(row["account_id"], row["structure_id"]) or not seen.team(row["structure_id"]), row
    for row in seen.pending():
        assert row["due_on"] >= seen.today, row
    for row in seen.rows["referent"]:
        if row["until_at"] is None and not seen.works(row["account_id"], row["structure_id"]):
            assert not _has_responsable(seen, row["structure_id"]), row


def who_answers_may_open_the_record(seen: Look) -> None:
    """Of the very card, so that taking cards apart leaves nobody behind; and may write there."""
    held = {(row["record_id"], row["structure_id"]) for row in [*seen.open_points(), *seen.open_steps()]}
    for card, structure_id in held:
        if seen.is_territory(structure_id):
            continue  # its queue holds references, and nobody there opens a record
        assert seen.supports(card, structure_id), (card, structure_id)
        access = access_of(seen.acting(structure_id), card)
        assert access.may_write and access.opens(Part.FOLLOWUP) and access.opens(Part.PATHWAY)


def each_structure_finds_what_it_holds_in_its_lists(seen: Look) -> None:
    """On the page of the person; and what is due, in the day of its owner, or of everybody when she is not there."""
    for structure_id in {row["structure_id"] for row in seen.open_points()}:
        ours = [row for row in seen.open_points() if row["structure_id"] == structure_id]
        if seen.is_territory(structure_id):
            _waits_in_sight(seen, ours, structure_id)
            continue
        for card in {row["record_id"] for row in ours}:
            listed = {line.id for line in open_points(seen.acting(structure_id), card)}
            assert {row["id"] for row in ours if row["record_id"] == card} <= listed
        for owner, due in _due_by_owner(seen, ours, structure_id).items():
            listed = {line.id for line in work_of_the_day(seen.acting(structure_id, owner))}
            assert due <= listed, (owner, due - listed)


def who_holds_an_appointment_reads_her_until_then(seen: Look) -> None:
    """A support lasts as long as it expects her; an agreement or a visit ends as it was said."""
    for row in seen.to_come():
        here = (row["record_id"], row["structure_id"])
        causes = {one["cause"] for one in seen.rows["access_grant"] if (one["record_id"], one["structure_id"]) == here}
        if causes == {"support"}:
            assert seen.supports(*here), row


def each_relay_has_somebody_who_may_act(seen: Look) -> None:
    """Whoever sent it reads it and may take it back; whoever received it reads it until the day it comes back, unless
    she stopped sharing there. What the territory answers for waits for its day, and she may take it back."""
    for relay in seen.pending():
        assert relay["due_on"] is not None
        sender = relay["from_structure_id"]
        assert seen.is_territory(sender) or _reads(seen, sender, relay["id"]), relay
        there = relay["to_structure_id"]
        if there and relay["due_on"] >= seen.today and not is_stopped(seen.reading(), relay["record_id"], there):
            assert _reads(seen, there, relay["id"]), relay


def who_comes_back_from_a_relay_is_called(seen: Look) -> None:
    """One plan at least for each relay that came back, beside those of the exits."""
    by_exit = {row["plan_id"] for row in seen.rows["scheme_exit"]}
    back = Counter(row["record_id"] for row in seen.rows["relay"] if row["sent_at"] and _is_back(row))
    plans = [row for row in seen.rows["plan"] if row["kind"] == "relay" and row["id"] not in by_exit]
    opened = Counter(row["record_id"] for row in plans)
    assert all(opened[card] >= number for card, number in back.items())


def no_relay_opens_a_record_for_ever(seen: Look) -> None:
    """What was opened by a relay, a visit or an agreement has an end."""
    lasting = [row["cause"] for row in seen.rows["access_grant"] if row["until_at"] is None]
    assert set(lasting) <= {"support"}


def the_territory_opens_no_record(seen: Look) -> None:
    """Its queue holds references: whoever coordinates finds a structure, and follows nobody."""
    opened = [row for row in seen.rows["access_grant"] if seen.is_territory(row["structure_id"])]
    assert opened == []


def one_alert_is_open_about_a_person_a_rule_and_a_circle(seen: Look) -> None:
    """However her cards are linked and taken apart."""
    person = {row["id"]: row["canonical_id"] for row in seen.rows["record"]}
    open_now = [(person[row["record_id"]], row["rule"], row["circle"]) for row in seen.open_alerts()]
    assert len(open_now) == len(set(open_now))


def after_the_night_each_alert_is_in_a_queue_that_somebody_reads(seen: Look) -> None:
    """A closed structure has no queue any more."""
    if seen.is_after_night:
        closed = {row["id"] for row in seen.rows["structure"] if row["state"] == "closed"}
        assert not closed & {row["structure_id"] for row in seen.open_alerts()}


def the_night_looked_at_again_says_the_same(seen: Look) -> None:
    """From what was recorded then, whatever was lived."""
    if seen.is_after_night:
        again = Replay(on=seen.today, cutoff_at=cutoff_of(seen.tx, seen.today))
        list(replay(seen.tx, again))
        assert again.is_same, (again.missing, again.unexpected)


def an_asked_call_follows_no_exit(seen: Look) -> None:
    """A call she asks for, or her rhythm, settles nothing."""
    gone = {row["plan_id"] for row in seen.rows["scheme_exit"]}
    assert not gone & {row["id"] for row in seen.rows["plan"] if row["kind"] == PlanKind.CALLBACK.value}


def a_person_has_one_referent_at_most(seen: Look) -> None:
    """For each group of cards, as her record shows it."""
    named = Counter(row["record_id"] for row in seen.rows["referent"] if row["until_at"] is None)
    assert all(number == 1 for number in named.values())


PROMISES: tuple[Callable[[Look], None], ...] = (
    no_exit_is_an_orphan,
    each_plan_keeps_its_last_point_until_somebody_answers,
    nothing_closes_on_silence,
    a_step_is_left_once_or_under_way,
    nothing_open_is_in_a_closed_structure,
    after_the_night_nobody_who_left_holds_anything,
    who_answers_may_open_the_record,
    each_structure_finds_what_it_holds_in_its_lists,
    who_holds_an_appointment_reads_her_until_then,
    each_relay_has_somebody_who_may_act,
    who_comes_back_from_a_relay_is_called,
    no_relay_opens_a_record_for_ever,
    the_territory_opens_no_record,
    one_alert_is_open_about_a_person_a_rule_and_a_circle,
    after_the_night_each_alert_is_in_a_queue_that_somebody_reads,
    the_night_looked_at_again_says_the_same,
    an_asked_call_follows_no_exit,
    a_person_has_one_referent_at_most,
)


def _holds(row: Row, today: date) -> bool:
    return bool(row["from_on"] <= today and (row["until_on"] is None or row["until_on"] >= today))


def _has_responsable(seen: Look, structure_id: str) -> bool:
    chiefs = {row["account_id"] for row in seen.rows["membership"] if row["role"] == Role.SUPERVISOR.value}
    return seen.is_active(structure_id) and bool(chiefs & set(seen.team(structure_id)))


def _due_by_owner(seen: Look, ours: list[Row], structure_id: str) -> dict[str, set[str]]:
    team = seen.team(structure_id)
    due: dict[str, set[str]] = {}
    for row in ours:
        reader = row["owner_id"] if row["owner_id"] in team else next(iter(team), "")
        if reader and row["due_on"] <= seen.today:
            due.setdefault(reader, set()).add(row["id"])
    return due


def _waits_in_sight(seen: Look, ours: list[Row], territory: str) -> None:
    """What waits to be placed is found by the responsable of the territory, person by person."""
    for card in {row["record_id"] for row in ours}:
        listed = {row.id for row in waiting_rows(seen.acting(territory, role=Role.SUPERVISOR), card)}
        assert {row["id"] for row in ours if row["record_id"] == card} <= listed


def _reads(seen: Look, structure_id: str, relay_id: str) -> bool:
    try:
        relay_seen(seen.acting(structure_id), relay_id)
    except NotFound:
        return False
    return True


def _is_back(row: Row) -> bool:
    return comes_back(RelayState(row["state"]), RelayResult(row["result"]) if row["result"] else None)
