"""The letter of the day: how many alerts, answers and points de suivi wait for each professional. Counts only."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Row, bindparam, func, or_, select

from pathway.casework.alerts.answering import unread_answers
from pathway.casework.alerts.queries import TOLD
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind, AlertState
from pathway.casework.followup.protocol import QUESTIONS
from pathway.casework.followup.queries import IS_RAISED, UNREACHED_DAYS, nobody_holds
from pathway.casework.followup.rules import PointState
from pathway.casework.followup.tables import Plan, Point
from pathway.casework.partners.queries import PROFILE
from pathway.casework.records.queries import referents
from pathway.casework.sharing.queries import seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.casework.team.holders import Team
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import last_posted, post
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)
_plan = table_of(Plan)
_point = table_of(Point)
_record = table_of(Record)

_KEY = "digest"
_ASKED = frozenset(kind.value for kind in QUESTIONS)
_DAY = bindparam("day", type_=Date)
_OWN = bindparam("own_structure", type_=_alert.c.structure_id.type)
_GIVEN_AT = (
    select(func.max(_change.c.recorded_at))
    .where(_change.c.alert_id == _alert.c.id, _change.c.change == AlertChangeKind.GIVEN.value)
    .scalar_subquery()
)
# What the page of alerts and the day show to that structure, with the same rights.
_ALERTS = select(
    _alert.c.id, _alert.c.assigned_to, _alert.c.structure_id, _alert.c.opened_at, _GIVEN_AT.label("given_at")
).where(
    TOLD,
    _alert.c.state == AlertState.OPEN.value,
    or_(_alert.c.snoozed_until.is_(None), _alert.c.snoozed_until <= _DAY),
    or_(_alert.c.structure_id == _OWN, _alert.c.assigned_to.in_(bindparam("team", expanding=True))),
    seen_in(_alert.c.record_id, Part.ALERTS.value, by=_alert.c.circle),
)
_DUE = (
    select(
        _point.c.id,
        _point.c.kind,
        _point.c.owner_id,
        _record.c.canonical_id,
        nobody_holds().label("unheld"),
        IS_RAISED.label("raised"),
    )
    .select_from(_point.join(_plan, _plan.c.id == _point.c.plan_id).join(_record, _record.c.id == _point.c.record_id))
    .where(
        _point.c.state == PointState.OPEN.value,
        _point.c.structure_id == _OWN,
        _point.c.due_on <= _DAY,
        seen_in(_point.c.record_id, Part.FOLLOWUP.value, by=_point.c.structure_id),
    )
)


@dataclass(kw_only=True)
class Work:
    """What waits for one professional, as references: what two structures both show her counts once."""

    queue: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    points: set[str] = field(default_factory=set)
    structures: set[str] = field(default_factory=set)
    sorts: bool = False

    def add(self, other: "Work") -> None:
        """Take what waits in another structure."""
        for name in ("queue", "given", "new", "answers", "points", "structures"):
            getattr(self, name).update(getattr(other, name))
        self.sorts = self.sorts or other.sorts

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {name: len(getattr(self, name)) for name in ("new", "queue", "given", "answers", "points", "structures")}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.queue or self.given or self.answers or self.points)


def told_before(tx: Transaction) -> dict[str, datetime]:
    """account id → when its last letter of the day was written (UTC)."""
    return {key.partition(":")[2]: at for key, at in last_posted(tx, LetterKind.DIGEST).items()}


def work_of(tx: Transaction, team: Team, *, since: Mapping[str, datetime]) -> dict[str, Work]:
    """account id → what waits for her in that structure today; whoever is away is left out, her stand-in has it all.

    `since`: when each was last written to: what came after is new. Three statements for a whole structure, with what
    the structure may see: nothing is counted that its pages would not show.
    """
    tx.actor = replace(tx.actor, structure_id=team.structure_id)
    found: dict[str, Work] = defaultdict(Work)
    _add_alerts(tx, team, since, found)
    _add_answers(tx, team, found)
    _add_points(tx, team, found)
    for name, work in found.items():
        work.structures.add(team.structure_id)
        work.sorts = name in team.sorting
    return dict(found)


def send_digest(tx: Transaction, *, account_id: str, work: Work, on: date) -> None:
    """Put that account's letter of that day in the queue, once whatever happens; its address is the one it proved."""
    profile = tx.sealing.open(account_id, [PROFILE])[PROFILE].payload
    link = "/alertes" if work.sorts and work.queue else "/aujourd-hui"
    key = f"{_KEY}:{account_id}:{on.isoformat()}"
    post(tx, kind=LetterKind.DIGEST, to=profile["email"], variables={"link": link}, key=key, counts=work.counts)


def _add_alerts(tx: Transaction, team: Team, since: Mapping[str, datetime], found: dict[str, Work]) -> None:
    asked = {"day": tx.today, "team": sorted(team.members), **sight(tx)}
    for row in tx.execute(_ALERTS, asked):
        holders = team.holder(row.assigned_to)
        for name in holders:
            found[name].given.add(row.id)
            _note_new(found[name], row.id, row.given_at or row.opened_at, since.get(name))
        if row.structure_id == team.structure_id and row.assigned_to is None:
            for name in team.sorting:
                found[name].queue.add(row.id)
                _note_new(found[name], row.id, row.opened_at, since.get(name))


def _note_new(work: Work, alert_id: str, at: datetime, last: datetime | None) -> None:
    if last is None or at > last:
        work.new.add(alert_id)


def _add_answers(tx: Transaction, team: Team, found: dict[str, Work]) -> None:
    waiting = unread_answers(tx)
    known = referents(tx, [one.record_id for one in waiting])
    for one in waiting:
        readers = {one.assigned_to, known.get(one.record_id)} & team.members
        if readers or one.structure_id == team.structure_id:
            present = frozenset[str]().union(*(team.holder(name) for name in readers))
            for name in present or team.answering:
                found[name].answers.add(one.alert_id)


def _add_points(tx: Transaction, team: Team, found: dict[str, Work]) -> None:
    asked = {"day": tx.today, "since": tx.today - timedelta(days=UNREACHED_DAYS), **sight(tx)}
    for row in tx.execute(_DUE, asked):
        holders = frozenset[str]() if row.unheld else team.holder(row.owner_id)
        for name in (holders or team.answering) | (team.leading if row.raised else frozenset()):
            found[name].points.add(_line_of(row, is_own=row.owner_id == name))


def _line_of(row: Row[Any], *, is_own: bool) -> str:
    """The line of her day on which that point stands: one a person, and one for each list of questions."""
    return f"{row.canonical_id}:{is_own}:{row.id if row.kind in _ASKED else ''}"
