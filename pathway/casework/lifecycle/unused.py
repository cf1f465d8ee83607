"""A structure on which nothing depends yet: it may still become sensitive or ordinary, or close without an heir."""

from sqlalchemy import Date, bindparam, or_, select

from pathway.casework.action_plan.queries import IS_OWNED
from pathway.casework.action_plan.tables import ActionPlanLine
from pathway.casework.agreements.tables import SharingBasis
from pathway.casework.lifecycle.queries import weight_of
from pathway.casework.partners.tables import Membership, Structure
from pathway.casework.records.tables import Referent
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_action = table_of(ActionPlanLine)
_basis = table_of(SharingBasis)
_membership = table_of(Membership)
_referent = table_of(Referent)
_structure = table_of(Structure)
_NOT_OVER = or_(_membership.c.until_on.is_(None), _membership.c.until_on >= bindparam("day", type_=Date))


def is_unused(tx: Transaction, structure_id: str) -> bool:
    """Whether nothing was ever written of that structure but its legal basis: no post, no invitation, no scheme, nobody
    followed, today or before. Every table that points at structures is asked, those to come too."""
    found = [
        select(column).where(column == structure_id).exists()
        for table in _structure.metadata.sorted_tables
        if table is not _basis
        for column in table.columns
        if column.references(_structure.c.id)
    ]
    return not tx.execute(select(or_(*found))).scalar_one()


def is_empty(tx: Transaction, structure_id: str) -> bool:
    """Whether nobody works there today or later, and nobody is followed from there: no heir is needed to close it. Its
    own schemes and what is over do not count."""
    held = weight_of(tx, structure_id)
    left = (
        (_membership, (_membership.c.structure_id == structure_id, _NOT_OVER)),
        (_referent, (_referent.c.structure_id == structure_id, _referent.c.until_at.is_(None))),
        (_action, (_action.c.structure_id == structure_id, IS_OWNED)),
    )
    waits = (held.people, held.points, held.steps, held.appointments, held.relays_sent, held.relays_received)
    return not any(waits) and not any(
        tx.execute(select(table.c.id).where(*here).limit(1), {"day": tx.today}).first() for table, here in left
    )
