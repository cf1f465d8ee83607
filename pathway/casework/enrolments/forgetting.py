"""Forgetting a person: her steps, from entry to exit, and what each entry asked."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from pathway.casework.enrolments.tables import Enrolment, EnrolmentMove, EnrolmentStage, EntryMeter, SchemeExit
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_parts = [table_of(one) for one in (EnrolmentMove, EnrolmentStage, EntryMeter)]


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the steps of those cards with their exits, stages and meters: the figures lose them from then on."""
    hers = select(_enrolment.c.id).where(_enrolment.c.record_id.in_(record_ids))
    for table in (_exit, *_parts):
        tx.execute(delete(table).where(table.c.enrolment_id.in_(hers)))
    tx.execute(delete(_enrolment).where(_enrolment.c.record_id.in_(record_ids)))
