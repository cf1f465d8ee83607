"""The statements that move a relay: each step with its trace, what its receiver may read, and the points it moves."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from pathway.casework.followup.rules import PointKind, PointState
from pathway.casework.followup.tables import Point
from pathway.casework.followup.writing import close_point
from pathway.casework.relays.holders import answering_holidays, call_back
from pathway.casework.relays.queries import pending_between, receivers, relay_seen, relayed_exit
from pathway.casework.relays.reading import Outside, RelayView, view_of
from pathway.casework.relays.rules import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    LONGEST_NOTE,
    PENDING,
    RELAYABLE,
    AgreedWay,
    RelayGesture,
    RelayPurpose,
    RelayResult,
    RelayState,
    Side,
    chosen_sections,
    comes_back,
    due_after,
    is_pressing,
    moved,
    open_until,
)
from pathway.casework.relays.tables import Relay, RelayChange, RelayLink
from pathway.casework.sharing.actions import end_grants, open_grants
from pathway.casework.sharing.queries import EVERY_SECTION, access_of, is_stopped, own_card, same_person
from pathway.casework.sharing.rules import Access, Cause, Part, pack_sections
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_relay = table_of(Relay)
_change = table_of(RelayChange)
_link = table_of(RelayLink)
_point = table_of(Point)
_STANDS = select(_relay.c.from_structure_id, _relay.c.first_appointment_on).where(_relay.c.id == bindparam("relay_id"))

_NOT_OURS = "Votre structure n’accompagne pas cette personne : la structure qui l’accompagne passe le relais."
_STOPPED = "La personne a arrêté le partage avec votre structure : vous ne pouvez pas transmettre son dossier."
_STOPPED_THERE = (
    "La personne a arrêté le partage avec cette structure : le relais n’y part pas. "
    "Elle peut le reprendre sur son compte."
)
_ALREADY = "Un relais attend déjà une réponse de cette structure. Ouvrez-le dans « Relais »."
_TWICE = "Le même relais vient d’être envoyé, peut-être par un double clic. Regardez la liste « Relais »."
_NO_PLACE = "Choisissez une structure, ou écrivez celle qui n’est pas dans la liste."
_TWICE_WITHIN = timedelta(minutes=2)
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"]+\.[a-zA-Z]{2,}")
CHANGED = marked("Quelqu’un d’autre vient de faire avancer ce relais. Relisez-le, puis recommencez.")
_AWAITED = (PointKind.RECEPTION, PointKind.FIRST_APPOINTMENT)
_ENDS = frozenset(RelayState) - PENDING - {RelayState.DRAFT}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What the sender writes with the person: to whom, what for, which parts, in which words.

    `to_structure_id` is empty for a structure outside the platform, which `outside` then names. `hands_over`: her
    référent de parcours changes once she has entered there.
    """

    purpose: RelayPurpose
    sections: Collection[str]
    to_structure_id: str = ""
    outside: Outside | None = None
    message: str = ""
    hands_over: bool = False
    agreed_way: AgreedWay | None = None


def write_relay(
    tx: Transaction, record_id: str, letter: Letter, state: RelayState, enrolment_id: str, draft_id: str
) -> str:
    """Check all that a new relay stands on, keep it, open it to its receiver when it is sent; gives its id.

    `Invalid`, `Refused` or `Conflict` when it cannot be.
    """
    access = _checked_sender(tx, record_id)
    sections = _checked_sections(tx, record_id, letter, access)
    outside = _checked_outside(letter)
    if draft_id:
        _drop_draft(tx, record_id, draft_id)
    own_id = own_card(tx, record_id)
    if state is RelayState.SENT:
        _refuse_twice(tx, record_id, own_id, letter)
    plan_id = relayed_exit(tx, record_id, enrolment_id) if enrolment_id else None
    relay = _insert(tx, own_id, letter, state, sections, outside, plan_id)
    keep_change(tx, relay, state, Side.SENDER, number=1)
    if state is RelayState.SENT:
        _open_to_receiver(tx, relay, state, None, due_on=relay.due_on)
    return relay.id


def step(
    tx: Transaction,
    relay: RelayView,
    gesture: RelayGesture,
    side: Side,
    *,
    version: int,
    note: Mapping[str, str] | None = None,
    **changes: Any,
) -> RelayState:
    """Take one step of a relay as it was read (`version`), with all that follows from it; gives where it leads.

    What its receiver reads begins, goes on or ends; the points of the exit it follows are answered; somebody who comes
    back gets a point of her own. `Conflict` when somebody moved it in between, `Refused` for the other side's gesture.
    """
    state = moved(relay.state, gesture, side, is_outside=relay.is_outside)
    appointment_on = changes.get("first_appointment_on", relay.first_appointment_on)
    holidays = answering_holidays(tx, relay.from_structure_id, relay.to_structure_id)
    result = RelayResult(changes["result"]) if "result" in changes else None
    values = {
        "state": state.value,
        "due_on": due_after(state, today=tx.today, holidays=holidays, appointment_on=appointment_on),
        "reminded_on": None,
        "ended_at": tx.now if state in _ENDS else None,
        **changes,
    }
    if relay.acknowledged_at is None and side is not Side.NIGHT and state in PENDING - {RelayState.SENT}:
        values["acknowledged_at"] = tx.now  # an answer tells that it was received
    change_relay(tx, relay, version, values)
    keep_change(tx, relay, state, side, number=version + 1, note=note)
    _open_to_receiver(tx, relay, state, result, due_on=values["due_on"])
    if state in _ENDS:
        end_links(tx, relay.id)
    if relay.state is not RelayState.DRAFT:
        _answer_exit_points(tx, relay, state, result)
        if comes_back(state, result):
            call_back(tx, relay, kind=_BACK_KINDS.get(state, PointKind.CONTACT), is_pressing=is_pressing(state, result))
    return state


def remind(tx: Transaction, relay: RelayView, *, next_on: date) -> None:
    """Tell whoever sent it, by a point, that nothing came since its day; it comes back for good after `next_on`."""
    change_relay(tx, relay, relay.version, {"reminded_on": tx.today, "due_on": next_on})
    keep_change(tx, relay, relay.state, Side.NIGHT, number=relay.version + 1)
    call_back(tx, relay, kind=PointKind.FIRST_APPOINTMENT, is_pressing=False)


def keep_change(
    tx: Transaction,
    relay: RelayView,
    state: RelayState,
    side: Side,
    *,
    number: int,
    note: Mapping[str, str] | None = None,
) -> None:
    """Keep the trace of one step; `note` is sealed."""
    sealed = (
        tx.sealing.seal_value(relay.record_id, "relay_change", f"{relay.id}:{number}", dict(note)) if note else None
    )
    stands = tx.execute(_STANDS, {"relay_id": relay.id}).one()
    values = {
        "from_structure_id": stands.from_structure_id,
        "appointment_on": stands.first_appointment_on,
        "relay_id": relay.id,
        "number": number,
        "record_id": relay.record_id,
        "state": state.value,
        "side": side.value,
        "structure_id": tx.actor.structure_id,
        "changed_by": tx.actor.account_id,
        "note": sealed,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_change).values(**values))


def change_relay(tx: Transaction, relay: RelayView, version: int, values: Mapping[str, Any]) -> None:
    """Change a relay as it was read (`version`); `Conflict` when somebody moved it in between."""
    here = (_relay.c.id == relay.id, _relay.c.version == version, _relay.c.state == relay.state.value)
    if tx.execute(update(_relay).where(*here).values(version=version + 1, **values)).rowcount != 1:
        raise Conflict(CHANGED)


def end_links(tx: Transaction, relay_id: str) -> None:
    """End every link of that relay: none opens its sheet any more."""
    standing = (_link.c.relay_id == relay_id, _link.c.ended_at.is_(None))
    tx.execute(update(_link).where(*standing).values(ended_at=tx.now))


# What a responsable reads first: nobody answered; what is refused, or taken back, begins with a call to her.
_BACK_KINDS = {RelayState.BOUNCED: PointKind.RECEPTION}


def _open_to_receiver(
    tx: Transaction, relay: RelayView, state: RelayState, result: RelayResult | None, *, due_on: date | None
) -> None:
    """Let the receiver read until the day that state allows, from now; another relay to it stands on its own."""
    if relay.to_structure_id is None:
        return
    there, why = relay.to_structure_id, Cause.RELAY
    holidays = answering_holidays(tx, relay.from_structure_id, there)
    end_grants(tx, record_id=relay.record_id, structure_id=there, cause=why, cause_id=relay.id, until_at=tx.now)
    if comes_back(state, result):
        return
    open_grants(
        tx,
        record_ids=[relay.record_id],
        structure_id=there,
        cause=why,
        cause_id=relay.id,
        sections=relay.sections | {Part.PATHWAY.value},
        until_at=open_until(state, now=tx.now, due_on=due_on, holidays=holidays),
    )


def _answer_exit_points(tx: Transaction, relay: RelayView, state: RelayState, result: RelayResult | None) -> None:
    """Close what the exit asked to check and is now known. Never its last point: only a person settles an exit."""
    if relay.plan_id is None:
        return
    is_back = comes_back(state, result)
    kinds = _AWAITED if is_back or state is RelayState.CLOSED else _AWAITED[:1]
    here = (
        _point.c.plan_id == relay.plan_id,
        _point.c.kind.in_([kind.value for kind in kinds]),
        _point.c.state == PointState.OPEN.value,
        ~_point.c.is_last,
    )
    for row in tx.execute(select(_point).where(*here).with_for_update()).all():
        outcome = PointState.NOT_DONE if is_back else PointState.DONE
        close_point(tx, row, outcome, contact_id=None, reason=f"relay_{state.value}")


def read_text(typed: str, longest: int, field: str) -> str:
    """What was typed, without spaces around; `Invalid` when it is too long or holds what cannot be read."""
    text = typed.strip()
    if len(text) > longest:
        raise Invalid(f"Ce texte est trop long : {longest} caractères au plus.", field=field)
    return text


def _checked_sender(tx: Transaction, record_id: str) -> Access:
    access = access_of(tx, record_id)
    if not access.is_lasting_support:
        raise Refused(_NOT_OURS)
    if access.is_own_only:
        raise Refused(_STOPPED)
    return access


def _checked_sections(tx: Transaction, record_id: str, letter: Letter, access: Access) -> frozenset[str]:
    """What leaves: inside what the sender reads. `NotFound` for a receiver that cannot be named."""
    partner = None
    if letter.to_structure_id:
        partner = next((one for one in receivers(tx, record_id) if one.id == letter.to_structure_id), None)
        if partner is None:
            raise NotFound
        if is_stopped(tx, record_id, partner.id):
            raise Refused(_STOPPED_THERE, field="structure")
    return chosen_sections(
        letter.sections,
        readable=RELAYABLE if access.opens(EVERY_SECTION) else access.sections,
        is_outside=partner is None,
        has_health_basis=partner is not None and partner.has_health_basis,
    )


def _checked_outside(letter: Letter) -> Outside | None:
    if letter.to_structure_id:
        return None
    typed = letter.outside
    if typed is None or not typed.name.strip():
        raise Invalid(_NO_PLACE, field="structure")
    email = read_text(typed.email, LONGEST_ADDRESS, "email")
    if email and not _EMAIL.fullmatch(email):
        raise Invalid("Cette adresse e-mail n’est pas valable.", field="email")
    return Outside(
        name=read_text(typed.name, LONGEST_NAME, "name"),
        email=email,
        phone=read_text(typed.phone, LONGEST_NAME, "phone"),
        address=read_text(typed.address, LONGEST_ADDRESS, "address"),
    )


def _drop_draft(tx: Transaction, record_id: str, draft_id: str) -> None:
    """The draft that is being sent, or written again, is no longer to be sent. `NotFound` for somebody else's."""
    draft = relay_seen(tx, draft_id)
    if draft.record_id not in same_person(tx, record_id):
        raise NotFound
    if draft.state is not RelayState.DRAFT:
        raise Conflict(CHANGED)
    step(tx, draft, RelayGesture.WITHDRAW, Side.SENDER, version=draft.version)


def _refuse_twice(tx: Transaction, record_id: str, own_id: str, letter: Letter) -> None:
    own = tx.actor.structure_id
    if letter.to_structure_id:
        if pending_between(tx, record_id, from_structure=own, to_structure=letter.to_structure_id):
            raise Conflict(_ALREADY)
        return
    # Two associations may be asked at once; the same one is not, twice in two minutes.
    just_sent = select(_relay).where(
        _relay.c.record_id == own_id,
        _relay.c.sent_by == tx.actor.account_id,
        _relay.c.to_structure_id.is_(None),
        _relay.c.sent_at > tx.now - _TWICE_WITHIN,
    )
    named = letter.outside.name.strip().casefold() if letter.outside else ""
    known = (view_of(tx, row).outside for row in tx.execute(just_sent).all())
    if any(one is not None and one.name.casefold() == named for one in known):
        raise Conflict(_TWICE)


def _insert(
    tx: Transaction,
    own_id: str,
    letter: Letter,
    state: RelayState,
    sections: frozenset[str],
    outside: Outside | None,
    plan_id: str | None,
) -> RelayView:
    relay_id = new_id()
    message = read_text(letter.message, LONGEST_NOTE, "message")
    content = {"message": message, **(asdict(outside) if outside else {})}
    holidays = answering_holidays(tx, tx.actor.structure_id, letter.to_structure_id)
    values = {
        "id": relay_id,
        "record_id": own_id,
        "from_structure_id": tx.actor.structure_id,
        "sent_by": tx.actor.account_id,
        "to_structure_id": letter.to_structure_id or None,
        "plan_id": plan_id,
        "purpose": letter.purpose.value,
        "agreed_way": letter.agreed_way.value if letter.agreed_way else None,
        "sections": pack_sections(sections),
        "hands_over": letter.hands_over and outside is None,
        "state": state.value,
        "content": tx.sealing.seal_value(own_id, "relay", relay_id, content),
        "due_on": due_after(state, today=tx.today, holidays=holidays),
        "recorded_at": tx.now,
        "sent_at": tx.now if state is RelayState.SENT else None,
        "version": 1,
    }
    tx.execute(insert(_relay).values(**values))
    return view_of(tx, tx.execute(select(_relay).where(_relay.c.id == relay_id)).one())
