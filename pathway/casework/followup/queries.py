"""Points de suivi and contacts as screens and rules read them: never more than the actor may see."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Label, Row, Select, and_, bindparam, func, or_, select

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.followup.rules import Channel, ContactResult, PlanKind, PointFact, PointKind, PointState
from pathway.casework.followup.tables import ContactAttempt, Plan, Point, PointChange
from pathway.casework.partners.rules import StructureState
from pathway.casework.partners.tables import Absence, Membership, Structure
from pathway.casework.records.queries import identities, referent_in_lists, with_referent
from pathway.casework.records.rules import Identity
from pathway.casework.records.tables import Referent
from pathway.casework.sharing.queries import by_line, count_seen, of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.casework.team.queries import answers_today
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_point = table_of(Point)
_plan = table_of(Plan)
_change = table_of(PointChange)
_contact = table_of(ContactAttempt)
_account = table_of(Account)
_absence = table_of(Absence)
_membership = table_of(Membership)
_structure = table_of(Structure)
_record = table_of(Record)
_referent = table_of(Referent)

_LINE = select(
    _point.c.id,
    _point.c.plan_id,
    _record.c.canonical_id.label("record_id"),
    _point.c.kind,
    _point.c.due_on,
    _point.c.original_due_on,
    _point.c.is_last,
    _point.c.structure_id,
    _point.c.owner_id,
    _point.c.replans,
    _point.c.to_responsable,
    _point.c.version,
    _plan.c.kind.label("plan_kind"),
    _plan.c.event_on,
).select_from(_point.join(_plan, _plan.c.id == _point.c.plan_id).join(_record, _record.c.id == _point.c.record_id))
_asked = _point.alias()
# One open point, `:point_id`, that the actor may see: for statements that read it.
IS_SEEN = and_(
    _point.c.id == bindparam("point_id"),
    _point.c.state == PointState.OPEN.value,
    seen_in(
        select(_asked.c.record_id).where(_asked.c.id == bindparam("point_id")).scalar_subquery(),
        Part.FOLLOWUP.value,
        by=_point.c.structure_id,
    ),
)
_ONE = _LINE.where(IS_SEEN)
_POINTS = _LINE.where(
    of_person(_point.c.record_id),
    _point.c.state == PointState.OPEN.value,
    seen_in(bindparam("record_id"), Part.FOLLOWUP.value, by=_point.c.structure_id),
).order_by(_point.c.due_on, _point.c.id)
_CONTACTS = (
    select(_contact)
    .where(
        of_person(_contact.c.record_id),
        _contact.c.undone_at.is_(None),
        seen_in(bindparam("record_id"), Part.FOLLOWUP.value, by=_contact.c.structure_id),
        # Nobody learns from another structure that she could not be reached.
        or_(
            _contact.c.structure_id == bindparam("own_structure"),
            _contact.c.result == ContactResult.REACHED.value,
        ),
    )
    .order_by(_contact.c.made_on.desc(), _contact.c.recorded_at.desc())
)
_CONTACTS_REACHED = _CONTACTS.where(_contact.c.result == ContactResult.REACHED.value)


def _next_due(point_of: ColumnElement[str]) -> Label[Any]:
    card = _record.alias()
    hers = _point.join(card, card.c.id == _point.c.record_id)
    # A day alone already tells that somebody else follows her: only points the actor may see count.
    told = seen_in(point_of, Part.FOLLOWUP.value, by=_point.c.structure_id)
    here = (card.c.canonical_id == _record.c.id, _point.c.state == PointState.OPEN.value, told)
    query = select(func.min(_point.c.due_on)).select_from(hers).where(*here)
    return query.correlate(_record).scalar_subquery().label("due_on")


def _is_mine() -> ColumnElement[bool]:
    """Whether the actor is the référent de parcours: looked for where it is named, not among everybody."""
    named, card = _referent.alias(), _record.alias()
    near = (
        select(card.c.canonical_id)
        .join(named, named.c.record_id == card.c.id)
        .where(named.c.account_id == bindparam("account"), named.c.until_at.is_(None))
    )
    mine = select(_record.c.id).select_from(with_referent()).where(referent_in_lists() == bindparam("account"))
    return _record.c.id.in_(mine.where(_record.c.id.in_(near)).correlate(None))


def _page_of(lines: Select[Any]) -> Select[Any]:
    due_on = lines.selected_columns.due_on
    ordered = lines.order_by(due_on.asc().nulls_last(), _record.c.recorded_at.desc(), _record.c.id)
    return ordered.limit(bindparam("per_page")).offset(bindparam("skipped"))


COMING_DAYS = 7
DAY_LIMIT = 200
UNREACHED_DAYS = 21
_DAY = bindparam("day", type_=Date)
_HERE = bindparam("own_structure", type_=_point.c.structure_id.type)


def nobody_holds() -> ColumnElement[bool]:
    """Whether a point waits in its structure's queue: who works there is gathered once, not asked of each line."""
    works = (
        select(_membership.c.account_id)
        .join(_account, _account.c.id == _membership.c.account_id)
        .where(
            _membership.c.structure_id == _HERE,
            _membership.c.from_on <= _DAY,
            or_(_membership.c.until_on.is_(None), _membership.c.until_on >= _DAY),
            _account.c.state == AccountState.ACTIVE.value,
        )
    )
    return or_(_point.c.owner_id.is_(None), _point.c.owner_id.not_in(works))


def _is_stood_in_for() -> ColumnElement[bool]:
    """Whether the point's owner is away today, and the actor or nobody in particular stands in."""
    away = select(_absence.c.account_id).where(
        _absence.c.structure_id == _HERE,
        _absence.c.cancelled_at.is_(None),
        _absence.c.from_on <= _DAY,
        _absence.c.until_on >= _DAY,
        or_(_absence.c.stand_in_id.is_(None), _absence.c.stand_in_id == bindparam("account")),
    )
    return _point.c.owner_id.in_(away)


def _is_unreached() -> ColumnElement[bool]:
    """Whether the point follows an exit without solution, 21 days ago or more, after which the structure did not reach
    her: read on the day rather than kept, so that no night can miss it."""
    card = _record.alias()
    reached = (
        select(_contact.c.id)
        .join(card, card.c.id == _contact.c.record_id)
        .where(
            card.c.canonical_id == _record.c.canonical_id,
            _contact.c.structure_id == _HERE,
            _contact.c.undone_at.is_(None),
            _contact.c.result.in_([ContactResult.REACHED.value, ContactResult.REFUSED.value]),
            _contact.c.made_on >= _plan.c.event_on,
        )
    )
    return and_(
        _plan.c.kind == PlanKind.NO_SOLUTION.value,
        _plan.c.event_on <= bindparam("since", type_=Date),
        ~reached.correlate(_record, _plan).exists(),
    )


def _work_of(raised: ColumnElement[bool], *, is_raised_too: bool) -> Select[Any]:
    mine = or_(_point.c.owner_id == bindparam("account"), nobody_holds(), _is_stood_in_for())
    query = _LINE.add_columns(raised.label("raised")).where(
        _point.c.state == PointState.OPEN.value,
        _point.c.structure_id == _HERE,
        _point.c.due_on <= bindparam("until", type_=Date),
        or_(mine, raised) if is_raised_too else mine,
        seen_in(by_line(_point.c.record_id), Part.FOLLOWUP.value, by=_point.c.structure_id),
    )
    return query.order_by(_point.c.due_on, _point.c.id).limit(DAY_LIMIT)


IS_RAISED = or_(_point.c.to_responsable, _is_unreached())
_WORK, _RESPONSABLES_WORK = _work_of(IS_RAISED, is_raised_too=False), _work_of(IS_RAISED, is_raised_too=True)

_STANDS = _record.c.canonical_id == _record.c.id
_LINES = select(_record.c.id, referent_in_lists().label("account_id")).select_from(with_referent()).where(_STANDS)
_ALL = _LINES.add_columns(_next_due(_point.c.record_id)).where(seen_in(_record.c.id))
_MINE = _LINES.add_columns(_next_due(by_line(_point.c.record_id))).where(_is_mine(), seen_in(by_line(_record.c.id)))
_PAGE_OF_ALL, _PAGE_OF_MINE = _page_of(_ALL), _page_of(_MINE)
_HOW_MANY_MINE = (
    select(func.count())
    .select_from(_record)
    .where(_STANDS, _is_mine(), seen_in(by_line(_record.c.id)))
    .scalar_subquery()
)
_COUNTS = select(_HOW_MANY_MINE.label("mine"), count_seen().label("whole"))


@dataclass(frozen=True, kw_only=True)
class PointLine:
    """An open point de suivi as a list shows it. `record_id` is the card that stands for the person; `owner_id` is None
    when the structure's queue holds it; `to_responsable` when the responsable was given it; `version` is the number of
    its last change."""

    id: str
    plan_id: str
    record_id: str
    kind: PointKind
    due_on: date
    original_due_on: date
    is_last: bool
    structure_id: str
    owner_id: str | None
    replans: int
    to_responsable: bool
    version: int
    plan_kind: PlanKind
    event_on: date


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """A point as it stood from an instant on, and the code of the reason. `changed_by` is empty for the program."""

    due_on: date
    state: PointState
    reason: str
    changed_by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class FollowedRow:
    """One person followed: her référent de parcours and her next point de suivi, None when there is none."""

    record_id: str
    referent_id: str | None
    next_due_on: date | None


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """One person of a caseload: her référent de parcours and the day of her next open point, if there are any."""

    record_id: str
    identity: Identity
    referent_id: str | None
    next_due_on: date | None


@dataclass(frozen=True, kw_only=True)
class ContactLine:
    """One contact attempt as the timeline shows it."""

    id: str
    channel: Channel
    result: ContactResult
    made_on: date
    structure_id: str
    account_id: str


def open_points(tx: Transaction, record_id: str) -> list[PointLine]:
    """The open points of one person, next first; empty when the actor may not see her."""
    return [_line(row) for row in tx.execute(_POINTS, {"record_id": record_id, **sight(tx)})]


def work_of_the_day(tx: Transaction) -> list[PointLine]:
    """The actor's points overdue, due today or within 7 days, and those of her structure that no active person owns, or
    whose owner is away today and leaves them to her or to the queue.

    A responsable, or whoever stands in for her, also gets those given to her (`to_responsable`): put off three times,
    of somebody lost from sight, or of an exit without solution after which nobody was reached for 21 days.
    """
    asked = {
        "day": tx.today,
        "until": tx.today + timedelta(days=COMING_DAYS),
        "since": tx.today - timedelta(days=UNREACHED_DAYS),
        **_asking(tx),
    }
    rows = tx.execute(_RESPONSABLES_WORK if answers_today(tx) else _WORK, asked)
    return [replace(_line(row), to_responsable=row.raised) for row in rows]


def point_seen(tx: Transaction, point_id: str) -> PointLine:
    """One open point the actor may see; `NotFound` otherwise, closed ones included."""
    row = tx.execute(_ONE, {"point_id": point_id, **sight(tx)}).one_or_none()
    if row is None:
        raise NotFound("Ce point de suivi est déjà fait, ou vous n’y avez pas accès.")
    return _line(row)


def point_history(tx: Transaction, point_id: str) -> list[ChangeLine]:
    """Each state of one open point the actor may see, oldest first; `NotFound` otherwise."""
    point_seen(tx, point_id)
    query = select(_change).where(_change.c.point_id == point_id).order_by(_change.c.number)
    return [
        ChangeLine(
            due_on=row.due_on,
            state=PointState(row.state),
            reason=row.reason,
            changed_by=row.changed_by,
            at=row.recorded_at,
        )
        for row in tx.execute(query)
    ]


def contacts(tx: Transaction, record_id: str) -> list[ContactLine]:
    """The contact attempts of one person, newest first. The person herself sees only those that reached her."""
    query = _CONTACTS_REACHED if tx.actor.record_id else _CONTACTS
    return [
        ContactLine(
            id=row.id,
            channel=Channel(row.channel),
            result=ContactResult(row.result),
            made_on=row.made_on,
            structure_id=row.structure_id,
            account_id=row.account_id,
        )
        for row in tx.execute(query, {"record_id": record_id, **sight(tx)})
    ]


def point_facts(tx: Transaction, plan_id: str) -> list[PointFact]:
    """What settling and orphans depend on, for every point of a plan."""
    query = (
        select(_point, _structure.c.state.label("structure_state"), _account.c.state.label("account_state"))
        .join(_structure, _structure.c.id == _point.c.structure_id)
        .outerjoin(_account, _account.c.id == _point.c.owner_id)
        .where(_point.c.plan_id == plan_id)
    )
    return [
        PointFact(
            point_id=row.id,
            state=PointState(row.state),
            is_last=row.is_last,
            result_recorded_by_person=row.closed_by is not None,
            queue_active=row.structure_state == StructureState.ACTIVE,
            owner_active=row.account_state == AccountState.ACTIVE,
        )
        for row in tx.execute(query)
    ]


def caseload(tx: Transaction, *, only_mine: bool, page: int, per_page: int, of: str = "") -> list[CaseLine]:
    """One page of the people the actor's structure follows, the next due first, then the last welcomed.

    `only_mine`: those whose référent is the actor, or the account `of`.
    """
    asked = {"per_page": per_page, "skipped": (page - 1) * per_page, **_asking(tx)}
    if of:
        asked["account"] = of
    rows = tx.execute(_PAGE_OF_MINE if only_mine else _PAGE_OF_ALL, asked).all()
    known = identities(tx, (row.id for row in rows))
    return [
        CaseLine(record_id=row.id, identity=known[row.id], referent_id=row.account_id, next_due_on=row.due_on)
        for row in rows
    ]


def followed(tx: Transaction, *, only_mine: bool) -> list[FollowedRow]:
    """Everybody the actor's structure follows, without a name: nothing is opened. In no order."""
    return [
        FollowedRow(record_id=row.id, referent_id=row.account_id, next_due_on=row.due_on)
        for row in tx.execute(_MINE if only_mine else _ALL, _asking(tx))
    ]


def caseload_counts(tx: Transaction, *, of: str = "") -> tuple[int, int]:
    """How many people the actor (or the account `of`) is the référent of, and how many her structure follows in all."""
    asked = _asking(tx)
    row = tx.execute(_COUNTS, {**asked, "account": of or asked["account"]}).one()
    return row.mine, row.whole


def _asking(tx: Transaction) -> dict[str, Any]:
    return {"account": tx.actor.account_id, **sight(tx)}


def _line(row: Row[Any]) -> PointLine:
    return PointLine(
        id=row.id,
        plan_id=row.plan_id,
        record_id=row.record_id,
        kind=PointKind(row.kind),
        due_on=row.due_on,
        original_due_on=row.original_due_on,
        is_last=row.is_last,
        structure_id=row.structure_id,
        owner_id=row.owner_id,
        replans=row.replans,
        to_responsable=row.to_responsable,
        version=row.version,
        plan_kind=PlanKind(row.plan_kind),
        event_on=row.event_on,
    )
