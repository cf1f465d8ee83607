"""What the meters say now, what was already seen today, and which volumes a responsable should look into."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, or_, select

from pathway.casework.partners.rules import Role
from pathway.casework.partners.tables import Membership
from pathway.casework.usage.rules import (
    DEFAULT_BUDGETS,
    Budgets,
    Level,
    Meter,
    Reading,
    Scope,
    SeenAs,
    began_at,
    ends_at,
)
from pathway.casework.usage.tables import UsageCount, UsageSeen, VolumeNotice
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_count = table_of(UsageCount)
_seen = table_of(UsageSeen)
_notice = table_of(VolumeNotice)
_membership = table_of(Membership)

_MARK_BITS = 62
_LOT = 1_000  # marks in one IN (…): well under both engines' limits on parameters

# Built once: every page of a professional asks them.
_USED = select(_count).where(
    _count.c.who.in_(bindparam("who", expanding=True)), _count.c.began_at.in_(bindparam("starts", expanding=True))
)
_SEEN = select(_seen.c.who, _seen.c.seen_as, _seen.c.mark).where(
    _seen.c.day == bindparam("day"),
    _seen.c.who.in_(bindparam("who", expanding=True)),
    _seen.c.mark.in_(bindparam("marks", expanding=True)),
)


@dataclass(frozen=True, kw_only=True)
class Volume:
    """One unusual volume: whose (`account_id` is empty for the structure itself), of what, how much, since when."""

    id: str
    account_id: str
    meter: Meter
    level: Level
    count: int
    budget: int
    told_at: datetime


def owners(tx: Transaction) -> dict[Scope, str]:
    """Whose budgets the actor uses: her account's, and her structure's when she acts for one."""
    both = {Scope.ACCOUNT: tx.actor.account_id, Scope.STRUCTURE: tx.actor.structure_id}
    return {scope: who for scope, who in both.items() if who} if tx.actor.account_id else {}


def readings(tx: Transaction, budgets: Budgets = DEFAULT_BUDGETS) -> list[Reading]:
    """What the actor and her structure used in the present hour and day; meters at zero are left out."""
    held = owners(tx)
    if not held:
        return []
    scopes = {who: scope for scope, who in held.items()}
    starts = {meter: began_at(meter, tx.now) for meter in Meter}
    asked = {"who": list(scopes), "starts": sorted(set(starts.values()))}
    return [
        _reading(tx, scopes[row.who], Meter(row.meter), row.used, budgets)
        for row in tx.execute(_USED, asked)
        if row.began_at == starts[Meter(row.meter)]
    ]


def room_for_rows(tx: Transaction, budgets: Budgets = DEFAULT_BUDGETS) -> int:
    """How many rows the actor may still take out today, by her own budget and her structure's. Ask before reading."""
    used = {one.scope: one.count for one in readings(tx, budgets) if one.meter is Meter.ROWS_DAY}
    left = (budgets.of(Meter.ROWS_DAY, scope) - used.get(scope, 0) for scope in owners(tx))
    return max(min(left, default=0), 0)


def rows_reading(tx: Transaction, rows: int, budgets: Budgets = DEFAULT_BUDGETS) -> Reading | None:
    """The budget of rows that so many more would pass, with what it would come to; None when there is room."""
    used = {one.scope: one.count for one in readings(tx, budgets) if one.meter is Meter.ROWS_DAY}
    for scope in owners(tx):
        now = _reading(tx, scope, Meter.ROWS_DAY, used.get(scope, 0), budgets)
        if now.count + rows > now.budget:
            return replace(now, count=now.count + rows)
    return None


def mark(tx: Transaction, who: str, name: str) -> int:
    """The blind mark under which `who` is remembered to have seen that id."""
    return tx.store.fingerprints.token("usage-seen", _MARK_BITS, who, name)


def marks_seen(tx: Transaction, wanted: Collection[tuple[str, SeenAs, int]]) -> set[tuple[str, SeenAs, int]]:
    """Those of the wanted (who, seen as, mark) that are already noted for today."""
    if not wanted:
        return set()
    asked = {"day": tx.today, "who": sorted({who for who, _, _ in wanted})}
    numbers = sorted({number for _, _, number in wanted})
    found = {
        (row.who, SeenAs(row.seen_as), row.mark)
        for start in range(0, len(numbers), _LOT)
        for row in tx.execute(_SEEN, {**asked, "marks": numbers[start : start + _LOT]})
    }
    return found & set(wanted)


def were_opened_today(tx: Transaction, references: Collection[str]) -> bool:
    """Whether the actor already opened today what every one of those references leads to: seeing it again is free."""
    who = tx.actor.account_id
    ways = (SeenAs.OPENED, SeenAs.REFERENCE)
    wanted = {(who, way, mark(tx, who, one)) for one in references for way in ways}
    return {number for _, _, number in marks_seen(tx, wanted)} == {mark(tx, who, one) for one in references}


def open_volumes(tx: Transaction) -> list[Volume]:
    """The unusual volumes of the actor's own structure nobody looked into yet, newest first."""
    query = _volumes(tx).order_by(_notice.c.told_at.desc(), _notice.c.id)
    return [_volume(row) for row in tx.execute(query)]


def volume_seen(tx: Transaction, notice_id: str) -> Volume:
    """One of them; `NotFound` when it is settled already or belongs to another structure."""
    row = tx.execute(_volumes(tx).where(_notice.c.id == notice_id)).one_or_none()
    if row is None:
        raise NotFound
    return _volume(row)


def responsables(tx: Transaction, structure_id: str) -> list[str]:
    """The account ids of those who are responsable of that structure today."""
    held = and_(
        _membership.c.from_on <= tx.today, or_(_membership.c.until_on.is_(None), _membership.c.until_on >= tx.today)
    )
    query = select(_membership.c.account_id).where(
        _membership.c.structure_id == structure_id, _membership.c.role == Role.SUPERVISOR.value, held
    )
    return sorted({row.account_id for row in tx.execute(query)})


def _volumes(tx: Transaction) -> Any:
    same = and_(
        _count.c.who == _notice.c.who, _count.c.meter == _notice.c.meter, _count.c.began_at == _notice.c.began_at
    )
    live = case((_count.c.used > _notice.c.used, _count.c.used), else_=_notice.c.used).label("live_used")
    return (
        select(_notice, live)
        .outerjoin(_count, same)
        .where(_notice.c.structure_id == tx.actor.structure_id, _notice.c.checked_at.is_(None))
    )


def _volume(row: Row[Any]) -> Volume:
    return Volume(
        id=row.id,
        account_id=row.who if row.scope == Scope.ACCOUNT else "",
        meter=Meter(row.meter),
        level=Level(row.level),
        count=row.live_used,
        budget=row.budget,
        told_at=row.told_at,
    )


def _reading(tx: Transaction, scope: Scope, meter: Meter, count: int, budgets: Budgets) -> Reading:
    return Reading(
        meter=meter, scope=scope, count=count, budget=budgets.of(meter, scope), ends_at=ends_at(meter, tx.now)
    )
