"""Versions of the follow-up rules: what a structure wrote, when it holds from, who published it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.policies.rules import PolicyState
from pathway.store.columns import ID_LENGTH, STRICT, coded

_DRAFT = text("state = 'draft'")
_PUBLISHED = text("state = 'published'")


class PolicyVersion(SQLModel, table=True):
    """One version of the follow-up rules. Without a structure it is the territory's; without a scheme, of every scheme.

    `scope` says both in one word that is never empty, for the indexes: SQL holds two NULLs for different. A published
    version is never rewritten: the plans born with it name it. `seq` counts the writings of a draft.
    """

    __tablename__ = "policy_version"
    __table_args__ = (
        coded("state", PolicyState),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
        CheckConstraint("state <> 'published' OR from_on IS NOT NULL", name="dated"),
        Index("uq_policy_version_draft", "scope", unique=True, sqlite_where=_DRAFT, postgresql_where=_DRAFT),
        Index(
            "uq_policy_version_day",
            "scope",
            "from_on",
            unique=True,
            sqlite_where=_PUBLISHED,
            postgresql_where=_PUBLISHED,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    structure_id: str | None = Field(default=None, index=True, max_length=ID_LENGTH, foreign_key="structure.id")
    scheme_id: str | None = Field(default=None, max_length=ID_LENGTH, foreign_key="scheme.id")
    scope: str = Field(max_length=2 * ID_LENGTH + 1)
    version: str = Field(unique=True, max_length=40)
    body: str = Field(max_length=8000)
    state: str = Field(max_length=10)
    seq: int = 1
    from_on: date | None = None
    written_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime
    published_by: str | None = Field(default=None, max_length=ID_LENGTH)
    published_at: datetime | None = None
