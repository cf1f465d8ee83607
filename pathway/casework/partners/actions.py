"""Bringing structures and memberships into the network."""

from datetime import date

from sqlalchemy import insert

from pathway.casework.partners.queries import IDENTITY, NEUTRAL_NAME
from pathway.casework.partners.rules import Role, SensitiveKind, StructureKind, StructureState
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


def add_sensitive_structure(tx: Transaction, *, code: str, name: str, kind: SensitiveKind) -> str:
    """A new active structure whose name and kind are sealed; gives its id. The others see neither it nor its steps.

    `code` stands in clear: it must say nothing of what the structure is.
    """
    structure_id = new_id()
    tx.sealing.create(structure_id, {IDENTITY: {"name": name, "kind": kind.value}})
    values = {
        "id": structure_id,
        "code": code,
        "name": NEUTRAL_NAME,
        "kind": StructureKind.ASSOCIATION.value,
        "state": StructureState.ACTIVE.value,
        "is_sensitive": True,
        "recorded_at": tx.now,
    }
    tx.execute(insert(table_of(Structure)).values(**values))
    tx.journal("add_structure", structure_added=structure_id)
    return structure_id


def add_membership(
    tx: Transaction, *, account_id: str, structure_id: str, role: Role, from_on: date, until_on: date | None = None
) -> str:
    """Give an account a role in a structure from that day on, up to `until_on` included; gives the membership's id."""
    membership_id = new_id()
    values = {
        "id": membership_id,
        "account_id": account_id,
        "structure_id": structure_id,
        "role": role.value,
        "from_on": from_on,
        "until_on": until_on,
        "recorded_at": tx.now,
    }
    tx.execute(insert(table_of(Membership)).values(**values))
    tx.journal("add_membership", account=account_id, structure_joined=structure_id, role_given=role.value)
    return membership_id
