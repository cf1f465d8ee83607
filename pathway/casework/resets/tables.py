"""New passwords asked for and made possible, second factors to take away, addresses to prove."""

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from pathway.casework.accounts.rules import LoginKind
from pathway.casework.resets.rules import FactorReason, FactorResetState, ResetWay
from pathway.store.columns import ID_LENGTH, STRICT, coded


class ResetRequest(SQLModel, table=True):
    """What somebody typed under « Mot de passe oublié ? », as a blind token. Nothing says whether it names an account.

    Deleted once looked at.
    """

    __tablename__ = "reset_request"
    __table_args__ = (coded("kind", LoginKind), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    kind: str = Field(max_length=10)
    token: int = Field(sa_type=BigInteger)
    asked_at: datetime


class PasswordReset(SQLModel, table=True):
    """One chance to choose a new password: the keyed hash of what the letter or the counsellor gave. Serves once.

    `given_by` is empty for a letter.
    """

    __tablename__ = "password_reset"
    __table_args__ = (coded("way", ResetWay), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(index=True, max_length=ID_LENGTH)
    way: str = Field(max_length=10)
    digest: bytes = Field(unique=True)
    given_by: str = Field(max_length=ID_LENGTH)
    made_at: datetime
    expires_at: datetime
    tries: int = 0
    ended_at: datetime | None = None


class FactorReset(SQLModel, table=True):
    """A second factor that somebody asks to take away, and who else confirmed or refused. Never deleted.

    `record_id` is empty for a professional's account; `structure_id` is the asker's.
    """

    __tablename__ = "factor_reset"
    __table_args__ = (
        coded("reason", FactorReason),
        coded("state", FactorResetState),
        Index("ix_factor_reset_state", "state", "expires_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(index=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    asked_by: str = Field(max_length=ID_LENGTH)
    reason: str = Field(max_length=10)
    asked_at: datetime
    expires_at: datetime
    state: str = Field(max_length=10)
    settled_by: str = Field(default="", max_length=ID_LENGTH)
    settled_at: datetime | None = None


class EmailCheck(SQLModel, table=True):
    """An address somebody says is hers, until a letter proves it: its blind token and the keyed hash of the secret."""

    __tablename__ = "email_check"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(index=True, max_length=ID_LENGTH)
    token: int = Field(sa_type=BigInteger)
    digest: bytes = Field(unique=True)
    asked_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
