"""Forgetting a person: the lines she contested and the exceptional accesses to her record."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from pathway.casework.oversight.tables import Contest, ContestAnswer, ExceptionalAccess
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_contest = table_of(Contest)
_answer = table_of(ContestAnswer)
_access = table_of(ExceptionalAccess)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the contests and exceptional accesses of those cards. The journal keeps who read what, by ids."""
    hers = select(_contest.c.id).where(_contest.c.record_id.in_(record_ids))
    tx.execute(delete(_answer).where(_answer.c.contest_id.in_(hers)))
    for table in (_contest, _access):
        tx.execute(delete(table).where(table.c.record_id.in_(record_ids)))
