"""Passing the relay: with the person, to whom, for what, which parts of her record leave, and how she said yes."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from pathway.casework.records.queries import record_opened
from pathway.casework.relays.actions import draft_relay, send_relay
from pathway.casework.relays.queries import Outside, RelayView, receivers, relay_seen
from pathway.casework.relays.rules import RELAYABLE, AgreedWay, RelayPurpose, RelayState
from pathway.casework.relays.writing import Letter
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import same_person
from pathway.kernel.errors import NotFound, Refused
from pathway.kernel.wording import listed
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.parts import CHOICES, HINTS, options

OUTSIDE = "outside"
DRAFT = "draft"
_NOT_OURS = "Votre structure n’accompagne pas cette personne : la structure qui l’accompagne passe le relais."
_STOPPED = "La personne a arrêté le partage avec votre structure : vous ne pouvez pas transmettre son dossier."
_SENT = "Relais envoyé. L’autre structure a 5 jours ouvrés pour accuser réception ; sans réponse, il revient vers vous."
_SENT_OUTSIDE = "Relais noté. Transmettez maintenant la fiche de liaison : sur papier, ou par un lien."


class RelayForm(CarteForm):
    """To whom, for what, which parts, in which words; `step` is the step it follows, `draft` the draft it replaces."""

    structure = SelectField("Structure qui prend le relais", validators=[Needed("Choisissez une structure.")])
    name = StringField("Nom de la structure")
    email = StringField("Adresse e-mail", description="Pour lui envoyer un lien vers la fiche.")
    phone = StringField("Téléphone")
    address = StringField("Adresse postale")
    purpose = one_of("Pourquoi ce relais ?", RelayPurpose, needed="Choisissez pourquoi vous passez le relais.")
    sections = SelectMultipleField("Parties du dossier transmises")
    message = TextAreaField("Message à la structure")
    hands_over = BooleanField("Son référent de parcours change quand l’entrée est faite là-bas")
    agreed_way = RadioField(
        "Comment la personne a donné son accord", choices=options(AgreedWay.pairs()), validate_choice=False
    )
    step = HiddenField()
    draft = HiddenField()


@dataclass(frozen=True, kw_only=True)
class RelayNewPage:
    """Whose record, and which structures have a ground for the health part, in words."""

    name: str
    href: str
    health_in: str


@allow(Permission.RELAY_SEND)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, the relay is sent, or kept as a draft."""
    form = RelayForm(step=request.args.get("etape", ""), draft=request.args.get("brouillon", ""))
    with gate().reading() as tx:
        page = _page(tx, ref, form)
    if request.method == "POST" and form.validate():
        relay_id = _save(ref, form)
        if not form.has_errors:
            return redirect(url_for("counsellor.relay", ref=relay_id), 303)
    answer = render_template("counsellor/relay_new.html", form=form, page=page, hints=HINTS)
    return answer, 422 if form.has_errors else 200


def _page(tx: Transaction, ref: str, form: RelayForm) -> RelayNewPage:
    record = record_opened(tx, ref, only=frozenset())
    if not record.access.is_lasting_support:
        raise Refused(_NOT_OURS)
    if record.access.is_own_only:
        raise Refused(_STOPPED)
    partners = receivers(tx, ref)
    readable = [(code, label) for code, label in CHOICES if code in RELAYABLE and record.access.opens(code)]
    form.sections.choices = options(readable)
    form.structure.choices = [
        SelectChoice("", "Choisir…"),
        *(SelectChoice(one.id, one.name) for one in partners),
        SelectChoice(OUTSIDE, "Une structure qui n’est pas dans la liste", {"data-outside": "1"}),
    ]
    if request.method != "POST" and form.draft.data:
        _fill(form, _draft(tx, ref, form.draft.data))
    return RelayNewPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=record.id),
        health_in=listed([one.name for one in partners if one.has_health_basis]),
    )


def _draft(tx: Transaction, ref: str, draft_id: str) -> RelayView:
    draft = relay_seen(tx, draft_id)
    if draft.state is not RelayState.DRAFT or draft.record_id not in same_person(tx, ref):
        raise NotFound
    return draft


def _fill(form: RelayForm, draft: RelayView) -> None:
    out = draft.outside or Outside()
    said: dict[str, Any] = {
        "structure": draft.to_structure_id or OUTSIDE,
        "name": out.name,
        "email": out.email,
        "phone": out.phone,
        "address": out.address,
        "purpose": draft.purpose.value,
        "sections": sorted(draft.sections),
        "message": draft.message,
        "hands_over": draft.hands_over,
        "agreed_way": draft.agreed_way.value if draft.agreed_way else None,
    }
    for name, value in said.items():
        form[name].data = value


def _save(ref: str, form: RelayForm) -> str:
    """The id of what was kept; empty when it was refused."""
    is_draft = request.form.get("way") == DRAFT
    keep = draft_relay if is_draft else send_relay
    kept = ""
    with gate().attempt(form) as tx:
        letter = _letter(form)
        kept = keep(tx, record_id=ref, letter=letter, enrolment_id=form.step.data or "", draft_id=form.draft.data or "")
    if kept and not form.has_errors:
        sent = _SENT if letter.to_structure_id else _SENT_OUTSIDE
        notify("Brouillon gardé. Rien n’est partagé." if is_draft else sent)
    return kept


def _letter(form: RelayForm) -> Letter:
    """What was typed, as the rules want it."""
    is_outside = form.structure.data == OUTSIDE
    fields = ("name", "email", "phone", "address")
    return Letter(
        purpose=RelayPurpose.read(form.purpose.data, field="purpose"),
        sections=form.sections.data or [],
        to_structure_id="" if is_outside else form.structure.data or "",
        outside=Outside(**{name: form[name].data or "" for name in fields}) if is_outside else None,
        message=form.message.data or "",
        hands_over=bool(form.hands_over.data),
        agreed_way=AgreedWay.read(form.agreed_way.data, field="agreed_way") if form.agreed_way.data else None,
    )
