"""Writing a note, mending its words while they are fresh, taking it away and giving it back: each with its trace."""

from sqlalchemy import delete, insert, select, update

from pathway.casework.notes.queries import SEALED_AS, NoteView, note_written, place_of, text_opened
from pathway.casework.notes.rules import (
    RESTORED_WITHIN,
    TWICE_WITHIN,
    UNREADABLE,
    Audience,
    RemovalReason,
    check_audience,
    check_may_correct,
    check_may_restore,
    read_text,
)
from pathway.casework.notes.tables import Note, NoteText
from pathway.casework.partners.queries import is_sensitive
from pathway.casework.sharing.queries import own_card, require_part
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import Conflict, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_note = table_of(Note)
_text = table_of(NoteText)

_BUCKET = 256  # bytes: a note's length says little
_MEANWHILE = "Cette note vient de changer dans une autre fenêtre. Relisez-la, puis recommencez."
_TWICE = "La même note vient d’être enregistrée, peut-être par un double clic. Elle est dans le parcours."
_SAME = "Le texte n’a pas changé. Corrigez-le, ou revenez au dossier."
_REMOVED = "Cette note est retirée."
_NOT_REMOVED = "Cette note n’est pas retirée."


def write_note(tx: Transaction, *, record_id: str, audience: Audience, text: str) -> str:
    """Keep a note about that person, for those readers; gives its id.

    It takes a sight of her follow-up. `Invalid` (field `text`), `Refused` (field `audience`) when a sensitive structure
    would share it with others, `Conflict` when the same professional has just written the same words.
    """
    require_part(tx, record_id, Part.FOLLOWUP.value)
    text = read_text(text)
    check_audience(audience, is_sensitive=is_sensitive(tx, tx.actor.structure_id))
    card_id = own_card(tx, record_id)
    _refuse_twice(tx, card_id, text)
    note_id = new_id()
    values = {
        "id": note_id,
        "record_id": card_id,
        "structure_id": tx.actor.structure_id,
        "account_id": tx.actor.account_id,
        "role": tx.actor.role,
        "audience": audience.value,
        "versions": 1,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_note), values)
    _keep_text(tx, card_id, note_id, 1, text)
    tx.journal("write_note", records=[card_id], note=note_id, audience=audience.value)
    return note_id


def correct_note(tx: Transaction, *, note_id: str, text: str, version: int) -> None:
    """Mend the words of one's own note within 24 hours; what it said before stays beside it, for the same readers.

    `version`: as it was read. `Invalid` (field `text`), `Refused` when too late, taken away, unreadable or unchanged,
    `Conflict` when it changed meanwhile.
    """
    note = note_written(tx, note_id)
    require_part(tx, note.card_id, Part.FOLLOWUP.value)
    if note.removed_at is not None:
        raise Refused(_REMOVED)
    if not note.is_readable:
        raise Refused(UNREADABLE)
    check_may_correct(note.written_at, now=tx.now)
    text = read_text(text)
    if note.version != version:
        raise Conflict(_MEANWHILE)
    if text == note.text:
        raise Refused(_SAME, field="text")
    _change(tx, note, versions=version + 1)
    _keep_text(tx, note.card_id, note_id, version + 1, text)
    tx.journal("correct_note", records=[note.card_id], note=note_id, version=version + 1)


def remove_note(tx: Transaction, *, note_id: str, reason: RemovalReason) -> NoteView:
    """Take one's own note away: nobody reads it any more, its trace says who, when and why. Gives it as it was.

    For ten minutes it may be given back; then its texts are deleted. `Refused` when it is taken away already.
    """
    note = note_written(tx, note_id)
    if note.removed_at is not None:
        raise Refused(_REMOVED)
    _change(tx, note, removed_at=tx.now, removal_reason=reason.value)
    tx.journal("remove_note", records=[note.card_id], note=note_id, reason=reason.value)
    return note


def restore_note(tx: Transaction, *, note_id: str) -> NoteView:
    """Give back a note taken away less than ten minutes ago; `Refused` later, or when it stands."""
    note = note_written(tx, note_id)
    if note.removed_at is None:
        raise Refused(_NOT_REMOVED)
    check_may_restore(note.removed_at, now=tx.now)
    _change(tx, note, removed_at=None, removal_reason=None)
    tx.journal("restore_note", records=[note.card_id], note=note_id)
    return note


def forget_removed(tx: Transaction) -> int:
    """Delete every text of the notes taken away for more than ten minutes; how many texts went."""
    gone = select(_note.c.id).where(_note.c.removed_at <= tx.now - RESTORED_WITHIN)
    return tx.execute(delete(_text).where(_text.c.note_id.in_(gone))).rowcount


def _change(tx: Transaction, note: NoteView, **values: object) -> None:
    """Write over the note as it was read: two windows of one author never undo each other."""
    is_as_read = _note.c.removed_at.is_(None) if note.removed_at is None else _note.c.removed_at == note.removed_at
    here = (_note.c.id == note.id, _note.c.versions == note.version, is_as_read)
    if tx.execute(update(_note).where(*here).values(**values)).rowcount != 1:
        raise Conflict(_MEANWHILE)


def _keep_text(tx: Transaction, card_id: str, note_id: str, number: int, text: str) -> None:
    sealed = tx.sealing.seal_value(card_id, SEALED_AS, place_of(note_id, number), {"text": text}, bucket=_BUCKET)
    tx.execute(insert(_text), {"note_id": note_id, "number": number, "text": sealed, "recorded_at": tx.now})


def _refuse_twice(tx: Transaction, card_id: str, text: str) -> None:
    """Refuse what a double click sends again."""
    latest = (
        select(_note.c.id, _note.c.record_id, _text.c.number, _text.c.text)
        .join(_text, (_text.c.note_id == _note.c.id) & (_text.c.number == 1))
        .where(
            _note.c.record_id == card_id,
            _note.c.account_id == tx.actor.account_id,
            _note.c.removed_at.is_(None),
            _note.c.recorded_at > tx.now - TWICE_WITHIN,
        )
    )
    for row in tx.execute(latest):
        if text_opened(tx, row) == text:
            raise Conflict(_TWICE)
