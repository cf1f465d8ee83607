"""Passkeys, the challenges they answer, and recovery codes. The seed of one-time codes is sealed, not here."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlmodel import Field, SQLModel

from pathway.casework.factors.rules import Purpose
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_ACCOUNT = "account.id"


class Passkey(SQLModel, table=True):
    """A passkey of an account: its public half. Its name, given by its owner, is sealed."""

    __tablename__ = "passkey"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(index=True, max_length=ID_LENGTH, sa_column_args=[ForeignKey(_ACCOUNT, ondelete="CASCADE")])
    credential_id: bytes = Field(unique=True)
    public_key: bytes
    sign_count: int = Field(sa_type=BigInteger)
    label: bytes = Field(sa_column_kwargs=sealed("passkey", by=("account_id",)))
    added_at: datetime
    used_at: datetime | None = None


class PasskeyChallenge(SQLModel, table=True):
    """What a passkey must sign next, for one session and one purpose, once, within five minutes."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (coded("purpose", Purpose), STRICT)

    session_id: str = Field(
        primary_key=True, max_length=64, sa_column_args=[ForeignKey("web_session.id", ondelete="CASCADE")]
    )
    purpose: str = Field(max_length=10)
    challenge: bytes
    expires_at: datetime


class RecoveryCode(SQLModel, table=True):
    """One printed code, as a keyed digest. Used once."""

    __tablename__ = "recovery_code"
    __table_args__ = (STRICT,)

    digest: bytes = Field(primary_key=True)
    account_id: str = Field(index=True, max_length=ID_LENGTH, sa_column_args=[ForeignKey(_ACCOUNT, ondelete="CASCADE")])
    made_at: datetime
    used_at: datetime | None = None
