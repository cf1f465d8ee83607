"""Recording an exit with its points and journal entry, beside one raw transaction that writes the same rows."""

import hmac
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import orjson

from pathway.casework.enrolments.actions import preview_exit, record_exit
from pathway.casework.followup.rules import DEFAULT_POLICY, PlannedPoint
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.demo.town import Town
from pathway.kernel.ids import new_id
from tools.benchmarks import raw_sealing
from tools.benchmarks.base import NOW, raw_copy, row_counts, throw_away_town, town_row_counts
from tools.benchmarks.measure import Comparison, Rounds, Say, compare
from tools.benchmarks.people import BY, enrolled

NAME = "exit"
ROUNDS = Rounds(count=300, warm_up=40)
_REASON = exit_reason("cdi")
_EVENT_ON = date(2026, 11, 20)
_NOW = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
_REASON_BYTES = 106  # as the product's own envelope makes of it, so that the rows weigh the same

_PLAN = "INSERT INTO plan (id, record_id, kind, policy_version, event_on, recorded_at) VALUES (?,?,?,?,?,?)"
_POINT = (
    "INSERT INTO point (id, plan_id, record_id, kind, original_due_on, due_on, is_last, structure_id, owner_id, state,"
    " replans, to_responsable, version, recorded_at) VALUES (?,?,?,?,?,?,?,?,?,'open',0,0,1,?)"
)
_CHANGE = (
    "INSERT INTO point_change (point_id, number, record_id, due_on, state, structure_id, owner_id, changed_by, reason,"
    " recorded_at) VALUES (?,1,?,?,'open',?,?,?,'opened',?)"
)
_EXIT = (
    "INSERT INTO scheme_exit (id, enrolment_id, record_id, structure_id, plan_id, kind, event_on, reason, recorded_by,"
    " recorded_at) VALUES (?,?,?,?,?,?,?,?,?,?)"
)
_LEAVE = "UPDATE enrolment SET exited_at = ? WHERE id = ? AND exited_at IS NULL"
_KEY = "SELECT wrapped FROM data_key WHERE subject_id = ?"
_HEAD = "SELECT seq, mac FROM journal_head"
_ENTRY = "INSERT INTO journal_entry (seq, epoch, payload, mac) VALUES (?,1,?,?)"
_SUBJECT = "INSERT INTO journal_subject (record_id, seq) VALUES (?,?)"
_MOVE = "UPDATE journal_head SET seq = ?, mac = ?"


@dataclass(frozen=True, kw_only=True)
class RawExits:
    """The floor: exits written by hand. The due dates are given, no rule is asked, no right is checked."""

    connection: sqlite3.Connection
    structure_id: str
    account_id: str
    points: Sequence[PlannedPoint]

    def record(self, record_id: str, step_id: str) -> None:
        """One exit, its plan, its points with their first change, and its journal entry, in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        plan_id, exit_id = new_id(), new_id()
        self._open_plan(plan_id, record_id)
        (wrapped,) = self.connection.execute(_KEY, (record_id,)).fetchone()
        reason = raw_sealing.sealed(raw_sealing.unwrapped(wrapped), {"reason": _REASON.code}, size=_REASON_BYTES)
        ids = (exit_id, step_id, record_id, self.structure_id, plan_id)
        kept = (*ids, _REASON.kind.value, _EVENT_ON.isoformat(), reason, self.account_id, _NOW)
        self.connection.execute(_EXIT, kept)
        self.connection.execute(_LEAVE, (_NOW, step_id))
        self._append(record_id, exit_id)
        self.connection.execute("COMMIT")

    def _open_plan(self, plan_id: str, record_id: str) -> None:
        plan = (plan_id, record_id, _REASON.kind.value, DEFAULT_POLICY.version, _EVENT_ON.isoformat(), _NOW)
        self.connection.execute(_PLAN, plan)
        held = (self.structure_id, self.account_id)
        opened = [(new_id(), point.kind.value, point.due_on.isoformat(), point.is_last) for point in self.points]
        self.connection.executemany(
            _POINT, [(id_, plan_id, record_id, kind, due, due, last, *held, _NOW) for id_, kind, due, last in opened]
        )
        self.connection.executemany(
            _CHANGE, [(id_, record_id, due, *held, self.account_id, _NOW) for id_, _, due, _ in opened]
        )

    def _append(self, record_id: str, exit_id: str) -> None:
        seq, mac = self.connection.execute(_HEAD).fetchone()
        act = {"do": "record_exit", "on": [record_id], "sections": [], "exit": exit_id, "kind": _REASON.kind.value}
        said = {"at": _NOW, "actor": self.account_id, "role": "counsellor", "structure": self.structure_id}
        entry = orjson.dumps({**said, "session": "", "door": "demo", "acts": [{**act, "points": 4}], "seals": {}})
        mac = hmac.digest(raw_sealing.KEK, mac + entry, "sha256")
        self.connection.execute(_ENTRY, (seq + 1, entry, mac))
        self.connection.execute(_SUBJECT, (record_id, seq + 1))
        self.connection.execute(_MOVE, (seq + 1, mac))


def run(say: Say, rounds: Rounds = ROUNDS) -> Comparison:
    """Both ways on the same people, each in its own copy of the base; refuses to compare unless the rows agree."""
    with throw_away_town() as (town, _):
        say(f"{NAME} : {rounds.total} personnes inscrites dans une base jetable")
        steps = enrolled(town, rounds.total)
        with raw_copy(town) as connection:
            result = _compared(town, connection, steps, rounds, say)
            written, expected = row_counts(connection), town_row_counts(town)
    if written != expected:
        raise RuntimeError("the floor does not write the product's rows any more")
    return result


def _compared(
    town: Town, connection: sqlite3.Connection, steps: list[tuple[str, str]], rounds: Rounds, say: Say
) -> Comparison:
    raw = _raw(town, connection, steps)
    left_raw, left_ours = iter(steps), iter(steps)
    note = f"Sortie, {len(raw.points)} points, journal : les mêmes lignes, en une transaction sqlite3 sans contrôle."
    return compare(
        NAME,
        floor=lambda: raw.record(*next(left_raw)),
        ours=lambda: _leave(town, left_ours),
        rounds=rounds,
        note=note,
        say=say,
    )


def _leave(town: Town, steps: Iterator[tuple[str, str]]) -> None:
    with town.acting(BY) as tx:
        record_exit(tx, enrolment_id=next(steps)[1], reason=_REASON, event_on=_EVENT_ON)


def _raw(town: Town, connection: sqlite3.Connection, steps: list[tuple[str, str]]) -> RawExits:
    connection.execute("BEGIN IMMEDIATE")
    for record_id, _ in steps:
        raw_sealing.rewrap(connection, record_id)
    connection.execute("COMMIT")
    with town.acting(BY, write=False) as tx:
        points = preview_exit(tx, enrolment_id=steps[0][1], reason=_REASON, event_on=_EVENT_ON)
    return RawExits(
        connection=connection,
        structure_id=town.structures[town.cast[BY].structure],
        account_id=town.accounts[BY],
        points=points,
    )
