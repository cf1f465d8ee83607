"""What whoever operates the instance reads of accounts and posts: ids, roles, ends and states. Never a name."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Row, Select, bindparam, func, or_, select

from pathway.casework.accounts.rules import AccountKind, AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.partners.rules import Role
from pathway.casework.partners.tables import Membership, Structure
from pathway.casework.team.rules import InvitationState
from pathway.casework.team.tables import Invitation
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_membership = table_of(Membership)
_structure = table_of(Structure)
_invitation = table_of(Invitation)

_LATER = (_membership.c.account_id == _account.c.id) & or_(
    _membership.c.until_on.is_(None), _membership.c.until_on >= bindparam("day", type_=Date)
)
_HELD = _account.outerjoin(_membership, _LATER).outerjoin(_structure, _structure.c.id == _membership.c.structure_id)
_STAFF = _account.c.kind == AccountKind.PROFESSIONAL.value
_POSTS = (
    select(
        _account.c.id.label("account_id"),
        _account.c.state,
        _membership.c.id.label("membership_id"),
        _membership.c.role,
        _membership.c.from_on,
        _membership.c.until_on,
        _membership.c.structure_id,
        _structure.c.code,
        _structure.c.name,
    )
    .select_from(_HELD)
    .where(_STAFF)
    .order_by(_structure.c.code.nulls_last(), _membership.c.role, _account.c.id, _membership.c.id)
)
_COUNT = select(func.count()).select_from(_HELD).where(_STAFF)
_THERE = _membership.c.structure_id == bindparam("structure_id")
_POSTS_THERE, _COUNT_THERE = _POSTS.where(_THERE), _COUNT.where(_THERE)
_POSTS_OF = _POSTS.where(_account.c.id == bindparam("account_id"))
_POST = _POSTS.where(_membership.c.id == bindparam("membership_id"))
_AWAITED = (
    select(_invitation.c.id, _invitation.c.role, _invitation.c.invited_at, _invitation.c.expires_at)
    .where(
        _invitation.c.structure_id == bindparam("structure_id"), _invitation.c.state == InvitationState.PENDING.value
    )
    .order_by(_invitation.c.invited_at.desc(), _invitation.c.id)
)


@dataclass(frozen=True, kw_only=True)
class StaffLine:
    """One post of a professional's account, for the operator: no name. Empty role and structure: no post at all."""

    account_id: str
    role: str
    structure: str
    until_on: date | None
    state: AccountState


@dataclass(frozen=True, kw_only=True)
class StaffPost(StaffLine):
    """The same with what is needed to act on it; empty ids and no days when the account has no post."""

    membership_id: str
    structure_id: str
    structure_name: str
    from_on: date | None


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """An invitation nobody has answered: in which role, since when. Whom it names is not read."""

    id: str
    role: Role
    invited_at: datetime
    is_expired: bool


def staff_accounts(tx: Transaction) -> list[StaffLine]:
    """Every professional account with its posts of today and later, by structure."""
    return [
        StaffLine(
            account_id=row.account_id,
            role=row.role or "",
            structure=row.code or "",
            until_on=row.until_on,
            state=AccountState(row.state),
        )
        for row in tx.execute(_POSTS, {"day": tx.today})
    ]


def staff_posts(tx: Transaction, *, structure_id: str = "", page: int, per_page: int) -> list[StaffPost]:
    """One page of the same, of one structure or of all."""
    query, asked = _asked(tx, structure_id, _POSTS_THERE, _POSTS)
    return [_post(row) for row in tx.execute(query.limit(per_page).offset((page - 1) * per_page), asked)]


def staff_posts_count(tx: Transaction, *, structure_id: str = "") -> int:
    """How many lines there are in all."""
    query, asked = _asked(tx, structure_id, _COUNT_THERE, _COUNT)
    return int(tx.execute(query, asked).scalar_one())


def posts_of_account(tx: Transaction, account_id: str) -> list[StaffPost]:
    """The posts of one professional account, one line without post when it has none; `NotFound` for any other id."""
    rows = tx.execute(_POSTS_OF, {"account_id": account_id, "day": tx.today}).all()
    if not rows:
        raise NotFound
    return [_post(row) for row in rows]


def post_seen(tx: Transaction, membership_id: str) -> StaffPost:
    """One post of today or later; `NotFound` otherwise."""
    row = tx.execute(_POST, {"membership_id": membership_id, "day": tx.today}).one_or_none()
    if row is None:
        raise NotFound
    return _post(row)


def invitations_to(tx: Transaction, structure_id: str) -> list[Awaited]:
    """The invitations to a structure that wait for an answer, newest first."""
    return [
        Awaited(id=row.id, role=Role(row.role), invited_at=row.invited_at, is_expired=row.expires_at <= tx.now)
        for row in tx.execute(_AWAITED, {"structure_id": structure_id})
    ]


def _asked(
    tx: Transaction, structure_id: str, there: Select[Any], everywhere: Select[Any]
) -> tuple[Select[Any], dict[str, Any]]:
    asked: dict[str, Any] = {"day": tx.today}
    return (there, asked | {"structure_id": structure_id}) if structure_id else (everywhere, asked)


def _post(row: Row[Any]) -> StaffPost:
    return StaffPost(
        account_id=row.account_id,
        role=row.role or "",
        structure=row.code or "",
        until_on=row.until_on,
        state=AccountState(row.state),
        membership_id=row.membership_id or "",
        structure_id=row.structure_id or "",
        structure_name=row.name or "",
        from_on=row.from_on,
    )
