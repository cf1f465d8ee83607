"""Her card on paper, printed with her beside: the number, and a personal code given once; and a card she has lost."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.passwords import hash_password
from pathway.casework.cards.actions import new_personal_code, print_card, replace_card, reprint_card
from pathway.casework.cards.queries import card_number, on_paper
from pathway.casework.cards.rules import PERSONAL_TRIES, spaced_code
from pathway.casework.partners.queries import NEUTRAL_NAME, is_sensitive, structure_names
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Identity
from pathway.casework.resets.queries import require_keys
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.ids import spaced_card_number
from pathway.web.card_paper import card_pdf, code_words
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.qr import Drawing, drawn

PDF = "pdf"
_REPLACED = (
    "La carte perdue ne marche plus. Donnez à la personne son nouveau numéro : "
    "il sert aussi à se connecter à son compte."
)


class CardForm(CarteForm):
    """Nothing to fill: one button."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The card that stands on paper: since when, by whom; closed once five wrong codes were typed."""

    on: date
    by: str
    is_closed: bool


@dataclass(frozen=True, kw_only=True)
class PrintedPage:
    """Whose card, its number, and what is on paper already. `by`: the structure as a paper of hers may name it, empty
    when that name would tell too much."""

    name: str
    identity: Identity
    by: str
    today: date
    href: str
    number: str
    paper: Paper | None


@dataclass(frozen=True, kw_only=True)
class Print:
    """What goes on paper: the number, its drawing, and the personal code, told apart from the card."""

    number: str
    drawing: Drawing
    code: str


@allow(Permission.CARD_PRINT)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """What a printed card is for; on POST, the card and its code, on this answer only: a page, or a PDF."""
    form = CardForm()
    page = _page(ref)
    printed = None
    if request.method == "POST" and form.validate():
        code = new_personal_code()
        code_hash = hash_password(code)  # long: before the write
        with gate().attempt(form) as tx:
            number = print_card(tx, record_id=ref, code_hash=code_hash)
        if not form.has_errors and request.form.get("way") == PDF:
            return card_pdf(page.identity, number=number, on=page.today, code=code, by=page.by)
        if not form.has_errors:
            printed = Print(number=spaced_card_number(number), drawing=drawn(number), code=spaced_code(code))
    answer = render_template(
        "counsellor/printed_card.html", form=form, page=page, ref=ref, printed=printed, tries=PERSONAL_TRIES
    )
    return answer, 422 if form.has_errors else 200


@allow(Permission.CARD_PRINT)
@fresh
def pdf_view(ref: str) -> ResponseReturnValue:
    """The card on paper again, without the code: the one she has stays good."""
    page = _page(ref)
    with gate().reading() as tx:
        number, words = reprint_card(tx, record_id=ref), code_words(on_paper(tx, ref))
    return card_pdf(page.identity, number=number, on=page.today, words=words, by=page.by)


@allow(Permission.CARD_PRINT)
@fresh
def lost_view(ref: str) -> ResponseReturnValue:
    """Say what replacing the card changes; on POST, her new number, and the old one is worth nothing."""
    form = CardForm()
    page = _page(ref)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            replace_card(tx, record_id=ref)
        if not form.has_errors:
            notify(_REPLACED)
            return redirect(url_for("counsellor.printed_card", ref=ref), 303)
    return render_template("counsellor/card_lost.html", form=form, page=page), 422 if form.has_errors else 200


def _page(ref: str) -> PrintedPage:
    with gate().reading() as tx:
        require_keys(tx, ref)  # the number is a key: who may not replace the card does not read it
        record = record_opened(tx, ref, only=frozenset())
        known = on_paper(tx, ref)
        names, own = structure_names(tx), tx.actor.structure_id
        by = names.get(known.structure_id, NEUTRAL_NAME) if known else ""
        return PrintedPage(
            name=full_name(record.card.identity),
            identity=record.card.identity,
            by="" if is_sensitive(tx, own) else names[own],
            today=tx.today,
            href=url_for("counsellor.record", ref=ref),
            number=spaced_card_number(card_number(tx, ref)),
            paper=Paper(on=local_day(known.printed_at), by=by, is_closed=known.is_closed) if known else None,
        )
