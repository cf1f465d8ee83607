"""An alert that nobody takes comes back to the responsables: given and left, or left in the queue."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Row, Select, bindparam, func, or_, select, update

from pathway.casework.alerts.changes import note_change
from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind, AlertState
from pathway.casework.followup.tables import ContactAttempt
from pathway.casework.sharing.tables import Record
from pathway.kernel.calendar import add_working_days
from pathway.kernel.clock import local_day
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)
_contact = table_of(ContactAttempt)
_record = table_of(Record)

_TAKEN = (AlertChangeKind.GIVEN.value, AlertChangeKind.SNOOZED.value, AlertChangeKind.RETURNED.value)
_GIVEN_AT = (
    select(func.max(_change.c.recorded_at))
    .where(_change.c.alert_id == _alert.c.id, _change.c.change.in_(_TAKEN))
    .scalar_subquery()
)
_SINCE = func.coalesce(_GIVEN_AT, _alert.c.opened_at, type_=_alert.c.opened_at.type)
_card = _record.alias()
_TRIED = (
    select(_contact.c.id)
    .join(_card, _card.c.id == _contact.c.record_id)
    .where(
        _card.c.canonical_id == _record.c.canonical_id,
        _contact.c.structure_id == _alert.c.structure_id,
        _contact.c.recorded_at >= _SINCE,
        _contact.c.undone_at.is_(None),
    )
    .exists()
)
# The open alerts awake that day, never returned since they were last given, of people the structure has not tried to
# reach since; `since_at`: when each was opened or given last, `snoozed_until`: when it was to come back.
_WAITING = (
    select(_alert.c.id, _alert.c.record_id, _alert.c.assigned_to, _alert.c.snoozed_until, _SINCE.label("since_at"))
    .join(_record, _record.c.id == _alert.c.record_id)
    .where(
        _alert.c.state == AlertState.OPEN.value,
        or_(_alert.c.snoozed_until.is_(None), _alert.c.snoozed_until <= bindparam("day", type_=Date)),
        or_(_alert.c.returned_on.is_(None), _alert.c.assigned_to.is_not(None)),
        _alert.c.opened_at < bindparam("before", type_=_alert.c.opened_at.type),
        ~_TRIED,
    )
    .order_by(_alert.c.id)
)


def untaken(tx: Transaction) -> list[str]:
    """The alerts to give back, over the whole base: nothing was done on them for the policy's working days since they
    were opened or given; since the day it was to come back for one put off. Each comes back once for each time it is
    given."""
    return [row.id for row in _late(tx, _WAITING)]


def return_alerts(tx: Transaction, alert_ids: Collection[str]) -> int:
    """Give back to the queue those of `untaken` that nobody took meanwhile; gives how many."""
    late = _late(tx, _WAITING.where(among(_alert.c.id, "alerts")), alerts=list(alert_ids))
    for row in late:
        tx.execute(update(_alert).where(_alert.c.id == row.id).values(assigned_to=None, returned_on=tx.today))
        note_change(tx, row.record_id, row.id, AlertChangeKind.RETURNED, assigned_to=row.assigned_to)
    tx.journal("return_untaken", returned=len(late))
    return len(late)


def _late(tx: Transaction, waiting: Select[Any], **asked: list[str]) -> list[Row[Any]]:
    days = policy_on(tx, tx.today).taken_working_days
    rows = tx.execute(waiting, {"day": tx.today, "before": tx.now - timedelta(days=1), **asked})
    return [row for row in rows if add_working_days(_since(row), days) < tx.today]


def _since(row: Row[Any]) -> date:
    return max(local_day(row.since_at), row.snoozed_until or date.min)
