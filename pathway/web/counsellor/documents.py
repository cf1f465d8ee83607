"""The papers of a record: what is there, adding one, taking one away with its reason, giving it back."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.documents.actions import hold_document, remove_document, restore_document
from pathway.casework.documents.queries import HeldView, held_document, held_documents, room_of
from pathway.casework.documents.rules import LARGEST, HeldKind, RemovalReason, Sight
from pathway.casework.partners.queries import is_sensitive, structure_names
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import require_part
from pathway.casework.sharing.rules import Part
from pathway.kernel.errors import NotFound, PathwayError
from pathway.store.transaction import Transaction
from pathway.web.answers import options
from pathway.web.counsellor.telling import full_name
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.papers import AddForm, Links, Paper, RemoveForm, paper, room_said
from pathway.web.uploads import takes_file

_CHOICES = {Sight.SHARED: "Les structures qui voient son parcours", Sight.OWN: "Ma structure"}
_SEEN_BY = {
    Sight.SHARED: "vu par les structures qui voient son parcours, et par la personne",
    Sight.OWN: "vu par la structure qui l’a ajouté, et par la personne",
}
_IN_SIGHT = 4


@dataclass(frozen=True, kw_only=True)
class DocumentsPart:
    """What the record shows of them: the latest, and how many there are."""

    latest: list[Paper]
    count: int


@dataclass(frozen=True, kw_only=True)
class DocumentsPage:
    """Whose papers, those that are there, the traces of those that are not, and the room left in words."""

    name: str
    href: str
    papers: list[Paper]
    gone: list[Paper]
    room: str
    is_secret: bool


@allow(Permission.DOCUMENT_READ)
def view(ref: str) -> ResponseReturnValue:
    """The papers of that record, and the form that adds one."""
    return _shown(ref, AddForm(), 200)


@allow(Permission.DOCUMENT_KEEP)
@takes_file(LARGEST)
def add_view(ref: str) -> ResponseReturnValue:
    """The paper is read for what it is, then kept."""
    form = AddForm()
    with gate().reading() as tx:
        require_part(tx, ref, Part.PATHWAY.value)
    upload = form.read() if form.validate() else None
    if upload is not None:
        with gate().attempt(form) as tx:
            kind, sight = HeldKind.read(form.kind.data, field="kind"), Sight.read(form.sight.data, field="sight")
            title = form.title.data or ""
            hold_document(tx, record_id=ref, kind=kind, upload=upload, sight=sight, title=title)
        if not form.has_errors:
            notify("Document ajouté. La personne le voit dans « Mes documents ».")
            return redirect(url_for("counsellor.documents", ref=ref), 303)
    return _shown(ref, form, 422)


@allow(Permission.DOCUMENT_KEEP)
def remove_view(ref: str, document_ref: str) -> ResponseReturnValue:
    """The paper that would go, and why; on POST, it is taken away."""
    with gate().reading() as tx:
        found = held_document(tx, ref, document_ref)
        if not found.is_own:
            raise NotFound
        record = record_opened(tx, ref, only=frozenset())
        one = _told(found, structure_names(tx), ref)
    form, back = RemoveForm(), url_for("counsellor.documents", ref=ref)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            reason = RemovalReason.read(form.reason.data, field="reason")
            remove_document(tx, record_id=ref, document_id=document_ref, reason=reason)
        if not form.has_errors:
            notify("Document retiré. Pendant dix minutes, vous pouvez le remettre ; ensuite il est détruit.")
            return redirect(back, 303)
    name = full_name(record.card.identity)
    shown = render_template("counsellor/document_removed.html", form=form, paper=one, name=name, back=back)
    return shown, 422 if form.has_errors else 200


@allow(Permission.DOCUMENT_KEEP)
def restore_view(ref: str, document_ref: str) -> ResponseReturnValue:
    """The paper is given back, if it may still be."""
    with gate().reading() as tx:
        if not held_document(tx, ref, document_ref).is_own:
            raise NotFound
    try:
        with gate().writing() as tx:
            restore_document(tx, record_id=ref, document_id=document_ref)
    except PathwayError as error:
        notify(error.sentence, "late")
    else:
        notify("Le document est de nouveau dans le dossier.")
    return redirect(url_for("counsellor.documents", ref=ref), 303)


def documents_part(tx: Transaction, record: RecordView, names: Mapping[str, str]) -> DocumentsPart | None:
    """The papers as the record shows them; None where her pathway is closed to the reader."""
    if not record.access.opens(Part.PATHWAY):
        return None
    there = [one for one in held_documents(tx, record.id) if one.removed_at is None]
    return DocumentsPart(latest=[_told(one, names, record.id) for one in there[:_IN_SIGHT]], count=len(there))


def _shown(ref: str, form: AddForm, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _page(tx, ref)
    offered = {Sight.OWN: _CHOICES[Sight.OWN]} if page.is_secret else _CHOICES
    form.sight.choices = options((one.value, label) for one, label in offered.items())
    return render_template("counsellor/documents.html", form=form, page=page), status


def _page(tx: Transaction, ref: str) -> DocumentsPage:
    record = record_opened(tx, ref, only=frozenset())
    if not record.access.opens(Part.PATHWAY):
        raise NotFound
    names = structure_names(tx)
    papers = [_told(one, names, ref) for one in held_documents(tx, ref)]
    return DocumentsPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=record.id),
        papers=[one for one in papers if not one.gone],
        gone=[one for one in papers if one.gone],
        room=room_said(room_of(tx, ref)) if record.access.may_write else "",
        is_secret=is_sensitive(tx, tx.actor.structure_id),
    )


def _told(one: HeldView, names: Mapping[str, str], ref: str) -> Paper:
    by = names.get(one.structure_id, "une structure") if one.structure_id else "la personne"
    base = f"{url_for('counsellor.documents', ref=ref)}/{{}}"
    links = Links(opened=base, removed=f"{base}/retirer", restored=f"{base}/remettre")
    hers = {Sight.SHARED: _SEEN_BY[Sight.SHARED], Sight.OWN: "vu par la personne seule"}
    return paper(one, by=by, seen_by=_SEEN_BY if one.structure_id else hers, links=links)
