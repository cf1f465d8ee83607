"""« Ma carte »: a code to show at the counter, the visits it opened today and how to stop them, a lost card.

The QR holds an address of ours with the code after « # »: any phone or desk that reads it comes to the right page, and
what follows « # » never leaves the browser, so that no server, proxy or log keeps the code. The address is the one the
instance is known by, never the one a request pretends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from pathway.casework.cards.actions import Shown, end_visit, replace_card, reprint_card, show_code
from pathway.casework.cards.queries import OnPaper, Visit, card_number, on_paper, open_visits
from pathway.casework.cards.rules import SHOWN_LIFE, spaced_code
from pathway.casework.partners.queries import NEUTRAL_NAME, structure_names
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import stopped_structures
from pathway.kernel.ids import spaced_card_number
from pathway.kernel.languages import FRENCH, marked, speaking
from pathway.kernel.languages import gettext as _
from pathway.kernel.settings import public_link
from pathway.kernel.wording import said_hour
from pathway.web.card_paper import card_pdf, code_words
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.qr import Drawing, drawn

_ENDED = marked("C’est arrêté. Cette structure n’a plus accès à votre dossier par votre carte.")
_REPLACED = marked(
    "Votre ancienne carte ne marche plus. Votre nouveau numéro est sur cette page : il sert aussi à vous connecter."
)
_MINUTES = int(SHOWN_LIFE.total_seconds() // 60)


class ShowForm(CarteForm):
    """Nothing to fill: one button."""


class StopForm(CarteForm):
    """Which visit to stop."""

    structure = HiddenField(validators=[Needed(marked("Choisissez la visite à arrêter."))])


@dataclass(frozen=True, kw_only=True)
class Code:
    """The code as it is shown: in two halves, as a drawing, until which hour, for how many seconds."""

    said: str
    drawing: Drawing
    until: str
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One visit of today: which structure, since which hour."""

    structure_id: str
    name: str
    since: str


@dataclass(frozen=True, kw_only=True)
class CardPage:
    """Her number, the visits of today, her card on paper, and where her card opens nothing."""

    number: str
    visits: tuple[Seen, ...]
    paper: OnPaper | None
    paper_by: str
    stopped_at: tuple[str, ...]
    is_stopped_everywhere: bool


@allow(Permission.OWN_CARD)
def view() -> ResponseReturnValue:
    """The card; on POST, with a fresh code, shown on this answer only."""
    form = ShowForm()
    code = None
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            code = _code(show_code(tx), tx.now)
    page = render_template("jobseeker/card.html", form=form, code=code, page=_page(), minutes=_MINUTES)
    return page, 422 if form.has_errors else 200


@allow(Permission.OWN_CARD)
def stop_view() -> ResponseReturnValue:
    """End one visit of today, at once."""
    form = StopForm()
    if form.validate():
        with gate().writing() as tx:
            end_visit(tx, structure_id=form.structure.data or "")
        notify(_(_ENDED))
    return redirect(url_for("jobseeker.card"), 303)


@allow(Permission.OWN_CARD)
@fresh
def lost_view() -> ResponseReturnValue:
    """Say what losing the card changes; on POST, a new number, and the old one is worth nothing."""
    form = ShowForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            replace_card(tx, record_id=tx.actor.record_id)
        if not form.has_errors:
            notify(_(_REPLACED))
            return redirect(url_for("jobseeker.card"), 303)
    return render_template("jobseeker/card_lost.html", form=form), 422 if form.has_errors else 200


@allow(Permission.OWN_CARD)
@fresh
def pdf_view() -> ResponseReturnValue:
    """The card on paper, in French, to cut out: her number without the personal code, which nobody can read again."""
    with speaking(FRENCH), gate().reading() as tx:
        record_id = tx.actor.record_id
        identity = record_opened(tx, record_id, only=frozenset()).card.identity
        number, words, on = reprint_card(tx, record_id=record_id), code_words(on_paper(tx, record_id)), tx.today
        return card_pdf(identity, number=number, on=on, words=words)


def _page() -> CardPage:
    with gate().reading() as tx:
        record_id = tx.actor.record_id
        record_opened(tx, record_id, only=frozenset())
        names = structure_names(tx)
        paper = on_paper(tx, record_id)
        stopped = stopped_structures(tx, record_id)
        return CardPage(
            number=spaced_card_number(card_number(tx, record_id)),
            visits=tuple(_seen(one, names) for one in open_visits(tx, record_id)),
            paper=paper,
            paper_by=names.get(paper.structure_id, _(NEUTRAL_NAME)) if paper else "",
            stopped_at=tuple(sorted(names[one] for one in stopped if one in names)),
            is_stopped_everywhere="" in stopped,
        )


def _seen(visit: Visit, names: Mapping[str, str]) -> Seen:
    name = names.get(visit.structure_id, _(NEUTRAL_NAME))
    return Seen(structure_id=visit.structure_id, name=name, since=said_hour(visit.from_at))


def _code(shown: Shown, now: datetime) -> Code:
    address = f"{url_for('counsellor.presented')}#{shown.code}"
    return Code(
        said=spaced_code(shown.code),
        drawing=drawn(public_link(current_app.extensions["carte_settings"], address)),
        until=said_hour(shown.expires_at),
        seconds=int((shown.expires_at - now).total_seconds()),
    )
