"""Notes as screens read them: one's own structure's, and those written for whoever reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, bindparam, or_, select

from pathway.casework.notes.rules import UNREADABLE, Audience, RemovalReason, is_forgotten, may_correct
from pathway.casework.notes.tables import Note, NoteText
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.queries import access_of, of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotAllowed, NotFound, Sealed
from pathway.kernel.logs import failure, log
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_note = table_of(Note)
_text = table_of(NoteText)

SEALED_AS = "note"

_SHARED = (Audience.FOLLOWERS.value, Audience.PERSON.value)
_WITH_TEXTS: Select[Any] = select(
    _note, _text.c.number, _text.c.text, _text.c.recorded_at.label("said_at")
).select_from(_note.outerjoin(_text, _text.c.note_id == _note.c.id))
_NEWEST_FIRST = (_note.c.recorded_at.desc(), _note.c.id, _text.c.number.desc())

# Built once: every record asks one of them.
_ABOUT_HER = _WITH_TEXTS.where(of_person(_note.c.record_id)).order_by(*_NEWEST_FIRST)
_WITH_HER = _ABOUT_HER.where(_note.c.audience == Audience.PERSON.value)
_FOR_STRUCTURE = _ABOUT_HER.where(
    seen_in(bindparam("record_id"), Part.FOLLOWUP.value, by=_note.c.structure_id),
    or_(_note.c.structure_id == bindparam("own_structure"), _note.c.audience.in_(_SHARED)),
)
_asked = _note.alias()
_OWN = _WITH_TEXTS.where(
    _note.c.id == bindparam("note_id"),
    _note.c.account_id == bindparam("account"),
    _note.c.structure_id == bindparam("own_structure"),
    seen_in(
        select(_asked.c.record_id).where(_asked.c.id == bindparam("note_id")).scalar_subquery(),
        Part.FOLLOWUP.value,
        by=_note.c.structure_id,
    ),
).order_by(*_NEWEST_FIRST)


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What a note said before a correction, and since when."""

    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NoteView:
    """One note. `text` is empty once it is taken away; `earlier`: what it said before, newest first. A text that does
    not open any more says so in its place, and `is_readable` is then false.

    `may_correct`, `may_remove`, `may_restore`: what the reader, if she wrote it, may still do.
    """

    id: str
    card_id: str
    structure_id: str
    account_id: str
    role: Role
    audience: Audience
    written_at: datetime
    text: str
    earlier: tuple[Earlier, ...]
    corrected_at: datetime | None
    removed_at: datetime | None
    reason: RemovalReason | None
    version: int
    is_readable: bool
    may_correct: bool
    may_remove: bool
    may_restore: bool

    @property
    def on(self) -> date:
        """The day it was written, in Paris."""
        return local_day(self.written_at)


def notes_about(tx: Transaction, record_id: str) -> list[NoteView]:
    """The notes about that person which the actor may read, newest first, with the traces of those taken away.

    Her own: those written with her. A structure's: its own, and what the others shared, where the follow-up is open.
    """
    if tx.actor.record_id:
        access_of(tx, record_id)
        return _views(tx, tx.execute(_WITH_HER, {"record_id": record_id}))
    return _views(tx, tx.execute(_FOR_STRUCTURE, {"record_id": record_id, **sight(tx)}))


def own_notes(tx: Transaction) -> list[NoteView]:
    """Every note about the actor herself, whoever wrote it and for whom: what her copy of her record holds.

    `NotAllowed` for anybody but the person; `Sealed` when one does not open: her copy is whole or is not.
    """
    if not tx.actor.record_id:
        raise NotAllowed
    found = _views(tx, tx.execute(_ABOUT_HER, {"record_id": tx.actor.record_id}))
    if not all(one.is_readable for one in found):
        raise Sealed
    return found


def note_written(tx: Transaction, note_id: str) -> NoteView:
    """A note of the actor's own; `NotFound` for anybody else's, and where she no longer reads the follow-up."""
    found = _views(tx, tx.execute(_OWN, {"note_id": note_id, "account": tx.actor.account_id, **sight(tx)}))
    if not found:
        raise NotFound
    return found[0]


def place_of(note_id: str, number: int) -> str:
    """Where the text of that number is sealed."""
    return f"{note_id}-{number}"


def text_opened(tx: Transaction, row: Row[Any]) -> str | None:
    """What that text says, or None when it does not open: one damaged note hides neither the others nor the record."""
    try:
        text: str = tx.sealing.open_value(row.record_id, SEALED_AS, place_of(row.id, row.number), row.text)["text"]
    except Sealed as error:
        log().error("sealed", **failure(error))
        return None
    return text


def _views(tx: Transaction, rows: Iterable[Row[Any]]) -> list[NoteView]:
    return [_view(tx, list(those)) for _, those in groupby(rows, key=lambda row: row.id)]


def _view(tx: Transaction, rows: list[Row[Any]]) -> NoteView:
    row = rows[0]
    is_own = row.account_id == tx.actor.account_id and row.structure_id == tx.actor.structure_id
    is_removed = row.removed_at is not None
    opened = [] if is_removed else [(text_opened(tx, one), one.said_at) for one in rows]
    is_readable = all(text is not None for text, _ in opened)
    texts = [Earlier(text=UNREADABLE if text is None else text, at=at) for text, at in opened]
    return NoteView(
        id=row.id,
        card_id=row.record_id,
        structure_id=row.structure_id,
        account_id=row.account_id,
        role=Role(row.role),
        audience=Audience(row.audience),
        written_at=row.recorded_at,
        text=texts[0].text if texts else "",
        earlier=tuple(texts[1:]),
        corrected_at=texts[0].at if len(texts) > 1 else None,
        removed_at=row.removed_at,
        reason=RemovalReason(row.removal_reason) if is_removed else None,
        version=row.versions,
        is_readable=is_readable,
        may_correct=is_own and is_readable and not is_removed and may_correct(row.recorded_at, now=tx.now),
        may_remove=is_own and not is_removed,
        may_restore=is_own and is_removed and not is_forgotten(row.removed_at, now=tx.now),
    )
