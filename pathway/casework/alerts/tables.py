"""Alerts, and every change a person made to them."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from pathway.casework.alerts.rules import AlertState, Level, RuleId
from pathway.store.columns import ID_LENGTH, STRICT, coded

_OPEN = text("state = 'open'")


class Alert(SQLModel, table=True):
    """One risk of a break seen by one rule. Its sentences are rendered from `facts` and `parameters`, never stored."""

    __tablename__ = "alert"
    __table_args__ = (
        coded("rule", RuleId),
        coded("level", Level),
        coded("state", AlertState),
        Index("uq_alert_open", "record_id", "rule", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_alert_structure", "structure_id", "state", "opened_on"),
        Index("ix_alert_record", "record_id", "opened_on"),
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


class AlertChange(SQLModel, table=True):
    """What was done about an alert, by whom and when. Append only."""

    __tablename__ = "alert_change"
    __table_args__ = (STRICT,)

    alert_id: str = Field(primary_key=True, max_length=ID_LENGTH, foreign_key="alert.id")
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    change: str = Field(max_length=20)
    reason: str | None = Field(default=None, max_length=40)
    assigned_to: str | None = Field(default=None, max_length=ID_LENGTH)
    changed_by: str = Field(max_length=ID_LENGTH)
    facts: str | None = Field(default=None, max_length=2000)
    note: bytes | None = None
    recorded_at: datetime
