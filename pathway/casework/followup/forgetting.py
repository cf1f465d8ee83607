"""Forgetting a person: her points de suivi, the attempts to reach her, her wishes."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from pathway.casework.followup.tables import ContactAttempt, FollowupWish, Plan, Point, PointChange
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_contact = table_of(ContactAttempt)
_wish = table_of(FollowupWish)
_plan = table_of(Plan)
_point = table_of(Point)
_change = table_of(PointChange)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the plans, points, contacts and wishes of those cards: nothing of them is to be done any more."""
    hers = select(_point.c.id).where(_point.c.record_id.in_(record_ids))
    tx.execute(delete(_change).where(_change.c.point_id.in_(hers)))
    # A point of a linked card may have been closed by a contact noted on one of those.
    contacts = select(_contact.c.id).where(_contact.c.record_id.in_(record_ids))
    tx.execute(update(_point).where(_point.c.contact_id.in_(contacts)).values(contact_id=None))
    for table in (_point, _plan, _contact, _wish):
        tx.execute(delete(table).where(table.c.record_id.in_(record_ids)))
