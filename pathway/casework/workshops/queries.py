"""Group sessions as screens read them: those of the reader's own structure, with the people she may follow."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from pathway.casework.encounters.queries import AppointmentView, appointments_together
from pathway.casework.encounters.rules import AppointmentState
from pathway.casework.encounters.tables import Appointment
from pathway.casework.sharing.queries import by_line, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.workshops.tables import Workshop
from pathway.kernel.clock import start_of_day
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_workshop = table_of(Workshop)
_appointment = table_of(Appointment)

SEALED_AS = "workshop"

_OWN = _workshop.c.structure_id == bindparam("own_structure")
_ONE = select(_workshop).where(_workshop.c.id == bindparam("workshop_id"), _OWN)
_SINCE = bindparam("since", type_=_workshop.c.starts_at.type)
_COMING = (_OWN, _workshop.c.starts_at >= _SINCE, _workshop.c.cancelled_at.is_(None))
_PAST = (_OWN, _workshop.c.starts_at < _SINCE, _workshop.c.cancelled_at.is_(None))
_COUNT = {
    False: select(func.count()).select_from(_workshop).where(*_COMING),
    True: select(func.count()).select_from(_workshop).where(*_PAST),
}
_PAGES = {
    False: select(_workshop).where(*_COMING).order_by(_workshop.c.starts_at, _workshop.c.id),
    True: select(_workshop).where(*_PAST).order_by(_workshop.c.starts_at.desc(), _workshop.c.id),
}
_PAGE = {
    past: rows.limit(bindparam("per_page", type_=_workshop.c.minutes.type)).offset(
        bindparam("skipped", type_=_workshop.c.minutes.type)
    )
    for past, rows in _PAGES.items()
}
_JUST_PLANNED = (
    select(_workshop)
    .where(
        _OWN,
        _workshop.c.planned_by == bindparam("account"),
        _workshop.c.starts_at == bindparam("starts_at", type_=_workshop.c.starts_at.type),
        _workshop.c.minutes == bindparam("minutes", type_=_workshop.c.minutes.type),
        _workshop.c.recorded_at >= _SINCE,
        _workshop.c.cancelled_at.is_(None),
    )
    .order_by(_workshop.c.recorded_at, _workshop.c.id)
)
_SOME = select(_workshop).where(_workshop.c.id.in_(bindparam("workshop_ids", expanding=True)), _OWN)
_STATES = (
    select(_appointment.c.workshop_id, _appointment.c.state, func.count().label("number"))
    .where(
        _appointment.c.workshop_id.in_(bindparam("workshop_ids", expanding=True)),
        _appointment.c.structure_id == bindparam("own_structure"),
        _appointment.c.state != AppointmentState.CANCELLED.value,
        seen_in(by_line(_appointment.c.record_id), Part.FOLLOWUP.value),
    )
    .group_by(_appointment.c.workshop_id, _appointment.c.state)
)


@dataclass(frozen=True, kw_only=True)
class WorkshopView:
    """One group session. `states`: how many of the people whom the reader may follow stand where."""

    id: str
    title: str
    place: str
    structure_id: str
    planned_by: str
    starts_at: datetime
    minutes: int
    is_cancelled: bool
    states: Mapping[AppointmentState, int]

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def expected(self) -> int:
        """How many people are or were expected."""
        return sum(self.states.values())


def workshop_seen(tx: Transaction, workshop_id: str) -> WorkshopView:
    """One session of the actor's own structure, opened; `NotFound` otherwise."""
    row = tx.execute(_ONE, {"workshop_id": workshop_id, **_own(tx)}).one_or_none()
    if row is None:
        raise NotFound
    return _view(tx, row, _states(tx, [row.id]))


def people_together(tx: Transaction, workshop_id: str) -> list[AppointmentView]:
    """The appointments of that session that still stand, of the people the actor may follow."""
    return appointments_together(tx, workshop_id)


def workshops(tx: Transaction, *, past: bool, page: int, per_page: int) -> list[WorkshopView]:
    """One page of the structure's sessions: from today on, the next one first; or past, the newest first."""
    asked = {**_since(tx), "per_page": per_page, "skipped": (page - 1) * per_page}
    return _views(tx, tx.execute(_PAGE[past], asked).all())


def count_workshops(tx: Transaction, *, past: bool) -> int:
    """How many sessions of the structure are to come (from today on), or past; cancelled ones are in neither."""
    return int(tx.execute(_COUNT[past], _since(tx)).scalar_one())


def workshops_among(tx: Transaction, workshop_ids: Collection[str]) -> dict[str, WorkshopView]:
    """id → session, among those of the structure: for lists of appointments."""
    if not workshop_ids:
        return {}
    rows = tx.execute(_SOME, {"workshop_ids": sorted(workshop_ids), **_own(tx)}).all()
    return {one.id: one for one in _views(tx, rows)}


def just_planned(tx: Transaction, *, starts_at: datetime, minutes: int, since: datetime) -> list[WorkshopView]:
    """The sessions at that hour and of that length that the actor planned since that instant (UTC), the first first."""
    asked = {"account": tx.actor.account_id, "starts_at": starts_at, "minutes": minutes, "since": since, **_own(tx)}
    return _views(tx, tx.execute(_JUST_PLANNED, asked).all())


def _views(tx: Transaction, rows: Collection[Row[Any]]) -> list[WorkshopView]:
    states = _states(tx, [row.id for row in rows])
    return [_view(tx, row, states) for row in rows]


def _view(tx: Transaction, row: Row[Any], states: Mapping[str, Counter[AppointmentState]]) -> WorkshopView:
    said = tx.sealing.open_value(row.planned_by, SEALED_AS, row.id, row.content)
    return WorkshopView(
        id=row.id,
        title=said["title"],
        place=said["place"],
        structure_id=row.structure_id,
        planned_by=row.planned_by,
        starts_at=row.starts_at,
        minutes=row.minutes,
        is_cancelled=row.cancelled_at is not None,
        states=states.get(row.id, Counter()),
    )


def _states(tx: Transaction, workshop_ids: Collection[str]) -> dict[str, Counter[AppointmentState]]:
    found: dict[str, Counter[AppointmentState]] = {}
    for row in tx.execute(_STATES, {"workshop_ids": list(workshop_ids), **sight(tx)}) if workshop_ids else ():
        found.setdefault(row.workshop_id, Counter())[AppointmentState(row.state)] = row.number
    return found


def _own(tx: Transaction) -> dict[str, Any]:
    return {"own_structure": sight(tx)["own_structure"]}


def _since(tx: Transaction) -> dict[str, Any]:
    return {"since": start_of_day(tx.today), **_own(tx)}
