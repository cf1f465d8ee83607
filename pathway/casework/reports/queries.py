"""Set-based counts: of the whole instance for its operator, of the territory (masked) for its coordinator. No name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import orjson
from sqlalchemy import ColumnElement, FromClause, func, select

from pathway.casework.alerts.queries import open_count
from pathway.casework.alerts.tables import Alert
from pathway.casework.alerts.vocabulary import AlertState, RuleId
from pathway.casework.enrolments.queries import counts, orphan_exits, own_meters
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ExitKind, PointState
from pathway.casework.followup.tables import ContactAttempt, Point
from pathway.casework.partners.tables import Structure
from pathway.casework.relays.rules import RelayState
from pathway.casework.relays.tables import Relay
from pathway.casework.reports.rules import Cell, Spared, add_up, add_up_by, mask, mask_table, month_of
from pathway.casework.reports.vocabulary import LAST_STEP, NIGHT_STEPS
from pathway.casework.schemes.tables import Scheme
from pathway.casework.sharing.tables import Record
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import local_day
from pathway.store.columns import table_of
from pathway.store.tables import NightStep
from pathway.store.transaction import Transaction

_record = table_of(Record)
_point = table_of(Point)
_alert = table_of(Alert)
_contact = table_of(ContactAttempt)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_scheme = table_of(Scheme)
_night = table_of(NightStep)
_relay = table_of(Relay)
_structure = table_of(Structure)
_SECRET = select(_structure.c.id).where(_structure.c.is_sensitive)

EXIT_MONTHS = 12
OTHER_SCHEMES = "Autres dispositifs"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table of counts."""

    label: str
    count: Cell


@dataclass(frozen=True, kw_only=True)
class Counts:
    """A table of counts and its total, masked together."""

    rows: tuple[Row, ...]
    total: Cell


@dataclass(frozen=True, kw_only=True)
class Territory:
    """What a coordinator may know: counts only, masked. `exits_from`: the first day of the exits counted."""

    people: Cell
    steps: Counts
    exits: Counts
    exits_from: date
    points: Counts
    alerts: Counts


@dataclass(frozen=True, kw_only=True)
class OnceOnly:
    """What a structure's entries were spared since the first day of a month: by month and scheme, by month, by scheme,
    in all. Months without an entry are there, at zero: a silence is seen."""

    since: date
    lines: dict[tuple[date, str], Spared]
    months: dict[date, Spared]
    schemes: dict[str, Spared]
    total: Spared


@dataclass(frozen=True, kw_only=True)
class NightLine:
    """One night: when its first step started, which steps did not end, and whether one of them could not do all."""

    night: date
    started_at: datetime
    unfinished: tuple[str, ...]
    has_failures: bool


@dataclass(frozen=True, kw_only=True)
class StepRun:
    """One step as it was last run. `failure`: the kind of the first error; `is_broken`: nothing came after it."""

    step: str
    counts: Mapping[str, int]
    failed: int
    failure: str
    is_broken: bool


@dataclass(frozen=True, kw_only=True)
class NightRun:
    """One night as it was last run, its steps in order. `missed`: the nights just before it that never were, or whose
    trace is older than the program; `is_late`: caught up another day."""

    night: date
    started_at: datetime
    took: timedelta
    steps: tuple[StepRun, ...]
    is_done: bool
    is_under_way: bool
    is_late: bool
    missed: int

    @property
    def failures(self) -> list[StepRun]:
        """The steps in which something failed."""
        return [one for one in self.steps if one.failed]


def instance_counts(tx: Transaction) -> dict[str, int]:
    """The whole instance: people, entries, exits, open_followups, orphan_exits, open_alerts."""
    kept = counts(tx)
    return {
        "people": _total(tx, _record),
        "entries": kept["entries"],
        "exits": kept["exits"],
        "open_followups": _total(tx, _point, _is_open()),
        "orphan_exits": len(orphan_exits(tx)),
        "open_alerts": open_count(tx),
    }


def point_outcomes(tx: Transaction, *, before: date) -> dict[str, int]:
    """The whole instance's points first due before that day: points_due, points_done, points_late (not closed by their
    first day); and, whatever their day, to_responsable (open) and contacts."""
    due = _point.c.original_due_on < before
    counted = _point.c.state != PointState.CANCELLED.value
    is_late = _is_open() | (func.date(_point.c.closed_at) > _point.c.original_due_on)
    query = select(
        func.count().filter(due, counted).label("points_due"),
        func.count().filter(due, _point.c.state == PointState.DONE.value).label("points_done"),
        func.count().filter(due, counted, is_late).label("points_late"),
        func.count().filter(_is_open(), _point.c.to_responsable).label("to_responsable"),
    ).select_from(_point)
    return {**tx.execute(query).one()._mapping, "contacts": _total(tx, _contact, _contact.c.undone_at.is_(None))}


def relays_bounced(tx: Transaction) -> int:
    """How many relays came back because nobody answered them, over the whole instance."""
    return _total(tx, _relay, _relay.c.state == RelayState.BOUNCED.value)


def alerts_open_twice(tx: Transaction) -> int:
    """How many times one rule has several open alerts about one person for the same circle, over the whole instance."""
    doubled = (
        select(_record.c.canonical_id)
        .select_from(_alert)
        .join(_record, _record.c.id == _alert.c.record_id)
        .where(_alert.c.state == AlertState.OPEN.value)
        .group_by(_record.c.canonical_id, _alert.c.rule, _alert.c.circle)
        .having(func.count() > 1)
        .subquery()
    )
    return _total(tx, doubled)


def last_nights(tx: Transaction, *, limit: int = 7) -> list[NightLine]:
    """The latest nights of work, newest first."""
    latest = select(_night.c.night).distinct().order_by(_night.c.night.desc()).limit(limit)
    query = select(_night).where(_night.c.night.in_(latest)).order_by(_night.c.night.desc(), _night.c.started_at)
    return [_night_line(day, list(steps)) for day, steps in groupby(tx.execute(query), key=lambda row: row.night)]


def nights_count(tx: Transaction) -> int:
    """How many nights have a trace."""
    return int(tx.execute(select(func.count(_night.c.night.distinct()))).scalar_one())


def night_runs(tx: Transaction, *, page: int, per_page: int) -> list[NightRun]:
    """One page (from 1) of the nights, the latest first."""
    nights = select(_night.c.night).distinct().order_by(_night.c.night.desc())
    shown = tx.execute(nights.offset((page - 1) * per_page).limit(per_page + 1)).scalars().all()
    query = select(_night).where(_night.c.night.in_(shown[:per_page])).order_by(_night.c.night.desc())
    runs = groupby(tx.execute(query), key=lambda row: row.night)
    before = dict(pairwise(shown))
    return [_night_run(tx, day, list(steps), before.get(day)) for day, steps in runs]


def territory(tx: Transaction) -> Territory:
    """The territory today, journalled as read. Every table is masked with its total."""
    exits_from = add_months(tx.today, -EXIT_MONTHS)
    tx.journal("read_territory")
    return Territory(
        people=mask(_total(tx, _record, _record.c.canonical_id == _record.c.id)),
        steps=_masked(_open_steps(tx)),
        exits=_masked(_exits_since(tx, exits_from)),
        exits_from=exits_from,
        points=_masked(_points(tx)),
        alerts=_masked(_open_alerts(tx)),
    )


def once_only(tx: Transaction, *, months: int = 12) -> OnceOnly:
    """The once-only meter of the actor's structure over that many calendar months, this one included. Journalled."""
    since = add_months(month_of(tx.today), 1 - months)
    entries = [
        (month_of(one.entered_on), one.scheme, Spared(entries=one.entries, meter=one.meter))
        for one in own_meters(tx, since=since)
    ]
    by_month = add_up_by((month, spared) for month, _, spared in entries)
    every = (add_months(since, number) for number in range(months))
    tx.journal("read_once_only")
    return OnceOnly(
        since=since,
        lines=add_up_by(((month, scheme), spared) for month, scheme, spared in entries),
        months={month: by_month.get(month, add_up(())) for month in every},
        schemes=dict(sorted(add_up_by((scheme, spared) for _, scheme, spared in entries).items())),
        total=add_up(spared for _, _, spared in entries),
    )


def _night_line(day: date, steps: Sequence[Any]) -> NightLine:
    unfinished = tuple(row.step for row in steps if row.finished_at is None)
    has_failures = any(row.failed for row in steps)
    return NightLine(night=day, started_at=steps[0].started_at, unfinished=unfinished, has_failures=has_failures)


def _night_run(tx: Transaction, day: date, rows: Sequence[Any], before: date | None) -> NightRun:
    order = list(NIGHT_STEPS)
    rows = sorted(rows, key=lambda row: (order.index(row.step) if row.step in order else len(order), row.started_at))
    started_at = min(row.started_at for row in rows)
    is_done = any(row.step == LAST_STEP and row.finished_at is not None for row in rows)
    return NightRun(
        night=day,
        started_at=started_at,
        took=max(row.finished_at or row.started_at for row in rows) - started_at,
        steps=tuple(_step_run(row) for row in rows),
        is_done=is_done,
        is_under_way=any(row.finished_at is None and not row.failed and row.leased_until > tx.now for row in rows),
        is_late=local_day(started_at) > day,
        missed=(day - before).days - 1 if before else 0,
    )


def _step_run(row: Any) -> StepRun:
    is_broken = row.finished_at is None and row.failed > 0
    counts = orjson.loads(row.counts)
    return StepRun(step=row.step, counts=counts, failed=row.failed, failure=row.failure, is_broken=is_broken)


def _open_steps(tx: Transaction) -> dict[str, int]:
    """By scheme, every scheme named: an absent line would say zero. What a sensitive structure carries is one line
    among the others, there even when there is none: neither a name nor a missing line says anything of it."""
    is_told = _enrolment.c.structure_id.not_in(_SECRET)
    is_here = (_enrolment.c.scheme_id == _scheme.c.id) & _enrolment.c.exited_at.is_(None) & is_told
    query = (
        select(_scheme.c.name, func.count(_enrolment.c.id).label("total"))
        .select_from(_scheme.outerjoin(_enrolment, is_here))
        .where(_is_named())
        .group_by(_scheme.c.id, _scheme.c.name)
        .order_by(_scheme.c.name, _scheme.c.id)
    )
    of_scheme = _enrolment.join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
    others = _total(tx, of_scheme, _enrolment.c.exited_at.is_(None), ~(is_told & _is_named()))
    found: dict[str, int] = {}
    for name, total in [*((row.name, row.total) for row in tx.execute(query)), (OTHER_SCHEMES, others)]:
        found[name] = found.get(name, 0) + total
    return found


def _is_named() -> ColumnElement[bool]:
    """A scheme of everybody, or of a structure that the others may know of."""
    return _scheme.c.structure_id.is_(None) | _scheme.c.structure_id.not_in(_SECRET)


def _exits_since(tx: Transaction, day: date) -> dict[str, int]:
    query = (
        select(_exit.c.kind, func.count().label("total"))
        .where(_exit.c.cancelled_at.is_(None), _exit.c.event_on >= day)
        .group_by(_exit.c.kind)
    )
    found = {row.kind: row.total for row in tx.execute(query)}
    return {kind.label: found.get(kind.value, 0) for kind in ExitKind}


def _points(tx: Transaction) -> dict[str, int]:
    late = _total(tx, _point, _is_open() & (_point.c.due_on < tx.today))
    coming = _total(tx, _point, _is_open() & (_point.c.due_on >= tx.today))
    return {"En retard": late, "À venir": coming}


def _open_alerts(tx: Transaction) -> dict[str, int]:
    query = (
        select(_alert.c.rule, func.count().label("total"))
        .where(_alert.c.state == AlertState.OPEN.value)
        .group_by(_alert.c.rule)
    )
    found = {row.rule: row.total for row in tx.execute(query)}
    return {rule.label: found.get(rule.value, 0) for rule in RuleId}


def _masked(found: Mapping[str, int]) -> Counts:
    table = mask_table(list(found.values()))
    rows = tuple(Row(label=label, count=cell) for label, cell in zip(found, table.cells, strict=True))
    return Counts(rows=rows, total=table.total)


def _is_open() -> ColumnElement[bool]:
    return _point.c.state == PointState.OPEN.value


def _total(tx: Transaction, source: FromClause, *where: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count()).select_from(source).where(*where)).scalar_one())
