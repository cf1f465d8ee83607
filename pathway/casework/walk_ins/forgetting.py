"""Forgetting a person: a line of the register counts somebody, and names nobody any more."""

from collections.abc import Sequence

from sqlalchemy import update

from pathway.casework.walk_ins.tables import WalkIn
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_walk_in = table_of(WalkIn)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Take those cards off the register: the line stays for its count, without link nor place."""
    nobody = {"record_id": None, "contact_id": None, "made_contact": False, "place": None}
    changed = {**nobody, "version": _walk_in.c.version + 1}
    tx.execute(update(_walk_in).where(_walk_in.c.record_id.in_(record_ids)).values(**changed))
