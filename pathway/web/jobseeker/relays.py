"""« Passage de relais » in her words: to whom, what that structure may read, where it stands; and saying no."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from pathway.casework.partners.queries import structure_names
from pathway.casework.relays.actions import withdraw_relay
from pathway.casework.relays.queries import RelayView, relays_of
from pathway.casework.relays.rules import PENDING, RelayGesture, RelayResult, RelayState, Side, gestures
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.liaison import state_tag
from pathway.web.parts import labels_of

_SENTENCES = {
    RelayState.SENT: marked("C’est envoyé. Nous attendons la réponse de la structure."),
    RelayState.ACKNOWLEDGED: marked("La structure a bien reçu le relais. Elle vous proposera un rendez-vous."),
    RelayState.WAITING: marked("Vous êtes sur sa liste d’attente. Elle vous donne des nouvelles chaque mois."),
    RelayState.APPOINTMENT: marked("Un premier rendez-vous est prévu."),
    RelayState.ACCEPTED: marked("La structure vous accueille."),
    RelayState.REFUSED: marked(
        "La structure ne peut pas vous accueillir. La structure qui vous accompagne reprend contact avec vous."
    ),
    RelayState.BOUNCED: marked(
        "La structure n’a pas répondu. La structure qui vous accompagne reprend contact avec vous."
    ),
    RelayState.WITHDRAWN: marked("Ce relais est retiré : cette structure ne lit plus rien."),
    RelayState.CLOSED: marked("Vous avez commencé avec cette structure."),
}
_RESULTS = {
    RelayResult.FINISHED: marked("Cet accompagnement est terminé."),
    RelayResult.NOT_ENTERED: marked(
        "Ce relais n’a pas abouti. La structure qui vous accompagne reprend contact avec vous."
    ),
}


class NoForm(CarteForm):
    """Nothing to fill: one button."""

    version = HiddenField()


@dataclass(frozen=True, kw_only=True)
class HerRelay:
    """One relay in her words. `no_href` posts her no; empty once it is too late, or not needed."""

    title: str
    sent_on: str
    sentence: str
    tag: str
    label: str
    parts: str
    message: str
    reason: str
    version: int
    no_href: str


@allow(Permission.OWN_PATHWAY_READ)
def view() -> ResponseReturnValue:
    """Every relay about her, newest first."""
    return _answer(None)


@allow(Permission.SHARING_DECIDE)
def no_view(ref: str) -> ResponseReturnValue:
    """She says no: that structure reads nothing any more, and whoever sent it calls her."""
    form = NoForm()
    if form.validate():
        with gate().attempt(form) as tx:
            withdraw_relay(tx, relay_id=ref, version=read_version(form.version.data))
    if form.has_errors:
        return _answer(form)
    notify(_("C’est noté : le relais est retiré. La structure qui vous accompagne reprend contact avec vous."))
    return redirect(url_for("jobseeker.relays"), 303)


def pending(tx: Transaction) -> tuple[HerRelay, ...]:
    """The relays that wait for an answer, for her first page."""
    return tuple(_told(one, structure_names(tx)) for one in _hers(tx) if one.state in PENDING)


def _answer(form: NoForm | None) -> ResponseReturnValue:
    with gate().reading() as tx:
        names = structure_names(tx)
        relays = [_told(one, names) for one in _hers(tx)]
    page = render_template("jobseeker/relays.html", relays=relays, form=form)
    return page, 422 if form is not None and request.method == "POST" else 200


def _hers(tx: Transaction) -> list[RelayView]:
    return relays_of(tx, tx.actor.record_id)


def _told(one: RelayView, names: Mapping[str, str]) -> HerRelay:
    to = names[one.to_structure_id] if one.to_structure_id else one.outside.name if one.outside else ""
    may_say_no = RelayGesture.WITHDRAW in gestures(one.state, Side.PERSON, is_outside=one.is_outside)
    return HerRelay(
        title=_("%(sender)s vers %(receiver)s", sender=names[one.from_structure_id], receiver=to),
        sent_on=said_date(local_day(one.sent_at)) if one.sent_at else "",
        sentence=_sentence(one),
        tag=state_tag(one.state, one.result),
        label=one.state.label,
        parts=", ".join(labels_of(one.sections)).lower(),
        message=one.message,
        reason=one.refusal.label if one.refusal else "",
        version=one.version,
        no_href=url_for("jobseeker.relay_no", ref=one.id) if may_say_no else "",
    )


def _sentence(one: RelayView) -> str:
    if one.result in _RESULTS:
        return _(_RESULTS[one.result])
    if one.state is RelayState.APPOINTMENT and one.first_appointment_on:
        return _("Premier rendez-vous prévu le %(day)s.", day=said_date(one.first_appointment_on))
    if one.state is RelayState.SENT and one.due_on:
        due_on = said_date(one.due_on)
        return _("C’est envoyé. La structure doit répondre avant la fin du %(day)s.", day=due_on)
    return _(_SENTENCES[one.state])
