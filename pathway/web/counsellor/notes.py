"""Writing a note about a person, correcting it, taking it away: who will read it is said before a word is typed."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField

from pathway.casework.notes.actions import correct_note, remove_note, restore_note, write_note
from pathway.casework.notes.queries import note_written
from pathway.casework.notes.rules import LONGEST, Audience, RemovalReason, offered
from pathway.casework.partners.queries import is_sensitive
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import require_part
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import PathwayError
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of, options
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, Needed, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_HINTS = {
    Audience.OWN.value: "Vos collègues. La personne peut l’obtenir dans la copie de son dossier.",
    Audience.FOLLOWERS.value: "Votre structure, et celles qui voient son suivi.",
    Audience.PERSON.value: "Les mêmes, et la personne elle-même, dans « Mon parcours ».",
}
_HINT_IF_SENSITIVE = {Audience.PERSON.value: "Votre structure et la personne elle-même. Aucune autre structure."}
_WRITTEN = {
    Audience.OWN: "Note enregistrée. Votre structure la lit ; la personne peut l’obtenir dans la copie de son dossier.",
    Audience.FOLLOWERS: "Note enregistrée. Votre structure et celles qui suivent la personne la lisent.",
    Audience.PERSON: "Note enregistrée. La personne la lit dans « Mon parcours ».",
}


class NoteForm(CarteForm):
    """A note and its readers."""

    text = TextAreaField("Note", [Needed("Écrivez votre note.")], render_kw={"maxlength": str(LONGEST)})
    audience = one_of("Qui peut la lire", Audience, needed="Choisissez qui peut lire cette note.")


class CorrectionForm(CarteForm):
    """The words as they should have been. `version`: the note as it was read."""

    text = TextAreaField("Note", [Needed("Écrivez votre note.")], render_kw={"maxlength": str(LONGEST)})
    version = HiddenField()


class RemovalForm(CarteForm):
    """Why a note goes."""

    reason = one_of("Pourquoi la retirer", RemovalReason, needed="Choisissez une raison.")


@dataclass(frozen=True, kw_only=True)
class NotePage:
    """Whose record. `hints`: who reads each kind of note."""

    name: str
    href: str
    hints: dict[str, str]
    longest: int = LONGEST


@allow(Permission.NOTE_WRITE)
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, the note, kept for those readers."""
    with gate().reading() as tx:
        require_part(tx, ref, Part.FOLLOWUP.value)
        is_secret = is_sensitive(tx, tx.actor.structure_id)
        page = _page(tx, ref, is_secret=is_secret)
    form = NoteForm(audience=Audience.OWN.value)
    form.audience.choices = options((one.value, one.label) for one in offered(is_sensitive=is_secret))
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            audience = Audience.read(form.audience.data, field="audience")
            write_note(tx, record_id=ref, audience=audience, text=form.text.data or "")
        if not form.has_errors:
            notify(_WRITTEN[audience])
            return redirect(f"{page.href}#story", 303)
    return render_template("counsellor/note.html", form=form, page=page), 422 if form.has_errors else 200


@allow(Permission.NOTE_WRITE)
def correct_view(ref: str) -> ResponseReturnValue:
    """The words of one's own note; on POST, those that replace them. What they said stays beside."""
    with gate().reading() as tx:
        note = note_written(tx, ref)
        page = _page(tx, note.card_id)
    form = CorrectionForm(text=note.text, version=str(note.version))
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            correct_note(tx, note_id=ref, text=form.text.data or "", version=read_version(form.version.data))
        if not form.has_errors:
            notify("Note corrigée. Ce qu’elle disait avant reste lisible en dessous.")
            return redirect(f"{page.href}#story", 303)
    if form.form_errors:  # it changed meanwhile, and she was told: what she sends next is meant
        form.version.data = str(note.version)
    shown = render_template("counsellor/note_corrected.html", form=form, page=page, note=note)
    return shown, 422 if form.has_errors else 200


@allow(Permission.NOTE_WRITE)
def remove_view(ref: str) -> ResponseReturnValue:
    """The note that would go, and why; on POST, it is taken away."""
    with gate().reading() as tx:
        note = note_written(tx, ref)
        page = _page(tx, note.card_id)
    if note.removed_at is not None and request.method != "POST":
        return redirect(f"{page.href}?voir=notes#story", 303)
    form = RemovalForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            remove_note(tx, note_id=ref, reason=RemovalReason.read(form.reason.data, field="reason"))
        if not form.has_errors:
            notify("Note retirée. Pendant dix minutes, vous pouvez la remettre depuis le parcours.")
            return redirect(f"{page.href}?voir=notes#story", 303)
    shown = render_template("counsellor/note_removed.html", form=form, page=page, note=note)
    return shown, 422 if form.has_errors else 200


@allow(Permission.NOTE_WRITE)
def restore_view(ref: str) -> ResponseReturnValue:
    """The note is given back, if it may still be."""
    with gate().reading() as tx:
        href = url_for("counsellor.record", ref=note_written(tx, ref).card_id)
    try:
        with gate().writing() as tx:
            restore_note(tx, note_id=ref)
    except PathwayError as error:
        notify(error.sentence, "late")
    else:
        notify("La note est de nouveau dans le parcours.")
    return redirect(f"{href}#story", 303)


def _page(tx: Transaction, ref: str, *, is_secret: bool = False) -> NotePage:
    record = record_opened(tx, ref, only=frozenset())
    return NotePage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=record.id),
        hints=_HINTS | (_HINT_IF_SENSITIVE if is_secret else {}),
    )
