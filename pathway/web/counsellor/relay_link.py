"""The liaison sheet for a structure outside the platform: on paper, or behind a link that serves once."""

from dataclasses import dataclass

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from pathway.casework.records.queries import identities
from pathway.casework.relays.actions import make_link
from pathway.casework.relays.queries import RelayView, relay_seen, sheet_of, side_of
from pathway.casework.relays.rules import LINK_LIFE, Side
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.kernel.settings import public_link
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.files import attached
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.liaison import SheetPage, sheet_page
from pathway.web.parts import options
from pathway.web.printing import printed

_SCREEN, _LETTER = "screen", "letter"


class LinkForm(CarteForm):
    """By which way the link leaves."""

    way = RadioField("Comment transmettre le lien ?", validators=[Needed("Choisissez comment transmettre le lien.")])


@dataclass(frozen=True, kw_only=True)
class LinkPage:
    """Whose relay, to whom; `address` is where a letter would leave for, empty when none is noted."""

    name: str
    href: str
    receiver: str
    address: str
    until: str


@allow(Permission.RELAY_SEND)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """How the link leaves; on POST it is made, and shown this once or sent."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    form = LinkForm(way=_LETTER if page.address else _SCREEN)
    ways = [(_SCREEN, "L’afficher ici, pour le copier dans mon message")]
    form.way.choices = options([*([(_LETTER, f"L’envoyer à {page.address}")] if page.address else []), *ways])
    link = ""
    if form.validate_on_submit():
        with gate().attempt(form) as tx:
            link = make_link(tx, relay_id=ref, by_letter=form.way.data == _LETTER)
    is_sent = bool(link) and form.way.data == _LETTER
    shown = public_link(current_app.extensions["carte_settings"], link) if link and not is_sent else ""
    answer = render_template("counsellor/relay_link.html", form=form, page=page, link=shown, is_sent=is_sent)
    return answer, 422 if form.has_errors else 200


@allow(Permission.RELAY_SEND)
@fresh
def paper_view(ref: str) -> ResponseReturnValue:
    """The sheet as a PDF, with the agreed parts alone."""
    with gate().reading() as tx:
        relay = _sent_outside(tx, ref)
        sheet = sheet_page(sheet_of(tx, relay))
        tx.journal("relay_sheet_printed", records=[relay.record_id], sections=sorted(relay.sections))
        on = said_date(tx.today)
    return attached(printed("liaison.typ", _data(sheet, on)), name="fiche-de-liaison.pdf", media_type="application/pdf")


def _sent_outside(tx: Transaction, ref: str) -> RelayView:
    relay = relay_seen(tx, ref)
    if not relay.is_outside or not relay.is_pending or side_of(tx, relay) is not Side.SENDER:
        raise NotFound
    return relay


def _page(tx: Transaction, ref: str) -> LinkPage:
    relay = _sent_outside(tx, ref)
    known = identities(tx, [relay.record_id], act="read_record")[relay.record_id]
    out = relay.outside
    return LinkPage(
        name=full_name(known),
        href=url_for("counsellor.relay", ref=ref),
        receiver=out.name if out else "",
        address=out.email if out else "",
        until=said_date(local_day(tx.now + LINK_LIFE)),
    )


def _data(sheet: SheetPage, on: str) -> dict[str, object]:
    return {
        "name": sheet.name,
        "born": said_date(sheet.born_on),
        "sender": sheet.sender,
        "purpose": sheet.purpose,
        "message": sheet.message,
        "sent_on": sheet.sent_on,
        "made": on,
        "receiver": list(sheet.receiver),
        "caution": sheet.caution,
        "parts": [
            {"title": part.title, "lines": [[one.label, one.value, said_date(one.on)] for one in part.lines]}
            for part in sheet.parts
        ],
    }
