"""Forgetting a person: what professionals wrote about her."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from pathway.casework.notes.tables import Note, NoteText
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_note = table_of(Note)
_text = table_of(NoteText)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the notes about those cards with their texts."""
    hers = select(_note.c.id).where(_note.c.record_id.in_(record_ids))
    tx.execute(delete(_text).where(_text.c.note_id.in_(hers)))
    tx.execute(delete(_note).where(_note.c.record_id.in_(record_ids)))
