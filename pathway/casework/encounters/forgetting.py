"""Forgetting a person: her appointments, past and to come."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from pathway.casework.accounts.tables import Account
from pathway.casework.encounters.tables import Appointment, AppointmentChange, FeedKey
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_appointment = table_of(Appointment)
_change = table_of(AppointmentChange)
_feed = table_of(FeedKey)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the appointments of those cards, their part in group sessions, and the calendars of their accounts."""
    hers = select(_appointment.c.id).where(_appointment.c.record_id.in_(record_ids))
    tx.execute(delete(_change).where(_change.c.appointment_id.in_(hers)))
    tx.execute(delete(_appointment).where(_appointment.c.record_id.in_(record_ids)))
    accounts = select(_account.c.id).where(_account.c.record_id.in_(record_ids))
    tx.execute(delete(_feed).where(_feed.c.account_id.in_(accounts)))
