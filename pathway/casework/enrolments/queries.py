"""Steps and exits as records, lists and checks read them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, case, func, select

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.enrolments.tables import Enrolment, EntryMeter, SchemeExit
from pathway.casework.followup.rules import ExitKind, PointState
from pathway.casework.followup.tables import Point
from pathway.casework.partners.rules import StructureState
from pathway.casework.partners.tables import Structure
from pathway.casework.records.rules import Meter
from pathway.casework.records.tables import Referent
from pathway.casework.schemes.queries import reason_of
from pathway.casework.schemes.tables import Scheme
from pathway.casework.sharing.queries import of_person, seen_in, sight
from pathway.casework.sharing.rules import Cause, Part
from pathway.casework.sharing.tables import AccessGrant, Record
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_meter = table_of(EntryMeter)
_point = table_of(Point)
_structure = table_of(Structure)
_grant = table_of(AccessGrant)
_referent = table_of(Referent)
_account = table_of(Account)
_scheme = table_of(Scheme)
_record = table_of(Record)

METER_COUNTS = ("needed", "reused", "confirmed", "asked", "asked_again", "refused")

_STEP = select(
    _enrolment.c.id,
    _enrolment.c.record_id,
    _enrolment.c.scheme_id,
    _enrolment.c.structure_id,
    _enrolment.c.account_id,
    _enrolment.c.entered_on,
    _enrolment.c.planned_end_on,
    _enrolment.c.exited_at,
    _exit.c.id.label("exit_id"),
    _exit.c.kind,
    _exit.c.event_on,
    _exit.c.reason,
    _exit.c.plan_id,
).outerjoin(_exit, (_exit.c.enrolment_id == _enrolment.c.id) & _exit.c.cancelled_at.is_(None))
_HERS = seen_in(bindparam("record_id"), Part.PATHWAY.value, by=_enrolment.c.structure_id)
_STEPS = _STEP.where(of_person(_enrolment.c.record_id), _HERS).order_by(
    _enrolment.c.entered_on.desc(), _enrolment.c.recorded_at.desc()
)
_asked = _enrolment.alias()
_WHOSE = select(_asked.c.record_id).where(_asked.c.id == bindparam("enrolment_id")).scalar_subquery()
_STEP_SEEN = _STEP.where(
    _enrolment.c.id == bindparam("enrolment_id"),
    seen_in(_WHOSE, Part.PATHWAY.value, by=_enrolment.c.structure_id),
)
_ENTRIES = (
    select(_enrolment.c.scheme_id, func.sum(case((_enrolment.c.exited_at.is_(None), 1), else_=0)).label("under_way"))
    .where(_enrolment.c.scheme_id.in_(bindparam("scheme_ids", expanding=True)))
    .group_by(_enrolment.c.scheme_id)
)
_OTHER_OPEN = (
    select(_enrolment.c.id)
    .where(
        of_person(_enrolment.c.record_id),
        _enrolment.c.exited_at.is_(None),
        _enrolment.c.id != bindparam("enrolment_id"),
        _HERS,
    )
    .limit(1)
)


_STAYS_THERE = frozenset({ExitKind.NO_SOLUTION, ExitKind.LOST_CONTACT, ExitKind.PAUSED})
_UNDER_WAY_HERE = (_enrolment.c.structure_id == bindparam("own_structure"), _enrolment.c.exited_at.is_(None))
_OWN_SCHEMES = (
    select(_scheme.c.id, _scheme.c.name)
    .where(_scheme.c.id.in_(select(_enrolment.c.scheme_id).where(*_UNDER_WAY_HERE)))
    .order_by(_scheme.c.name, _scheme.c.id)
)
_IN_OWN_SCHEME = (
    select(_record.c.canonical_id)
    .join(_enrolment, _enrolment.c.record_id == _record.c.id)
    .where(_enrolment.c.scheme_id == bindparam("scheme_id"), *_UNDER_WAY_HERE)
)


@dataclass(frozen=True, kw_only=True)
class ExitView:
    """How a step ended. `reason` is the exact reason's code and `said` its words, empty for those who may not read it.

    `kind` is None for them when it says that she stopped, vanished or paused: that never leaves the structure.
    """

    id: str
    kind: ExitKind | None
    event_on: date
    reason: str
    said: str
    plan_id: str | None


@dataclass(frozen=True, kw_only=True)
class StepView:
    """One step of a pathway. `exit` is None while it is open."""

    id: str
    record_id: str
    scheme_id: str
    structure_id: str
    account_id: str
    entered_on: date
    planned_end_on: date | None
    exit: ExitView | None


@dataclass(frozen=True, kw_only=True)
class MeterLine:
    """What the entries in one scheme, of one day, were spared: how many entries, and their counts together."""

    scheme: str
    entered_on: date
    entries: int
    meter: Meter


def steps(tx: Transaction, record_id: str) -> list[StepView]:
    """Every step of one person, newest first; empty when the actor may not see her."""
    rows = tx.execute(_STEPS, {"record_id": record_id, **sight(tx)}).all()
    return [_step(tx, row) for row in rows]


def step_seen(tx: Transaction, enrolment_id: str) -> StepView:
    """One step of a person the actor may see; `NotFound` otherwise."""
    row = tx.execute(_STEP_SEEN, {"enrolment_id": enrolment_id, **sight(tx)}).one_or_none()
    if row is None:
        raise NotFound
    return _step(tx, row)


def meter_of(tx: Transaction, enrolment_id: str) -> Meter:
    """The once-only counts of one entry."""
    row = tx.execute(select(_meter).where(_meter.c.enrolment_id == enrolment_id)).one()
    return Meter(
        needed=row.needed,
        reused=row.reused,
        confirmed=row.confirmed,
        asked=row.asked,
        asked_again=row.asked_again,
        refused=row.refused,
    )


def last_exit_from(tx: Transaction, *, record_id: str, scheme_id: str, structure_id: str) -> date | None:
    """When the person last left that scheme in that structure, if she did."""
    query = (
        select(func.max(_exit.c.event_on))
        .join(_enrolment, _enrolment.c.id == _exit.c.enrolment_id)
        .where(
            of_person(_enrolment.c.record_id),
            _enrolment.c.scheme_id == scheme_id,
            _enrolment.c.structure_id == structure_id,
            _exit.c.cancelled_at.is_(None),
        )
    )
    latest: date | None = tx.execute(query, {"record_id": record_id}).scalar_one()
    return latest


def is_in_scheme(tx: Transaction, *, record_id: str, scheme_id: str, structure_id: str) -> bool:
    """Whether the person has an open step in that scheme, carried by that structure."""
    query = select(_enrolment.c.id).where(
        of_person(_enrolment.c.record_id),
        _enrolment.c.scheme_id == scheme_id,
        _enrolment.c.structure_id == structure_id,
        _enrolment.c.exited_at.is_(None),
    )
    return tx.execute(query.limit(1), {"record_id": record_id}).first() is not None


def entries_by_scheme(tx: Transaction, scheme_ids: Collection[str]) -> dict[str, int]:
    """scheme id → how many steps are under way in it, for those of these that somebody has entered. Counts only."""
    rows = tx.execute(_ENTRIES, {"scheme_ids": sorted(scheme_ids)})
    return {row.scheme_id: int(row.under_way) for row in rows}


def has_other_open_support(tx: Transaction, *, record_id: str, enrolment_id: str) -> bool:
    """Whether another step of the person is open, in any structure the actor may know of: the points an exit opens
    tell nothing of a step that is kept from it."""
    wanted = {"record_id": record_id, "enrolment_id": enrolment_id, **sight(tx)}
    return tx.execute(_OTHER_OPEN, wanted).first() is not None


def orphan_exits(tx: Transaction) -> list[str]:
    """Ids of exits nobody answers for any more, over the whole base: neither exempt nor settled, no open point in
    active hands. Must always be empty; the doctor and every story check it."""
    held = (
        select(_point.c.id)
        .join(_structure, _structure.c.id == _point.c.structure_id)
        .outerjoin(_account, _account.c.id == _point.c.owner_id)
        .where(
            _point.c.plan_id == _exit.c.plan_id,
            _point.c.state == PointState.OPEN.value,
            (_structure.c.state == StructureState.ACTIVE.value) | (_account.c.state == AccountState.ACTIVE.value),
        )
        .exists()
    )
    settled = (
        select(_point.c.id)
        .where(
            _point.c.plan_id == _exit.c.plan_id,
            _point.c.is_last,
            _point.c.state == PointState.DONE.value,
            _point.c.closed_by.is_not(None),
        )
        .exists()
    )
    query = select(_exit.c.id).where(
        _exit.c.cancelled_at.is_(None), _exit.c.kind != ExitKind.CLOSED.value, ~held, ~settled
    )
    return [row.id for row in tx.execute(query)]


def schemes_of_plans(tx: Transaction, plan_ids: Collection[str]) -> dict[str, str]:
    """plan id → name of the scheme that was left, for points the actor was just shown."""
    query = (
        select(_exit.c.plan_id, _scheme.c.name)
        .join(_enrolment, _enrolment.c.id == _exit.c.enrolment_id)
        .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
        .where(_exit.c.plan_id.in_(plan_ids))
    )
    return {row.plan_id: row.name for row in tx.execute(query)} if plan_ids else {}


def own_schemes(tx: Transaction) -> dict[str, str]:
    """scheme id → name of those in which somebody is now, in the actor's own structure, by name."""
    return {row.id: row.name for row in tx.execute(_OWN_SCHEMES, {"own_structure": tx.actor.structure_id})}


def people_in_own_scheme(tx: Transaction, scheme_id: str) -> frozenset[str]:
    """Who is in that scheme now, in the actor's own structure: cards that stand for a person. Keep only those of a list
    already restricted to what the actor may see."""
    asked = {"scheme_id": scheme_id, "own_structure": tx.actor.structure_id}
    return frozenset(tx.execute(_IN_OWN_SCHEME, asked).scalars())


def own_open_schemes(tx: Transaction, record_ids: Collection[str]) -> dict[str, list[str]]:
    """record id → names of the schemes she is in now, in the actor's own structure. The ids are cards that stand for a
    person, of lists already restricted to what the actor may see."""
    query = (
        select(_record.c.canonical_id, _scheme.c.name)
        .join(_enrolment, _enrolment.c.record_id == _record.c.id)
        .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
        .where(
            _record.c.canonical_id.in_(record_ids),
            _enrolment.c.structure_id == tx.actor.structure_id,
            _enrolment.c.exited_at.is_(None),
        )
        .order_by(_enrolment.c.entered_on, _enrolment.c.id)
    )
    found: dict[str, list[str]] = {}
    for row in tx.execute(query) if record_ids else ():
        found.setdefault(row.canonical_id, []).append(row.name)
    return found


def own_meters(tx: Transaction, *, since: date) -> list[MeterLine]:
    """What entries of the actor's structure were spared since that day, by scheme and day of entry. Whoever recorded
    them is not read: nobody is measured at work (product rule)."""
    counts = [func.sum(_meter.c[name]).label(name) for name in METER_COUNTS]
    query = (
        select(_scheme.c.name, _enrolment.c.entered_on, func.count().label("entries"), *counts)
        .join(_enrolment, _enrolment.c.id == _meter.c.enrolment_id)
        .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
        .where(_enrolment.c.structure_id == tx.actor.structure_id, _enrolment.c.entered_on >= since)
        .group_by(_scheme.c.name, _enrolment.c.entered_on)
        .order_by(_enrolment.c.entered_on, _scheme.c.name)
    )
    return [
        MeterLine(
            scheme=row.name,
            entered_on=row.entered_on,
            entries=row.entries,
            meter=Meter(**{name: int(getattr(row, name)) for name in METER_COUNTS}),
        )
        for row in tx.execute(query)
    ]


def finished_supports(tx: Transaction, *, cards: Collection[str] | None = None) -> list[tuple[str, str]]:
    """(record id, structure id) of lasting supports with nothing left to do: the structure's steps are all over, it
    holds no open point for the person, and her référent de parcours works elsewhere. Of those cards, or of all."""
    there = (_enrolment.c.record_id == _grant.c.record_id, _enrolment.c.structure_id == _grant.c.structure_id)
    was_followed = select(_enrolment.c.id).where(*there).exists()
    is_followed = select(_enrolment.c.id).where(*there, _enrolment.c.exited_at.is_(None)).exists()
    has_points = select(_point.c.id).where(
        _point.c.record_id == _grant.c.record_id,
        _point.c.structure_id == _grant.c.structure_id,
        _point.c.state == PointState.OPEN.value,
    )
    has_referent = select(_referent.c.id).where(
        _referent.c.record_id == _grant.c.record_id,
        _referent.c.structure_id == _grant.c.structure_id,
        _referent.c.until_at.is_(None),
    )
    query = select(_grant.c.record_id, _grant.c.structure_id).where(
        _grant.c.cause == Cause.SUPPORT.value,
        _grant.c.until_at.is_(None),
        was_followed,
        ~is_followed,
        ~has_points.exists(),
        ~has_referent.exists(),
    )
    if cards is not None:
        query = query.where(_grant.c.record_id.in_(cards))
    return [(row.record_id, row.structure_id) for row in tx.execute(query)]


def counts(tx: Transaction) -> dict[str, int]:
    """How many entries and exits the base holds (cancelled exits left out)."""
    entries = tx.execute(select(func.count()).select_from(_enrolment)).scalar_one()
    exits = tx.execute(select(func.count()).select_from(_exit).where(_exit.c.cancelled_at.is_(None))).scalar_one()
    return {"entries": entries, "exits": exits}


def _step(tx: Transaction, row: Row[Any]) -> StepView:
    ended = _ended(tx, row) if row.exit_id else None
    return StepView(
        id=row.id,
        record_id=row.record_id,
        scheme_id=row.scheme_id,
        structure_id=row.structure_id,
        account_id=row.account_id,
        entered_on=row.entered_on,
        planned_end_on=row.planned_end_on,
        exit=ended,
    )


def _ended(tx: Transaction, row: Row[Any]) -> ExitView:
    # The exact reason stays with the structure that recorded it, and with the person.
    may_read = tx.actor.record_id or tx.actor.structure_id == row.structure_id
    sealed = tx.sealing.open_value(row.record_id, "scheme_exit", row.exit_id, row.reason) if may_read else {}
    kind = ExitKind(row.kind)
    return ExitView(
        id=row.exit_id,
        kind=kind if may_read or kind not in _STAYS_THERE else None,
        event_on=row.event_on,
        reason=sealed.get("reason", ""),
        said=reason_of(tx, sealed["reason"]).label if sealed.get("reason") else "",
        plan_id=row.plan_id,
    )
