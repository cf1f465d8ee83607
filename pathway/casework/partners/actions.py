"""Bringing structures and memberships into the network; absences declared ahead."""

from datetime import date

from sqlalchemy import insert, select, update

from pathway.casework.partners.queries import IDENTITY, NEUTRAL_NAME, absences, works_in
from pathway.casework.partners.rules import (
    Away,
    Role,
    SensitiveKind,
    StructureKind,
    StructureState,
    check_absence,
    read_address,
    read_name,
)
from pathway.casework.partners.tables import Absence, Membership, Structure
from pathway.kernel.errors import NotAllowed, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_ONE_TERRITORY = "La coordination du territoire garde son genre, et aucune autre structure ne le prend."


def add_structure(tx: Transaction, *, code: str, name: str, kind: StructureKind, address: str = "") -> str:
    """A new active structure; gives its id. `address`: where it receives. A code already taken is a `Conflict`."""
    structure_id = new_id()
    values = {
        "id": structure_id,
        "code": code,
        "name": name,
        "kind": kind.value,
        "state": StructureState.ACTIVE.value,
        "address": read_address(address),
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


def change_structure(
    tx: Transaction, structure_id: str, *, name: str, kind: StructureKind | None = None, address: str | None = None
) -> None:
    """Give an active structure another name, and another kind and address when it is not sensitive.

    Its code never changes: files name it. `address`: empty takes it away, None keeps it. The coordination of the
    territory keeps its kind, and no other structure takes it. `NotFound` for a closed structure, `Refused` for a kind
    that cannot be, or an address of a sensitive structure.
    """
    structure = table_of(Structure)
    here = (structure.c.id == structure_id, structure.c.state == StructureState.ACTIVE.value)
    row = tx.execute(select(structure).where(*here).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    if row.is_sensitive:
        read_address(address or "", is_sensitive=True)
        kept = tx.sealing.open(structure_id, [IDENTITY])[IDENTITY]
        tx.sealing.write(structure_id, IDENTITY, {**kept.payload, "name": read_name(name)}, seq=kept.seq)
    else:
        chosen = kind or StructureKind(row.kind)
        if StructureKind.TERRITORY.value in {row.kind, chosen.value} and row.kind != chosen.value:
            raise Refused(_ONE_TERRITORY, field="kind")
        where = row.address if address is None else read_address(address)
        tx.execute(update(structure).where(*here).values(name=read_name(name), kind=chosen.value, address=where))
    tx.journal("change_structure", structure_changed=structure_id)


def turn_structure(
    tx: Transaction, structure_id: str, *, name: str, kind: StructureKind | SensitiveKind, address: str = ""
) -> None:
    """Make of a structure on which nothing depends a sensitive one, or an ordinary one, under the name given anew.

    The caller holds its row, and has seen that nothing depends on it. `Refused` for the coordination of the territory,
    or a sensitive one with an address.
    """
    if kind is StructureKind.TERRITORY:
        raise Refused(_ONE_TERRITORY, field="kind")
    name, is_secret = read_name(name), isinstance(kind, SensitiveKind)
    where = read_address(address, is_sensitive=is_secret)
    known, told = tx.sealing.open_many([structure_id], IDENTITY), {"name": name, "kind": kind.value}
    if known:
        seq = tx.sealing.open(structure_id, [IDENTITY])[IDENTITY].seq
        tx.sealing.write(structure_id, IDENTITY, told, seq=seq)
    elif is_secret:
        tx.sealing.create(structure_id, {IDENTITY: told})
    clear = {"name": NEUTRAL_NAME, "kind": StructureKind.ASSOCIATION.value} if is_secret else told
    structure = table_of(Structure)
    values = {**clear, "is_sensitive": is_secret, "address": where}
    tx.execute(update(structure).where(structure.c.id == structure_id).values(**values))
    tx.journal("change_structure", structure_changed=structure_id)


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


def declare_absence(tx: Transaction, *, account_id: str, from_on: date, until_on: date, stand_in_id: str | None) -> str:
    """Say that a professional of the actor's structure will be away, both days included; gives the absence's id.

    One declares one's own, a responsable anybody's. On those days her points are the stand-in's work, or the queue's.
    `Refused` or `Invalid` by the rules, or for somebody who follows nobody there.
    """
    _check_whose(tx, account_id)
    for one, name in ((account_id, "account_id"), (stand_in_id, "stand_in_id")):
        if one and not works_in(tx, one, tx.actor.structure_id):
            raise Refused("Choisissez un·e collègue de votre structure.", field=name)
    asked = Away(account_id=account_id, from_on=from_on, until_on=until_on, stand_in_id=stand_in_id)
    check_absence(asked, absences(tx), today=tx.today)
    absence_id = new_id()
    values = {
        "id": absence_id,
        "account_id": account_id,
        "structure_id": tx.actor.structure_id,
        "stand_in_id": stand_in_id,
        "from_on": from_on,
        "until_on": until_on,
        "declared_by": tx.actor.account_id,
        "recorded_at": tx.now,
    }
    tx.execute(insert(table_of(Absence)).values(**values))
    tx.journal("declare_absence", absence=absence_id, account=account_id)
    return absence_id


def cancel_absence(tx: Transaction, absence_id: str) -> None:
    """Take an absence back, before its end: her points are her own work again. `NotFound` once it is over."""
    found = next((one for one in absences(tx) if one.id == absence_id), None)
    if found is None:
        raise NotFound("Cette absence est déjà annulée ou terminée.")
    _check_whose(tx, found.account_id)
    absence = table_of(Absence)
    tx.execute(update(absence).where(absence.c.id == absence_id).values(cancelled_at=tx.now))
    tx.journal("cancel_absence", absence=absence_id, account=found.account_id)


def _check_whose(tx: Transaction, account_id: str) -> None:
    if account_id != tx.actor.account_id and tx.actor.role != Role.SUPERVISOR:
        raise NotAllowed
