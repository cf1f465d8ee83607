"""Her own papers: kept once, seen by whom she says, taken away by her; those that structures added stand beside."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.documents.actions import hold_document, remove_document, restore_document
from pathway.casework.documents.queries import HeldView, held_document, own_documents, room_of
from pathway.casework.documents.rules import LARGEST, HeldKind, RemovalReason, Sight
from pathway.casework.partners.queries import structure_names
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import NotFound, PathwayError
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.answers import options
from pathway.web.gate import allow, gate
from pathway.web.jinja import french, notify
from pathway.web.papers import AddForm, Links, Paper, RemoveForm, paper, room_said
from pathway.web.uploads import takes_file

_CHOICES = {Sight.SHARED: marked("Les structures qui voient mon parcours"), Sight.OWN: marked("Moi seulement")}
_SEEN = marked("vu par les structures qui voient votre parcours")
_BY_HER = {Sight.SHARED: _SEEN, Sight.OWN: marked("visible par vous seulement")}
_BY_THEM = {Sight.SHARED: _SEEN, Sight.OWN: marked("vu par cette structure")}
_REASONS = (RemovalReason.OUTDATED, RemovalReason.MISTAKE, RemovalReason.OUT_OF_PLACE)


@dataclass(frozen=True, kw_only=True)
class DocumentsPage:
    """Her papers, the traces of those taken away, and the room left in words."""

    papers: list[Paper]
    gone: list[Paper]
    room: str


@allow(Permission.OWN_DOCUMENTS)
def view() -> ResponseReturnValue:
    """Her papers, and the form that adds one."""
    return _shown(AddForm(), 200)


@allow(Permission.OWN_DOCUMENTS)
@takes_file(LARGEST)
def add_view() -> ResponseReturnValue:
    """The paper is read for what it is, then kept."""
    here, form = gate(), AddForm()
    upload = form.read() if form.validate() else None
    if upload is not None:
        with here.attempt(form) as tx:
            kind, sight = HeldKind.read(form.kind.data, field="kind"), Sight.read(form.sight.data, field="sight")
            title = form.title.data or ""
            hold_document(tx, record_id=here.actor.record_id, kind=kind, upload=upload, sight=sight, title=title)
        if not form.has_errors:
            notify(_("Votre document est ajouté."))
            return redirect(url_for("jobseeker.documents"), 303)
    return _shown(form, 422)


@allow(Permission.OWN_DOCUMENTS)
def remove_view(ref: str) -> ResponseReturnValue:
    """The paper that would go, and why; on POST, it is taken away."""
    here = gate()
    with here.reading() as tx:
        found = held_document(tx, here.actor.record_id, ref)
        if not found.is_own:
            raise NotFound
        one = _told(found, structure_names(tx))
    form = RemoveForm()
    form.reason.choices = options((reason.value, reason.label) for reason in _REASONS)
    if request.method == "POST" and form.validate():
        with here.attempt(form) as tx:
            reason = RemovalReason.read(form.reason.data, field="reason")
            remove_document(tx, record_id=here.actor.record_id, document_id=ref, reason=reason)
        if not form.has_errors:
            notify(_("Votre document est retiré. Vous pouvez le remettre pendant dix minutes."))
            return redirect(url_for("jobseeker.documents"), 303)
    shown = render_template("jobseeker/document_removed.html", form=form, paper=one)
    return shown, 422 if form.has_errors else 200


@allow(Permission.OWN_DOCUMENTS)
def restore_view(ref: str) -> ResponseReturnValue:
    """The paper is given back, if it may still be."""
    here = gate()
    with here.reading() as tx:
        if not held_document(tx, here.actor.record_id, ref).is_own:
            raise NotFound
    try:
        with here.writing() as tx:
            restore_document(tx, record_id=here.actor.record_id, document_id=ref)
    except PathwayError as error:
        notify(_(error.sentence), "late")
    else:
        notify(_("Votre document est de nouveau là."))
    return redirect(url_for("jobseeker.documents"), 303)


def _shown(form: AddForm, status: int) -> ResponseReturnValue:
    form.sight.choices = options((one.value, label) for one, label in _CHOICES.items())
    with gate().reading() as tx:
        page = _page(tx)
    return render_template("jobseeker/documents.html", form=form, page=page), status


def _page(tx: Transaction) -> DocumentsPage:
    names = structure_names(tx)
    papers = [_told(one, names) for one in own_documents(tx)]
    return DocumentsPage(
        papers=[one for one in papers if not one.gone],
        gone=[one for one in papers if one.gone],
        room=room_said(room_of(tx, tx.actor.record_id)),
    )


def _told(one: HeldView, names: Mapping[str, str]) -> Paper:
    by = _("vous")
    if one.structure_id:
        by = french(names[one.structure_id]) if one.structure_id in names else _("une structure")
    base = f"{url_for('jobseeker.documents')}/{{}}"
    links = Links(opened=base, removed=f"{base}/retirer", restored=f"{base}/remettre")
    return paper(one, by=by, seen_by=_BY_THEM if one.structure_id else _BY_HER, links=links)
