"""What somebody who has left still holds, and what a structure holds when it closes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Table, and_, bindparam, func, or_, select, union

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.action_plan.queries import IS_OWNED
from pathway.casework.action_plan.tables import ActionPlanLine
from pathway.casework.encounters.queries import WAITS
from pathway.casework.encounters.tables import Appointment
from pathway.casework.enrolments.tables import Enrolment
from pathway.casework.followup.rules import PointState
from pathway.casework.followup.tables import Point
from pathway.casework.partners.rules import Role, StructureKind, StructureState
from pathway.casework.partners.tables import Membership, Structure
from pathway.casework.records.tables import Referent
from pathway.casework.relays.rules import PENDING
from pathway.casework.relays.tables import Relay
from pathway.casework.schemes.tables import Scheme
from pathway.casework.sharing.queries import is_stopped
from pathway.casework.sharing.rules import Cause
from pathway.casework.sharing.tables import AccessGrant
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_action = table_of(ActionPlanLine)
_appointment = table_of(Appointment)
_enrolment = table_of(Enrolment)
_grant = table_of(AccessGrant)
_membership = table_of(Membership)
_point = table_of(Point)
_referent = table_of(Referent)
_relay = table_of(Relay)
_scheme = table_of(Scheme)
_structure = table_of(Structure)

_IS_PENDING = _relay.c.state.in_(sorted(state.value for state in PENDING))
_FOLLOWERS = (Role.COUNSELLOR.value, Role.SUPERVISOR.value)


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """What a professional holds in one structure: people whose référent she is, open points she owns, appointments to
    come, to tell of or to take up, relays under way that she answers for."""

    people: int
    points: int
    appointments: int
    relays: int

    @property
    def is_empty(self) -> bool:
        """Whether she holds nothing there."""
        return not (self.people or self.points or self.appointments or self.relays)


@dataclass(frozen=True, kw_only=True)
class Weight:
    """What a structure holds before it closes: people it supports or owes something, among them `stopped` who share no
    more with the heir; points, steps and appointments under way; relays it sent and relays it received that wait;
    professionals and open schemes of its own."""

    people: int
    stopped: int
    points: int
    steps: int
    appointments: int
    relays_sent: int
    relays_received: int
    professionals: int
    schemes: int


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Somebody who follows nobody there any more and still holds something; `heir_id` if one was named."""

    account_id: str
    structure_id: str
    heir_id: str | None


def holdings(tx: Transaction, account_id: str) -> Holdings:
    """What that account holds in the actor's structure. Counts only."""
    own = tx.actor.structure_id
    held = {
        "people": (_referent, _named(account_id, own)),
        "points": (_point, _owned(account_id, own)),
        "appointments": (
            _appointment,
            (_appointment.c.account_id == account_id, _appointment.c.structure_id == own, WAITS),
        ),
        "relays": (_relay, (_relay.c.sent_by == account_id, _relay.c.from_structure_id == own, _IS_PENDING)),
    }
    counts = {
        name: tx.execute(select(func.count()).select_from(table).where(*here)).scalar_one()
        for name, (table, here) in held.items()
    }
    return Holdings(**counts)


def owned_points(
    tx: Transaction, *, account_id: str, structure_id: str, cards: Collection[str] = ()
) -> Sequence[Row[Any]]:
    """The open points that account owns in that structure (about those cards, or anybody), held until they have changed
    hands."""
    owned = select(_point).where(*_owned(account_id, structure_id)).order_by(_point.c.id)
    if cards:
        owned = owned.where(_point.c.record_id.in_(cards))
    return tx.execute(owned.with_for_update()).all()  # a call being recorded is waited for: it must not stop the night


def departures(tx: Transaction) -> list[Departure]:
    """Everybody who holds points, people, appointments, relays or actions of a plan in a structure where she follows
    nobody any more, account shut or gone. What a closed structure left in its past is nobody's."""
    is_open = (
        select(_structure.c.id)
        .where(_structure.c.id == _appointment.c.structure_id, _structure.c.state == StructureState.ACTIVE.value)
        .exists()
    )
    holders = union(
        select(_point.c.owner_id.label("account_id"), _point.c.structure_id).where(
            _point.c.state == PointState.OPEN.value, _point.c.owner_id.is_not(None)
        ),
        select(_referent.c.account_id, _referent.c.structure_id).where(_referent.c.until_at.is_(None)),
        select(_appointment.c.account_id, _appointment.c.structure_id).where(WAITS, is_open),
        select(_relay.c.sent_by.label("account_id"), _relay.c.from_structure_id.label("structure_id")).where(
            _IS_PENDING
        ),
        select(_action.c.owner_id.label("account_id"), _action.c.structure_id).where(IS_OWNED),
    ).subquery()
    works = (
        select(_membership.c.id)
        .join(_account, _account.c.id == _membership.c.account_id)
        .where(
            _membership.c.account_id == holders.c.account_id,
            _membership.c.structure_id == holders.c.structure_id,
            _account.c.state == AccountState.ACTIVE.value,
            *_holds(),
        )
        .exists()
    )
    rows = tx.execute(select(holders).where(~works), {"day": tx.today}).all()
    return [
        Departure(
            account_id=row.account_id,
            structure_id=row.structure_id,
            heir_id=_heir(tx, row.account_id, row.structure_id),
        )
        for row in rows
    ]


def held_cards(tx: Transaction, left: Departure) -> list[str]:
    """The cards of all about whom somebody who left still holds something there, in order."""
    account, structure = left.account_id, left.structure_id
    held = union(
        select(_point.c.record_id).where(*_owned(account, structure)),
        select(_referent.c.record_id).where(*_named(account, structure)),
        select(_appointment.c.record_id).where(
            _appointment.c.account_id == account, _appointment.c.structure_id == structure, WAITS
        ),
        select(_relay.c.record_id).where(
            _relay.c.sent_by == account, _relay.c.from_structure_id == structure, _IS_PENDING
        ),
        select(_action.c.record_id).where(_action.c.owner_id == account, _action.c.structure_id == structure, IS_OWNED),
    )
    return sorted(tx.execute(held).scalars())


def is_gone(tx: Transaction, left: Departure) -> bool:
    """Whether she still follows nobody there."""
    works = (
        select(_membership.c.id)
        .join(_account, _account.c.id == _membership.c.account_id)
        .where(
            _membership.c.account_id == left.account_id,
            _membership.c.structure_id == left.structure_id,
            _account.c.state == AccountState.ACTIVE.value,
            *_holds(),
        )
    )
    return tx.execute(works, {"day": tx.today}).first() is None


def structure_row(tx: Transaction, structure_id: str) -> Row[Any] | None:
    """The structure as it stands, active or closed."""
    return tx.execute(select(_structure).where(_structure.c.id == structure_id).with_for_update()).one_or_none()


def territory_id(tx: Transaction) -> str | None:
    """The structure that coordinates the territory, if there is one: what nobody else may hold goes to its queue."""
    here = (_structure.c.kind == StructureKind.TERRITORY.value, _structure.c.state == StructureState.ACTIVE.value)
    return tx.execute(select(_structure.c.id).where(*here).order_by(_structure.c.id).limit(1)).scalar_one_or_none()


def supported_cards(tx: Transaction, structure_id: str) -> list[str]:
    """The cards which that structure supports without an end, or on which it still holds a point, a step or an
    appointment."""
    supports = select(_grant.c.record_id).where(
        _grant.c.structure_id == structure_id, _grant.c.cause == Cause.SUPPORT.value, _grant.c.until_at.is_(None)
    )
    points = select(_point.c.record_id).where(
        _point.c.structure_id == structure_id, _point.c.state == PointState.OPEN.value
    )
    steps = select(_enrolment.c.record_id).where(
        _enrolment.c.structure_id == structure_id, _enrolment.c.exited_at.is_(None)
    )
    meetings = select(_appointment.c.record_id).where(_appointment.c.structure_id == structure_id, WAITS)
    return sorted(row.record_id for row in tx.execute(union(supports, points, steps, meetings)))


def weight_of(tx: Transaction, structure_id: str, *, heir_id: str = "") -> Weight:
    """What that structure holds today, in counts; about those who stopped sharing with the heir when one is named."""
    cards = supported_cards(tx, structure_id)
    counts = {
        name: int(tx.execute(select(func.count()).select_from(table).where(*here)).scalar_one())
        for name, (table, here) in _held_by(structure_id).items()
    }
    working = select(func.count(_membership.c.account_id.distinct())).where(
        _membership.c.structure_id == structure_id, *_in_force()
    )
    return Weight(
        people=len(cards),
        stopped=sum(is_stopped(tx, one, heir_id) for one in cards) if heir_id else 0,
        professionals=int(tx.execute(working, {"day": tx.today}).scalar_one()),
        **counts,
    )


def _held_by(structure_id: str) -> dict[str, tuple[Table, tuple[ColumnElement[bool], ...]]]:
    return {
        "points": (_point, (_point.c.structure_id == structure_id, _point.c.state == PointState.OPEN.value)),
        "steps": (_enrolment, (_enrolment.c.structure_id == structure_id, _enrolment.c.exited_at.is_(None))),
        "appointments": (_appointment, (_appointment.c.structure_id == structure_id, WAITS)),
        "relays_sent": (_relay, (_relay.c.from_structure_id == structure_id, _IS_PENDING)),
        "relays_received": (_relay, (_relay.c.to_structure_id == structure_id, _IS_PENDING)),
        "schemes": (_scheme, (_scheme.c.structure_id == structure_id, _scheme.c.is_open)),
    }


def awaited_structures(tx: Transaction) -> list[str]:
    """The structures in which a relay waits."""
    query = select(_relay.c.to_structure_id).where(_IS_PENDING, _relay.c.to_structure_id.is_not(None)).distinct()
    return sorted(tx.execute(query).scalars())


def may_enter_somebody(tx: Transaction, structure_id: str) -> bool:
    """Whether that structure has a scheme left in which it may enter people, its own or the territory's."""
    own = or_(_scheme.c.structure_id == structure_id, _scheme.c.structure_id.is_(None))
    return tx.execute(select(_scheme.c.id).where(_scheme.c.is_open, own)).first() is not None


def open_points_on(tx: Transaction, *, record_id: str, structure_id: str) -> Sequence[Row[Any]]:
    """The open points which that structure holds on that card, held until they have moved."""
    here = (
        _point.c.record_id == record_id,
        _point.c.structure_id == structure_id,
        _point.c.state == PointState.OPEN.value,
    )
    return tx.execute(select(_point).where(*here).order_by(_point.c.id).with_for_update()).all()


def schemes_under_way(tx: Transaction, *, record_id: str, structure_id: str) -> dict[str, str]:
    """Scheme → the open step of that card in it, carried by that structure."""
    here = (
        _enrolment.c.record_id == record_id,
        _enrolment.c.structure_id == structure_id,
        _enrolment.c.exited_at.is_(None),
    )
    rows = tx.execute(select(_enrolment.c.scheme_id, _enrolment.c.id).where(*here))
    return {row.scheme_id: row.id for row in rows}


def _owned(account_id: str, structure_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        _point.c.owner_id == account_id,
        _point.c.structure_id == structure_id,
        _point.c.state == PointState.OPEN.value,
    )


def _named(account_id: str, structure_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        _referent.c.account_id == account_id,
        _referent.c.structure_id == structure_id,
        _referent.c.until_at.is_(None),
    )


def _holds() -> tuple[ColumnElement[bool], ...]:
    return (_membership.c.role.in_(_FOLLOWERS), *_in_force())


def _in_force() -> tuple[ColumnElement[bool], ...]:
    day = bindparam("day", type_=Date)
    return (and_(_membership.c.from_on <= day, or_(_membership.c.until_on.is_(None), _membership.c.until_on >= day)),)


def _heir(tx: Transaction, account_id: str, structure_id: str) -> str | None:
    """Whom the latest of her memberships there names."""
    query = (
        select(_membership.c.heir_id)
        .where(_membership.c.account_id == account_id, _membership.c.structure_id == structure_id)
        .order_by(_membership.c.from_on.desc(), _membership.c.id.desc())
        .limit(1)
    )
    return tx.execute(query).scalar_one_or_none()
