"""The work that the actor's structure holds and the exits behind it: whose and when, never about whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Row, bindparam, func, select

from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ExitKind, PointState, Policy
from pathway.casework.followup.tables import Point
from pathway.casework.forecast.rules import Load, OpenWork, PastExit, Scope, begins_on, weekly_load
from pathway.casework.partners.queries import colleagues
from pathway.casework.policies.queries import VersionView, in_force, policy_for
from pathway.casework.schemes.tables import Scheme
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_point = table_of(Point)
_exit = table_of(SchemeExit)
_enrolment = table_of(Enrolment)
_scheme = table_of(Scheme)

_OPEN = select(_point.c.owner_id, _point.c.due_on).where(
    _point.c.structure_id == bindparam("structure_id"), _point.c.state == PointState.OPEN.value
)
# One owner a plan: points given to somebody else one by one are rare, and only their number counts here.
_HELD = (
    select(_point.c.plan_id, func.max(_point.c.owner_id).label("owner_id"))
    .where(_point.c.structure_id == bindparam("structure_id"))
    .group_by(_point.c.plan_id)
    .subquery()
)
_EXITS = (
    select(
        _exit.c.structure_id,
        _exit.c.kind,
        _exit.c.event_on,
        _exit.c.ends_on,
        _enrolment.c.scheme_id,
        _scheme.c.is_short_activity,
        _HELD.c.owner_id,
    )
    .join(_HELD, _HELD.c.plan_id == _exit.c.plan_id)
    .join(_enrolment, _enrolment.c.id == _exit.c.enrolment_id)
    .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
    .where(
        _exit.c.cancelled_at.is_(None),
        _exit.c.event_on >= bindparam("since", type_=Date),
        _exit.c.event_on < bindparam("today", type_=Date),
    )
)


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What the structure holds now, and the exits of the last 26 weeks whose points it holds or held."""

    open_work: tuple[OpenWork, ...]
    exits: tuple[PastExit, ...]
    names: Mapping[str, str]
    today: date


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The weeks to come under the rules in force, and under a draft. `names`: owner → name, by name."""

    in_force: Load
    draft: Load
    names: Mapping[str, str]
    open_points: int
    exits: int


def trial(tx: Transaction, draft: VersionView) -> Trial:
    """That draft tried on what the actor's structure really holds, beside the rules in force today."""
    held = backlog(tx)
    scopes = {one.scope for one in held.exits}
    now = {scope: policy_for(tx, structure_id=scope[0], scheme_id=scope[1], on=tx.today) for scope in scopes}
    tried = {scope: draft.policy if _covers(tx, draft, scope) else policy for scope, policy in now.items()}
    return Trial(
        in_force=_load(held, now),
        draft=_load(held, tried),
        names=held.names,
        open_points=len(held.open_work),
        exits=len(held.exits),
    )


def backlog(tx: Transaction) -> Backlog:
    """The open points of the actor's structure and the exits that may come again. An owner who works there no more
    reads as the queue."""
    names, here = colleagues(tx), {"structure_id": tx.actor.structure_id}
    days = {"since": begins_on(tx.today), "today": tx.today}
    return Backlog(
        open_work=tuple(
            OpenWork(owner_id=_active(row.owner_id, names), due_on=row.due_on) for row in tx.execute(_OPEN, here)
        ),
        exits=tuple(_past(row, names) for row in tx.execute(_EXITS, {**here, **days})),
        names=names,
        today=tx.today,
    )


def _covers(tx: Transaction, draft: VersionView, scope: Scope) -> bool:
    """Whether publishing the draft would change the rules of that scope: its structure's, and none more precise."""
    structure_id, scheme_id = scope
    if structure_id != draft.structure_id:
        return False
    if draft.scheme_id is not None:
        return draft.scheme_id == scheme_id
    return not in_force(tx, structure_id=structure_id, scheme_id=scheme_id, on=tx.today).is_of_own_scheme


def _load(held: Backlog, policies: Mapping[Scope, Policy]) -> Load:
    return weekly_load(open_work=held.open_work, exits=held.exits, policies=policies, today=held.today)


def _past(row: Row[Any], names: Mapping[str, str]) -> PastExit:
    return PastExit(
        scope=(row.structure_id, row.scheme_id),
        kind=ExitKind(row.kind),
        event_on=row.event_on,
        ends_on=row.ends_on,
        is_short_activity=row.is_short_activity,
        owner_id=_active(row.owner_id, names),
    )


def _active(owner_id: str | None, names: Mapping[str, str]) -> str | None:
    return owner_id if owner_id in names else None
