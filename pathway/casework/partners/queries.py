"""Structures, memberships and the names of professionals."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Row, and_, bindparam, case, column, func, or_, select, table

from pathway.casework.partners.rules import Away, Role, StructureKind, StructureState, name_key
from pathway.casework.partners.tables import Absence, Membership, Structure
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_structure = table_of(Structure)
_membership = table_of(Membership)
_absence = table_of(Absence)

PROFILE = "profile"
IDENTITY = "structure_identity"
NEUTRAL_NAME = "Une structure partenaire"

# Built once: every request asks where the actor works.
_DAY = bindparam("day", type_=Date)
_HOLDS = and_(_membership.c.from_on <= _DAY, or_(_membership.c.until_on.is_(None), _membership.c.until_on >= _DAY))
_POSTS = (
    select(
        _membership.c.structure_id,
        _structure.c.name,
        _structure.c.kind,
        _structure.c.is_sensitive,
        _membership.c.role,
        _membership.c.from_on,
    )
    .join(_structure, _structure.c.id == _membership.c.structure_id)
    .where(
        _membership.c.account_id == bindparam("account_id"), _structure.c.state == StructureState.ACTIVE.value, _HOLDS
    )
    .order_by(_membership.c.from_on, _membership.c.id)
)


_ACTIVE = select(_structure).where(_structure.c.state == StructureState.ACTIVE.value).order_by(_structure.c.name)
# The room of accounts stands on this one, and cannot be asked: of theirs, only whether one is open is read.
ACCOUNT = table("account", column("id"), column("state"))
OPEN_ACCOUNT = "active"
_FOLLOWERS = (
    select(_membership.c.account_id)
    .join(ACCOUNT, ACCOUNT.c.id == _membership.c.account_id)
    .where(
        _membership.c.structure_id == bindparam("structure_id"),
        _membership.c.role.in_([Role.COUNSELLOR, Role.SUPERVISOR]),
        ACCOUNT.c.state == OPEN_ACCOUNT,
        _HOLDS,
    )
)
_WORKS = (
    _FOLLOWERS.join(_structure, _structure.c.id == _membership.c.structure_id)
    .where(_membership.c.account_id == bindparam("account_id"), _structure.c.state == StructureState.ACTIVE.value)
    .limit(1)
)
# Active ones first, then by name; with how many accounts are habilitated there today.
_EVERY = (
    select(_structure, func.count(_membership.c.account_id.distinct()).label("professionals"))
    .select_from(_structure.outerjoin(_membership, and_(_membership.c.structure_id == _structure.c.id, _HOLDS)))
    .group_by(_structure.c.id)
    .order_by(
        case((_structure.c.state == StructureState.ACTIVE.value, 0), else_=1), _structure.c.name, _structure.c.code
    )
)
_ONE_OF_EVERY = _EVERY.where(_structure.c.id == bindparam("structure_id"))
_NAMES = select(_structure.c.id, _structure.c.name, _structure.c.is_sensitive)
_ADDRESSES = select(_structure.c.id, _structure.c.address).where(_structure.c.address != "", ~_structure.c.is_sensitive)
_SENSITIVE = select(_structure.c.is_sensitive).where(_structure.c.id == bindparam("structure_id"))


@dataclass(frozen=True, kw_only=True)
class StructureLine:
    """A structure as lists show it."""

    id: str
    code: str
    name: str
    kind: StructureKind


@dataclass(frozen=True, kw_only=True)
class KnownStructure(StructureLine):
    """A structure as the operator reads it, closed or not: a sensitive one under the neutral name, without its kind.

    `address`: where it receives, one or two lines, or nothing. `professionals`: how many accounts are habilitated there
    today.
    """

    address: str
    is_active: bool
    is_sensitive: bool
    professionals: int
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Post:
    """A membership that holds today: where (`is_territory`: it coordinates the others), in which role, since when."""

    structure_id: str
    structure_name: str
    is_territory: bool
    role: Role
    from_on: date


def structures(tx: Transaction) -> list[StructureLine]:
    """Every active structure that the others may know of, by name."""
    return [_structure_line(row) for row in tx.execute(_ACTIVE.where(~_structure.c.is_sensitive))]


def every_structure(tx: Transaction) -> list[StructureLine]:
    """Every active structure, for the operator: a sensitive one under its code and the neutral name."""
    return [_structure_line(row) for row in tx.execute(_ACTIVE)]


def known_structures(tx: Transaction, *, page: int, per_page: int) -> list[KnownStructure]:
    """One page of all structures, closed ones last, for the operator."""
    rows = tx.execute(_EVERY.limit(per_page).offset((page - 1) * per_page), {"day": tx.today})
    return [_known(row) for row in rows]


def known_structure(tx: Transaction, structure_id: str) -> KnownStructure:
    """One of them; `NotFound` otherwise."""
    row = tx.execute(_ONE_OF_EVERY, {"structure_id": structure_id, "day": tx.today}).one_or_none()
    if row is None:
        raise NotFound
    return _known(row)


def structures_called(tx: Transaction) -> dict[str, str]:
    """id → « Nom (code) » of every structure, closed ones included, for the operator."""
    rows = tx.execute(select(_structure.c.id, _structure.c.name, _structure.c.code))
    return {row.id: f"{row.name} ({row.code})" for row in rows}


def heirs_of(tx: Transaction, structure_id: str) -> list[StructureLine]:
    """The active structures that may take over from that one, by name: sensitive as it is or not, never the
    coordination, which follows nobody."""
    here = (
        _structure.c.id != structure_id,
        _structure.c.kind != StructureKind.TERRITORY.value,
        _structure.c.is_sensitive == is_sensitive(tx, structure_id),
    )
    return [_structure_line(row) for row in tx.execute(_ACTIVE.where(*here))]


def structures_count(tx: Transaction) -> int:
    """How many structures there are, closed ones included."""
    return int(tx.execute(select(func.count()).select_from(_structure)).scalar_one())


def has_structure(tx: Transaction, code: str) -> bool:
    """Whether a structure, active or closed, has that code."""
    return tx.execute(select(_structure.c.id).where(_structure.c.code == code)).first() is not None


def namesake(tx: Transaction, name: str, *, but: str = "") -> str:
    """« Nom (code) » of an active structure of that name, another than `but`; empty when there is none.

    Case and accents aside. The names of sensitive ones are not looked at: an answer would say that they are there.
    """
    rows = tx.execute(_ACTIVE.where(~_structure.c.is_sensitive, _structure.c.id != but))
    return next((f"{row.name} ({row.code})" for row in rows if name_key(row.name) == name_key(name)), "")


def structure_names(tx: Transaction) -> dict[str, str]:
    """id → name of every structure, closed ones included: there are few, one query serves a page.

    A sensitive one has its true name for its own professionals and for a jobseeker, a neutral one for the others.
    """
    rows = tx.execute(_NAMES).all()
    told = [row.id for row in rows if row.is_sensitive and (tx.actor.record_id or tx.actor.structure_id == row.id)]
    return {**{row.id: row.name for row in rows}, **_true_names(tx, told)}


def structure_addresses(tx: Transaction) -> dict[str, str]:
    """id → where it receives, in one line, of the structures that said it; never of a sensitive one."""
    return {row.id: ", ".join(row.address.splitlines()) for row in tx.execute(_ADDRESSES)}


def is_sensitive(tx: Transaction, structure_id: str) -> bool:
    """Whether that structure and its steps are invisible to the others."""
    return bool(tx.execute(_SENSITIVE, {"structure_id": structure_id}).scalar())


def sensitive_structures(tx: Transaction) -> frozenset[str]:
    """Every structure that the others may not know of, closed ones included."""
    return frozenset(tx.execute(select(_structure.c.id).where(_structure.c.is_sensitive)).scalars())


def coordinates(tx: Transaction, structure_id: str) -> bool:
    """Whether that structure coordinates the territory: it holds points that nobody else may, and follows nobody."""
    query = select(_structure.c.kind).where(_structure.c.id == structure_id)
    return bool(tx.execute(query).scalar() == StructureKind.TERRITORY.value)


def _structure_line(row: Row[Any]) -> StructureLine:
    return StructureLine(id=row.id, code=row.code, name=row.name, kind=StructureKind(row.kind))


def _known(row: Row[Any]) -> KnownStructure:
    return KnownStructure(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=StructureKind(row.kind),
        address="" if row.is_sensitive else row.address,
        is_active=row.state == StructureState.ACTIVE.value,
        is_sensitive=row.is_sensitive,
        professionals=row.professionals,
        recorded_at=row.recorded_at,
    )


def _true_names(tx: Transaction, structure_ids: Sequence[str]) -> dict[str, str]:
    opened = tx.sealing.open_many(structure_ids, IDENTITY) if structure_ids else {}
    return {name: payload["name"] for name, payload in opened.items()}


def posts(tx: Transaction, account_id: str) -> list[Post]:
    """The memberships of an account that hold today, in active structures, oldest first."""
    rows = tx.execute(_POSTS, {"account_id": account_id, "day": tx.today}).all()
    names = _true_names(tx, [row.structure_id for row in rows if row.is_sensitive])
    return [
        Post(
            structure_id=row.structure_id,
            structure_name=names.get(row.structure_id, row.name),
            is_territory=row.kind == StructureKind.TERRITORY.value,
            role=Role(row.role),
            from_on=row.from_on,
        )
        for row in rows
    ]


def colleagues(tx: Transaction, *, among: Collection[str | None] | None = None) -> dict[str, str]:
    """account id → name of everyone who follows people in the actor's structure today, by name; nobody whose account is
    closed. `among`: only those, for lists that show a few of a large team."""
    if among is not None and not any(among):
        return {}
    at_work = followers(tx, tx.actor.structure_id)
    names = staff_names(tx, at_work if among is None else at_work & set(among))
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def followers(tx: Transaction, structure_id: str) -> set[str]:
    """The accounts, not closed, that follow people in that structure today."""
    return set(tx.execute(_FOLLOWERS, {"structure_id": structure_id, "day": tx.today}).scalars())


def works_in(tx: Transaction, account_id: str, structure_id: str) -> bool:
    """Whether that account follows people in that structure today; a closed account follows nobody."""
    asked = {"account_id": account_id, "structure_id": structure_id, "day": tx.today}
    return tx.execute(_WORKS, asked).first() is not None


def staff_names(tx: Transaction, account_ids: Iterable[str | None]) -> dict[str, str]:
    """account id → « Prénom Nom » of professionals; empty ids are passed over."""
    profiles = tx.sealing.open_many((account_id for account_id in account_ids if account_id), PROFILE)
    return {name: f"{profile['first_name']} {profile['last_name']}" for name, profile in profiles.items()}


_ABSENCES = (
    select(_absence)
    .where(
        _absence.c.structure_id == bindparam("structure_id"),
        _absence.c.cancelled_at.is_(None),
        _absence.c.until_on >= bindparam("day", type_=Date),
    )
    .order_by(_absence.c.from_on, _absence.c.id)
)
_STOOD_IN_FOR = select(_absence.c.account_id).where(
    _absence.c.structure_id == bindparam("structure_id"),
    _absence.c.stand_in_id == bindparam("account_id"),
    _absence.c.cancelled_at.is_(None),
    _absence.c.from_on <= _DAY,
    _absence.c.until_on >= _DAY,
)


@dataclass(frozen=True, kw_only=True)
class AbsenceLine(Away):
    """An absence as lists show it."""

    id: str


def doing_the_work_of(tx: Transaction) -> list[str]:
    """Whose work is the actor's today in her structure: her own, and that of those away who named her."""
    asked = {"structure_id": tx.actor.structure_id, "account_id": tx.actor.account_id, "day": tx.today}
    return [tx.actor.account_id, *tx.execute(_STOOD_IN_FOR, asked).scalars()]


def absences(tx: Transaction) -> list[AbsenceLine]:
    """The absences of the actor's structure that stand, under way or to come, the next first."""
    return [
        AbsenceLine(
            id=row.id,
            account_id=row.account_id,
            from_on=row.from_on,
            until_on=row.until_on,
            stand_in_id=row.stand_in_id,
        )
        for row in tx.execute(_ABSENCES, {"structure_id": tx.actor.structure_id, "day": tx.today})
    ]
