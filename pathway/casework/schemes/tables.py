"""Schemes, with what they ask on entry, their stages and exit reasons kept as data; the territory’s own reasons."""

from datetime import date, datetime

from sqlalchemy import false, text
from sqlmodel import Field, SQLModel

from pathway.casework.followup.rules import ExitKind
from pathway.casework.schemes.exit_reasons import (
    LONGEST_REASON,
    LONGEST_REASON_CODE,
    CejOutcome,
    FseSituation,
    IaeOutcome,
    PlieOutcome,
)
from pathway.casework.schemes.rules import Intensity, SchemeKind
from pathway.store.columns import ID_LENGTH, STRICT, coded

LONGEST_FORM = 8000  # characters, for what is asked of the dictionary, the questions of its own and its stages


class Scheme(SQLModel, table=True):
    """A scheme (dispositif). Without a structure, every structure of the territory may enter people in it."""

    __tablename__ = "scheme"
    __table_args__ = (coded("kind", SchemeKind), coded("intensity", Intensity), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=30)
    structure_id: str | None = Field(default=None, index=True, max_length=ID_LENGTH, foreign_key="structure.id")
    intensity: str = Field(max_length=20)
    planned_days: int | None = None
    is_short_activity: bool = False
    asks_results: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    requirements: str = Field(default="[]", max_length=LONGEST_FORM)
    questions: str = Field(default="[]", max_length=LONGEST_FORM)
    stages: str = Field(default="[]", max_length=LONGEST_FORM, sa_column_kwargs={"server_default": text("'[]'")})
    exit_reasons: str = Field(default="[]", max_length=LONGEST_FORM, sa_column_kwargs={"server_default": text("'[]'")})
    is_open: bool = True
    evidence_until: date | None = None
    recorded_at: datetime


class SchemeChange(SQLModel, table=True):
    """How a scheme was followed until it was written anew: what a past night knew can be read again. Append only."""

    __tablename__ = "scheme_change"
    __table_args__ = (coded("intensity", Intensity), STRICT)

    scheme_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="scheme.id")
    changed_at: datetime = Field(primary_key=True)
    intensity: str = Field(max_length=20)
    is_short_activity: bool


class OwnExitReason(SQLModel, table=True):
    """An exit reason the territory added to those of the program. Its code and its words never change; it is closed,
    never deleted: sealed exits name it."""

    __tablename__ = "own_exit_reason"
    __table_args__ = (
        coded("kind", ExitKind),
        coded("iae", IaeOutcome, optional=True),
        coded("plie", PlieOutcome, optional=True),
        coded("cej", CejOutcome, optional=True),
        coded("fse", FseSituation, optional=True),
        STRICT,
    )

    code: str = Field(primary_key=True, max_length=LONGEST_REASON_CODE)
    label: str = Field(max_length=LONGEST_REASON)
    kind: str = Field(max_length=20)
    iae: str | None = Field(default=None, max_length=20)
    plie: str | None = Field(default=None, max_length=20)
    cej: str | None = Field(default=None, max_length=20)
    fse: str | None = Field(default=None, max_length=20)
    asks_end: bool = False
    is_open: bool = True
    recorded_at: datetime
