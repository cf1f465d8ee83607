"""One relay: where it stands, what was passed on, what each side may do next; and each gesture, one button away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField

from pathway.casework.partners.queries import is_sensitive, staff_names, structure_names
from pathway.casework.records.catalogue import CATALOGUE, shown
from pathway.casework.records.queries import identities
from pathway.casework.relays.actions import (
    accept_relay,
    acknowledge_relay,
    close_relay,
    note_acknowledgement,
    put_on_waiting_list,
    refuse_relay,
    set_first_appointment,
    withdraw_relay,
)
from pathway.casework.relays.queries import (
    ChangeView,
    RelayView,
    changes_of,
    latest_link,
    relay_seen,
    side_of,
)
from pathway.casework.relays.rules import RefusalReason, RelayGesture, RelayResult, RelayState, Side, gestures
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of
from pathway.web.counsellor.relays import receiver_name
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, DayField, Needed, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.liaison import state_tag, state_words
from pathway.web.parts import labels_of, options

_LINE = (RelayState.SENT, RelayState.ACKNOWLEDGED, RelayState.APPOINTMENT, RelayState.ACCEPTED, RelayState.CLOSED)
_NEXT: Mapping[RelayState, tuple[str, str]] = {
    RelayState.SENT: ("Accuser réception", "avant ce jour ; ensuite, le relais revient à la structure d’envoi"),
    RelayState.ACKNOWLEDGED: ("Répondre", "fixer un premier rendez-vous, accepter, mettre en attente ou refuser"),
    RelayState.WAITING: ("Redonner des nouvelles", "la personne attend une place : un appel par mois"),
    RelayState.APPOINTMENT: ("Accepter ou refuser", "après le premier rendez-vous"),
    RelayState.ACCEPTED: ("Enregistrer l’entrée", "le relais se ferme alors tout seul"),
}
_NEXT_OUTSIDE = {RelayState.ACCEPTED: ("Dire ce que le relais a donné", "demandez-le à la structure, et notez-le ici")}


class VersionForm(CarteForm):
    """A gesture that asks nothing: one button."""

    version = HiddenField()


class PhoneForm(VersionForm):
    """Who answered the phone, and when."""

    who = StringField("Qui a répondu ?", [Needed("Écrivez qui a répondu.")])
    on = DayField("Quel jour ?", [Needed("Écrivez le jour de l’appel.")])


class AppointForm(VersionForm):
    """The day of the first appointment."""

    on = DayField("Date du premier rendez-vous", [Needed("Écrivez la date du premier rendez-vous.")])


class RefuseForm(VersionForm):
    """Why the structure does not take her."""

    reason = one_of("Raison du refus", RefusalReason, needed="Choisissez la raison du refus.")
    note = TextAreaField("Précision", description="Une autre piste pour la personne, par exemple.")


class ResultForm(VersionForm):
    """What the relay came to."""

    result = one_of("Ce que le relais a donné", RelayResult, needed="Choisissez ce que le relais a donné.")


# What a gesture sends, which form asks it, which action does it, what is said then.
_PHONE = "phone"
_FORMS: Mapping[str, type[VersionForm]] = {
    RelayGesture.ACKNOWLEDGE: VersionForm,
    _PHONE: PhoneForm,
    RelayGesture.WAIT: VersionForm,
    RelayGesture.APPOINT: AppointForm,
    RelayGesture.ACCEPT: VersionForm,
    RelayGesture.REFUSE: RefuseForm,
    RelayGesture.WITHDRAW: VersionForm,
    RelayGesture.CLOSE: ResultForm,
}
_ACTIONS: Mapping[str, Callable[..., None]] = {
    RelayGesture.ACKNOWLEDGE: acknowledge_relay,
    _PHONE: note_acknowledgement,
    RelayGesture.WAIT: put_on_waiting_list,
    RelayGesture.APPOINT: set_first_appointment,
    RelayGesture.ACCEPT: accept_relay,
    RelayGesture.REFUSE: refuse_relay,
    RelayGesture.WITHDRAW: withdraw_relay,
    RelayGesture.CLOSE: close_relay,
}
_SAID = {
    RelayGesture.ACKNOWLEDGE: "Réception notée. La structure d’envoi le voit.",
    _PHONE: "Accusé de réception noté.",
    RelayGesture.WAIT: "Liste d’attente notée. Redonnez des nouvelles dans un mois.",
    RelayGesture.APPOINT: "Premier rendez-vous noté.",
    RelayGesture.ACCEPT: "Relais accepté. Enregistrez maintenant l’entrée : ce qui est connu est repris.",
    RelayGesture.REFUSE: "Refus noté. La structure d’envoi reprend contact avec la personne.",
    RelayGesture.WITHDRAW: "Relais retiré. Un point de suivi est ouvert : la personne garde quelqu’un à qui parler.",
    RelayGesture.CLOSE: "C’est noté. La structure d’envoi le voit.",
}
# The sender writes what a structure outside the platform answered.
_SAID_BY_SENDER = {
    **_SAID,
    RelayGesture.WAIT: "Liste d’attente notée. Demandez des nouvelles à la structure dans un mois.",
    RelayGesture.ACCEPT: "C’est noté : la structure accepte. Demandez-lui bientôt ce que le relais a donné.",
    RelayGesture.REFUSE: "Refus noté. Un point de suivi est ouvert pour reprendre contact avec la personne.",
    RelayGesture.CLOSE: "C’est noté. Le relais est terminé.",
}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One state of the line: reached or not, the present one."""

    label: str
    is_reached: bool
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Event:
    """One step of its life in words."""

    on: date
    said: str
    who: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Next:
    """What is expected now, of whom, and by when."""

    label: str
    title: str
    text: str
    on: date
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class RelayPage:
    """What the template needs. `person_href` is empty when the reader may no longer open the record."""

    id: str
    version: int
    name: str
    person_href: str
    sender: str
    receiver: str
    reach: tuple[str, ...]
    state: str
    tag: str
    line: list[Stage]
    next: Next | None
    facts: list[tuple[str, str]]
    message: str
    parts: list[str]
    events: list[Event]
    may: frozenset[str]
    is_sender: bool
    is_outside: bool
    is_draft: bool
    edit_href: str
    link: str


@allow(Permission.RELAY_ANSWER)
def view(ref: str) -> ResponseReturnValue:
    """The relay; on POST, the gesture named by `gesture`."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    asked = request.form.get("gesture", "") if request.method == "POST" else ""
    forms = {name: make(prefix=f"{name}-", version=str(page.version)) for name, make in _FORMS.items()}
    forms[_PHONE] = PhoneForm(prefix=f"{_PHONE}-", version=str(page.version), on=local_day(gate().clock.now()))
    forms[RelayGesture.CLOSE]["result"].choices = options(_results(page))
    form = forms.get(asked)
    if request.method == "POST" and form is None:
        raise NotFound
    if form is not None and form.validate() and _done(ref, asked, form):
        notify((_SAID_BY_SENDER if page.is_sender else _SAID)[asked])
        return redirect(_after(ref, asked, page), 303)
    has_errors = form is not None and form.has_errors
    html = render_template("counsellor/relay.html", page=page, forms=forms, form=form, asked=asked)
    return html, 422 if has_errors else 200


def _results(page: RelayPage) -> list[tuple[str, str]]:
    """What a relay may come to by hand: on the platform, an entry is recorded, and closes it by itself."""
    return [(one.value, one.label) for one in RelayResult if page.is_outside or one is not RelayResult.ENTERED]


def _done(ref: str, asked: str, form: VersionForm) -> bool:
    with gate().attempt(form) as tx:
        _ACTIONS[asked](tx, relay_id=ref, version=read_version(form.version.data), **_given(asked, form))
    return not form.has_errors


def _given(asked: str, form: Any) -> dict[str, Any]:
    if isinstance(form, PhoneForm):
        return {"who": form.who.data or "", "on": form.on.day}
    if isinstance(form, AppointForm):
        return {"on": form.on.day}
    if isinstance(form, RefuseForm):
        return {"reason": RefusalReason.read(form.reason.data, field="reason"), "note": form.note.data or ""}
    return {"result": RelayResult.read(form.result.data, field="result")} if isinstance(form, ResultForm) else {}


def _after(ref: str, asked: str, page: RelayPage) -> str:
    if asked == RelayGesture.ACCEPT and not page.is_outside:
        return f"{page.person_href}/entree"
    ends = {RelayGesture.REFUSE, RelayGesture.CLOSE}
    if page.is_draft or (asked in ends and not page.is_sender):
        return url_for("counsellor.relays")  # it may not be read from here any more
    return url_for("counsellor.relay", ref=ref)


def _page(tx: Transaction, ref: str) -> RelayPage:
    relay = relay_seen(tx, ref)
    side, names = side_of(tx, relay), structure_names(tx)
    known = identities(tx, [relay.record_id], act="read_record")[relay.record_id]
    href = url_for("counsellor.record", ref=relay.record_id)
    is_sender = side is Side.SENDER
    out = relay.outside
    return RelayPage(
        id=relay.id,
        version=relay.version,
        name=full_name(known),
        person_href=href,
        sender=_sender(tx, relay, names),
        receiver=receiver_name(relay, names),
        reach=tuple(filter(None, (_phone(out.phone), out.email, out.address))) if out else (),
        state=state_words(relay.state, relay.result),
        tag=state_tag(relay.state, relay.result),
        line=_stages(relay),
        next=_next(tx, relay, receiver_name(relay, names), is_sender=is_sender),
        facts=_facts(relay),
        message=relay.message,
        parts=labels_of(relay.sections),
        events=[_event(one, names, _people(tx, relay)) for one in changes_of(tx, relay)],
        may=_may(relay, side),
        is_sender=is_sender,
        is_outside=relay.is_outside,
        is_draft=relay.state is RelayState.DRAFT,
        edit_href=f"{href}/relais?brouillon={relay.id}" if relay.state is RelayState.DRAFT else "",
        link=_link(tx, relay) if is_sender and relay.is_outside else "",
    )


def _phone(number: str) -> str:
    return shown(CATALOGUE["phones"], [number]) if number else ""


def _may(relay: RelayView, side: Side) -> frozenset[str]:
    may: set[str] = {one.value for one in gestures(relay.state, side, is_outside=relay.is_outside)}
    if side is Side.SENDER and RelayGesture.ACKNOWLEDGE in may:
        may = may - {RelayGesture.ACKNOWLEDGE} | {_PHONE}
    return frozenset(may)


def _sender(tx: Transaction, relay: RelayView, names: Mapping[str, str]) -> str:
    """The professional and her structure; of a sensitive one, its neutral name alone."""
    structure = names[relay.from_structure_id]
    if is_sensitive(tx, relay.from_structure_id) and relay.from_structure_id != tx.actor.structure_id:
        return structure
    person = staff_names(tx, [relay.sent_by]).get(relay.sent_by, "")
    return ", ".join(filter(None, (person, structure)))


def _people(tx: Transaction, relay: RelayView) -> dict[str, str]:
    """The colleagues of the reader, who alone are named in its life."""
    ours = [one.account_id for one in changes_of(tx, relay) if one.structure_id == tx.actor.structure_id]
    return staff_names(tx, ours)


def _stages(relay: RelayView) -> list[Stage]:
    """The line of its states. A waiting list stands where the appointment will; a sad end stands last."""
    at = RelayState.ACKNOWLEDGED if relay.state is RelayState.WAITING else relay.state
    if at is RelayState.DRAFT:
        return []
    if at not in _LINE:
        return [
            Stage(label=RelayState.SENT.label, is_reached=True, is_current=False),
            Stage(label=relay.state.label, is_reached=True, is_current=True),
        ]
    # A step that was not taken is not drawn as done: many relays are accepted without an appointment first.
    is_left_out = relay.first_appointment_on is None and _LINE.index(at) > _LINE.index(RelayState.APPOINTMENT)
    line = [one for one in _LINE if not (is_left_out and one is RelayState.APPOINTMENT)]
    place = line.index(at)
    return [
        Stage(
            label=relay.state.label if number == place else one.label,
            is_reached=number <= place,
            is_current=number == place,
        )
        for number, one in enumerate(line)
    ]


def _next(tx: Transaction, relay: RelayView, receiver: str, *, is_sender: bool) -> Next | None:
    if relay.due_on is None:
        return None
    title, text = _NEXT_OUTSIDE.get(relay.state, _NEXT[relay.state]) if relay.is_outside else _NEXT[relay.state]
    label = f"Attendu : {receiver}" if is_sender else "Prochaine étape"
    is_late = relay.due_on < tx.today
    return Next(
        label=f"{label}, en retard" if is_late else label, title=title, text=text, on=relay.due_on, is_late=is_late
    )


def _facts(relay: RelayView) -> list[tuple[str, str]]:
    agreed = relay.agreed_way.label if relay.agreed_way else "pas encore noté"
    first, refusal = relay.first_appointment_on, relay.refusal
    rows = [
        ("Pourquoi", relay.purpose.label),
        ("Accord de la personne", agreed),
        ("Référent de parcours", "change une fois l’entrée faite" if relay.hands_over else "ne change pas"),
        ("Premier rendez-vous", said_date(first) if first else ""),
        ("Raison du refus", refusal.label if refusal else ""),
    ]
    return [(label, value) for label, value in rows if value]


def _event(one: ChangeView, names: Mapping[str, str], people: Mapping[str, str]) -> Event:
    who = people.get(one.account_id) or names.get(one.structure_id, "")
    who = {Side.PERSON: "la personne", Side.NIGHT: "le programme", Side.LINK: "par le lien"}.get(one.side, who)
    said_by = f"Par {one.note['who']}, le {said_date(date.fromisoformat(one.note['on']))}." if "who" in one.note else ""
    return Event(on=local_day(one.at), said=one.state.label, who=who, note=said_by or one.note.get("text", ""))


def _link(tx: Transaction, relay: RelayView) -> str:
    """How its last link stands, in a sentence; empty without one."""
    found = latest_link(tx, relay)
    if found is None:
        return ""
    expires_at, used_at = found
    if used_at:
        return f"Le lien a été ouvert le {said_date(local_day(used_at))}."
    return f"Un lien attend d’être ouvert, jusqu’au {said_date(local_day(expires_at))}."
