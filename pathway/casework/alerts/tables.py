"""Alerts, and every change a person made to them."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.alerts.vocabulary import AlertState, Level, RuleId
from pathway.store.columns import ID_LENGTH, STRICT, coded, sealed

_OPEN = text("state = 'open'")
_UNREAD = text("answered_at IS NOT NULL")


class Alert(SQLModel, table=True):
    """One risk of a break seen by one rule. Its sentences are rendered from `facts` and `parameters`, never stored.

    `circle`: the structure that alone may know those facts, empty when all who follow her may. `returned_on`: the day
    it came back to the responsables because nobody took it, or because whoever had it recorded nothing. `answered_at`:
    when the person last answered, until somebody has read it; a page of the day finds those few without looking at the
    others.
    """

    __tablename__ = "alert"
    __table_args__ = (
        coded("rule", RuleId),
        coded("level", Level),
        coded("state", AlertState),
        Index("uq_alert_open", "record_id", "rule", "circle", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_alert_structure", "structure_id", "state", "opened_on"),
        Index("ix_alert_record", "record_id", "opened_on"),
        Index("ix_alert_unread", "answered_at", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        STRICT,
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    record_id: str = Field(max_length=ID_LENGTH, foreign_key="record.id")
    rule: str = Field(max_length=10)
    rule_version: str = Field(max_length=20)
    policy_version: str = Field(max_length=40)
    level: str = Field(max_length=10)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    parameters: str = Field(max_length=2000)
    facts: str = Field(max_length=2000)
    state: str = Field(max_length=10)
    opened_on: date
    opened_at: datetime
    assigned_to: str | None = Field(default=None, max_length=ID_LENGTH)
    snoozed_until: date | None = None
    ended_at: datetime | None = None
    returned_on: date | None = None
    circle: str = Field(default="", max_length=ID_LENGTH, sa_column_kwargs={"server_default": ""})
    answered_at: datetime | None = None


class AlertChange(SQLModel, table=True):
    """What happened to an alert, by whom and when. Append only: what was open any past night can be read again.

    `facts`: what the alert said from then on (opened, updated), or what was set aside (dismissed). `note` is sealed.
    """

    __tablename__ = "alert_change"
    __table_args__ = (STRICT,)

    alert_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="alert.id")
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    change: str = Field(max_length=20)
    reason: str | None = Field(default=None, max_length=40)
    assigned_to: str | None = Field(default=None, max_length=ID_LENGTH)
    changed_by: str = Field(max_length=ID_LENGTH)
    facts: str | None = Field(default=None, max_length=2000)
    note: bytes | None = Field(
        default=None, sa_column_kwargs=sealed("alert_change", row="{alert_id}-{version}", by=("alert.record_id",))
    )
    recorded_at: datetime


class AlertPolicyVersion(SQLModel, table=True):
    """One version of the territory's thresholds, from a day on. Never rewritten."""

    __tablename__ = "alert_policy_version"
    __table_args__ = (STRICT,)

    version: str = Field(primary_key=True, max_length=40)
    from_on: date
    thresholds: str = Field(max_length=2000)
    published_by: str = Field(max_length=ID_LENGTH)
    recorded_at: datetime


class WorkSeen(SQLModel, table=True):
    """Who followed people in which structure, as the nights saw it: what a past night knew can be read again."""

    __tablename__ = "work_seen"
    __table_args__ = (Index("ix_work_seen_account", "account_id", "structure_id", "from_at"), STRICT)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(max_length=ID_LENGTH)
    structure_id: str = Field(max_length=ID_LENGTH, foreign_key="structure.id")
    from_at: datetime
    until_at: datetime | None = None
