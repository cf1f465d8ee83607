"""Keeping a file with a record, taking a paper away, giving it back, destroying its key."""

from base64 import b64encode

from sqlalchemy import delete, insert, select, update

from pathway.casework.documents.queries import (
    CONTENT,
    TITLE,
    HeldView,
    held_document,
    room_of,
    weight_of_structure,
)
from pathway.casework.documents.rules import (
    RESTORED_WITHIN,
    TWICE_WITHIN,
    DocumentKind,
    HeldKind,
    RemovalReason,
    Sight,
    Upload,
    check_room,
    read_title,
)
from pathway.casework.documents.tables import Document, HeldDocument
from pathway.casework.partners.queries import is_sensitive
from pathway.casework.sharing.queries import READ_ONLY, access_of, own_card, require_part
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.tables import DataKey
from pathway.store.transaction import Transaction

_document = table_of(Document)
_held = table_of(HeldDocument)
_key = table_of(DataKey)

_LOT = 400
_STAYS_HERE = "Les documents de votre structure n’en sortent pas. Choisissez « Ma structure »."
_REMOVED = marked("Ce document est déjà retiré.")
_TWICE = marked("Ce document vient d’être ajouté, peut-être par un double clic. Il est dans la liste.")
_TOO_LATE = marked("Ce document est retiré depuis plus de dix minutes : il est détruit. Ajoutez-le de nouveau.")


def add_document(tx: Transaction, *, record_id: str, kind: DocumentKind, upload: Upload) -> str:
    """Keep a checked file with that record, sealed under a key of its own; gives its id.

    `NotFound` without a grant, `Refused` for an exceptional access, which only reads.
    """
    if not access_of(tx, record_id).may_enter:
        raise Refused(READ_ONLY)
    document_id = new_id()
    tx.sealing.create(document_id, {CONTENT: b64encode(upload.content).decode()})
    values = {
        "id": document_id,
        "record_id": record_id,
        "structure_id": tx.actor.structure_id,
        "kind": kind.value,
        "media_type": upload.media_type.value,
        "added_by": tx.actor.account_id,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_document).values(**values))
    tx.journal("document_added", records=[record_id], document=document_id)
    return document_id


def hold_document(
    tx: Transaction, *, record_id: str, kind: HeldKind, upload: Upload, sight: Sight, title: str = ""
) -> str:
    """Keep a checked paper of that person, added by herself or by a structure that works on her pathway; gives its id.

    `Refused` (field `paper`) without room left for her or for the structure, (field `sight`) when a sensitive
    structure would share it. `Conflict` when the same person has just added the very same.
    """
    require_part(tx, record_id, Part.PATHWAY.value)
    title = read_title(title)
    is_herself = bool(tx.actor.record_id)
    if sight is Sight.SHARED and not is_herself and is_sensitive(tx, tx.actor.structure_id):
        raise Refused(_STAYS_HERE, field="sight")
    card_id, document_id = own_card(tx, record_id), new_id()
    sealed = {CONTENT: b64encode(upload.content).decode(), TITLE: title}
    values = {
        "record_id": card_id,
        "kind": kind.value,
        "media_type": upload.media_type.value,
        "sight": sight.value,
        "size": len(upload.content),
        "added_by": tx.actor.account_id,
    }
    _refuse_twice(tx, values, sealed)
    _check_room(tx, record_id, len(upload.content))
    tx.sealing.create(document_id, sealed)
    whose = {"id": document_id, "structure_id": None if is_herself else tx.actor.structure_id, "recorded_at": tx.now}
    tx.execute(insert(_held).values(**values, **whose))
    tx.journal("document_added", records=[card_id], document=document_id)
    return document_id


def remove_document(tx: Transaction, *, record_id: str, document_id: str, reason: RemovalReason) -> None:
    """Take away a paper that the actor, or its structure, added; its trace stays. It may be given back for ten minutes.

    `NotFound` for a paper of somebody else, `Refused` when it is taken away already.
    """
    paper = _own(tx, record_id, document_id)
    if paper.removed_at is not None:
        raise Refused(_REMOVED)
    gone = {"removed_at": tx.now, "removed_by": tx.actor.account_id, "removal_reason": reason.value}
    here = (_held.c.id == document_id, _held.c.removed_at.is_(None))
    if tx.execute(update(_held).where(*here).values(**gone)).rowcount != 1:
        raise Conflict(_REMOVED)
    tx.journal("document_removed", records=[paper.card_id], document=document_id, reason=reason.value)


def restore_document(tx: Transaction, *, record_id: str, document_id: str) -> None:
    """Give back a paper taken away less than ten minutes ago; `Refused` later, or when it stands."""
    paper = _own(tx, record_id, document_id)
    here = (_held.c.id == document_id, _held.c.removed_at > tx.now - RESTORED_WITHIN, _held.c.forgotten_at.is_(None))
    back = {"removed_at": None, "removed_by": None, "removal_reason": None}
    if tx.execute(update(_held).where(*here).values(**back)).rowcount != 1:
        raise Refused(_TOO_LATE)
    tx.journal("document_restored", records=[paper.card_id], document=document_id)


def forget_documents(tx: Transaction) -> int:
    """Destroy the keys of the papers taken away for more than ten minutes: nothing opens them again. How many."""
    due = select(_held.c.id).where(_held.c.removed_at <= tx.now - RESTORED_WITHIN, _held.c.forgotten_at.is_(None))
    gone = [row.id for row in tx.execute(due)]
    for start in range(0, len(gone), _LOT):
        lot = gone[start : start + _LOT]
        tx.execute(delete(_key).where(_key.c.subject_id.in_(lot)))
        tx.execute(update(_held).where(_held.c.id.in_(lot)).values(forgotten_at=tx.now))
    return len(gone)


def _own(tx: Transaction, record_id: str, document_id: str) -> HeldView:
    paper = held_document(tx, record_id, document_id)
    if not paper.is_own:
        raise NotFound
    return paper


def _refuse_twice(tx: Transaction, values: dict[str, object], sealed: dict[str, str]) -> None:
    """Refuse what a double click sends again: the same file, called the same, for the same readers."""
    same = [_held.c[name] == value for name, value in values.items()]
    latest = select(_held.c.id).where(*same, _held.c.removed_at.is_(None), _held.c.recorded_at > tx.now - TWICE_WITHIN)
    for row in tx.execute(latest):
        found = tx.sealing.open(row.id, list(sealed))
        if all(found[name].payload == value for name, value in sealed.items()):
            raise Conflict(_TWICE)


def _check_room(tx: Transaction, record_id: str, size: int) -> None:
    is_herself = bool(tx.actor.record_id)
    room = room_of(tx, record_id)
    check_room(
        size=size,
        files=room.files,
        weight=room.weight,
        structure_weight=0 if is_herself else weight_of_structure(tx, tx.actor.structure_id),
        is_herself=is_herself,
    )
