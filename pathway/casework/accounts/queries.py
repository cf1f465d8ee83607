"""Finding the account behind a login or a cookie, and what its owner may know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select

from pathway.casework.accounts.rules import (
    DEVICE_LIFE,
    AccountKind,
    AccountState,
    EventKind,
    LoginKind,
    Stage,
    is_alive,
)
from pathway.casework.accounts.tables import (
    Account,
    AccountEvent,
    AccountLogin,
    Draft,
    FailedTries,
    KnownDevice,
    WebSession,
)
from pathway.casework.partners.queries import posts
from pathway.casework.partners.rules import Role
from pathway.kernel.ids import is_card_number
from pathway.kernel.languages import FRENCH
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_login = table_of(AccountLogin)
_session = table_of(WebSession)
_tries = table_of(FailedTries)
_device = table_of(KnownDevice)
_event = table_of(AccountEvent)
_draft = table_of(Draft)

_BY_LOGIN = (
    select(_account.c.id, _account.c.password_hash, _account.c.kind, _account.c.state, _account.c.record_id)
    .join(_login, _login.c.account_id == _account.c.id)
    .limit(1)
)
_BY_SESSION = (
    select(
        _session,
        _account.c.kind.label("account_kind"),
        _account.c.state.label("account_state"),
        _account.c.record_id,
        _account.c.language,
        exists().where(_draft.c.account_id == _account.c.id).label("has_draft"),
    )
    .join(_account, _account.c.id == _session.c.account_id)
    .where(_session.c.id == bindparam("session_id"))
)
_OF_RECORD = select(_account.c.id, _account.c.recorded_at).where(_account.c.record_id == bindparam("record_id"))


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """A browser: whose, how far it has come, in which role (empty before `OPEN`), for which structure or record.

    `language` is the one she chose for her account, empty when she chose none. `has_draft`: a form of hers came too
    late and is kept.
    """

    id: str
    account_id: str
    role: str
    structure_id: str
    record_id: str
    created_at: datetime
    last_seen_at: datetime
    stage: Stage = Stage.OPEN
    proved_at: datetime | None = None
    device: str = ""
    language: str = ""
    has_draft: bool = False


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """One open session as its owner reads it. `mark` is enough to end it, and opens nothing."""

    mark: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    is_this_one: bool


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to the account."""

    kind: EventKind
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Seat:
    """For whom a session opens: the account, the role taken and its structure, or the person's record."""

    account_id: str
    role: Role
    structure_id: str = ""
    record_id: str = ""


MARK_LENGTH = 16


def login_of(tx: Transaction, typed: str) -> tuple[LoginKind, int]:
    """Which kind of login those characters are, and their blind token (62 bits, so that two logins never meet)."""
    if is_card_number(typed):
        return LoginKind.CARD, tx.store.fingerprints.token("login-card", 62, "".join(typed.split()))
    return LoginKind.EMAIL, tx.store.fingerprints.token("login-email", 62, typed.strip().casefold())


def account_by_login(tx: Transaction, typed: str) -> Any | None:
    """The account row (id, password_hash, kind, state, record_id) behind what was typed, or None."""
    kind, token = login_of(tx, typed)
    return account_by_token(tx, kind.value, token)


def account_by_token(tx: Transaction, kind: str, token: int) -> Any | None:
    """The same behind a login that was kept as its blind token."""
    return tx.execute(_BY_LOGIN.where(_login.c.kind == kind, _login.c.token == token)).one_or_none()


def seat_of(tx: Transaction, account_id: str, record_id: str | None) -> Seat | None:
    """Where that account sits when it signs in: its record, else its oldest post; None when no habilitation holds.

    Asks the base the same questions for an account that does not exist.
    """
    post = next(iter(posts(tx, account_id)), None)
    if record_id:
        return Seat(account_id=account_id, role=Role.JOBSEEKER, record_id=record_id)
    return Seat(account_id=account_id, role=post.role, structure_id=post.structure_id) if post else None


def account_by_id(tx: Transaction, account_id: str) -> Any | None:
    """The account row (id, kind, state, record_id, password_hash, recorded_at), or None."""
    return tx.execute(select(_account).where(_account.c.id == account_id)).one_or_none()


def has_password(tx: Transaction, account_id: str) -> bool:
    """Whether that account has a password; it has none between the loss of its second factor and a new choice."""
    account = account_by_id(tx, account_id)
    return account is not None and bool(account.password_hash)


def languages_of(tx: Transaction, account_ids: Sequence[str]) -> dict[str, str]:
    """account → the language its owner chose to read, a key of `NAMES`; French where none was chosen. In the order of
    the accounts asked."""
    query = select(_account.c.id, _account.c.language).where(_account.c.id.in_(account_ids))
    chosen = {row.id: row.language for row in tx.execute(query)}
    return {one: chosen.get(one) or FRENCH for one in account_ids}


def account_of_record(tx: Transaction, record_id: str) -> str | None:
    """The id of the person's own account, if she has opened one."""
    row = tx.execute(_OF_RECORD, {"record_id": record_id}).one_or_none()
    return row.id if row else None


def account_opened_at(tx: Transaction, record_id: str) -> datetime | None:
    """When the person opened her own account, or None. Shown to those who follow her: none opens it unseen."""
    row = tx.execute(_OF_RECORD, {"record_id": record_id}).one_or_none()
    return row.recorded_at if row else None


def live_session(tx: Transaction, session_id: str) -> SessionView | None:
    """The session of that id if it still holds and its account is active. Look at its `stage`: it may open nothing."""
    row = tx.execute(_BY_SESSION, {"session_id": session_id}).one_or_none()
    if row is None or row.ended_at is not None or row.account_state != AccountState.ACTIVE:
        return None
    kind = AccountKind(row.account_kind)
    stage = Stage(row.stage)
    if not is_alive(created_at=row.created_at, last_seen_at=row.last_seen_at, kind=kind, now=tx.now, stage=stage):
        return None
    return SessionView(
        id=row.id,
        account_id=row.account_id,
        role=row.role,
        structure_id=row.structure_id or "",
        record_id=row.record_id or "",
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        stage=stage,
        proved_at=row.proved_at,
        device=row.device or "",
        language=row.language or "",
        has_draft=bool(row.has_draft),
    )


def lapsed_account(tx: Transaction, session_id: str, *, since: datetime) -> str | None:
    """Whose session that is, open or ended by itself, if it was still in use at `since`; None once it was closed, while
    it awaits a second factor, or when the account is closed."""
    row = tx.execute(_BY_SESSION, {"session_id": session_id}).one_or_none()
    if row is None or row.ended_at is not None or row.account_state != AccountState.ACTIVE:
        return None
    if row.stage != Stage.OPEN.value or row.last_seen_at < since:
        return None
    account_id: str = row.account_id
    return account_id


def open_sessions(tx: Transaction, account_id: str, *, this: str) -> list[SessionLine]:
    """The sessions of that account that hold now, newest first; `this` is the id of the one that asks."""
    row = account_by_id(tx, account_id)
    kind = AccountKind(row.kind) if row else AccountKind.JOBSEEKER
    query = select(_session).where(
        _session.c.account_id == account_id, _session.c.ended_at.is_(None), _session.c.stage == Stage.OPEN.value
    )
    return [
        SessionLine(
            mark=one.id[:MARK_LENGTH],
            device=one.device or "",
            created_at=one.created_at,
            last_seen_at=one.last_seen_at,
            is_this_one=one.id == this,
        )
        for one in tx.execute(query.order_by(_session.c.last_seen_at.desc()))
        if is_alive(created_at=one.created_at, last_seen_at=one.last_seen_at, kind=kind, now=tx.now)
    ]


def latest_events(tx: Transaction, account_id: str, *, limit: int = 20) -> list[Event]:
    """What last happened to that account, newest first."""
    query = select(_event.c.kind, _event.c.at).where(_event.c.account_id == account_id)
    ordered = query.order_by(_event.c.at.desc(), _event.c.id).limit(limit)
    return [Event(kind=EventKind(row.kind), at=row.at) for row in tx.execute(ordered)]


def is_known_device(tx: Transaction, account_id: str, device: str) -> bool:
    """Whether that browser (the hash of its device cookie) signed in to that account in the last 180 days."""
    query = select(_device.c.id).where(
        _device.c.id == device, _device.c.account_id == account_id, _device.c.last_at > tx.now - DEVICE_LIFE
    )
    return tx.execute(query).first() is not None


def blocked_until(tx: Transaction, who: list[str]) -> datetime | None:
    """Until when the next try must wait for any of those hashed names; None when it may go on."""
    query = select(_tries.c.blocked_until).where(_tries.c.who.in_(who), _tries.c.blocked_until > tx.now)
    ends = [row.blocked_until for row in tx.execute(query)]
    return max(ends, default=None)
