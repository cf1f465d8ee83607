"""Relays as each side reads them: whoever sends, whoever receives, the person herself; never anybody else."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from pathway.casework.agreements.queries import Partner, partners_to_share_with
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ExitKind, PointState
from pathway.casework.followup.tables import Point
from pathway.casework.partners.queries import is_sensitive
from pathway.casework.partners.tables import Structure
from pathway.casework.records.catalogue import CAUTIONS
from pathway.casework.records.facts import cautions_in
from pathway.casework.records.queries import CARD, card_view, facts_in, facts_seen, readable_sections
from pathway.casework.records.rules import Fact, Identity, combine
from pathway.casework.records.tables import Referent
from pathway.casework.relays.reading import ChangeView, Outside, RelayView, opened, view_of
from pathway.casework.relays.rules import PENDING, RelayPurpose, RelayResult, RelayState, Side
from pathway.casework.relays.tables import Relay, RelayChange, RelayLink
from pathway.casework.sharing.queries import access_of, by_line, same_person, seen_in, sight
from pathway.casework.sharing.rules import Cause, Part
from pathway.casework.sharing.tables import AccessGrant
from pathway.kernel.errors import NotFound
from pathway.store.actor import Actor
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_relay = table_of(Relay)
_change = table_of(RelayChange)
_link = table_of(RelayLink)
_structure = table_of(Structure)
_grant = table_of(AccessGrant)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_point = table_of(Point)
_referent = table_of(Referent)

_PENDING = tuple(sorted(state.value for state in PENDING))
# An address that is protected leaves no structure, not even its town.
_PROTECTED = "address_is_protected"

_OWN = bindparam("own_structure", type_=_relay.c.from_structure_id.type)
_HER = bindparam("own_record", type_=_relay.c.record_id.type)
_WAS_SENT = _relay.c.sent_at.is_not(None)  # a draft is nobody else's; one that was dropped is nobody's
_SENT_HERE = and_(_relay.c.from_structure_id == _OWN, or_(_WAS_SENT, _relay.c.state == RelayState.DRAFT.value))
_RECEIVED_HERE = and_(_relay.c.to_structure_id == _OWN, _WAS_SENT)
_ABOUT_HER = and_(_HER != "", _WAS_SENT)
_MINE = or_(_SENT_HERE, _RECEIVED_HERE, _ABOUT_HER)
_asked = _relay.alias()
_WHOSE = select(_asked.c.record_id).where(_asked.c.id == bindparam("relay_id")).scalar_subquery()
_SEEN = select(_relay).where(_relay.c.id == bindparam("relay_id"), _MINE, seen_in(_WHOSE))
_OF_PERSON = select(_relay).where(
    _relay.c.record_id.in_(bindparam("cards", expanding=True)), _MINE, seen_in(bindparam("record_id"))
)
# Those few are looked up one by one, each day of each counsellor.
_TO_ACKNOWLEDGE = (
    select(_relay)
    .where(_RECEIVED_HERE, _relay.c.state == RelayState.SENT.value, seen_in(by_line(_relay.c.record_id)))
    .order_by(_relay.c.due_on, _relay.c.id)
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a liaison sheet says: who she is, what she agreed to pass on, who sends her and why.

    `facts` hold nothing that the sender does not read today, nothing she limited, and no protected address.
    """

    identity: Identity
    facts: tuple[Fact, ...]
    sections: frozenset[str]
    sender: str
    purpose: RelayPurpose
    message: str
    outside: Outside | None
    sent_at: datetime | None
    is_address_protected: bool


def side_of(tx: Transaction, relay: RelayView) -> Side:
    """From which side the actor reads that relay. A structure that sends to itself does not exist."""
    if tx.actor.record_id:
        return Side.PERSON
    return Side.SENDER if relay.from_structure_id == tx.actor.structure_id else Side.RECEIVER


def relay_seen(tx: Transaction, relay_id: str) -> RelayView:
    """One relay that the actor's structure sent or received, or that speaks of her; `NotFound` otherwise."""
    row = tx.execute(_SEEN, {"relay_id": relay_id, **sight(tx)}).one_or_none()
    if row is None:
        raise NotFound
    return view_of(tx, row)


def relays_of(tx: Transaction, record_id: str) -> list[RelayView]:
    """The relays of one person that the actor may know of, newest first."""
    cards = same_person(tx, record_id)
    wanted = {"cards": cards, "record_id": record_id, **sight(tx)}
    rows = tx.execute(_OF_PERSON.order_by(_relay.c.recorded_at.desc(), _relay.c.id), wanted).all()
    return [view_of(tx, row) for row in rows]


def pending_between(tx: Transaction, record_id: str, *, from_structure: str, to_structure: str) -> str | None:
    """The relay of that person which that structure sent to that other one and which is not answered, if any."""
    query = select(_relay.c.id).where(
        _relay.c.record_id.in_(same_person(tx, record_id)),
        _relay.c.from_structure_id == from_structure,
        _relay.c.to_structure_id == to_structure,
        _relay.c.state.in_(_PENDING),
    )
    row = tx.execute(query).first()
    return row.id if row else None


def pending_towards(tx: Transaction, record_id: str) -> list[RelayView]:
    """The relays of that person that the actor's structure has received and not answered for good."""
    return [one for one in relays_of(tx, record_id) if one.is_pending and one.to_structure_id == tx.actor.structure_id]


def to_acknowledge(tx: Transaction) -> list[RelayView]:
    """The relays the actor's structure has received and not acknowledged, the first due first: for the day's list."""
    return [view_of(tx, row) for row in tx.execute(_TO_ACKNOWLEDGE, sight(tx)).all()]


def relay_lines(
    tx: Transaction, side: Side, states: Collection[RelayState], *, page: int, per_page: int
) -> list[RelayView]:
    """One page of what the actor's structure sent (or received), in those states: the first due first, then the newest.

    Only people it may still see: a relay that was refused, or came back, tells its receiver nothing any more.
    """
    ordered = _lines(side, states).order_by(
        _relay.c.due_on.asc().nulls_last(), _relay.c.recorded_at.desc(), _relay.c.id
    )
    rows = tx.execute(ordered.limit(per_page).offset((page - 1) * per_page), sight(tx)).all()
    return [view_of(tx, row) for row in rows]


def relay_counts(tx: Transaction, side: Side) -> dict[RelayState, int]:
    """How many relays the actor's structure sent (or received) stand in each state."""
    lines = _lines(side, list(RelayState)).subquery()
    query = select(lines.c.state, func.count().label("number")).group_by(lines.c.state)
    return {RelayState(row.state): row.number for row in tx.execute(query, sight(tx))}


def changes_of(tx: Transaction, relay: RelayView) -> list[ChangeView]:
    """The life of a relay the actor was just shown, from its beginning. What a structure noted for itself or heard on
    the phone is opened for the two structures, and for her."""
    rows = tx.execute(select(_change).where(_change.c.relay_id == relay.id).order_by(_change.c.number))
    return [
        ChangeView(
            state=RelayState(row.state),
            side=Side(row.side),
            structure_id=row.structure_id,
            account_id=row.changed_by,
            note=opened(tx, relay.record_id, "relay_change", f"{relay.id}:{row.number}", row.note),
            at=row.recorded_at,
        )
        for row in rows
    ]


def receivers(tx: Transaction, record_id: str) -> list[Partner]:
    """The structures of the platform somebody may be passed on to: those all may know of. A sensitive one is reached by
    a sheet: that it exists is not told."""
    partners = partners_to_share_with(tx, record_id)
    return [one for one in partners if one.id != tx.actor.structure_id and not is_sensitive(tx, one.id)]


def relayed_exit(tx: Transaction, record_id: str, enrolment_id: str) -> str | None:
    """The plan of the exit « passage de relais » of that step of hers in the actor's structure, if it stands."""
    query = (
        select(_exit.c.plan_id)
        .join(_enrolment, _enrolment.c.id == _exit.c.enrolment_id)
        .where(
            _exit.c.enrolment_id == enrolment_id,
            _exit.c.record_id.in_(same_person(tx, record_id)),
            _exit.c.cancelled_at.is_(None),
            _exit.c.kind == ExitKind.RELAY.value,
            _enrolment.c.structure_id == tx.actor.structure_id,
            seen_in(_exit.c.record_id, Part.PATHWAY.value, by=_exit.c.structure_id),
        )
    )
    row = tx.execute(query, sight(tx)).one_or_none()
    return row.plan_id if row else None


def sheet_of(tx: Transaction, relay: RelayView) -> Sheet:
    """What the liaison sheet of that relay says now; `NotFound` when the sender reads nothing of her any more."""
    with _as_sender(tx, relay):
        access = access_of(tx, relay.record_id)
        if access.is_own_only:
            raise NotFound  # she stopped sharing with it: nothing more leaves
        sections = readable_sections(relay.sections & _opened_to(access.sections, relay.sections))
        cards = same_person(tx, relay.record_id)
        kept = {card: tx.sealing.open(card, [CARD, *(one.value for one in sections)]) for card in cards}
        said = [
            facts_seen(tx, access, facts_in(there[one.value].payload for one in sections if one.value in there))
            for there in kept.values()
        ]
    facts = combine(said)
    is_protected = _PROTECTED in cautions_in(facts)
    withheld = CAUTIONS[_PROTECTED] if is_protected else frozenset()
    return Sheet(
        identity=card_view(kept[cards[0]][CARD].payload).identity,
        facts=tuple(fact for key, fact in facts.items() if key not in withheld),
        sections=frozenset(one.value for one in sections),
        sender=_neutral_name(tx, relay.from_structure_id),
        purpose=relay.purpose,
        message=relay.message,
        outside=relay.outside,
        sent_at=relay.sent_at,
        is_address_protected=is_protected,
    )


def link_digest(tx: Transaction, token: str) -> bytes:
    """Under what the secret of a link is kept."""
    return tx.store.fingerprints.digest("relay-link", token)


def link_behind(tx: Transaction, token: str) -> tuple[str, RelayView] | None:
    """The unused link of that secret and its relay; None when it is unknown, used, too old, or its relay has ended."""
    unused = (_link.c.digest == link_digest(tx, token), _link.c.used_at.is_(None), _link.c.expires_at > tx.now)
    return _link_row(tx, *unused)


def used_link(tx: Transaction, link_id: str, *, since: datetime) -> tuple[str, RelayView] | None:
    """The link that a browser used since that instant and its relay; None when it was used before, or was ended."""
    return _link_row(tx, _link.c.id == link_id, _link.c.used_at >= since)


def latest_link(tx: Transaction, relay: RelayView) -> tuple[datetime, datetime | None] | None:
    """Until when (UTC) the last link of a relay the actor was just shown holds, and when it was opened; None without
    one, or once it was ended."""
    query = select(_link.c.expires_at, _link.c.used_at).where(
        _link.c.relay_id == relay.id, _link.c.ended_at.is_(None) | _link.c.used_at.is_not(None)
    )
    row = tx.execute(query.order_by(_link.c.made_at.desc(), _link.c.id).limit(1)).one_or_none()
    return (row.expires_at, row.used_at) if row else None


def open_relays(tx: Transaction, *, from_structure: str = "", to_structure: str = "") -> list[RelayView]:
    """Every relay under way that one structure sent, drafts included, or that waits in one; over the whole base. Who
    may ask is checked above, in `lifecycle`."""
    sent = and_(_relay.c.from_structure_id == from_structure, _relay.c.state.in_((*_PENDING, RelayState.DRAFT.value)))
    received = and_(_relay.c.to_structure_id == to_structure, _relay.c.state.in_(_PENDING))
    query = select(_relay).where(sent if from_structure else received).order_by(_relay.c.recorded_at, _relay.c.id)
    return [view_of(tx, row) for row in tx.execute(query.with_for_update()).all()]


def late_relays(tx: Transaction) -> list[str]:
    """The relays whose day has passed without a step, over the whole base: for the night's work."""
    here = (_relay.c.state.in_(_PENDING), _relay.c.due_on < tx.today)
    return list(tx.execute(select(_relay.c.id).where(*here).order_by(_relay.c.due_on, _relay.c.id)).scalars())


def late_relay(tx: Transaction, relay_id: str) -> RelayView | None:
    """That relay, held, if its day has passed without a step; None once it was answered."""
    here = (_relay.c.id == relay_id, _relay.c.state.in_(_PENDING), _relay.c.due_on < tx.today)
    # An answer under way is waited for: it must not stop the night.
    row = tx.execute(select(_relay).where(*here).with_for_update()).one_or_none()
    return view_of(tx, row) if row else None


def waiting_senders(tx: Transaction, *, cards: Collection[str] | None = None) -> set[tuple[str, str]]:
    """(record id, structure id) of whoever passed somebody on and waits for what comes of it: her support must last,
    to be able to take the relay back. About those cards, or all."""
    query = select(_relay.c.record_id, _relay.c.from_structure_id).where(_relay.c.state.in_(_PENDING))
    if cards is not None:
        query = query.where(_relay.c.record_id.in_(cards))
    return {(row.record_id, row.from_structure_id) for row in tx.execute(query)}


def relayed_supports(tx: Transaction, *, cards: Collection[str] | None = None) -> list[tuple[str, str]]:
    """(record id, structure id) of lasting supports of structures that passed the person on, with nothing left to do
    there: no step under way, no open point, no relay that waits, and her référent de parcours works elsewhere. Of those
    cards, or of all."""
    there = {"record_id": _grant.c.record_id, "structure_id": _grant.c.structure_id}
    ended = _relay.alias()
    waits = _relay.alias()
    passed = select(ended.c.id).where(
        ended.c.record_id == there["record_id"],
        ended.c.from_structure_id == there["structure_id"],
        ended.c.state == RelayState.CLOSED.value,
        ended.c.result != RelayResult.NOT_ENTERED.value,
        ended.c.hands_over,
    )
    waiting = select(waits.c.id).where(
        waits.c.record_id == there["record_id"],
        waits.c.from_structure_id == there["structure_id"],
        waits.c.state.in_(_PENDING),
    )
    follows = [
        _same(_enrolment, there, _enrolment.c.exited_at.is_(None)),
        _same(_point, there, _point.c.state == PointState.OPEN.value),
        _same(_referent, there, _referent.c.until_at.is_(None)),
        waiting.exists(),
    ]
    elsewhere = select(_referent.c.id).where(
        _referent.c.record_id == there["record_id"], _referent.c.until_at.is_(None)
    )
    query = select(_grant.c.record_id, _grant.c.structure_id).where(
        _grant.c.cause == Cause.SUPPORT.value,
        _grant.c.until_at.is_(None),
        passed.exists(),
        elsewhere.exists(),
        *(~one for one in follows),
    )
    if cards is not None:
        query = query.where(_grant.c.record_id.in_(cards))
    return [(row.record_id, row.structure_id) for row in tx.execute(query)]


def _same(table: Any, there: Mapping[str, ColumnElement[str]], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    here = (table.c.record_id == there["record_id"], table.c.structure_id == there["structure_id"], condition)
    return select(table.c.id).where(*here).exists()


def _lines(side: Side, states: Collection[RelayState]) -> Select[Any]:
    here = _SENT_HERE if side is Side.SENDER else _RECEIVED_HERE
    codes = [state.value for state in states]
    return select(_relay).where(here, _relay.c.state.in_(codes), seen_in(_relay.c.record_id))


def _link_row(tx: Transaction, *conditions: ColumnElement[bool]) -> tuple[str, RelayView] | None:
    query = (
        select(_link.c.id.label("link_id"), _relay)
        .join(_relay, _relay.c.id == _link.c.relay_id)
        .where(*conditions, _link.c.ended_at.is_(None), _relay.c.to_structure_id.is_(None))
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    relay = view_of(tx, row)
    return (row.link_id, relay) if relay.is_pending else None


def _opened_to(sections: frozenset[str], wanted: frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in wanted if one in sections or "*" in sections)


def _neutral_name(tx: Transaction, structure_id: str) -> str:
    """The name that may leave: of a sensitive structure, the neutral one, even for its own professionals."""
    return str(tx.execute(select(_structure.c.name).where(_structure.c.id == structure_id)).scalar_one())


@contextmanager
def _as_sender(tx: Transaction, relay: RelayView) -> Iterator[None]:
    """Read what the structure that sends may read today, whoever opens the sheet: no more ever leaves."""
    actor = tx.actor
    tx.actor = replace(Actor(role=actor.role), structure_id=relay.from_structure_id)
    try:
        yield
    finally:
        tx.actor = actor


__all__ = [
    "ChangeView",
    "Outside",
    "RelayView",
    "Sheet",
    "changes_of",
    "late_relay",
    "late_relays",
    "latest_link",
    "link_behind",
    "link_digest",
    "open_relays",
    "pending_between",
    "pending_towards",
    "receivers",
    "relay_counts",
    "relay_lines",
    "relay_seen",
    "relayed_exit",
    "relayed_supports",
    "relays_of",
    "sheet_of",
    "side_of",
    "to_acknowledge",
    "used_link",
    "view_of",
]
