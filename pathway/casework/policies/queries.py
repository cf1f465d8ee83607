"""Which follow-up rules hold where and on which day; the versions a structure wrote."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Row, bindparam, func, or_, select

from pathway.casework.partners.rules import Role
from pathway.casework.policies.rules import DEFAULT_POLICY, Policy, PolicyState, from_json
from pathway.casework.policies.tables import PolicyVersion
from pathway.kernel.calendar import Holidays
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_version = table_of(PolicyVersion)

# Every exit asks it. The most specific first, then the latest.
_HOLDS = (
    select(_version)
    .where(
        _version.c.state == PolicyState.PUBLISHED.value,
        _version.c.from_on <= bindparam("day", type_=Date),
        or_(_version.c.structure_id == bindparam("structure_id"), _version.c.structure_id.is_(None)),
        or_(_version.c.scheme_id == bindparam("scheme_id"), _version.c.scheme_id.is_(None)),
    )
    .order_by(_version.c.structure_id.is_(None), _version.c.scheme_id.is_(None), _version.c.from_on.desc())
    .limit(1)
)
_NAMED = select(_version).where(
    _version.c.version == bindparam("version"), _version.c.state == PolicyState.PUBLISHED.value
)
_OWN = (
    select(_version)
    .where(
        func.coalesce(_version.c.structure_id, "") == bindparam("structure_id"),
        _version.c.state != PolicyState.WITHDRAWN.value,
    )
    .order_by(_version.c.from_on.desc().nulls_first(), _version.c.recorded_at.desc(), _version.c.id)
)


@dataclass(frozen=True, kw_only=True)
class InForce:
    """The rules that hold somewhere on a day, and since when; None for the rules the program comes with.

    `is_own`: the structure wrote them; `is_of_own_scheme`: for that scheme alone.
    """

    policy: Policy
    from_on: date | None
    is_own: bool = False
    is_of_own_scheme: bool = False


@dataclass(frozen=True, kw_only=True)
class VersionView:
    """One version. `structure_id` None: of the whole territory; `scheme_id` None: of every scheme."""

    id: str
    structure_id: str | None
    scheme_id: str | None
    state: PolicyState
    policy: Policy
    seq: int
    from_on: date | None
    written_by: str
    recorded_at: datetime
    published_by: str | None
    published_at: datetime | None


def policy_for(tx: Transaction, *, structure_id: str, scheme_id: str, on: date) -> Policy:
    """The follow-up rules of that structure for that scheme on that day: its own for the scheme, else its own for all,
    else the territory's for the scheme, else the territory's, else those the program comes with."""
    return in_force(tx, structure_id=structure_id, scheme_id=scheme_id, on=on).policy


def in_force(tx: Transaction, *, structure_id: str, scheme_id: str, on: date) -> InForce:
    """The same, with the day it holds from. An empty `scheme_id` asks for what holds for no scheme in particular."""
    asked = {"structure_id": structure_id, "scheme_id": scheme_id, "day": on}
    row = tx.execute(_HOLDS, asked).one_or_none()
    if row is None:
        return InForce(policy=DEFAULT_POLICY, from_on=None)
    is_own = row.structure_id is not None
    return InForce(
        policy=_read(row.version, row.body),
        from_on=row.from_on,
        is_own=is_own,
        is_of_own_scheme=is_own and row.scheme_id is not None,
    )


def holidays_of(tx: Transaction, structure_id: str) -> Holidays:
    """Which public holidays that structure keeps today, for what no scheme opened: relays, asked calls."""
    return policy_for(tx, structure_id=structure_id, scheme_id="", on=tx.today).holidays


def policy_of_plan(tx: Transaction, version: str, *, structure_id: str) -> Policy:
    """The rules a plan was born with, by the version it names; for a plan that no policy opened (a call she asked for),
    those that structure has today."""
    if version == DEFAULT_POLICY.version:
        return DEFAULT_POLICY
    row = tx.execute(_NAMED, {"version": version}).one_or_none()
    return _read(row.version, row.body) if row else policy_for(tx, structure_id=structure_id, scheme_id="", on=tx.today)


def writes_for(tx: Transaction) -> str:
    """The structure whose rules the actor writes; empty for the operator, who writes those of the territory."""
    return "" if tx.actor.role == Role.OPERATOR else tx.actor.structure_id


def versions_of(tx: Transaction) -> list[VersionView]:
    """The drafts and published versions of the actor's structure, or of the territory for its operator, the last to
    hold first; abandoned ones left out."""
    return [_view(row) for row in tx.execute(_OWN, {"structure_id": writes_for(tx)})]


def draft_seen(tx: Transaction, version_id: str) -> VersionView:
    """One draft of the actor's structure; `NotFound` otherwise, published ones included."""
    found = (one for one in versions_of(tx) if one.id == version_id and one.state is PolicyState.DRAFT)
    draft = next(found, None)
    if draft is None:
        raise NotFound("Ce brouillon n’existe plus, ou vous n’y avez pas accès.")
    return draft


def draft_of(tx: Transaction, scheme_id: str | None) -> VersionView | None:
    """The draft of the actor's structure for that scheme, or for every scheme (None); None when there is none."""
    drafts = (one for one in versions_of(tx) if one.state is PolicyState.DRAFT)
    return next((one for one in drafts if one.scheme_id == scheme_id), None)


@lru_cache(maxsize=256)  # a published version never changes; a draft is another text
def _read(version: str, body: str) -> Policy:
    return from_json(version, body)


def _view(row: Row[Any]) -> VersionView:
    return VersionView(
        id=row.id,
        structure_id=row.structure_id,
        scheme_id=row.scheme_id,
        state=PolicyState(row.state),
        policy=_read(row.version, row.body),
        seq=row.seq,
        from_on=row.from_on,
        written_by=row.written_by,
        recorded_at=row.recorded_at,
        published_by=row.published_by,
        published_at=row.published_at,
    )
