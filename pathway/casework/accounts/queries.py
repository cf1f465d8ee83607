"""Finding the account behind a login or a cookie."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from pathway.casework.accounts.rules import AccountKind, AccountState, LoginKind, is_alive
from pathway.casework.accounts.tables import Account, AccountLogin, FailedTries, WebSession
from pathway.kernel.ids import is_card_number
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_login = table_of(AccountLogin)
_session = table_of(WebSession)
_tries = table_of(FailedTries)

_BY_LOGIN = (
    select(_account.c.id, _account.c.password_hash, _account.c.kind, _account.c.state, _account.c.record_id)
    .join(_login, _login.c.account_id == _account.c.id)
    .limit(1)
)
_BY_SESSION = (
    select(
        _session, _account.c.kind.label("account_kind"), _account.c.state.label("account_state"), _account.c.record_id
    )
    .join(_account, _account.c.id == _session.c.account_id)
    .where(_session.c.id == bindparam("session_id"))
)


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """A browser that is signed in: whose, in which role, for which structure or record."""

    id: str
    account_id: str
    role: str
    structure_id: str
    record_id: str
    last_seen_at: datetime


def login_of(tx: Transaction, typed: str) -> tuple[LoginKind, int]:
    """Which kind of login those characters are, and their blind token (62 bits, so that two logins never meet)."""
    if is_card_number(typed):
        return LoginKind.CARD, tx.store.fingerprints.token("login-card", 62, "".join(typed.split()))
    return LoginKind.EMAIL, tx.store.fingerprints.token("login-email", 62, typed.strip().casefold())


def account_by_login(tx: Transaction, typed: str) -> Any | None:
    """The account row (id, password_hash, kind, state, record_id) behind what was typed, or None."""
    kind, token = login_of(tx, typed)
    return tx.execute(_BY_LOGIN.where(_login.c.kind == kind.value, _login.c.token == token)).one_or_none()


def account_of_record(tx: Transaction, record_id: str) -> str | None:
    """The id of the person's own account, if she has opened one."""
    row = tx.execute(select(_account.c.id).where(_account.c.record_id == record_id)).one_or_none()
    return row.id if row else None


def account_opened_at(tx: Transaction, record_id: str) -> datetime | None:
    """When the person opened her own account, or None. Shown to those who follow her: none opens it unseen."""
    row = tx.execute(select(_account.c.recorded_at).where(_account.c.record_id == record_id)).one_or_none()
    return row.recorded_at if row else None


def live_session(tx: Transaction, session_id: str) -> SessionView | None:
    """The session of that id if it still holds and its account is active."""
    row = tx.execute(_BY_SESSION, {"session_id": session_id}).one_or_none()
    if row is None or row.ended_at is not None or row.account_state != AccountState.ACTIVE:
        return None
    kind = AccountKind(row.account_kind)
    if not is_alive(created_at=row.created_at, last_seen_at=row.last_seen_at, kind=kind, now=tx.now):
        return None
    return SessionView(
        id=row.id,
        account_id=row.account_id,
        role=row.role,
        structure_id=row.structure_id or "",
        record_id=row.record_id or "",
        last_seen_at=row.last_seen_at,
    )


def blocked_until(tx: Transaction, who: list[str]) -> datetime | None:
    """Until when the next try must wait for any of those hashed names; None when it may go on."""
    query = select(_tries.c.blocked_until).where(_tries.c.who.in_(who), _tries.c.blocked_until > tx.now)
    ends = [row.blocked_until for row in tx.execute(query)]
    return max(ends, default=None)
