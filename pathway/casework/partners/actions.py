"""Bringing structures and memberships into the network."""

from datetime import date

from sqlalchemy import insert

from pathway.casework.partners.rules import Role, StructureKind, StructureState
from pathway.casework.partners.tables import Membership, Structure
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction


def add_structure(tx: Transaction, *, code: str, name: str, kind: StructureKind) -> str:
    """A new active structure; gives its id. A code already taken is a `Conflict`."""
    structure_id = new_id()
    values = {
        "id": structure_id,
        "code": code,
        "name": name,
        "kind": kind.value,
        "state": StructureState.ACTIVE.value,
        "recorded_at": tx.now,
    }
    tx.execute(insert(table_of(Structure)).values(**values))
    tx.journal("add_structure", structure_added=structure_id)
    return structure_id


def add_membership(tx: Transaction, *, account_id: str, structure_id: str, role: Role, from_on: date) -> None:
    """Give an account a role in a structure from that day on."""
    values = {
        "id": new_id(),
        "account_id": account_id,
        "structure_id": structure_id,
        "role": role.value,
        "from_on": from_on,
        "recorded_at": tx.now,
    }
    tx.execute(insert(table_of(Membership)).values(**values))
    tx.journal("add_membership", account=account_id, structure_joined=structure_id, role_given=role.value)
