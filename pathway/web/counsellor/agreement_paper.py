"""The paper agreement: printed with a reference, signed, then deposited; only then does it count."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import StringField

from pathway.casework.agreements.actions import deposit_paper
from pathway.casework.agreements.queries import Paper, waiting_paper, waiting_papers
from pathway.casework.documents.queries import document_opened
from pathway.casework.documents.reading import read_upload
from pathway.casework.documents.rules import LARGEST, Upload
from pathway.casework.partners.queries import structure_names
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid, NotFound
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.files import attached
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.parts import labels_of
from pathway.web.printing import printed, qr_drawing
from pathway.web.uploads import takes_file

_NO_FILE = "Choisissez le papier signé : un PDF, ou une photo JPEG ou PNG."


class PaperForm(CarteForm):
    """The reference printed on the paper, and the paper itself."""

    reference = StringField("Référence du papier", validators=[Needed("Scannez ou recopiez la référence du papier.")])
    paper = FileField("Papier signé")


@dataclass(frozen=True, kw_only=True)
class PaperPage:
    """Whose record, and the papers that wait for a signature."""

    name: str
    href: str
    papers: list[Paper]


@allow(Permission.AGREEMENT_RECORD)
@fresh
@takes_file(LARGEST)
def view(ref: str) -> ResponseReturnValue:
    """The papers that wait; on POST, the signed one is kept and its agreement counts at once."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    form = PaperForm(reference=page.papers[0].short if len(page.papers) == 1 else "")
    if request.method == "POST" and form.validate():
        upload = _read(form)
        if upload is not None:
            with gate().attempt(form) as tx:
                deposit_paper(tx, record_id=ref, reference=form.reference.data or "", upload=upload)
        if not form.has_errors:
            notify("Papier déposé. L’accord compte dès maintenant ; la personne le voit dans « Qui voit quoi ».")
            return redirect(page.href, 303)
    answer = render_template("counsellor/agreement_paper.html", form=form, page=page, most=LARGEST)
    return answer, 422 if form.has_errors else 200


@allow(Permission.AGREEMENT_RECORD)
def print_view(ref: str, paper_ref: str) -> ResponseReturnValue:
    """The paper to sign, as a PDF: her name, the parts chosen, a code that holds a reference alone."""
    with gate().reading() as tx:
        data = _printed_data(tx, ref, paper_ref)
        tx.journal("agreement_printed", records=[ref])
    return attached(printed("agreement.typ", data), name="accord-de-partage.pdf", media_type="application/pdf")


@allow(Permission.DOCUMENT_READ)
def document_view(ref: str, document_ref: str) -> ResponseReturnValue:
    """A file of the record, to keep; `NotFound` unless a grant opens it."""
    with gate().reading() as tx:
        found = document_opened(tx, record_id=ref, document_id=document_ref)
    return attached(found.content, name=found.name, media_type=found.media_type.value)


def _page(tx: Transaction, ref: str) -> PaperPage:
    record = record_opened(tx, ref, only=frozenset())
    return PaperPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=ref),
        papers=waiting_papers(tx, ref),
    )


def _read(form: PaperForm) -> Upload | None:
    """The file read for what it is, before any write; None when it is refused."""
    try:
        if not form.paper.data:
            raise Invalid(_NO_FILE, field="paper")
        return read_upload(form.paper.data.read())
    except Invalid as refusal:
        form.refuse(refusal)
        return None


def _printed_data(tx: Transaction, ref: str, paper_ref: str) -> dict[str, object]:
    record = record_opened(tx, ref, only=frozenset())
    try:
        paper = waiting_paper(tx, ref, paper_ref)
    except Invalid:
        raise NotFound from None
    return {
        "name": full_name(record.card.identity),
        "structure": paper.name,
        "by": structure_names(tx)[tx.actor.structure_id],
        "sections": labels_of(paper.sections - {"identity"}),
        "until": said_date(local_day(paper.until_at)),
        "printed_on": said_date(local_day(paper.printed_at)),
        "short": paper.short,
        "qr": qr_drawing(paper.id),
    }
