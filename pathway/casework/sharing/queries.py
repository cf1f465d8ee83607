"""What the actor may see now. Every query on records starts from here: no live grant, no row."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, literal, null, or_, select, union_all

from pathway.casework.accounts.queries import account_of_record, languages_of
from pathway.casework.partners.queries import PROFILE
from pathway.casework.partners.tables import Structure
from pathway.casework.sharing.conditions import (
    HIDDEN_NOW,
    IN_TIME,
    LASTING,
    OWN,
    RESTRICTED_NOW,
    WITHDRAWN_NOW,
    by_line,
    count_seen,
    may_search_contact,
    of_person,
    seen_in,
    sight,
)
from pathway.casework.sharing.rules import (
    CONTACT,
    EVERY_SECTION,
    HERSELF,
    PHONES,
    Access,
    Cause,
    Grant,
    Reach,
    access_from,
    is_cautioned,
    mobiles_in,
    unpack_sections,
)
from pathway.casework.sharing.tables import AccessGrant, HiddenPart, Record, RestrictedPart, Withdrawal
from pathway.kernel.errors import NotFound, Refused
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

__all__ = [
    "EVERY_SECTION",
    "Reader",
    "access_of",
    "accesses_of",
    "by_line",
    "count_seen",
    "has_lasting_support",
    "is_stopped",
    "is_visible",
    "may_search_contact",
    "of_person",
    "own_card",
    "reach_of",
    "require_part",
    "same_person",
    "seen_in",
    "sight",
    "stopped_structures",
    "structures_that_see",
    "supporting_structure",
    "supports_card",
    "visible_sections",
]

_grant = table_of(AccessGrant)
_structure = table_of(Structure)
_withdrawal = table_of(Withdrawal)
_hidden = table_of(HiddenPart)
_restricted = table_of(RestrictedPart)
_record = table_of(Record)

NO_SMS = "no_sms"  # in an account's profile: she refuses messages
READ_ONLY = "Votre structure peut lire ce dossier, pas le modifier."

# Built once: every page of a person asks these.
_GRANTS = select(
    literal("grant").label("what"), _grant.c.record_id, _grant.c.cause, _grant.c.sections, _grant.c.until_at
).where(_grant.c.structure_id == OWN, IN_TIME)
_WITHDRAWALS = select(literal("withdrawal"), _withdrawal.c.record_id, literal(""), literal(""), null()).where(
    WITHDRAWN_NOW
)
_HIDES = select(literal("hidden"), _hidden.c.record_id, _hidden.c.section, _hidden.c.item_key, null()).where(HIDDEN_NOW)
_RESTRICTIONS = select(
    literal("hidden"), _restricted.c.record_id, _restricted.c.section, _restricted.c.item_key, null()
).where(RESTRICTED_NOW)
_ACCESS = union_all(
    _GRANTS.where(of_person(_grant.c.record_id)),
    _WITHDRAWALS.where(of_person(_withdrawal.c.record_id)),
    _HIDES.where(of_person(_hidden.c.record_id)),
    _RESTRICTIONS.where(of_person(_restricted.c.record_id)),
)


def _of_people(rows: Select[Any], column: ColumnElement[str]) -> Select[Any]:
    """Those rows for the people `:record_ids`, with the card that stands for each; looked up by their cards, for a
    structure may hold thousands of others."""
    card = _record.alias()
    cards = select(card.c.id).where(card.c.canonical_id.in_(bindparam("record_ids", expanding=True)))
    return rows.add_columns(_record.c.canonical_id).join(_record, _record.c.id == column).where(column.in_(cards))


_ACCESSES = union_all(
    _of_people(_GRANTS, _grant.c.record_id),
    _of_people(_WITHDRAWALS, _withdrawal.c.record_id),
    _of_people(_HIDES, _hidden.c.record_id),
    _of_people(_RESTRICTIONS, _restricted.c.record_id),
)
_STOPPED = select(_withdrawal.c.structure_id).where(
    of_person(_withdrawal.c.record_id), _withdrawal.c.until_at.is_(None)
)
_READERS = (
    select(
        _structure.c.id,
        _structure.c.name,
        _structure.c.is_sensitive,
        _grant.c.sections,
        _grant.c.cause,
        _grant.c.from_at,
        _grant.c.until_at,
        exists(_STOPPED.where(_withdrawal.c.structure_id.in_([_structure.c.id, ""]))).label("is_stopped"),
    )
    .join(_structure, _structure.c.id == _grant.c.structure_id)
    .where(of_person(_grant.c.record_id), IN_TIME)
    .order_by(_grant.c.from_at)
)
_SUPPORT = (
    select(_grant.c.id)
    .where(of_person(_grant.c.record_id), _grant.c.structure_id == OWN, IN_TIME, _grant.c.cause == Cause.SUPPORT.value)
    .limit(1)
)
_SUPPORT_OF_CARD = (
    select(_grant.c.id)
    .where(
        _grant.c.record_id == bindparam("record_id"),
        _grant.c.structure_id == OWN,
        IN_TIME,
        _grant.c.cause == Cause.SUPPORT.value,
    )
    .limit(1)
)
_OWN_CARD = (
    select(_grant.c.record_id)
    .join(_record, _record.c.id == _grant.c.record_id)
    .where(
        of_person(_grant.c.record_id),
        _grant.c.structure_id == OWN,
        IN_TIME,
        _grant.c.cause != Cause.EXCEPTIONAL.value,
        or_(_grant.c.cause != Cause.SUPPORT.value, LASTING),
    )
    .order_by(
        LASTING.desc(), (_record.c.id == _record.c.canonical_id).desc(), _record.c.recorded_at, _grant.c.record_id
    )
    .limit(1)
)
_CARDS = (
    select(_record.c.id, _record.c.canonical_id)
    .where(of_person(_record.c.id))
    .order_by((_record.c.id == _record.c.canonical_id).desc(), _record.c.recorded_at, _record.c.id)
)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One structure that may open a record: its name, which sections, why, since when, until when (None: no end).

    `is_stopped`: she withdrew the sharing; only a lasting support is left, for what the structure recorded itself.
    """

    structure_id: str
    name: str
    sections: frozenset[str]
    cause: Cause
    from_at: datetime
    until_at: datetime | None
    is_stopped: bool
    is_sensitive: bool


def access_of(tx: Transaction, record_id: str) -> Access:
    """What the actor may open of that person now; `NotFound` without a live grant, as if she did not exist.

    The person herself opens all of her own.
    """
    if tx.actor.record_id:
        if record_id not in (tx.actor.record_id, *same_person(tx, tx.actor.record_id)):
            raise NotFound
        return HERSELF
    found = _access(tx.execute(_ACCESS, {"record_id": record_id, **sight(tx)}))
    if found is None:
        raise NotFound
    return found


def visible_sections(tx: Transaction, record_id: str) -> frozenset[str]:
    """The sections and parts the actor may open now (`EVERY_SECTION` alone for herself); `NotFound` without a grant."""
    return access_of(tx, record_id).sections


def require_part(tx: Transaction, record_id: str, part: str) -> Access:
    """The access of somebody about to write in that section or part: `NotFound` when it is closed to her, `Refused`
    when she may only read."""
    access = access_of(tx, record_id)
    if not access.opens(part):
        raise NotFound
    if not access.may_write:
        raise Refused(READ_ONLY)
    return access


def accesses_of(tx: Transaction, record_ids: Collection[str]) -> dict[str, Access]:
    """record id → what the actor may open of her now, for lists; records without a grant are left out.

    The ids are cards that stand for a person, as lists show them.
    """
    if not record_ids:
        return {}
    rows: dict[str, list[Any]] = {}
    for row in tx.execute(_ACCESSES, {"record_ids": list(record_ids), **sight(tx)}):
        rows.setdefault(row.canonical_id, []).append(row)
    found = {name: _access(those) for name, those in rows.items()}
    return {name: access for name, access in found.items() if access is not None}


def same_person(tx: Transaction, record_id: str) -> list[str]:
    """Every card of that person, the one that stands for her first; the card alone when it is not linked."""
    return [row.id for row in tx.execute(_CARDS, {"record_id": record_id})]


def own_card(tx: Transaction, record_id: str) -> str:
    """The card of that person under which the actor writes: one it has a grant of its own to write on, the one that
    stands for her first. Her own for the person; the one that stands for her when nothing may be written.

    Linked cards may be taken apart again: what a structure wrote stays where it may still read it.
    """
    cards = same_person(tx, record_id)
    if tx.actor.record_id:
        return tx.actor.record_id
    if len(cards) < 2:
        return record_id
    row = tx.execute(_OWN_CARD, {"record_id": record_id, **sight(tx)}).one_or_none()
    return row.record_id if row else cards[0]


def is_visible(tx: Transaction, record_id: str) -> bool:
    """Whether the actor may know that this record exists."""
    try:
        access_of(tx, record_id)
    except NotFound:
        return False
    return True


def structures_that_see(tx: Transaction, record_id: str) -> list[Reader]:
    """Every structure with a live grant on that person, oldest first. Other structures' staff is not told of sensitive
    ones; whom she stopped is left only its lasting support."""
    wanted = {"record_id": record_id, "now": tx.now}
    readers = [_reader(row) for row in tx.execute(_READERS, wanted)]
    return [one for one in readers if _is_told(tx, one) and not _is_overridden(one)]


def stopped_structures(tx: Transaction, record_id: str) -> set[str]:
    """The structures with which that person stopped sharing; the empty id among them stands for all."""
    return {row.structure_id for row in tx.execute(_STOPPED, {"record_id": record_id})}


def is_stopped(tx: Transaction, record_id: str, structure_id: str) -> bool:
    """Whether that person stopped sharing with that structure, or with all."""
    return bool(stopped_structures(tx, record_id) & {structure_id, ""})


def supporting_structure(tx: Transaction, record_id: str, structure_id: str) -> bool:
    """Whether that structure supports that person now."""
    wanted = {"record_id": record_id, "own_structure": structure_id, "now": tx.now}
    return tx.execute(_SUPPORT, wanted).first() is not None


def supports_card(tx: Transaction, record_id: str, structure_id: str) -> bool:
    """Whether that structure supports that very card now: what it is given there stays its own, linked or not."""
    wanted = {"record_id": record_id, "own_structure": structure_id, "now": tx.now}
    return tx.execute(_SUPPORT_OF_CARD, wanted).first() is not None


def reach_of(tx: Transaction, record_id: str) -> Reach:
    """By what that person may be told, as all her cards and accounts say it now. Whoever asks, it is for her alone."""
    cards = same_person(tx, record_id)
    accounts = [one for card in cards if (one := account_of_record(tx, card))]
    profiles = tx.sealing.open_many(accounts, PROFILE)
    said = [payload["facts"] for payload in tx.sealing.open_many(cards, CONTACT).values()]
    return Reach(
        emails=tuple((name, one["email"]) for name, one in profiles.items() if one.get("email")),
        languages=languages_of(tx, accounts),
        mobiles=mobiles_in(said),
        is_cautioned=is_cautioned(said) or _is_contested(tx, cards),
        wants_sms=not any(one.get(NO_SMS) for one in profiles.values()),
        has_account=bool(accounts),
    )


def _is_contested(tx: Transaction, cards: Sequence[str]) -> bool:
    """Whether she limits the use of her phones, or of all her contacts (RGPD, article 18): it holds for us too."""
    here = (_restricted.c.record_id.in_(cards), _restricted.c.section == CONTACT)
    phones = or_(_restricted.c.item_key == "", _restricted.c.item_key == PHONES)
    query = select(_restricted.c.id).where(*here, phones, RESTRICTED_NOW).limit(1)
    return tx.execute(query, {"now": tx.now}).first() is not None


def has_lasting_support(tx: Transaction, record_id: str, structure_id: str) -> bool:
    """Whether that structure supports that card now, without an end already set."""
    query = select(_grant.c.id).where(_grant.c.record_id == record_id, _grant.c.structure_id == structure_id, LASTING)
    # The nightly may be about to end it: whoever relies on it holds it.
    return tx.execute(query.with_for_update()).first() is not None


def _access(rows: Iterable[Any]) -> Access | None:
    grants: list[Grant] = []
    hidden: list[tuple[str, str]] = []
    is_withdrawn = False
    for row in rows:
        if row.what == "grant":
            grants.append(Grant(cause=Cause(row.cause), sections=unpack_sections(row.sections), until_at=row.until_at))
        elif row.what == "hidden":
            hidden.append((row.cause, row.sections))  # the columns of the first select name those of the union
        else:
            is_withdrawn = True
    return access_from(grants, is_withdrawn=is_withdrawn, hidden=hidden)


def _reader(row: Any) -> Reader:
    return Reader(
        structure_id=row.id,
        name=row.name,
        sections=unpack_sections(row.sections),
        cause=Cause(row.cause),
        from_at=row.from_at,
        until_at=row.until_at,
        is_stopped=row.is_stopped,
        is_sensitive=row.is_sensitive,
    )


def _is_told(tx: Transaction, reader: Reader) -> bool:
    return not reader.is_sensitive or bool(tx.actor.record_id) or tx.actor.structure_id == reader.structure_id


def _is_overridden(reader: Reader) -> bool:
    return reader.is_stopped and not (reader.cause is Cause.SUPPORT and reader.until_at is None)
