"""Passing somebody on: sending, answering, taking back. Whoever was passed on always has somebody to call her."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from sqlalchemy import insert, update

from pathway.casework.enrolments.actions import Entered, record_entry, record_past_entry
from pathway.casework.partners.queries import is_sensitive, works_in
from pathway.casework.records.actions import set_referent
from pathway.casework.records.rules import Answer
from pathway.casework.relays.holders import answering_holidays
from pathway.casework.relays.queries import (
    late_relay,
    link_behind,
    link_digest,
    pending_towards,
    relay_seen,
    relayed_supports,
    side_of,
    used_link,
)
from pathway.casework.relays.reading import RelayView
from pathway.casework.relays.rules import (
    LINK_LIFE,
    LONGEST_NAME,
    LONGEST_NOTE,
    RESIDUAL,
    SHEET_LIFE,
    LateRelay,
    RefusalReason,
    RelayGesture,
    RelayResult,
    RelayState,
    Side,
    bounces,
    check_appointment,
    next_reminder,
)
from pathway.casework.relays.tables import RelayLink
from pathway.casework.relays.writing import Letter, end_links, read_text, remind, step, write_relay
from pathway.casework.sharing.actions import end_grants, tell_her
from pathway.casework.sharing.queries import access_of
from pathway.casework.sharing.rules import Cause
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import post
from pathway.store.transaction import Transaction

_link = table_of(RelayLink)

HER_RELAYS_PATH = "/mes-relais"
LINK_PATH = "/liaison/"

_NOT_AGREED = "Choisissez comment la personne a donné son accord. Sans accord, gardez le relais en brouillon."
_RECORD_IT = "Enregistrez l’entrée depuis le dossier : le relais se ferme alors tout seul."
_NO_REASON = "Choisissez la raison du refus."
_NO_WORD = "Écrivez qui a répondu."
_BAD_DAY = "Cette date n’est pas possible : l’accusé de réception est entre l’envoi et aujourd’hui."
_ONLY_OUTSIDE = "Cette structure est sur la plateforme : elle répond elle-même."
_STOPPED = "La personne a arrêté le partage avec votre structure : sa fiche ne part plus."
_NO_ADDRESS = "Aucune adresse e-mail n’est notée pour cette structure. Affichez le lien, et transmettez-le vous-même."


def draft_relay(tx: Transaction, *, record_id: str, letter: Letter, enrolment_id: str = "", draft_id: str = "") -> str:
    """Keep a relay without sending it; gives its id. Nothing is opened. `draft_id`: the draft it replaces."""
    relay_id = write_relay(tx, record_id, letter, RelayState.DRAFT, enrolment_id, draft_id)
    tx.journal("relay_drafted", records=[record_id], relay=relay_id)
    return relay_id


def send_relay(tx: Transaction, *, record_id: str, letter: Letter, enrolment_id: str = "", draft_id: str = "") -> str:
    """Pass the person on, as chosen with her; gives the relay's id. `enrolment_id`: the step it follows, if it was left
    by a relay; `draft_id`: the draft it replaces.

    The receiver reads those parts and her pathway from now, for 5 working days; she is told by a letter. `Refused`
    without her yes, from a structure that does not support her without an end, or where she stopped the sharing;
    `Conflict` when a relay already waits there.
    """
    if letter.agreed_way is None:
        raise Invalid(_NOT_AGREED, field="agreed_way")
    relay_id = write_relay(tx, record_id, letter, RelayState.SENT, enrolment_id, draft_id)
    tell_her(tx, record_id, LetterKind.RELAY_SENT, HER_RELAYS_PATH, key=f"relay:{relay_id}")
    tx.journal("relay_sent", records=[record_id], relay=relay_id, sections=sorted(letter.sections))
    return relay_id


def acknowledge_relay(tx: Transaction, *, relay_id: str, version: int) -> None:
    """The receiver says it has the relay: 10 working days begin to answer."""
    relay = relay_seen(tx, relay_id)
    step(tx, relay, RelayGesture.ACKNOWLEDGE, side_of(tx, relay), version=version)
    tx.journal("relay_acknowledged", records=[relay.record_id], relay=relay_id)


def note_acknowledgement(tx: Transaction, *, relay_id: str, version: int, who: str, on: date | None) -> None:
    """The sender notes that a structure outside the platform said on the phone that it has the relay: who, which day.

    `Invalid` without a name or for a day before the sending, or to come.
    """
    relay = relay_seen(tx, relay_id)
    if not relay.is_outside:
        raise Refused(_ONLY_OUTSIDE)
    name = read_text(who, LONGEST_NAME, "who")
    if not name:
        raise Invalid(_NO_WORD, field="who")
    sent_on = relay.sent_at.date() if relay.sent_at else tx.today
    if on is None or not sent_on <= on <= tx.today:
        raise Invalid(_BAD_DAY, field="on")
    note = {"who": name, "on": on.isoformat()}
    step(tx, relay, RelayGesture.ACKNOWLEDGE, side_of(tx, relay), version=version, note=note)
    tx.journal("relay_acknowledged", records=[relay.record_id], relay=relay_id)


def put_on_waiting_list(tx: Transaction, *, relay_id: str, version: int) -> None:
    """The receiver has no place yet; said again each month, with the call to her that goes with it."""
    relay = relay_seen(tx, relay_id)
    step(tx, relay, RelayGesture.WAIT, side_of(tx, relay), version=version)
    tx.journal("relay_waiting", records=[relay.record_id], relay=relay_id)


def set_first_appointment(tx: Transaction, *, relay_id: str, version: int, on: date | None) -> None:
    """The day of the first appointment with the receiver, or another one. `Invalid` or `Refused` for a wrong day."""
    relay = relay_seen(tx, relay_id)
    day = check_appointment(on, today=tx.today)
    step(tx, relay, RelayGesture.APPOINT, side_of(tx, relay), version=version, first_appointment_on=day)
    tx.journal("relay_appointment_set", records=[relay.record_id], relay=relay_id)


def accept_relay(tx: Transaction, *, relay_id: str, version: int) -> None:
    """The receiver takes her. Her support, and her référent de parcours, change only once her entry is recorded."""
    relay = relay_seen(tx, relay_id)
    step(tx, relay, RelayGesture.ACCEPT, side_of(tx, relay), version=version)
    tx.journal("relay_accepted", records=[relay.record_id], relay=relay_id)


def refuse_relay(tx: Transaction, *, relay_id: str, version: int, reason: RefusalReason | None, note: str = "") -> None:
    """The receiver does not take her: it reads nothing any more, and whoever sent her is to call her in two days."""
    relay = relay_seen(tx, relay_id)
    _refuse(tx, relay, side_of(tx, relay), version, reason, note)
    tx.journal("relay_refused", records=[relay.record_id], relay=relay_id)


def withdraw_relay(tx: Transaction, *, relay_id: str, version: int) -> None:
    """The sender, or the person herself, takes the relay back: the receiver reads nothing any more. A draft is dropped.

    For whoever sent her she comes back: a call is due in two days.
    """
    relay = relay_seen(tx, relay_id)
    step(tx, relay, RelayGesture.WITHDRAW, side_of(tx, relay), version=version)
    tx.journal("relay_withdrawn", records=[relay.record_id], relay=relay_id)


def close_relay(tx: Transaction, *, relay_id: str, version: int, result: RelayResult) -> None:
    """Send back what the relay came to. « Pas d’entrée » brings her back to whoever sent her.

    `Refused` for « entrée faite » on the platform: her entry is recorded, and closes it (`settle_entered`).
    """
    relay = relay_seen(tx, relay_id)
    if result is RelayResult.ENTERED and not relay.is_outside:
        raise Refused(_RECORD_IT, field="result")
    step(tx, relay, RelayGesture.CLOSE, side_of(tx, relay), version=version, result=result.value)
    tx.journal("relay_closed", records=[relay.record_id], relay=relay_id)


def enter_scheme(
    tx: Transaction,
    *,
    record_id: str,
    scheme_id: str,
    entered_on: date,
    answers: Sequence[Answer],
    own_answers: Mapping[str, str] | None = None,
    refused: AbstractSet[str] = frozenset(),
) -> Entered:
    """Enter a person in a scheme, as `record_entry` says, and answer the relays that waited for it: the one door of an
    entry, so that no screen forgets them."""
    entered = record_entry(
        tx,
        record_id=record_id,
        scheme_id=scheme_id,
        entered_on=entered_on,
        answers=answers,
        own_answers=own_answers,
        refused=refused,
    )
    settle_entered(tx, record_id=record_id)
    return entered


def enter_past_scheme(tx: Transaction, *, record_id: str, scheme_id: str, entered_on: date, is_under_way: bool) -> str:
    """Keep a step that a file tells of, as `record_past_entry` says; gives its id. One that is under way answers the
    relays that waited for it; of one that ended, only those sent by the day she entered."""
    enrolment_id = record_past_entry(tx, record_id=record_id, scheme_id=scheme_id, entered_on=entered_on)
    settle_entered(tx, record_id=record_id, sent_by_day=None if is_under_way else entered_on)
    return enrolment_id


def settle_entered(tx: Transaction, *, record_id: str, sent_by_day: date | None = None) -> int:
    """After an entry in the actor's structure: the relays it had received (until that day, if it is given) say « entrée
    faite »; gives how many.

    Where the relay says so, the actor becomes her référent de parcours: until this instant the earlier one was.
    """
    waiting = [one for one in pending_towards(tx, record_id) if _was_sent_by(one, sent_by_day)]
    for relay in waiting:
        result = RelayResult.ENTERED.value
        step(tx, relay, RelayGesture.CLOSE, Side.RECEIVER, version=relay.version, result=result)
        tx.journal("relay_closed", records=[relay.record_id], relay=relay.id)
    if any(one.hands_over for one in waiting) and _may_answer_for(tx, record_id):
        set_referent(tx, record_id=record_id, account_id=tx.actor.account_id)
    return len(waiting)


def make_link(tx: Transaction, *, relay_id: str, by_letter: bool = False) -> str:
    """A single-use link to the liaison sheet, for a structure outside the platform; gives its path, shown once.

    It holds 14 days at most, and the earlier ones end. `by_letter`: it leaves for the address noted for the receiver,
    in a letter that names nobody. `Refused` for a structure of the platform, without an address, or where she stopped
    the sharing; `NotFound` once it has ended.
    """
    relay = relay_seen(tx, relay_id)
    if not relay.is_outside:
        raise Refused(_ONLY_OUTSIDE)
    if not relay.is_pending or side_of(tx, relay) is not Side.SENDER:
        raise NotFound
    if access_of(tx, relay.record_id).is_own_only:
        raise Refused(_STOPPED)
    address = relay.outside.email if relay.outside else ""
    if by_letter and not address:
        raise Refused(_NO_ADDRESS)
    end_links(tx, relay_id)
    token = secrets.token_urlsafe(32)
    values = {
        "id": new_id(),
        "relay_id": relay_id,
        "record_id": relay.record_id,
        "digest": link_digest(tx, token),
        "made_by": tx.actor.account_id,
        "made_at": tx.now,
        "expires_at": tx.now + LINK_LIFE,
    }
    tx.execute(insert(_link).values(**values))
    if by_letter:
        variables = {"link": f"{LINK_PATH}{token}", "valid_for": f"{LINK_LIFE.days} jours"}
        post(tx, kind=LetterKind.RELAY_LINK, to=address, variables=variables)
    tx.journal("relay_link_made", records=[relay.record_id], relay=relay_id)
    return f"{LINK_PATH}{token}"


def use_link(tx: Transaction, token: str) -> str | None:
    """Spend a link: gives its id, by which that browser reads the sheet for half an hour; None when it does not hold.

    She reads in her log that it was opened.
    """
    found = link_behind(tx, token)
    if found is None:
        return None
    link_id, relay = found
    unused = (_link.c.id == link_id, _link.c.used_at.is_(None), _link.c.ended_at.is_(None))
    if tx.execute(update(_link).where(*unused).values(used_at=tx.now)).rowcount != 1:
        return None
    tx.journal("relay_link_opened", records=[relay.record_id], relay=relay.id, sections=sorted(relay.sections))
    return link_id


def answer_by_link(
    tx: Transaction, *, link_id: str, gesture: RelayGesture, reason: RefusalReason | None = None, note: str = ""
) -> None:
    """Whoever opened the link acknowledges the relay, or refuses it. `NotFound` once the half hour is over."""
    found = used_link(tx, link_id, since=tx.now - SHEET_LIFE)
    if found is None:
        raise NotFound
    relay = found[1]
    if gesture is RelayGesture.REFUSE:
        _refuse(tx, relay, Side.LINK, relay.version, reason, note)
    else:
        step(tx, relay, gesture, Side.LINK, version=relay.version)
    tx.journal("relay_link_answered", records=[relay.record_id], relay=relay.id)


def bounce_late(tx: Transaction, relay_id: str) -> LateRelay:
    """One of `late_relays`, for the night: what nobody acknowledged in 5 working days comes back to whoever sent it,
    its access ended; what stays without an answer is told once, then comes back after a month."""
    relay = late_relay(tx, relay_id)
    if relay is None or relay.due_on is None:
        tx.journal("relay_answered_meanwhile", relay=relay_id)
        return LateRelay.ANSWERED
    holidays = answering_holidays(tx, relay.from_structure_id, relay.to_structure_id)
    back_after = next_reminder(relay.due_on, holidays=holidays)  # the day its access ends by itself, if no night ran
    is_told = relay.reminded_on is not None or tx.today > back_after
    if bounces(relay.state, due_on=relay.due_on, today=tx.today, was_reminded=is_told):
        step(tx, relay, RelayGesture.BOUNCE, Side.NIGHT, version=relay.version)
        tx.journal("relay_bounced", records=[relay.record_id], relay=relay.id)
        return LateRelay.BACK
    remind(tx, relay, next_on=back_after)
    tx.journal("relay_reminded", records=[relay.record_id], relay=relay.id)
    return LateRelay.REMINDED


def end_relayed_supports(
    tx: Transaction, *, but: Collection[tuple[str, str]] = (), cards: Collection[str] | None = None
) -> int:
    """Let the supports of structures that passed somebody on end after 30 days' reading; gives how many. `but`:
    (record id, structure id) of those that still expect something. `cards`: only theirs."""
    ended = [one for one in relayed_supports(tx, cards=cards) if one not in but]
    for record_id, structure_id in ended:
        end_grants(tx, record_id=record_id, structure_id=structure_id, cause=Cause.SUPPORT, until_at=tx.now + RESIDUAL)
    tx.journal("end_finished_supports", records=[record_id for record_id, _ in ended])
    return len(ended)


def _refuse(
    tx: Transaction, relay: RelayView, side: Side, version: int, reason: RefusalReason | None, note: str
) -> None:
    if reason is None:
        raise Invalid(_NO_REASON, field="reason")
    said = {"text": text} if (text := read_text(note, LONGEST_NOTE, "note")) else None
    step(tx, relay, RelayGesture.REFUSE, side, version=version, note=said, refusal=reason.value)


def _was_sent_by(relay: RelayView, day: date | None) -> bool:
    return day is None or (relay.sent_at is not None and local_day(relay.sent_at) <= day)


def _may_answer_for(tx: Transaction, record_id: str) -> bool:
    """Whether the actor may become her référent: not in a sensitive structure, nor where she stopped the sharing."""
    own = tx.actor.structure_id
    is_free = works_in(tx, tx.actor.account_id, own) and not is_sensitive(tx, own)
    return is_free and not access_of(tx, record_id).is_own_only
