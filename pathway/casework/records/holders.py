"""Who holds search tokens, among the people the actor may see: the statements of every search and certain match."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, func, literal_column, or_, select, union_all

from pathway.casework.records.rules import Section
from pathway.casework.sharing.queries import may_search_contact, seen_in, sight
from pathway.casework.sharing.tables import Record
from pathway.store.columns import table_of
from pathway.store.tables import SearchToken
from pathway.store.transaction import Transaction

_record = table_of(Record)
_token = table_of(SearchToken)

TOKEN_KINDS = {"full": 1, "pnd": 2, "ppd": 3, "p3y": 4, "pp": 5, "dob": 6, "tel": 7, "mail": 8, "ident": 9}
# Tokens of a later index root are of kinds so much higher: while roots change, a search asks for both.
KINDS_OF_A_ROOT = 100
_CANDIDATES = 200

# Built once: said anew at each search, these conditions cost more than the search itself. Whoever may not read the
# contact section learns nothing from a phone number or an e-mail. Said of one card, as text: each of the few candidates
# is looked up, where the column of a list would gather all that a structure of thousands follows.
_CANDIDATE: ColumnElement[str] = literal_column("hit.subject_id", _token.c.subject_id.type)
_KIND: ColumnElement[int] = literal_column("hit.kind", _token.c.kind.type)
_FINDABLE = and_(
    seen_in(_CANDIDATE),
    or_(
        (_KIND % KINDS_OF_A_ROOT).not_in([TOKEN_KINDS["tel"], TOKEN_KINDS["mail"]]),
        and_(seen_in(_CANDIDATE, Section.CONTACT.value), may_search_contact(_CANDIDATE)),
    ),
)


def kind_under(version: int, index: str) -> int:
    """The kind of a token of that index under that version of the index root."""
    return TOKEN_KINDS[index] + KINDS_OF_A_ROOT * (version - 1)


def index_kind(kind: int) -> int:
    """The kind of its index, whatever the root: one of `TOKEN_KINDS`."""
    return kind % KINDS_OF_A_ROOT


def holders(tx: Transaction, tokens: Sequence[tuple[int, int]]) -> list[Any]:
    """Every card the actor may see that holds one of those tokens: kind, token, card, the card that stands for her."""
    tx.sealing.flush()
    rows: list[Any] = []
    for start in range(0, len(tokens), _CANDIDATES):
        by_kind = _by_kind(tokens[start : start + _CANDIDATES])
        rows += tx.execute(_holders(tuple(by_kind)), {**_lists(by_kind), **sight(tx)})
    return rows


def candidates(tx: Transaction, tokens: Sequence[tuple[int, int]]) -> list[Any]:
    """At most 200 cards with the one that stands for the person and the last kind of token they share, whatever its
    root; those that share the most tokens first."""
    by_kind = _by_kind(tokens)
    return list(tx.execute(_matching(tuple(by_kind)), {**_lists(by_kind), **sight(tx)})) if tokens else []


def _by_kind(tokens: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for kind, token in sorted(tokens):
        found.setdefault(kind, []).append(token)
    return found


def _lists(by_kind: Mapping[int, list[int]]) -> dict[str, list[int]]:
    return {f"tokens_{kind}": those for kind, those in by_kind.items()}


def _hits(kinds: tuple[int, ...]) -> Subquery:
    """Who holds those tokens. One arm a kind: asked as pairs, SQLite reads the whole table."""
    arms = (
        select(_token.c.kind, _token.c.token, _token.c.subject_id).where(
            _token.c.kind == kind, _token.c.token.in_(bindparam(f"tokens_{kind}", expanding=True))
        )
        for kind in kinds
    )
    return union_all(*arms).subquery("hit")


@cache
def _holders(kinds: tuple[int, ...]) -> Select[Any]:
    hit = _hits(kinds)
    held = hit.join(_record, _record.c.id == hit.c.subject_id)
    query = select(hit.c.kind, hit.c.token, hit.c.subject_id, _record.c.canonical_id)
    return query.select_from(held).where(_FINDABLE)


@cache
def _matching(kinds: tuple[int, ...]) -> Select[Any]:
    hit = _hits(kinds)
    return (
        select(hit.c.subject_id, _record.c.canonical_id, func.max(hit.c.kind % KINDS_OF_A_ROOT).label("kind"))
        .select_from(hit.join(_record, _record.c.id == hit.c.subject_id))
        .where(_FINDABLE)
        .group_by(hit.c.subject_id, _record.c.canonical_id)
        .order_by(func.count().desc(), hit.c.subject_id)
        .limit(_CANDIDATES)
    )
