"""Opening and ending grants."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, update

from pathway.casework.sharing.queries import has_lasting_support
from pathway.casework.sharing.rules import Cause, pack_sections
from pathway.casework.sharing.tables import AccessGrant
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_grant = table_of(AccessGrant)


def open_grants(
    tx: Transaction,
    *,
    record_ids: Iterable[str],
    structure_id: str,
    cause: Cause,
    cause_id: str,
    sections: frozenset[str],
    until_at: datetime | None = None,
) -> None:
    """Let that structure open those sections of those records, from now, for that cause."""
    rows = [
        {
            "id": new_id(),
            "record_id": record_id,
            "structure_id": structure_id,
            "cause": cause.value,
            "cause_id": cause_id,
            "sections": pack_sections(sections),
            "from_at": tx.now,
            "until_at": until_at,
            "recorded_at": tx.now,
        }
        for record_id in record_ids
    ]
    if rows:
        tx.execute(insert(_grant), rows)


def open_support(
    tx: Transaction, *, record_id: str, structure_id: str, cause_id: str, sections: frozenset[str]
) -> None:
    """Open the structure's own support of a person unless it is already open without an end."""
    if has_lasting_support(tx, record_id, structure_id):
        return
    open_grants(
        tx,
        record_ids=[record_id],
        structure_id=structure_id,
        cause=Cause.SUPPORT,
        cause_id=cause_id,
        sections=sections,
    )


def end_grants(tx: Transaction, *, record_id: str, structure_id: str, cause: Cause, until_at: datetime) -> None:
    """Set the end of the live grants of that structure for that cause; an earlier end is never put off."""
    here = (
        _grant.c.record_id == record_id,
        _grant.c.structure_id == structure_id,
        _grant.c.cause == cause.value,
        _grant.c.until_at.is_(None) | (_grant.c.until_at > until_at),
    )
    tx.execute(update(_grant).where(*here).values(until_at=until_at))
