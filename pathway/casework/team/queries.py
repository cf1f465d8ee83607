"""Who works in the actor's structure, until when and how well protected; who was invited; whom an invitation names."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select

from pathway.casework.accounts.queries import account_by_login
from pathway.casework.accounts.rules import AccountKind, AccountState, EventKind
from pathway.casework.accounts.tables import Account, AccountEvent
from pathway.casework.factors.queries import SECOND_FACTOR
from pathway.casework.factors.tables import Passkey
from pathway.casework.partners.queries import followers, posts, staff_names, structure_names
from pathway.casework.partners.rules import Role, StructureState
from pathway.casework.partners.tables import Absence, Membership, Structure
from pathway.casework.team.holders import POSTED, WORKS_THAT_DAY
from pathway.casework.team.rules import ChangeKind, InvitationState
from pathway.casework.team.tables import HabilitationChange, Invitation
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_absence = table_of(Absence)
_account = table_of(Account)
_event = table_of(AccountEvent)
_passkey = table_of(Passkey)
_structure = table_of(Structure)
_membership = table_of(Membership)
_change = table_of(HabilitationChange)
_invitation = table_of(Invitation)

INVITED = "invitation"
_NOBODY_NAMED = "Une personne"
_SERVER = "Exploitation"

_HERE = _membership.c.structure_id == bindparam("structure_id")
_LEADS = and_(_HERE, _membership.c.role == Role.SUPERVISOR.value, WORKS_THAT_DAY)
_RESPONSABLE = (  # built once, like the next two: each page of the day asks them
    select(_membership.c.account_id)
    .select_from(POSTED)
    .where(_LEADS)
    .order_by(_membership.c.from_on, _membership.c.id)
    .limit(1)
)
_HEADS = select(_membership.c.account_id, _absence.c.stand_in_id, _absence.c.until_on).select_from(POSTED).where(_LEADS)
_AT_WORK = (
    select(_membership.c.account_id, _membership.c.role, _absence.c.id.label("absence_id"), _absence.c.stand_in_id)
    .select_from(POSTED)
    .where(_HERE, WORKS_THAT_DAY)
)


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """The responsables of a structure whom somebody replaces today, up to that day included. `is_named`: they named
    her; otherwise all the team does, for they named nobody at work."""

    account_ids: tuple[str, ...]
    until_on: date
    is_named: bool = True


@dataclass(frozen=True, kw_only=True)
class Member:
    """One habilitation that holds today or later. `last_sign_in_at`: None when there was none for a year."""

    membership_id: str
    account_id: str
    name: str
    role: Role
    from_on: date
    until_on: date | None
    is_protected: bool
    last_sign_in_at: datetime | None
    is_self: bool


@dataclass(frozen=True, kw_only=True)
class Change:
    """One decision about a habilitation, and the name of who decided."""

    kind: ChangeKind
    until_on: date | None
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class InvitationLine:
    """An invitation nobody has answered yet."""

    id: str
    name: str
    email: str
    role: Role
    until_on: date
    invited_at: datetime
    is_expired: bool


@dataclass(frozen=True, kw_only=True)
class Invited:
    """What a letter's link opens: for whom, where, in which role; and the account that has this address, if any."""

    id: str
    email: str
    first_name: str
    last_name: str
    structure_id: str
    structure_name: str
    role: Role
    until_on: date
    invited_by: str
    account_id: str = ""
    is_account_usable: bool = True


def team(tx: Transaction) -> list[Member]:
    """Everyone habilitated in the actor's structure today or later, by name."""
    rows = tx.execute(_members(tx).order_by(_membership.c.from_on)).all()
    return sorted(_told(tx, rows), key=lambda one: one.name)


def memberships_here(tx: Transaction) -> dict[str, str]:
    """account id → its membership in the actor's structure today or later, the oldest: where one acts on it."""
    rows = tx.execute(_members(tx).order_by(_membership.c.from_on.desc(), _membership.c.id.desc()))
    return {row.account_id: row.id for row in rows}


def member_seen(tx: Transaction, membership_id: str) -> Member:
    """One of them; `NotFound` outside the actor's structure, and once the habilitation has ended."""
    rows = tx.execute(_members(tx).where(_membership.c.id == membership_id)).all()
    if not rows:
        raise NotFound
    return _told(tx, rows)[0]


def history(tx: Transaction, membership_id: str) -> list[Change]:
    """What was decided of that habilitation, newest first. The caller has checked that it may be read."""
    query = select(_change).where(_change.c.membership_id == membership_id)
    rows = tx.execute(query.order_by(_change.c.recorded_at.desc(), _change.c.id)).all()
    names = staff_names(tx, (row.decided_by for row in rows))
    return [
        Change(
            kind=ChangeKind(row.kind),
            until_on=row.until_on,
            by=names.get(row.decided_by, _SERVER),
            at=row.recorded_at,
        )
        for row in rows
    ]


def invitations(tx: Transaction) -> list[InvitationLine]:
    """The invitations of the actor's structure that wait for an answer, newest first."""
    rows = tx.execute(_pending(tx).order_by(_invitation.c.invited_at.desc(), _invitation.c.id)).all()
    return _lines(tx, rows)


def invitation_seen(tx: Transaction, invitation_id: str) -> InvitationLine:
    """One of them; `NotFound` outside the actor's structure, or once it is settled."""
    rows = tx.execute(_pending(tx).where(_invitation.c.id == invitation_id)).all()
    if not rows:
        raise NotFound
    return _lines(tx, rows)[0]


def invited_by_secret(tx: Transaction, secret: str) -> Invited | None:
    """What the link of a letter opens; None when unknown, settled, over seven days old, or from somebody who left."""
    query = (
        select(_invitation)
        .join(_structure, _structure.c.id == _invitation.c.structure_id)
        .where(
            _invitation.c.digest == secret_digest(tx, secret),
            _invitation.c.state == InvitationState.PENDING.value,
            _invitation.c.expires_at > tx.now,
            _structure.c.state == StructureState.ACTIVE.value,
        )
    )
    row = tx.execute(query).one_or_none()
    return _invited(tx, row) if row is not None and _still_answers(tx, row) else None


def secret_digest(tx: Transaction, secret: str) -> bytes:
    """Under what the secret of an invitation is kept."""
    return tx.store.fingerprints.digest("invitation", secret)


def is_member(tx: Transaction, *, email: str, structure_id: str) -> bool:
    """Whether the account of that address works in that structure today."""
    account = account_by_login(tx, email)
    held = posts(tx, account.id if account else "")
    return any(post.structure_id == structure_id for post in held)


def held_membership(tx: Transaction, *, account_id: str, structure_id: str, role: Role) -> str | None:
    """The id of that account's habilitation in that role there, if it holds today or later."""
    here = (
        _membership.c.account_id == account_id,
        _membership.c.structure_id == structure_id,
        _membership.c.role == role.value,
        or_(_membership.c.until_on.is_(None), _membership.c.until_on >= tx.today),
    )
    row = tx.execute(select(_membership.c.id).where(*here).limit(1)).one_or_none()
    return row.id if row else None


def responsable_of(tx: Transaction, structure_id: str) -> str | None:
    """The responsable of that structure at work today, the one who has been so the longest; None without any."""
    asked = {"structure_id": structure_id, "day": tx.today}
    return tx.execute(_RESPONSABLE, asked).scalar_one_or_none()


def replaced_by_actor(tx: Transaction) -> Replaced | None:
    """The responsables whom the actor, who is not one, replaces today: those away who named her, while none is at work;
    all of them when nobody they named is at work, for a queue must have a reader.

    It ends the day before the first of them is back. None for everybody else: what is theirs stays closed.
    """
    if tx.actor.role == Role.SUPERVISOR.value or not tx.actor.structure_id:
        return None
    return replaced_by(tx, account_id=tx.actor.account_id, structure_id=tx.actor.structure_id)


def replaced_by(tx: Transaction, *, account_id: str, structure_id: str) -> Replaced | None:
    """The same for a counsellor of that structure who is not the actor yet: she is signing in."""
    heads = tx.execute(_HEADS, {"structure_id": structure_id, "day": tx.today}).all()
    if not heads or any(row.until_on is None for row in heads):
        return None
    named = tuple(row.account_id for row in heads if row.stand_in_id == account_id)
    if not named and {row.stand_in_id for row in heads} & followers(tx, structure_id):
        return None
    everyone = tuple(row.account_id for row in heads)
    return Replaced(account_ids=named or everyone, until_on=min(row.until_on for row in heads), is_named=bool(named))


def answers_today(tx: Transaction) -> bool:
    """Whether what nobody holds in the actor's structure is hers today: she is its responsable, or stands in for the
    one who is away. Everybody answers where no responsable is there and nobody at work stands in."""
    if tx.actor.role == Role.SUPERVISOR.value:
        return True
    rows = tx.execute(_AT_WORK, {"structure_id": tx.actor.structure_id, "day": tx.today}).all()
    heads = [row for row in rows if row.role == Role.SUPERVISOR.value]
    if any(row.absence_id is None for row in heads):
        return False
    stand_ins = {row.stand_in_id for row in heads} & {row.account_id for row in rows}
    return not stand_ins or tx.actor.account_id in stand_ins


def _members(tx: Transaction) -> Select[Any]:
    return select(_membership).where(
        _membership.c.structure_id == (tx.actor.structure_id or "-"),
        or_(_membership.c.until_on.is_(None), _membership.c.until_on >= tx.today),
    )


def _told(tx: Transaction, rows: Collection[Row[Any]]) -> list[Member]:
    accounts = [row.account_id for row in rows]
    names, protected, seen = staff_names(tx, accounts), _protected(tx, accounts), _last_sign_ins(tx, accounts)
    return [
        Member(
            membership_id=row.id,
            account_id=row.account_id,
            name=names.get(row.account_id, _NOBODY_NAMED),
            role=Role(row.role),
            from_on=row.from_on,
            until_on=row.until_on,
            is_protected=row.account_id in protected,
            last_sign_in_at=seen.get(row.account_id),
            is_self=row.account_id == tx.actor.account_id,
        )
        for row in rows
    ]


def _protected(tx: Transaction, accounts: Collection[str]) -> set[str]:
    """Those that have installed one-time codes or a passkey."""
    seeds = tx.sealing.open_many(accounts, SECOND_FACTOR)
    keys = tx.execute(select(_passkey.c.account_id).where(_passkey.c.account_id.in_(accounts))).scalars()
    return {name for name, kept in seeds.items() if "totp" in kept} | set(keys)


def _last_sign_ins(tx: Transaction, accounts: Collection[str]) -> dict[str, datetime]:
    last = func.max(_event.c.at).label("at")
    here = (_event.c.account_id.in_(accounts), _event.c.kind == EventKind.SIGN_IN.value)
    query = select(_event.c.account_id, last).where(*here).group_by(_event.c.account_id)
    return {row.account_id: row.at for row in tx.execute(query)}


def _pending(tx: Transaction) -> Select[Any]:
    return select(_invitation).where(
        _invitation.c.structure_id == (tx.actor.structure_id or "-"),
        _invitation.c.state == InvitationState.PENDING.value,
    )


def _lines(tx: Transaction, rows: Collection[Row[Any]]) -> list[InvitationLine]:
    kept = tx.sealing.open_many([row.id for row in rows], INVITED)
    return [
        InvitationLine(
            id=row.id,
            name=f"{kept[row.id]['first_name']} {kept[row.id]['last_name']}",
            email=kept[row.id]["email"],
            role=Role(row.role),
            until_on=row.until_on,
            invited_at=row.invited_at,
            is_expired=row.expires_at <= tx.now,
        )
        for row in rows
    ]


def _still_answers(tx: Transaction, row: Row[Any]) -> bool:
    """Whether who invited still answers for that structure, or operates the instance; what the server sent stands."""
    held = posts(tx, row.invited_by)
    return not row.invited_by or any(
        post.role is Role.OPERATOR or (post.structure_id == row.structure_id and post.role is Role.SUPERVISOR)
        for post in held
    )


def _invited(tx: Transaction, row: Row[Any]) -> Invited:
    kept = tx.sealing.open_many([row.id], INVITED)[row.id]
    account = account_by_login(tx, kept["email"])
    is_usable = account is None or (account.kind == AccountKind.PROFESSIONAL and account.state == AccountState.ACTIVE)
    return Invited(
        id=row.id,
        email=kept["email"],
        first_name=kept["first_name"],
        last_name=kept["last_name"],
        structure_id=row.structure_id,
        structure_name=structure_names(tx).get(row.structure_id, ""),
        role=Role(row.role),
        until_on=row.until_on,
        invited_by=row.invited_by,
        account_id=account.id if account else "",
        is_account_usable=is_usable,
    )
