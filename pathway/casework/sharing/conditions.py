"""The conditions every query on records is made of: they keep only what the actor may see now, inside SQL."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from pathway.casework.partners.tables import Structure
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.casework.sharing.tables import AccessGrant, HiddenPart, Record, RestrictedPart, Withdrawal
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_grant = table_of(AccessGrant)
_structure = table_of(Structure)
_withdrawal = table_of(Withdrawal)
_hidden = table_of(HiddenPart)
_restricted = table_of(RestrictedPart)
_record = table_of(Record)

# Built once: every page of a person asks these.
NOW = bindparam("now", type_=_grant.c.from_at.type)
OWN = bindparam("own_structure", type_=_grant.c.structure_id.type)
IN_TIME = and_(_grant.c.from_at <= NOW, or_(_grant.c.until_at.is_(None), _grant.c.until_at > NOW))
LASTING = and_(_grant.c.cause == Cause.SUPPORT.value, _grant.c.until_at.is_(None))
WITHDRAWN_NOW = and_(
    or_(_withdrawal.c.structure_id == OWN, _withdrawal.c.structure_id == ""), _withdrawal.c.until_at.is_(None)
)
HIDDEN_NOW = and_(_hidden.c.structure_id == OWN, _hidden.c.until_at.is_(None))
# Whichever the structure. An end may be set ahead: she is told before a limit is lifted.
RESTRICTED_NOW = or_(_restricted.c.until_at.is_(None), _restricted.c.until_at > NOW)


def of_person(column: ColumnElement[str]) -> ColumnElement[bool]:
    """The rows of that person: of the card `:record_id` and of every card linked with it."""
    asked, card = _record.alias(), _record.alias()
    cards = select(card.c.id).join(asked, asked.c.canonical_id == card.c.canonical_id)
    return column.in_(cards.where(asked.c.id == bindparam("record_id")))


def seen_in(
    record_id: ColumnElement[str], part: str = "", *, by: ColumnElement[str] | None = None
) -> ColumnElement[bool]:
    """The SQL condition that keeps only rows the actor may see; the statement is executed with what `sight` gives.

    `record_id`: the column of a list, or for the rows of one person `bindparam("record_id")`, or a subquery.
    `part`: the section or part the row belongs to; empty when knowing that the record exists is enough. `by`: the
    structure that wrote the row; other structures' rows go when she withdrew the sharing, or when they are sensitive.
    """
    conditions = [_granted(record_id, part)]
    if part:
        conditions.append(~_is_hidden(record_id, part))
    if by is not None:
        secret = select(_structure.c.id).where(_structure.c.is_sensitive)
        conditions.append(or_(by == OWN, and_(~_is_withdrawn(record_id), by.not_in(secret))))
    return or_(_is_hers(record_id), and_(*conditions))


def by_line(column: ColumnElement[str]) -> ColumnElement[str]:
    """That column for `seen_in`, its rights looked up line by line: for few lines, or the first few of many in order,
    before all that the actor may see is gathered."""
    return literal_column(str(column), column.type)


def count_seen() -> ScalarSelect[int]:
    """How many people the structure of `sight` may see: as many as `seen_in` keeps cards that stand for one, counted
    from its grants without looking at the cards one by one."""
    people = _grant.join(_record, _record.c.id == _grant.c.record_id)
    return select(func.count(_record.c.canonical_id.distinct())).select_from(people).where(*_holds()).scalar_subquery()


def may_search_contact(record_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a phone number or an e-mail may find that record: nothing of its contact section is kept from the actor.

    To be used with `seen_in(record_id, "contact")`: a search must confirm nothing that reading would not show.
    """
    hides = _has(record_id, _hidden, _hidden.c.section == "contact", HIDDEN_NOW)
    restricts = _has(record_id, _restricted, _restricted.c.section == "contact", RESTRICTED_NOW)
    return and_(~hides, ~restricts, ~_is_withdrawn(record_id))


def sight(tx: Transaction) -> dict[str, Any]:
    """What `seen_in` needs to know of the actor. A person sees her own record only, whatever else she is."""
    structure_id = "" if tx.actor.record_id else tx.actor.structure_id
    return {"own_record": tx.actor.record_id, "own_structure": structure_id or "-", "now": tx.now}


def _has(record_id: ColumnElement[str], table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row of that table stands for the person, on any of her cards.

    For one person (`record_id` is a bind parameter or a subquery) the engines look her rows up; for the column of a
    list they build the set once. One form for both makes PostgreSQL compare every line with every grant.
    """
    if not record_id._from_objects:
        return exists().where(table.c.record_id.in_(_cards(record_id)), *conditions)
    told, card = _record.alias(), _record.alias()
    cards = (
        select(card.c.id)
        .join(told, told.c.canonical_id == card.c.canonical_id)
        .join(table, table.c.record_id == told.c.id)
        .where(*conditions)
    )
    return record_id.in_(cards)


def _cards(record_id: ColumnElement[str]) -> Select[Any]:
    mine, card = _record.alias(), _record.alias()
    person = select(mine.c.canonical_id).where(mine.c.id == record_id).scalar_subquery()
    return select(card.c.id).where(card.c.canonical_id == person)


def _granted(record_id: ColumnElement[str], part: str) -> ColumnElement[bool]:
    opens = (literal(" ") + _grant.c.sections + " ").contains(f" {part} ", autoescape=True)
    return _has(record_id, _grant, *_holds(), *([opens] if part else []))


def _holds() -> tuple[ColumnElement[bool], ...]:
    """A grant of the actor's structure that opens something now."""
    return (_grant.c.structure_id == OWN, IN_TIME, or_(LASTING, ~_is_withdrawn(_grant.c.record_id)))


def _is_withdrawn(record_id: ColumnElement[str]) -> ColumnElement[bool]:
    return _has(record_id, _withdrawal, WITHDRAWN_NOW)


def _is_hidden(record_id: ColumnElement[str], part: str) -> ColumnElement[bool]:
    hides = _has(record_id, _hidden, _hidden.c.section == part, _hidden.c.item_key == "", HIDDEN_NOW)
    if part in PARTS:
        return hides  # steps, points and alerts are never restricted: the follow-up stands
    whole = (_restricted.c.section == part, _restricted.c.item_key == "")
    return or_(hides, _has(record_id, _restricted, *whole, RESTRICTED_NOW))


def _is_hers(record_id: ColumnElement[str]) -> ColumnElement[bool]:
    return record_id.in_(_cards(bindparam("own_record")))
