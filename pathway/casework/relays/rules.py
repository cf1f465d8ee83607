"""The life of a relay: who may take which step, until when, and what brings the person back to whoever sent her."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pathway.casework.followup.rules import Candidate
from pathway.casework.records.vocabulary import Section
from pathway.kernel.calendar import Holidays, add_months, add_working_days, next_working_day
from pathway.kernel.choice import Choice
from pathway.kernel.clock import end_of_day
from pathway.kernel.errors import Conflict, Invalid, Refused
from pathway.kernel.languages import marked

ACKNOWLEDGE_WORKING_DAYS = 5  # product rule: then it comes back to whoever sent it
ANSWER_WORKING_DAYS = 10  # after an acknowledgement or a yes: the policy's own delay to a first appointment
AFTER_APPOINTMENT_DAYS = 15  # product rule R06
BACK_WORKING_DAYS = 2
RESIDUAL = timedelta(days=30)  # what both sides may still read once it has ended well
LINK_LIFE = timedelta(days=14)
SHEET_LIFE = timedelta(minutes=30)
_MOST_AHEAD_MONTHS = 6
LONGEST_NOTE, LONGEST_NAME, LONGEST_ADDRESS = 2000, 120, 254

# What may leave with her beside who she is. Her steps go with it to a structure of the platform; the points, the calls
# and the risks never do: they are for those who follow her.
RELAYABLE = frozenset(section.value for section in Section) - {Section.IDENTITY.value}
_ALWAYS = Section.IDENTITY.value

_NOTHING = "Cochez au moins une partie du dossier : sans elle, la structure repartirait de zéro."
_NO_HEALTH = "La partie santé ne part pas avec ce relais : la structure n’a pas de droit noté pour la lire."
_UNSEEN = "Votre structure ne lit pas toutes ces parties : elle ne peut pas les transmettre."
_MOVED = marked("Ce relais vient de changer. Relisez-le, puis recommencez.")
_NOT_YOURS = marked("Ce geste revient à l’autre structure.")
_PAST = "La date du premier rendez-vous est déjà passée. Indiquez une date à venir."
_FAR = f"Le premier rendez-vous est dans les {_MOST_AHEAD_MONTHS} mois. Vérifiez l’année."


class RelayPurpose(Choice):
    """What somebody is passed on for. In clear: it says nothing of what she lives."""

    SUPPORT = "support", marked("Un accompagnement vers l’emploi")
    JOB = "job", marked("Un emploi ou un contrat en insertion")
    TRAINING = "training", marked("Une formation")
    BUSINESS = "business", marked("Une création d’entreprise")
    DAILY_LIFE = "daily_life", marked("Lever une difficulté : mobilité, garde d’enfants, logement, numérique, droits")
    OTHER = "other", marked("Autre chose")


class LateRelay(Choice):
    """What the night did of a relay whose day had passed."""

    BACK = "back", "Revenu à qui l’avait envoyé"
    REMINDED = "reminded", "Rappelé à qui l’avait envoyé"
    ANSWERED = "answered", "Répondu entre-temps"


class AgreedWay(Choice):
    """How she said yes to this relay."""

    IN_PERSON = "in_person", "De vive voix, en face à face"
    PHONE = "phone", "Par téléphone ou en visio"
    WRITING = "writing", "Par écrit"


class RelayState(Choice):
    """Where a relay stands."""

    DRAFT = "draft", marked("Brouillon")
    SENT = "sent", marked("Envoyé")
    ACKNOWLEDGED = "acknowledged", marked("Bien reçu")
    WAITING = "waiting", marked("Sur liste d’attente")
    APPOINTMENT = "appointment", marked("Premier rendez-vous fixé")
    ACCEPTED = "accepted", marked("Accepté")
    REFUSED = "refused", marked("Refusé")
    BOUNCED = "bounced", marked("Revenu sans réponse")
    WITHDRAWN = "withdrawn", marked("Retiré")
    CLOSED = "closed", marked("Terminé")


class RelayGesture(Choice):
    """One step in the life of a relay."""

    SEND = "send", "Envoyer"
    ACKNOWLEDGE = "acknowledge", "Accuser réception"
    WAIT = "wait", "Mettre sur liste d’attente"
    APPOINT = "appoint", "Fixer le premier rendez-vous"
    ACCEPT = "accept", "Accepter"
    REFUSE = "refuse", "Refuser"
    BOUNCE = "bounce", "Rendre à la structure d’envoi"
    WITHDRAW = "withdraw", "Retirer le relais"
    CLOSE = "close", "Dire ce que le relais a donné"


class RelayResult(Choice):
    """What a relay came to. Never whether she came or why: it is not a tool of control."""

    ENTERED = "entered", "Entrée faite"
    FINISHED = "finished", "Accompagnement terminé"
    NOT_ENTERED = "not_entered", "Pas d’entrée"


class RefusalReason(Choice):
    """Why a structure does not take somebody: of the structure, never of her."""

    NO_PLACE = "no_place", marked("Pas de place avant longtemps")
    NOT_OUR_PUBLIC = "not_our_public", marked("Nous n’accueillons pas cette situation")
    OTHER_AREA = "other_area", marked("En dehors de notre territoire")
    BETTER_ELSEWHERE = "better_elsewhere", marked("Une autre réponse conviendrait mieux")
    ALREADY_HERE = "already_here", marked("Nous l’accompagnons déjà")
    STOPPED = "stopped", marked("Cette action est arrêtée ou suspendue")


class Side(Choice):
    """From where a gesture comes."""

    SENDER = "sender", "la structure d’envoi"
    RECEIVER = "receiver", "la structure destinataire"
    LINK = "link", "qui a reçu le lien"
    PERSON = "person", "la personne"
    NIGHT = "night", "le programme"


PENDING = frozenset(
    {RelayState.SENT, RelayState.ACKNOWLEDGED, RelayState.WAITING, RelayState.APPOINTMENT, RelayState.ACCEPTED}
)
ANSWERABLE = PENDING - {RelayState.ACCEPTED}
UNANSWERED = frozenset({RelayState.REFUSED, RelayState.BOUNCED, RelayState.WITHDRAWN})

_S, _G = RelayState, RelayGesture
_ANSWERS: Mapping[RelayGesture, RelayState] = {
    _G.WAIT: _S.WAITING,
    _G.APPOINT: _S.APPOINTMENT,
    _G.ACCEPT: _S.ACCEPTED,
    _G.REFUSE: _S.REFUSED,
    _G.CLOSE: _S.CLOSED,  # she was entered at once, or is already followed: no gesture is asked for nothing
    _G.BOUNCE: _S.BOUNCED,
    _G.WITHDRAW: _S.WITHDRAWN,
}
MOVES: Mapping[RelayState, Mapping[RelayGesture, RelayState]] = {
    _S.DRAFT: {_G.SEND: _S.SENT, _G.WITHDRAW: _S.WITHDRAWN},
    _S.SENT: {_G.ACKNOWLEDGE: _S.ACKNOWLEDGED, **_ANSWERS},
    _S.ACKNOWLEDGED: _ANSWERS,
    _S.WAITING: _ANSWERS,
    _S.APPOINTMENT: _ANSWERS,
    _S.ACCEPTED: {_G.CLOSE: _S.CLOSED, _G.BOUNCE: _S.BOUNCED},
}
_RECEIVING = frozenset({_G.ACKNOWLEDGE, _G.WAIT, _G.APPOINT, _G.ACCEPT, _G.REFUSE, _G.CLOSE})
_BY: Mapping[Side, frozenset[RelayGesture]] = {
    Side.SENDER: frozenset({_G.SEND, _G.WITHDRAW}),
    Side.RECEIVER: _RECEIVING,
    Side.LINK: frozenset({_G.ACKNOWLEDGE, _G.REFUSE}),
    Side.PERSON: frozenset({_G.WITHDRAW}),
    Side.NIGHT: frozenset({_G.BOUNCE}),
}


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who answers for somebody who comes back: the structure whose queue holds her point, its owner if there is one."""

    structure_id: str
    owner_id: str | None


def gestures(state: RelayState, side: Side, *, is_outside: bool) -> frozenset[RelayGesture]:
    """What that side may do now. For a structure outside the platform, the sender notes what it said."""
    may = _BY[side] | _RECEIVING if side is Side.SENDER and is_outside else _BY[side]
    return frozenset(MOVES.get(state, {})) & may


def moved(state: RelayState, gesture: RelayGesture, side: Side, *, is_outside: bool) -> RelayState:
    """Where that gesture leads. `Conflict` when the relay is no longer where it may be made, `Refused` when it belongs
    to the other side."""
    if gesture not in MOVES.get(state, {}):
        raise Conflict(_MOVED)
    if gesture not in gestures(state, side, is_outside=is_outside):
        raise Refused(_NOT_YOURS)
    return MOVES[state][gesture]


def due_after(state: RelayState, *, today: date, holidays: Holidays, appointment_on: date | None = None) -> date | None:
    """The day by which the next step is expected once a relay is there; None once it has ended, or is not sent.
    `holidays`: those of whoever is to answer.

    Working days: 5 to acknowledge, 10 to answer or to enter her; a month on a waiting list (its monthly contact); 15
    days after a first appointment.
    """
    if state is RelayState.SENT:
        return add_working_days(today, ACKNOWLEDGE_WORKING_DAYS, holidays)
    if state is RelayState.WAITING:
        return next_working_day(add_months(today, 1), holidays)
    if state is RelayState.APPOINTMENT and appointment_on is not None:
        return next_working_day(appointment_on + timedelta(days=AFTER_APPOINTMENT_DAYS), holidays)
    return add_working_days(today, ANSWER_WORKING_DAYS, holidays) if state in PENDING else None


def next_reminder(today: date, *, holidays: Holidays) -> date:
    """When a relay that stays without a step comes back for good, after its sender was told once."""
    return next_working_day(add_months(today, 1), holidays)


def bounces(state: RelayState, *, due_on: date, today: date, was_reminded: bool) -> bool:
    """Whether a late relay comes back: at once when nobody acknowledged it, after a reminder and a month otherwise."""
    return state in PENDING and today > due_on and (state is RelayState.SENT or was_reminded)


def back_on(today: date, *, holidays: Holidays) -> date:
    """When whoever sent her is to call somebody who comes back."""
    return add_working_days(today, BACK_WORKING_DAYS, holidays)


def comes_back(state: RelayState, result: RelayResult | None = None) -> bool:
    """Whether the person is again in the hands of whoever sent her."""
    return state in UNANSWERED or (state is RelayState.CLOSED and result is RelayResult.NOT_ENTERED)


def is_pressing(state: RelayState, result: RelayResult | None = None) -> bool:
    """Whether the responsable is told too: another structure, or nobody, gave that answer."""
    return comes_back(state, result) and state is not RelayState.WITHDRAWN


def open_until(state: RelayState, *, now: datetime, due_on: date | None, holidays: Holidays) -> datetime:
    """Until when (UTC) the receiver reads once a relay is there: the end of the day it is due while nobody acknowledged
    it, a month more then; 30 days after a good end; not at all after another. It ends by itself if no night ran."""
    if state is RelayState.SENT and due_on is not None:
        return end_of_day(due_on)
    if state in PENDING and due_on is not None:
        return end_of_day(next_reminder(due_on, holidays=holidays))
    return now + RESIDUAL if state is RelayState.CLOSED else now


def check_appointment(on: date | None, *, today: date) -> date:
    """The day of a first appointment: today or later, within six months. `Invalid` or `Refused` otherwise."""
    if on is None:
        raise Invalid("Écrivez la date du premier rendez-vous.", field="on")
    if on < today:
        raise Refused(_PAST, field="on")
    if on > add_months(today, _MOST_AHEAD_MONTHS):
        raise Refused(_FAR, field="on")
    return on


def chosen_sections(
    chosen: Collection[str], *, readable: Collection[str], is_outside: bool, has_health_basis: bool
) -> frozenset[str]:
    """What leaves with her: who she is, and the parts chosen with her, among those the sender reads (`readable`).

    `Invalid` when nothing or something unknown is chosen; `Refused` for what the sender does not read, and for health
    outside, or without a recorded ground.
    """
    wanted = frozenset(chosen)
    if not wanted or not wanted <= RELAYABLE:
        raise Invalid(_NOTHING, field="sections")
    if Section.HEALTH.value in wanted and (is_outside or not has_health_basis):
        raise Refused(_NO_HEALTH, field="sections")
    if not wanted <= frozenset(readable):
        raise Refused(_UNSEEN, field="sections")
    return wanted | {_ALWAYS}


def holder(*, sender: Candidate, from_structure: str, referent: Candidate | None, referent_structure: str) -> Holder:
    """Who gets the point of somebody who comes back: her référent de parcours when he works in the structure that sent
    her, else whoever sent her, else her référent elsewhere, else the queue of the structure that sent her. Each must be
    active and entitled.
    """
    is_able = sender.is_active and sender.is_entitled
    is_answered_for = referent is not None and referent.is_active and referent.is_entitled
    if referent is not None and is_answered_for and (referent_structure == from_structure or not is_able):
        return Holder(structure_id=referent_structure, owner_id=referent.account_id)
    return Holder(structure_id=from_structure, owner_id=sender.account_id if is_able else None)
