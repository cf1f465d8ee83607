"""A note as the record's story tells it: its words, who else reads them, what was changed, what its author may do."""

from dataclasses import dataclass

from flask import url_for

from pathway.casework.notes.queries import NoteView
from pathway.casework.notes.rules import Audience
from pathway.kernel.wording import said_instant

# A word and a drawing for each circle, as any reader understands it.
_READ_BY = {
    Audience.OWN: ("lock", "Lue par la structure seule"),
    Audience.FOLLOWERS: ("people", "Lue par les structures qui la suivent"),
    Audience.PERSON: ("eye", "Lue aussi par la personne"),
}


@dataclass(frozen=True, kw_only=True)
class EarlierWords:
    """What the note said before a correction, and since when, in words."""

    text: str
    since: str


@dataclass(frozen=True, kw_only=True)
class NoteTold:
    """One note in words. `changed`: that it was corrected, or taken away and why. The links are empty where the reader
    may not."""

    text: str
    icon: str
    read_by: str
    changed: str
    earlier: tuple[EarlierWords, ...]
    correct_href: str
    remove_href: str
    restore_href: str


def note_told(one: NoteView) -> NoteTold:
    """That note in words."""
    icon, read_by = _READ_BY[one.audience]
    return NoteTold(
        text=one.text,
        icon=icon,
        read_by=read_by,
        changed=_changed(one),
        earlier=tuple(EarlierWords(text=was.text, since=said_instant(was.at)) for was in one.earlier),
        correct_href=url_for("counsellor.note_corrected", ref=one.id) if one.may_correct else "",
        remove_href=url_for("counsellor.note_removed", ref=one.id) if one.may_remove else "",
        restore_href=url_for("counsellor.note_restored", ref=one.id) if one.may_restore else "",
    )


def _changed(one: NoteView) -> str:
    if one.removed_at is not None and one.reason is not None:
        return f"Retirée le {said_instant(one.removed_at)} : {one.reason.label.lower()}."
    if one.corrected_at is not None:
        return f"Corrigée le {said_instant(one.corrected_at)}."
    return ""
