"""What the actor may see now. Every query on records starts from here: no live grant, no row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal, or_, select

from pathway.casework.partners.tables import Structure
from pathway.casework.sharing.rules import Cause, unpack_sections
from pathway.casework.sharing.tables import AccessGrant
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_grant = table_of(AccessGrant)
_structure = table_of(Structure)

EVERY_SECTION = "*"

# Built once: every page of a person asks these.
_NOW = bindparam("now", type_=_grant.c.from_at.type)
_IN_TIME = and_(_grant.c.from_at <= _NOW, or_(_grant.c.until_at.is_(None), _grant.c.until_at > _NOW))
_OF_STRUCTURE = (
    _grant.c.record_id == bindparam("record_id"),
    _grant.c.structure_id == bindparam("structure_id"),
    _IN_TIME,
)
_READERS = (
    select(_structure.c.id, _structure.c.name, _grant.c.sections, _grant.c.cause, _grant.c.from_at, _grant.c.until_at)
    .join(_structure, _structure.c.id == _grant.c.structure_id)
    .where(_grant.c.record_id == bindparam("record_id"), _IN_TIME)
    .order_by(_grant.c.from_at)
)
_SECTIONS = select(_grant.c.sections).where(*_OF_STRUCTURE)
_SUPPORT = select(_grant.c.id).where(*_OF_STRUCTURE, _grant.c.cause == Cause.SUPPORT.value).limit(1)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One structure that may open a record: its name, which sections, why, since when, until when (None: no end)."""

    structure_id: str
    name: str
    sections: frozenset[str]
    cause: Cause
    from_at: datetime
    until_at: datetime | None


def visible_sections(tx: Transaction, record_id: str) -> frozenset[str]:
    """The sections of that record the actor may open now; `NotFound` when there is none, as if it did not exist.

    The person herself sees all: the set then holds only `EVERY_SECTION`.
    """
    if tx.actor.record_id:
        if tx.actor.record_id != record_id:
            raise NotFound
        return frozenset({EVERY_SECTION})
    wanted = {"record_id": record_id, "structure_id": tx.actor.structure_id, "now": tx.now}
    sections = frozenset[str]().union(*(unpack_sections(row.sections) for row in tx.execute(_SECTIONS, wanted)))
    if not sections:
        raise NotFound
    return sections


def sections_of_many(tx: Transaction, record_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """record id → the sections the actor's structure may open now, for lists; records without a grant are left out."""
    query = select(_grant.c.record_id, _grant.c.sections).where(_grant.c.record_id.in_(record_ids), *_live(tx))
    found: dict[str, frozenset[str]] = {}
    for row in tx.execute(query) if record_ids else ():
        found[row.record_id] = found.get(row.record_id, frozenset()) | unpack_sections(row.sections)
    return found


def is_visible(tx: Transaction, record_id: str) -> bool:
    """Whether the actor may know that this record exists."""
    try:
        visible_sections(tx, record_id)
    except NotFound:
        return False
    return True


def seen_by_actor(tx: Transaction, record_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The SQL condition that keeps only rows of records the actor may see; lists add it to their WHERE."""
    if tx.actor.record_id:
        return record_id == literal(tx.actor.record_id)
    return exists().where(_grant.c.record_id == record_id, *_live(tx))


def seen_in(record_id: ColumnElement[str]) -> ColumnElement[bool]:
    """`seen_by_actor` for a statement built once; it is then executed with what `sight` gives."""
    granted = exists().where(
        _grant.c.record_id == record_id, _grant.c.structure_id == bindparam("own_structure"), _IN_TIME
    )
    return or_(record_id == bindparam("own_record"), granted)


def sight(tx: Transaction) -> dict[str, Any]:
    """What `seen_in` needs to know of the actor. A person sees her own record only, whatever else she is."""
    structure_id = "" if tx.actor.record_id else tx.actor.structure_id
    return {"own_record": tx.actor.record_id, "own_structure": structure_id, "now": tx.now}


def structures_that_see(tx: Transaction, record_id: str) -> list[Reader]:
    """Every structure with a live grant on that record, oldest first."""
    return [
        Reader(
            structure_id=row.id,
            name=row.name,
            sections=unpack_sections(row.sections),
            cause=Cause(row.cause),
            from_at=row.from_at,
            until_at=row.until_at,
        )
        for row in tx.execute(_READERS, {"record_id": record_id, "now": tx.now})
    ]


def supporting_structure(tx: Transaction, record_id: str, structure_id: str) -> bool:
    """Whether that structure supports that person now."""
    wanted = {"record_id": record_id, "structure_id": structure_id, "now": tx.now}
    return tx.execute(_SUPPORT, wanted).first() is not None


def has_lasting_support(tx: Transaction, record_id: str, structure_id: str) -> bool:
    """Whether that structure supports that person now, without an end already set."""
    query = select(_grant.c.id).where(
        _grant.c.record_id == record_id,
        _grant.c.structure_id == structure_id,
        _grant.c.cause == Cause.SUPPORT,
        _grant.c.until_at.is_(None),
    )
    # The nightly may be about to end it: whoever relies on it holds it.
    return tx.execute(query.with_for_update()).first() is not None


def _live(tx: Transaction) -> tuple[ColumnElement[bool], ...]:
    return (_grant.c.structure_id == tx.actor.structure_id, _in_time(tx.now))


@lru_cache(maxsize=32)  # a page asks several times at one instant
def _in_time(now: datetime) -> ColumnElement[bool]:
    ends = or_(_grant.c.until_at.is_(None), _grant.c.until_at > now)
    return and_(_grant.c.from_at <= now, ends)
