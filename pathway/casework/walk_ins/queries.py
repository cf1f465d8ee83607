"""The register as screens read it: the reader's own structure, by week; names only of people she may follow."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from pathway.casework.sharing.queries import accesses_of, of_person, same_person, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.casework.walk_ins.rules import Side, WalkInKind, WalkInOutcome, kinds_of, monday_of
from pathway.casework.walk_ins.tables import WalkIn
from pathway.kernel.errors import NotAllowed, NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_walk_in = table_of(WalkIn)
_record = table_of(Record)

SEALED_AS = "walk_in"

_OWN = _walk_in.c.structure_id == bindparam("own_structure")
_LINES = select(_walk_in, _record.c.canonical_id).outerjoin(_record, _record.c.id == _walk_in.c.record_id)
_ONE = _LINES.where(_walk_in.c.id == bindparam("walk_in_id"), _OWN)
_WEEK = (
    _OWN,
    _walk_in.c.happened_on >= bindparam("from_on", type_=_walk_in.c.happened_on.type),
    _walk_in.c.happened_on < bindparam("until_on", type_=_walk_in.c.happened_on.type),
)
_INT = _walk_in.c.number.type
_PAGE = (
    _LINES.where(*_WEEK, _walk_in.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(_walk_in.c.happened_on.desc(), _walk_in.c.recorded_at.desc(), _walk_in.c.id)
    .limit(bindparam("per_page", type_=_INT))
    .offset(bindparam("skipped", type_=_INT))
)
_SUMS = (
    select(
        _walk_in.c.happened_on,
        _walk_in.c.kind,
        _walk_in.c.outcome,
        func.sum(_walk_in.c.number).label("people"),
        func.count().label("lines"),
    )
    .where(*_WEEK)
    .group_by(_walk_in.c.happened_on, _walk_in.c.kind, _walk_in.c.outcome)
)
_OF_HAND = (
    _OWN,
    _walk_in.c.account_id == bindparam("account"),
    _walk_in.c.happened_on == bindparam("day", type_=_walk_in.c.happened_on.type),
    _walk_in.c.recorded_at >= bindparam("since", type_=_walk_in.c.recorded_at.type),
)
_JUST_NOTED = _LINES.where(*_OF_HAND).order_by(_walk_in.c.recorded_at.desc(), _walk_in.c.id)
_HERS = _LINES.where(of_person(_walk_in.c.record_id)).order_by(_walk_in.c.happened_on.desc(), _walk_in.c.id)


@dataclass(frozen=True, kw_only=True)
class WalkInView:
    """One line, its place opened (empty when none was written). `record_id`: the card that stands for the person it was
    linked to, None without one or when the reader may not follow her; `is_linked`: it was linked all the same."""

    id: str
    structure_id: str
    account_id: str
    kind: WalkInKind
    outcome: WalkInOutcome
    number: int
    happened_on: date
    place: str
    record_id: str | None
    card_id: str | None
    is_linked: bool
    made_contact: bool
    recorded_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class WeekCount:
    """How many people were met in one week (its Monday), by kind and by outcome; `lines`: of the register, by kind."""

    monday: date
    kinds: Mapping[WalkInKind, int]
    outcomes: Mapping[tuple[WalkInKind, WalkInOutcome], int]
    lines: Mapping[WalkInKind, int]

    def of(self, side: Side) -> int:
        """How many people of that half of the register."""
        return sum(self.kinds.get(kind, 0) for kind in kinds_of(side))


def walk_in_seen(tx: Transaction, walk_in_id: str) -> WalkInView:
    """One line of the actor's own structure; `NotFound` otherwise."""
    row = tx.execute(_ONE, {"walk_in_id": walk_in_id, **_own(tx)}).one_or_none()
    if row is None:
        raise NotFound
    return _views(tx, [row])[0]


def walk_ins(tx: Transaction, *, monday: date, side: Side | None, page: int, per_page: int) -> list[WalkInView]:
    """One page of the lines of that week, the newest first."""
    kinds = [kind.value for kind in kinds_of(side)]
    asked = {**_span(monday, 1), "kinds": kinds, "per_page": per_page, "skipped": (page - 1) * per_page, **_own(tx)}
    return _views(tx, list(tx.execute(_PAGE, asked)))


def counts_by_week(tx: Transaction, *, monday: date, weeks: int = 1) -> list[WeekCount]:
    """The counts of so many weeks from that Monday on, in order, without anybody."""
    sums = list(tx.execute(_SUMS, {**_span(monday, weeks), **_own(tx)}))
    mondays = [monday + timedelta(weeks=later) for later in range(weeks)]
    return [_week(day, [row for row in sums if monday_of(row.happened_on) == day]) for day in mondays]


def own_walk_ins(tx: Transaction) -> list[WalkInView]:
    """Every line linked to the person whose session this is; `NotAllowed` for anybody else."""
    if not tx.actor.record_id:
        raise NotAllowed
    rows = list(tx.execute(_HERS, {"record_id": tx.actor.record_id}))
    hers = set(same_person(tx, tx.actor.record_id))
    return [_view(tx, row, hers) for row in rows]


def just_noted(tx: Transaction, *, day: date, since: datetime) -> list[WalkInView]:
    """The actor's own lines about that day written since that instant (UTC), the last first."""
    asked = {"account": tx.actor.account_id, "day": day, "since": since, **_own(tx)}
    return _views(tx, list(tx.execute(_JUST_NOTED, asked)))


def _week(monday: date, rows: list[Row[Any]]) -> WeekCount:
    kinds: Counter[WalkInKind] = Counter()
    lines: Counter[WalkInKind] = Counter()
    outcomes: Counter[tuple[WalkInKind, WalkInOutcome]] = Counter()
    for row in rows:
        kind = WalkInKind(row.kind)
        kinds[kind] += int(row.people)
        lines[kind] += int(row.lines)
        outcomes[kind, WalkInOutcome(row.outcome)] += int(row.people)
    return WeekCount(monday=monday, kinds=kinds, outcomes=outcomes, lines=lines)


def _views(tx: Transaction, rows: list[Row[Any]]) -> list[WalkInView]:
    accesses = accesses_of(tx, {row.canonical_id for row in rows if row.canonical_id})
    seen = {name for name, access in accesses.items() if access.opens(Part.FOLLOWUP.value)}
    return [_view(tx, row, seen) for row in rows]


def _view(tx: Transaction, row: Row[Any], seen: set[str]) -> WalkInView:
    is_closed = row.canonical_id is not None and row.canonical_id not in seen
    subject = row.record_id or row.account_id
    said = tx.sealing.open_value(subject, SEALED_AS, row.id, row.place) if row.place and not is_closed else {}
    return WalkInView(
        id=row.id,
        structure_id=row.structure_id,
        account_id=row.account_id,
        kind=WalkInKind(row.kind),
        outcome=WalkInOutcome(row.outcome),
        number=row.number,
        happened_on=row.happened_on,
        place=said.get("place", ""),
        record_id=None if is_closed else row.canonical_id,
        card_id=None if is_closed else row.record_id,
        is_linked=row.record_id is not None,
        made_contact=row.made_contact,
        recorded_at=row.recorded_at,
        version=row.version,
    )


def _own(tx: Transaction) -> dict[str, Any]:
    return {"own_structure": sight(tx)["own_structure"]}


def _span(monday: date, weeks: int) -> dict[str, Any]:
    return {"from_on": monday, "until_on": monday + timedelta(weeks=weeks)}
