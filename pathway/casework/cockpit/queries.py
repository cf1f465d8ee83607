"""The cockpit of a responsable over what she may see, the lists behind its figures, and the territory’s, masked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select

from pathway.casework.cockpit import reading
from pathway.casework.cockpit.rules import (
    Gap,
    by_week,
    fate_of,
    last_weeks,
    length_of,
    real_gaps,
    spread,
    wait_of,
)
from pathway.casework.cockpit.vocabulary import Fate, Length, Load, Towards, Wait, Waiting
from pathway.casework.followup.rules import PointKind, PointState
from pathway.casework.partners.queries import colleagues
from pathway.casework.policies.vocabulary import ExitKind
from pathway.casework.relays.rules import PENDING, RelayState
from pathway.casework.reports.rules import Cell, Hidden, MaskedTable, mask_table
from pathway.casework.sharing.queries import sight
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import local_day, start_of_day
from pathway.store.transaction import Transaction

MONTHS = 12  # of relays and gaps
PRECISION_MONTHS = 6  # as the page « Justesse des alertes » opens
NOBODY = ""  # whom a point or a person is held by when it is nobody of the team


@dataclass(frozen=True, kw_only=True)
class ExitCounts:
    """Exits still followed; those with a late point; those without any open point (never, unless something broke)."""

    followed: int
    late: int
    nothing: int


@dataclass(frozen=True, kw_only=True)
class LoadLine:
    """What one professional holds today; `account_id` and `name` are empty for what nobody of the team holds."""

    account_id: str
    name: str
    points: int
    late: int
    people: int


@dataclass(frozen=True, kw_only=True)
class Spreads:
    """The distributions, alike for a structure and for the territory: points by Monday and fate, relays by wait up to a
    yes and up to a first appointment, gaps by length and how many of them last."""

    weeks: Mapping[date, Mapping[Fate, int]]
    relays: Mapping[Towards, Mapping[Wait, int]]
    gaps: Mapping[Length, int]
    open_gaps: int


@dataclass(frozen=True, kw_only=True)
class Cockpit:
    """The figures of the actor's structure. `opened`, `needless`: alerts since `judged_since`."""

    exits: ExitCounts
    spreads: Spreads
    load: tuple[LoadLine, ...]
    opened: int
    needless: int
    judged_since: date


@dataclass(frozen=True, kw_only=True)
class MaskedSpreads:
    """The same for a coordinator; a distribution that would betray a small count is None.

    `unheld`: (name of a structure, its points that nobody there holds)."""

    exits: MaskedTable
    weeks: Mapping[date, MaskedTable]
    relays: Mapping[Towards, MaskedTable] | None
    gaps: MaskedTable
    unheld: tuple[tuple[str, Cell], ...]
    unheld_total: Cell


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of the list behind a figure: who, what, on which day, whose it is. `relay_id` when it is a relay."""

    record_id: str
    what: str
    on: date
    owner_id: str | None
    late: bool = False
    relay_id: str = ""


def cockpit(tx: Transaction) -> Cockpit:
    """Every figure of the actor's structure, over the people it may see. Journalled."""
    judged_since = add_months(tx.today.replace(day=1), 1 - PRECISION_MONTHS)
    judged = tx.execute(reading.PRECISION, {**_asked(tx), "since": judged_since}).one()
    exits, weeks = exits_and_weeks(tx)
    tx.journal("read_cockpit")
    return Cockpit(
        exits=exits,
        spreads=Spreads(
            weeks=weeks,
            relays=_waits(tx, reading.RELAYS),
            **_gap_counts(_gaps(tx, reading.GAPS, reading.QUIET)),
        ),
        load=_load(tx),
        opened=judged.opened,
        needless=judged.needless,
        judged_since=judged_since,
    )


def exits_and_weeks(tx: Transaction) -> tuple[ExitCounts, Mapping[date, Mapping[Fate, int]]]:
    """The exits the actor's structure follows, and its points by the Monday of their first day and by fate."""
    found = tx.execute(reading.EXITS_COUNTED, _asked(tx)).one()
    exits = ExitCounts(followed=found.followed, late=found.late, nothing=found.bare)
    return exits, _weeks(tx, reading.WEEKLY)


def relays_without_answer(tx: Transaction) -> int:
    """How many relays of the actor's structure still wait for a yes or a no."""
    return _waits(tx, reading.RELAYS)[Towards.ACCEPTED][Wait.STILL]


def masked_cockpit(tx: Transaction) -> MaskedSpreads:
    """The figures of the territory, small counts masked with their complements; structures that nobody else may know of
    are not counted. Journalled."""
    found = tx.execute(reading.EXITS_COUNTED_TERRITORY, _asked(tx)).one()
    unheld = [(row.name, row.points) for row in tx.execute(reading.UNHELD_TERRITORY, _asked(tx))]
    held = mask_table([points for _, points in unheld])
    gaps = _gap_counts(_gaps(tx, reading.GAPS_TERRITORY, reading.QUIET_TERRITORY))
    weeks = _weeks(tx, reading.WEEKLY_TERRITORY)
    tx.journal("read_cockpit")
    return MaskedSpreads(
        exits=mask_table([found.late, found.followed - found.late]),
        weeks={monday: mask_table(list(week.values())) for monday, week in weeks.items()},
        relays=masked_together(_waits(tx, reading.RELAYS_TERRITORY)),
        gaps=mask_table(list(gaps["gaps"].values())),
        unheld=tuple((name, cell) for (name, _), cell in zip(unheld, held.cells, strict=True)),
        unheld_total=held.total,
    )


def masked_together(waits: Mapping[Towards, Mapping[Wait, int]]) -> Mapping[Towards, MaskedTable] | None:
    """Two distributions of the same relays, masked; None when one hides their number, for the other would give it, or
    when no class is left to show."""
    tables = {towards: mask_table(list(counts.values())) for towards, counts in waits.items()}
    is_hidden = any(isinstance(table.total, Hidden) for table in tables.values())
    is_empty = all(isinstance(cell, Hidden) for table in tables.values() for cell in table.cells)
    return None if is_hidden or is_empty else tables


def exits_listed(tx: Transaction, which: Waiting) -> list[Listed]:
    """The exits behind a figure, the oldest first, with who holds their next point."""
    rows = [row for row in tx.execute(reading.EXITS, _asked(tx)) if _is_among(row, which)]
    plans = [row.plan_id for row in rows]
    held = {row.plan_id: row.owner_id for row in tx.execute(reading.NEXT_OF_PLANS, {**_asked(tx), "plans": plans})}
    return [
        Listed(
            record_id=row.canonical_id,
            what=ExitKind(row.kind).label,
            on=row.event_on,
            owner_id=held.get(row.plan_id),
            late=bool(row.is_late),
        )
        for row in rows
    ]


def points_listed(tx: Transaction, monday: date, fates: Collection[Fate]) -> list[Listed]:
    """The points of one week and those fates, the first due first."""
    asked = {**_asked(tx), "since": monday, "until": min(monday + timedelta(days=7), tx.today)}
    rows = [row for row in tx.execute(reading.POINTS_THEN, asked) if _fate(row) in fates]
    return [_point(row, row.original_due_on, late=_fate(row) is Fate.WAITING) for row in rows]


def relays_listed(tx: Transaction, towards: Towards, wait: Wait) -> list[Listed]:
    """The relays sent in the last twelve months of one class, the oldest first."""
    rows = [row for row in tx.execute(reading.RELAYS, _asked(tx)) if _wait(row, towards) is wait]
    return [
        Listed(
            record_id=row.canonical_id,
            what=RelayState(row.state).label,
            on=local_day(row.sent_at),
            owner_id=row.sent_by,
            relay_id=row.id,
        )
        for row in rows
    ]


def gaps_listed(tx: Transaction, length: Length | None) -> list[Gap]:
    """The times without a step of one class (None: those that last today), lasting ones first, then the last ended."""
    found = _gaps(tx, reading.GAPS, reading.QUIET)
    kept = [one for one in found if (length_of(one.days) is length if length else one.is_open)]
    return sorted(kept, key=lambda one: not one.is_open)


def load_listed(tx: Transaction, load: Load, account_id: str) -> list[Listed]:
    """What somebody of the team holds, the first due first: open points, late ones, or the people followed; what nobody
    of the team holds when the id is empty."""
    team = colleagues(tx)
    if load is not Load.PEOPLE:
        rows = [row for row in tx.execute(reading.POINTS_OPEN, _asked(tx)) if _holder(row.owner_id, team) == account_id]
        lines = [_point(row, row.due_on, late=row.due_on < tx.today) for row in rows]
        return [one for one in lines if one.late or load is Load.POINTS]
    people = tx.execute(reading.PEOPLE, _asked(tx))
    return [
        Listed(record_id=row.canonical_id, what="", on=local_day(row.recorded_at), owner_id=row.account_id)
        for row in people
        if _holder(row.account_id, team) == account_id
    ]


def _asked(tx: Transaction) -> dict[str, Any]:
    since = add_months(tx.today, -MONTHS)
    return {"day": tx.today, "since": since, "since_at": start_of_day(since), **sight(tx)}


def _weeks(tx: Transaction, statement: Select[Any]) -> Mapping[date, Mapping[Fate, int]]:
    mondays = last_weeks(tx.today)
    rows = tx.execute(statement, {**_asked(tx), "since": mondays[0], "until": tx.today})
    return by_week(mondays, ((row.original_due_on, _fate(row), row.number) for row in rows))


def _fate(row: Row[Any]) -> Fate:
    return fate_of(due_on=row.original_due_on, state=PointState(row.state), closed_on=row.closed_on)


def _waits(tx: Transaction, statement: Select[Any]) -> Mapping[Towards, Mapping[Wait, int]]:
    rows = tx.execute(statement, _asked(tx)).all()
    return {towards: spread(list(Wait), (_wait(row, towards) for row in rows)) for towards in Towards}


def _wait(row: Row[Any], towards: Towards) -> Wait:
    yes_on = local_day(row.yes_at) if row.yes_at else None
    return wait_of(
        sent_on=local_day(row.sent_at),
        reached_on=yes_on if towards is Towards.ACCEPTED else row.first_appointment_on,
        is_pending=RelayState(row.state) in PENDING,
    )


def _gaps(tx: Transaction, statement: Select[Any], quiet: Select[Any]) -> list[Gap]:
    calm = [(row.canonical_id, row.event_on) for row in tx.execute(quiet, _asked(tx))]
    found = (
        Gap(record_id=row.canonical_id, ended_on=row.ended_on, until_on=row.until_on, is_open=bool(row.is_open))
        for row in tx.execute(statement, _asked(tx))
    )
    return real_gaps(found, calm)


def _gap_counts(found: list[Gap]) -> dict[str, Any]:
    return {
        "gaps": spread(list(Length), (length_of(one.days) for one in found)),
        "open_gaps": sum(one.is_open for one in found),
    }


def _load(tx: Transaction) -> tuple[LoadLine, ...]:
    """Everybody of the team by name, then what none of them holds, when there is any."""
    team = colleagues(tx)
    held = {name: [0, 0, 0] for name in (*team, NOBODY)}
    for row in tx.execute(reading.POINTS_HELD, _asked(tx)):
        held[_holder(row.owner_id, team)][0] += row.points
        held[_holder(row.owner_id, team)][1] += row.late
    for row in tx.execute(reading.PEOPLE_FOLLOWED, _asked(tx)):
        held[_holder(row.account_id, team)][2] += row.people
    return tuple(
        LoadLine(account_id=name, name=team.get(name, ""), points=points, late=late, people=people)
        for name, (points, late, people) in held.items()
        if name or points or people
    )


def _holder(account_id: str | None, team: Mapping[str, str]) -> str:
    return account_id if account_id in team and account_id else NOBODY


def _is_among(row: Row[Any], which: Waiting) -> bool:
    return which is Waiting.FOLLOWED or bool(row.is_late if which is Waiting.LATE else row.has_nothing)


def _point(row: Row[Any], on: date, *, late: bool) -> Listed:
    return Listed(record_id=row.canonical_id, what=PointKind(row.kind).label, on=on, owner_id=row.owner_id, late=late)
