"""The person's own log and questions; what a responsable or a reviewer has to explain or to review."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.oversight.rules import (
    AWAITING,
    TOLD_FOR,
    ContestState,
    ExceptionalReason,
    Line,
    Outcome,
    lines_of,
)
from pathway.casework.oversight.tables import Contest, ContestAnswer, ExceptionalAccess
from pathway.casework.partners.rules import Role
from pathway.casework.partners.tables import Membership
from pathway.casework.records.tables import Referent
from pathway.casework.sharing.queries import same_person
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.journal import entries_about_any
from pathway.store.transaction import Transaction

_contest = table_of(Contest)
_answer = table_of(ContestAnswer)
_exceptional = table_of(ExceptionalAccess)
_membership = table_of(Membership)
_referent = table_of(Referent)

_LATEST = 600  # entries read back for the last days; her own visits are among them
_SETTLED_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class AnswerView:
    """One answer to her question: by whom, for which structure, when (UTC)."""

    account_id: str
    structure_id: str
    text: str
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class ContestView:
    """One access she asks to be explained, with what she wrote (maybe nothing) and the answers so far."""

    id: str
    record_id: str
    seq: int
    action: str
    times: int
    done_at: datetime
    structure_id: str
    account_id: str
    role: str
    state: ContestState
    message: str
    opened_at: datetime
    due_on: date
    answers: tuple[AnswerView, ...]

    @property
    def is_awaited(self) -> bool:
        """Whether somebody still owes her an answer."""
        return self.state in AWAITING


@dataclass(frozen=True, kw_only=True)
class ExceptionalView:
    """One exceptional access: who opened it, why, until when, and what its review found (None before)."""

    id: str
    record_id: str
    structure_id: str
    account_id: str
    reason: ExceptionalReason
    note: str
    opened_at: datetime
    until_at: datetime
    review_due_on: date
    outcome: Outcome | None
    verdict: str


def own_log(tx: Transaction) -> tuple[Line, ...]:
    """Every line of the actor's own log, newest first: what was done with any card of hers, whoever did it."""
    return _log(tx, limit=None)


def latest_log(tx: Transaction) -> tuple[Line, ...]:
    """The newest lines of the actor's own log."""
    return _log(tx, limit=_LATEST)


def named_referents(tx: Transaction) -> frozenset[str]:
    """The accounts that are or were the actor's référent de parcours: the professionals whose names she was given."""
    query = select(_referent.c.account_id).where(_referent.c.record_id.in_(_own_cards(tx)))
    return frozenset(row.account_id for row in tx.execute(query))


def own_contests(tx: Transaction) -> list[ContestView]:
    """What the actor asked to be explained, newest first."""
    query = select(_contest).where(_contest.c.record_id.in_(_own_cards(tx)))
    return _contests(tx, query.order_by(_contest.c.opened_at.desc(), _contest.c.id))


def own_exceptional(tx: Transaction) -> list[ExceptionalView]:
    """The exceptional accesses to the actor's own record in the last 30 days, or reviewed since then; newest first."""
    since = tx.now - TOLD_FOR
    recent = or_(_exceptional.c.opened_at >= since, _exceptional.c.reviewed_at >= since)
    query = select(_exceptional).where(_exceptional.c.record_id.in_(_own_cards(tx)), recent)
    return [_exceptional_view(tx, row) for row in tx.execute(query.order_by(_exceptional.c.opened_at.desc()))]


def contests_to_answer(tx: Transaction) -> list[ContestView]:
    """The accesses the actor has to explain, the most pressing first. Journalled: what a person wrote is read."""
    query = select(_contest).where(_is_mine_to_answer(tx))
    return _read(tx, "read_contest", _contests(tx, query.order_by(_contest.c.due_on, _contest.c.id)))


def contests_settled(tx: Transaction) -> list[ContestView]:
    """The last accesses of the actor's structure that were explained, or that she herself explained; newest first.
    Journalled."""
    answered = _contest.c.id.in_(select(_answer.c.contest_id).where(_answer.c.account_id == tx.actor.account_id))
    here = and_(_contest.c.structure_id == tx.actor.structure_id, _contest.c.account_id != tx.actor.account_id)
    may_know = or_(answered, here) if _is_responsable(tx) else answered
    told = select(_contest).where(may_know, _contest.c.state != ContestState.OPEN.value)
    newest = told.order_by(_contest.c.opened_at.desc(), _contest.c.id).limit(_SETTLED_SHOWN)
    return _read(tx, "read_contest", _contests(tx, newest))


def contest_to_answer(tx: Transaction, contest_id: str) -> ContestView:
    """One of the accesses the actor has to explain; `NotFound` for any other."""
    found = _contests(tx, select(_contest).where(_contest.c.id == contest_id, _is_mine_to_answer(tx)))
    if not found:
        raise NotFound
    return found[0]


def own_contest(tx: Transaction, contest_id: str) -> ContestView:
    """One question of the actor's own; `NotFound` for any other."""
    query = select(_contest).where(_contest.c.id == contest_id, _contest.c.record_id.in_(_own_cards(tx)))
    found = _contests(tx, query)
    if not found:
        raise NotFound
    return found[0]


def exceptional_to_review(tx: Transaction) -> list[ExceptionalView]:
    """The exceptional accesses the actor has to review, the most pressing first. Nobody reviews her own. Journalled."""
    query = select(_exceptional).where(_is_mine_to_review(tx))
    rows = tx.execute(query.order_by(_exceptional.c.review_due_on, _exceptional.c.id))
    return _read(tx, "read_review", [_exceptional_view(tx, row) for row in rows])


def exceptional_to_review_by_id(tx: Transaction, access_id: str) -> ExceptionalView:
    """One of them; `NotFound` for any other."""
    row = tx.execute(select(_exceptional).where(_exceptional.c.id == access_id, _is_mine_to_review(tx))).one_or_none()
    if row is None:
        raise NotFound
    return _exceptional_view(tx, row)


def exceptional_of_structure(tx: Transaction) -> list[ExceptionalView]:
    """The last exceptional accesses opened by the actor's structure, newest first. Journalled."""
    query = select(_exceptional).where(_exceptional.c.structure_id == tx.actor.structure_id)
    ordered = query.order_by(_exceptional.c.opened_at.desc(), _exceptional.c.id).limit(_SETTLED_SHOWN)
    return _read(tx, "read_review", [_exceptional_view(tx, row) for row in tx.execute(ordered)])


def used_under(tx: Transaction, access: ExceptionalView) -> tuple[Line, ...]:
    """What the account that opened that access did with the record while it lasted, newest first."""
    cards = same_person(tx, access.record_id)
    entries = (
        entry
        for entry in entries_about_any(tx.connection, cards, limit=_LATEST)
        if entry["actor"] == access.account_id
        and access.opened_at <= datetime.fromisoformat(entry["at"]) <= access.until_at
    )
    return lines_of(entries, cards=cards, accounts=())


def late_counts(tx: Transaction) -> dict[str, int]:
    """In the whole base, past their day: late_answers and late_reviews; and those nobody is there to handle, late or
    not: unattended."""
    awaited = _contest.c.state.in_([state.value for state in AWAITING])
    pending = _exceptional.c.outcome.is_(None)
    alone = _count(tx, _contest, awaited, ~_has_answerer(tx)) + _count(tx, _exceptional, pending, ~_has_judge(tx))
    return {
        "late_answers": _count(tx, _contest, awaited, _contest.c.due_on < tx.today),
        "late_reviews": _count(tx, _exceptional, pending, _exceptional.c.review_due_on < tx.today),
        "unattended": alone,
    }


_Found = TypeVar("_Found", ContestView, ExceptionalView)


def _read(tx: Transaction, act: str, found: list[_Found]) -> list[_Found]:
    """Those rows, once the journal knows whose words and accesses were read."""
    if found:
        tx.journal(act, records=sorted({one.record_id for one in found}))
    return found


def _log(tx: Transaction, *, limit: int | None) -> tuple[Line, ...]:
    cards = _own_cards(tx)
    accounts = {account_id for card in cards if (account_id := account_of_record(tx, card))}
    entries = entries_about_any(tx.connection, cards, limit=limit)
    return lines_of(entries, cards=cards, accounts=accounts | {tx.actor.account_id})


def _own_cards(tx: Transaction) -> list[str]:
    return same_person(tx, tx.actor.record_id) if tx.actor.record_id else []


def _is_responsable(tx: Transaction) -> bool:
    return tx.actor.role == Role.SUPERVISOR and bool(tx.actor.structure_id)


def _posted(tx: Transaction, role: Role, *others: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether somebody holds that role today."""
    holds = or_(_membership.c.until_on.is_(None), _membership.c.until_on >= tx.today)
    here = (_membership.c.role == role.value, _membership.c.from_on <= tx.today, holds)
    return select(_membership.c.id).where(*here, *others).exists()


def _has_responsable(tx: Transaction, structure_id: ColumnElement[str], but: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether that structure has a responsable who is not the account in question."""
    return _posted(tx, Role.SUPERVISOR, _membership.c.structure_id == structure_id, _membership.c.account_id != but)


def _is_local(tx: Transaction) -> ColumnElement[bool]:
    """Whether the structure explains: her first question, and a responsable who is not the one it is about."""
    is_first = _contest.c.state == ContestState.OPEN.value
    return and_(is_first, _has_responsable(tx, _contest.c.structure_id, _contest.c.account_id))


def _is_mine_to_answer(tx: Transaction) -> ColumnElement[bool]:
    not_mine = _contest.c.account_id != tx.actor.account_id
    awaited = _contest.c.state.in_([state.value for state in AWAITING])
    if _is_responsable(tx):
        here = _contest.c.structure_id == tx.actor.structure_id
        return and_(not_mine, here, _contest.c.state == ContestState.OPEN.value)
    if tx.actor.role == Role.REVIEWER:
        return and_(not_mine, awaited, ~_is_local(tx))
    return false()


def _is_mine_to_review(tx: Transaction) -> ColumnElement[bool]:
    pending = and_(_exceptional.c.outcome.is_(None), _exceptional.c.account_id != tx.actor.account_id)
    if _is_responsable(tx):
        return and_(pending, _exceptional.c.structure_id == tx.actor.structure_id)
    if tx.actor.role == Role.REVIEWER:
        return and_(pending, ~_has_responsable(tx, _exceptional.c.structure_id, _exceptional.c.account_id))
    return false()


def _has_answerer(tx: Transaction) -> ColumnElement[bool]:
    return or_(_is_local(tx), _posted(tx, Role.REVIEWER, _membership.c.account_id != _contest.c.account_id))


def _has_judge(tx: Transaction) -> ColumnElement[bool]:
    here = _has_responsable(tx, _exceptional.c.structure_id, _exceptional.c.account_id)
    return or_(here, _posted(tx, Role.REVIEWER, _membership.c.account_id != _exceptional.c.account_id))


def _count(tx: Transaction, table: Any, *conditions: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


def _contests(tx: Transaction, query: Select[Any]) -> list[ContestView]:
    rows = tx.execute(query).all()
    answers = _answers(tx, rows)
    return [_contest_view(tx, row, answers.get(row.id, ())) for row in rows]


def _answers(tx: Transaction, contests: Sequence[Row[Any]]) -> dict[str, tuple[AnswerView, ...]]:
    record_of = {row.id: row.record_id for row in contests}
    if not record_of:
        return {}
    query = select(_answer).where(_answer.c.contest_id.in_(list(record_of))).order_by(_answer.c.round)
    found: dict[str, tuple[AnswerView, ...]] = {}
    for row in tx.execute(query).all():
        view = _answer_view(tx, row, record_of[row.contest_id])
        found[row.contest_id] = (*found.get(row.contest_id, ()), view)
    return found


def _answer_view(tx: Transaction, row: Row[Any], record_id: str) -> AnswerView:
    return AnswerView(
        account_id=row.account_id,
        structure_id=row.structure_id,
        text=tx.sealing.open_value(record_id, "contest_answer", row.id, row.text)["text"],
        answered_at=row.answered_at,
    )


def _contest_view(tx: Transaction, row: Row[Any], answers: Iterable[AnswerView]) -> ContestView:
    return ContestView(
        id=row.id,
        record_id=row.record_id,
        seq=row.seq,
        action=row.action,
        times=row.times,
        done_at=row.done_at,
        structure_id=row.structure_id,
        account_id=row.account_id,
        role=row.role,
        state=ContestState(row.state),
        message=_text(tx, row, "contest", row.message),
        opened_at=row.opened_at,
        due_on=row.due_on,
        answers=tuple(answers),
    )


def _exceptional_view(tx: Transaction, row: Row[Any]) -> ExceptionalView:
    return ExceptionalView(
        id=row.id,
        record_id=row.record_id,
        structure_id=row.structure_id,
        account_id=row.account_id,
        reason=ExceptionalReason(row.reason),
        note=_text(tx, row, "exceptional_access", row.note),
        opened_at=row.opened_at,
        until_at=row.until_at,
        review_due_on=row.review_due_on,
        outcome=Outcome(row.outcome) if row.outcome else None,
        verdict=_text(tx, row, "exceptional_verdict", row.verdict),
    )


def _text(tx: Transaction, row: Row[Any], table: str, blob: bytes | None) -> str:
    return tx.sealing.open_value(row.record_id, table, row.id, blob)["text"] if blob else ""
