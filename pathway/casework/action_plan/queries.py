"""Plans and contracts as screens read them: by section, by answer, health with its own right, each structure's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Row, and_, bindparam, select

from pathway.casework.action_plan.reading import (
    ENGAGEMENTS,
    LINES,
    EngagementView,
    engagement_of,
    line_of,
    opened_words,
)
from pathway.casework.action_plan.rules import (
    ENGAGEMENT_SECTION,
    PLAN_SECTION,
    EngagementState,
    Line,
    LineKind,
    LineState,
    is_health,
    is_shown,
    may_put_back,
    rooted,
    sees_engagement,
    sees_health,
    sees_plan,
)
from pathway.casework.action_plan.tables import ActionPlanChange, ActionPlanLine, Engagement
from pathway.casework.records.rules import Section
from pathway.casework.sharing.queries import (
    access_of,
    accesses_of,
    by_line,
    of_person,
    same_person,
    seen_in,
    sight,
    supporting_structure,
)
from pathway.casework.sharing.rules import Access
from pathway.casework.sharing.tables import Record
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_line = table_of(ActionPlanLine)
_change = table_of(ActionPlanChange)
_engagement = table_of(Engagement)
_record = table_of(Record)
_above = _line.alias()
_root = _line.alias()

DUE_SHOWN = 10

IS_OWNED = and_(_line.c.state == LineState.OPEN.value, _line.c.owner_id.is_not(None))  # whoever it is
# Built once: every record asks the first, every « Aujourd’hui » the third.
_OF_PERSON = LINES.where(
    of_person(_line.c.record_id),
    _line.c.state != LineState.CANCELLED.value,
    seen_in(bindparam("record_id"), PLAN_SECTION.value, by=_line.c.structure_id),
).order_by(_line.c.recorded_at, _line.c.id)
_CONTRACTS = ENGAGEMENTS.where(
    of_person(_engagement.c.record_id),
    _engagement.c.state != EngagementState.CANCELLED.value,
    seen_in(bindparam("record_id"), ENGAGEMENT_SECTION.value, by=_engagement.c.structure_id),
).order_by(_engagement.c.from_on.desc(), _engagement.c.id)
# What was said to be a mistake stays with the structure that said so.
_MISTAKEN = ENGAGEMENTS.where(
    of_person(_engagement.c.record_id),
    _engagement.c.state == EngagementState.CANCELLED.value,
    _engagement.c.structure_id == bindparam("own_structure"),
    seen_in(bindparam("record_id"), ENGAGEMENT_SECTION.value, by=_engagement.c.structure_id),
).order_by(_engagement.c.changed_at.desc(), _engagement.c.id)
_IS_LIVE = and_(
    _line.c.state == LineState.OPEN.value,
    select(_root.c.id).where(_root.c.id == _line.c.root_id, _root.c.state == LineState.OPEN.value).exists(),
    select(_above.c.id).where(_above.c.id == _line.c.parent_id, _above.c.state == LineState.OPEN.value).exists(),
)
_DUE = (
    LINES.add_columns(_record.c.canonical_id)
    .join(_record, _record.c.id == _line.c.record_id)
    .where(
        _line.c.owner_id == bindparam("account"),
        _line.c.structure_id == bindparam("own_structure"),
        _line.c.due_on <= bindparam("day", type_=Date),
        _IS_LIVE,
        seen_in(by_line(_line.c.record_id), PLAN_SECTION.value),
    )
    .order_by(_line.c.due_on, _line.c.id)
    .limit(DUE_SHOWN)
)
_WHOSE = select(_record.c.canonical_id, _record.c.id).join(_line, _line.c.record_id == _record.c.id)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the reader may see of one person's plan. `may_read`: whether difficulties are open to her at all: when they
    are not, `lines` is empty and says nothing. `sees_health`: those of health as well."""

    may_read: bool
    sees_health: bool
    may_write: bool
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DueAction:
    """One action of the actor's own whose day has come. `record_id`: the card that stands for the person."""

    record_id: str
    line: Line


@dataclass(frozen=True, kw_only=True)
class Form:
    """A line as it stood from an instant on. `structure_id`: of whose gesture it was, empty for her own."""

    at: datetime
    structure_id: str
    account_id: str
    state: LineState
    text: str


def plan_of(tx: Transaction, record_id: str) -> Plan:
    """The plan of that person, as the actor may see it; `NotFound` without a grant. The page that shows it journals the
    reading: with the record, or by `plan_read`."""
    return plan_within(tx, record_id, access_of(tx, record_id))


def plan_within(tx: Transaction, record_id: str, access: Access) -> Plan:
    """The same, for a page that has just asked what the actor may see of her."""
    if not sees_plan(access):
        return Plan(may_read=False, sees_health=False, may_write=False)
    rows = tx.execute(_OF_PERSON, {"record_id": record_id, **sight(tx)})
    own = "" if tx.actor.record_id else tx.actor.structure_id
    lines = (line_of(tx, row) for row in rows)
    return Plan(
        may_read=True,
        sees_health=sees_health(access),
        may_write=access.may_write,
        lines=tuple(rooted(one for one in lines if is_shown(one, access, structure_id=own))),
    )


def plan_read(tx: Transaction, record_id: str) -> Plan:
    """The same, for the pages of the plan: `NotFound` when difficulties are closed to the actor; journalled."""
    plan = plan_of(tx, record_id)
    if not plan.may_read:
        raise NotFound
    _journal(tx, record_id, any(is_health(one.theme) for one in plan.lines))
    return plan


def line_seen(tx: Transaction, line_id: str) -> tuple[str, Line]:
    """One line of a plan that the actor may see, and the card that stands for its person; `NotFound` otherwise."""
    row = tx.execute(_WHOSE.where(_line.c.id == line_id)).one_or_none()
    if row is None:
        raise NotFound
    found = next((one for one in plan_of(tx, row.id).lines if one.id == line_id), None)
    if found is None:
        raise NotFound
    return row.canonical_id, found


def line_read(tx: Transaction, line_id: str) -> tuple[str, Line]:
    """The same, for the page of a line; journalled."""
    record_id, line = line_seen(tx, line_id)
    _journal(tx, record_id, is_health(line.theme))
    return record_id, line


def forms_of(tx: Transaction, line: Line) -> list[Form]:
    """Every form of a line that the actor was just given, the latest first: when, by whom (structure; empty: herself),
    where it stood and its words."""
    query = select(_change).where(_change.c.line_id == line.id).order_by(_change.c.number.desc())
    return [
        Form(
            at=row.recorded_at,
            structure_id=row.changed_in,
            account_id=row.changed_by,
            state=LineState(row.state),
            text=opened_words(tx, row.record_id, row.line_id, row.number, row.content)["text"],
        )
        for row in tx.execute(query)
    ]


def may_change(tx: Transaction, record_id: str, line: Line) -> bool:
    """Whether the actor's structure answers for that line: it wrote it, or whoever did supports her no more. Of her
    own actions, she says herself what is done."""
    if tx.actor.record_id:
        return line.is_hers
    own = tx.actor.structure_id
    return line.structure_id == own or not supporting_structure(tx, record_id, line.structure_id)


def is_live(tx: Transaction, line_id: str) -> bool:
    """Whether that line and all it hangs under are open. Who may ask is checked above."""
    return tx.execute(select(_line.c.id).where(_line.c.id == line_id, _IS_LIVE)).first() is not None


def actions_due(tx: Transaction) -> list[DueAction]:
    """The first ten actions the actor gave herself for today or earlier, the oldest day first, among those she may
    still read. Nobody else's, and in no queue: it is no point de suivi."""
    asked = {"account": tx.actor.account_id, "day": tx.today, **sight(tx)}
    rows = tx.execute(_DUE, asked).all()
    accesses = accesses_of(tx, {row.canonical_id for row in rows})
    found = []
    for row in rows:
        access = accesses.get(row.canonical_id)
        line = line_of(tx, row)
        if access and sees_plan(access) and is_shown(line, access, structure_id=tx.actor.structure_id):
            found.append(DueAction(record_id=row.canonical_id, line=line))
    if found:
        tx.journal("read_list", records={one.record_id for one in found}, sections=[PLAN_SECTION.value])
    return found


def acted_on(tx: Transaction, record_id: str) -> Iterator[date]:
    """The days on which something of the plan was begun or settled, as far as the actor sees it: an action written or
    done, a goal reached, a difficulty settled. Opening a difficulty is no action about it."""
    for one in plan_of(tx, record_id).lines:
        if one.kind is LineKind.ACTION:
            yield local_day(one.recorded_at)
        if not one.is_open:
            yield local_day(one.changed_at)


def engagements_of(tx: Transaction, record_id: str) -> list[EngagementView]:
    """Her contracts as the actor may see them, the latest first; empty when her situation is closed to it."""
    return _engagements(tx, record_id, access_of(tx, record_id))


def engagements_read(tx: Transaction, record_id: str) -> list[EngagementView]:
    """The same, for the pages of contracts: `NotFound` when her situation is closed to the actor; journalled."""
    if not sees_engagement(access_of(tx, record_id)):
        raise NotFound
    tx.journal("read_engagement", records=same_person(tx, record_id), sections=[ENGAGEMENT_SECTION.value])
    return engagements_of(tx, record_id)


def engagement_seen(tx: Transaction, engagement_id: str) -> tuple[str, EngagementView]:
    """One contract that the actor may see, and the card that stands for its person; `NotFound` otherwise."""
    row = _whose_engagement(tx, engagement_id)
    return row.canonical_id, _picked(engagements_of(tx, row.id), engagement_id)


def engagement_kept(tx: Transaction, engagement_id: str) -> tuple[str, EngagementView]:
    """The same, or one that the actor's structure said was a mistake: what a gesture on it starts from."""
    row = _whose_engagement(tx, engagement_id)
    return row.canonical_id, _picked([*engagements_of(tx, row.id), *_mistaken(tx, row.id)], engagement_id)


def engagements_to_put_back(tx: Transaction, record_id: str) -> list[EngagementView]:
    """Her contracts that the actor's structure said were mistakes less than 24 hours ago, the latest first."""
    return [one for one in _mistaken(tx, record_id) if may_put_back(one.changed_at, now=tx.now)]


def engagement_now(tx: Transaction, record_id: str, access: Access) -> EngagementView | None:
    """The contract under way of the actor's structure, else the latest one under way elsewhere; None without one.
    `access`: what the page has just read of her rights."""
    own = tx.actor.structure_id
    live = [one for one in _engagements(tx, record_id, access) if one.state is EngagementState.CURRENT]
    return next((one for one in live if one.structure_id == own), live[0] if live else None)


def owned_lines(tx: Transaction, *, account_id: str, structure_id: str, cards: tuple[str, ...] = ()) -> list[Any]:
    """The open actions that account owns in that structure (about those cards, or anybody), held until they have
    changed hands. Who may ask is checked above, in `lifecycle`."""
    here = (
        _line.c.owner_id == account_id,
        _line.c.structure_id == structure_id,
        _line.c.state == LineState.OPEN.value,
        *([_line.c.record_id.in_(cards)] if cards else []),
    )
    return list(tx.execute(select(_line).where(*here).order_by(_line.c.id).with_for_update()))


def _engagements(tx: Transaction, record_id: str, access: Access) -> list[EngagementView]:
    if not sees_engagement(access):
        return []
    rows = tx.execute(_CONTRACTS, {"record_id": record_id, **sight(tx)})
    return [engagement_of(tx, row) for row in rows]


def _mistaken(tx: Transaction, record_id: str) -> list[EngagementView]:
    if tx.actor.record_id or not sees_engagement(access_of(tx, record_id)):
        return []
    rows = tx.execute(_MISTAKEN, {"record_id": record_id, **sight(tx)})
    return [engagement_of(tx, row) for row in rows]


def _whose_engagement(tx: Transaction, engagement_id: str) -> Row[Any]:
    query = select(_record.c.canonical_id, _record.c.id).join(_engagement, _engagement.c.record_id == _record.c.id)
    row = tx.execute(query.where(_engagement.c.id == engagement_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _picked(found: list[EngagementView], engagement_id: str) -> EngagementView:
    one = next((one for one in found if one.id == engagement_id), None)
    if one is None:
        raise NotFound
    return one


def _journal(tx: Transaction, record_id: str, is_health_read: bool) -> None:
    sections = [PLAN_SECTION.value, *([Section.HEALTH.value] if is_health_read else [])]
    tx.journal("read_plan", records=same_person(tx, record_id), sections=sections)
