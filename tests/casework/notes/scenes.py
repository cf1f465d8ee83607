"""What tests of notes start from."""

from pathway.casework.notes.actions import correct_note, remove_note, restore_note, write_note
from pathway.casework.notes.queries import NoteView, note_written, notes_about
from pathway.casework.notes.rules import Audience, RemovalReason
from pathway.demo.town import Town
from tests.town import herself


def write(town: Town, ref: str, text: str, *, audience: Audience = Audience.OWN, by: str = "bruno") -> str:
    """A note about that person; gives its id."""
    with town.acting(by) as tx:
        return write_note(tx, record_id=ref, audience=audience, text=text)


def correct(town: Town, note: str, text: str, *, by: str = "bruno") -> None:
    """Mend it, as it stands now."""
    with town.acting(by) as tx:
        correct_note(tx, note_id=note, text=text, version=note_written(tx, note).version)


def remove(town: Town, note: str, reason: RemovalReason = RemovalReason.MISTAKE, *, by: str = "bruno") -> None:
    """Take it away."""
    with town.acting(by) as tx:
        remove_note(tx, note_id=note, reason=reason)


def restore(town: Town, note: str, *, by: str = "bruno") -> None:
    """Give it back."""
    with town.acting(by) as tx:
        restore_note(tx, note_id=note)


def read(town: Town, ref: str, by: str = "bruno") -> list[NoteView]:
    """The notes about that person as that professional, or she herself, reads them."""
    if by == "herself":
        with herself(town, ref, write=False) as tx:
            return notes_about(tx, ref)
    with town.acting(by, write=False) as tx:
        return notes_about(tx, ref)


def texts(town: Town, ref: str, by: str = "bruno") -> list[str]:
    """What they say."""
    return [one.text for one in read(town, ref, by)]
