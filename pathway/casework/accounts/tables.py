"""Accounts, their logins, sessions, devices, events, activation codes and failed tries."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlmodel import Field, SQLModel

from pathway.casework.accounts.rules import AccountKind, AccountState, EventKind, LoginKind, Stage
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_ACCOUNT = "account.id"


class Account(SQLModel, table=True):
    """Someone who can sign in. Name and e-mail are sealed in the account's own `profile` section."""

    __tablename__ = "account"
    __table_args__ = (coded("kind", AccountKind), coded("state", AccountState), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    kind: str = Field(max_length=20)
    state: str = Field(max_length=10)
    record_id: str | None = Field(default=None, unique=True, max_length=ID_LENGTH)
    password_hash: str = Field(max_length=200)
    recorded_at: datetime
    language: str | None = Field(default=None, max_length=10)


class AccountLogin(SQLModel, table=True):
    """What is typed to sign in (e-mail, card number), as a blind token."""

    __tablename__ = "account_login"
    __table_args__ = (coded("kind", LoginKind), STRICT)

    kind: str = Field(primary_key=True, max_length=10)
    token: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    account_id: str = Field(index=True, max_length=ID_LENGTH, sa_column_args=[ForeignKey(_ACCOUNT, ondelete="CASCADE")])


class WebSession(SQLModel, table=True):
    """One browser. The key is the SHA-256 of what the cookie holds, in hex; `role` is empty until it is open."""

    __tablename__ = "web_session"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(index=True, max_length=ID_LENGTH, sa_column_args=[ForeignKey(_ACCOUNT, ondelete="CASCADE")])
    structure_id: str | None = Field(default=None, max_length=ID_LENGTH)
    role: str = Field(max_length=20)
    created_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None = None
    stage: str = Field(max_length=10, sa_column_kwargs={"server_default": Stage.OPEN.value})
    proved_at: datetime | None = None
    device: str | None = Field(default=None, max_length=60)


class KnownDevice(SQLModel, table=True):
    """A browser that signed in to that account before. The key is a keyed hash of its long-lived cookie."""

    __tablename__ = "known_device"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(
        primary_key=True, index=True, max_length=ID_LENGTH, sa_column_args=[ForeignKey(_ACCOUNT, ondelete="CASCADE")]
    )
    first_at: datetime
    last_at: datetime


class Draft(SQLModel, table=True):
    """What somebody had typed when her session ended, and for which page: sealed, for a day, for her alone."""

    __tablename__ = "draft"
    __table_args__ = (STRICT,)

    account_id: str = Field(
        primary_key=True, max_length=ID_LENGTH, sa_column_args=[ForeignKey(_ACCOUNT, ondelete="CASCADE")]
    )
    words: bytes = Field(sa_column_kwargs=sealed("draft", row="{account_id}", by=("account_id",)))
    kept_at: datetime


class AccountEvent(SQLModel, table=True):
    """What happened to an account, for its owner to read."""

    __tablename__ = "account_event"
    __table_args__ = (coded("kind", EventKind), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(index=True, max_length=ID_LENGTH, sa_column_args=[ForeignKey(_ACCOUNT, ondelete="CASCADE")])
    kind: str = Field(max_length=30)
    at: datetime


class KeptList(SQLModel, table=True):
    """A way of narrowing one's list of people, kept under a name its owner gave it, sealed under her account's key.

    `asked`: the filters as codes, as the address of the list says them."""

    __tablename__ = "kept_list"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(index=True, max_length=ID_LENGTH, sa_column_args=[ForeignKey(_ACCOUNT, ondelete="CASCADE")])
    structure_id: str = Field(max_length=ID_LENGTH)
    name: bytes = Field(sa_column_kwargs=sealed("list", by=("account_id",)))
    asked: str = Field(max_length=200)
    recorded_at: datetime


class Activation(SQLModel, table=True):
    """A short code a counsellor gives to a person so that she opens her own account."""

    __tablename__ = "activation"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(index=True, max_length=ID_LENGTH)
    code_digest: bytes = Field(unique=True)
    given_by: str = Field(max_length=ID_LENGTH)
    given_at: datetime
    expires_at: datetime
    tries: int = 0
    ended_at: datetime | None = None


class FailedTries(SQLModel, table=True):
    """How often signing in failed lately for one login or one address, both as keyed hashes."""

    __tablename__ = "failed_tries"
    __table_args__ = (STRICT,)

    who: str = Field(primary_key=True, max_length=64)
    failures: int
    last_at: datetime
    blocked_until: datetime | None = None
    began_at: datetime | None = None
