"""What is read of the follow-up besides its lists: closed points, tries, and the rhythm she chose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, or_, select

from pathway.casework.followup.protocol import Try, is_lost_from_sight
from pathway.casework.followup.rules import Channel, ContactResult, PointKind, PointState, Rhythm
from pathway.casework.followup.tables import ContactAttempt, FollowupWish, Point
from pathway.casework.partners.tables import Structure
from pathway.casework.sharing.queries import of_person, seen_in, sight
from pathway.casework.sharing.rules import Access, Part
from pathway.casework.sharing.tables import Record
from pathway.kernel.clock import local_day
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_point = table_of(Point)
_contact = table_of(ContactAttempt)
_wish = table_of(FollowupWish)
_structure = table_of(Structure)
_record = table_of(Record)

_CLOSED_SHOWN = 50

# Built once: every record and every list ask them.
_CLOSED = (
    select(_point)
    .where(
        of_person(_point.c.record_id),
        _point.c.state.not_in([PointState.OPEN.value, PointState.CANCELLED.value]),
        seen_in(bindparam("record_id"), Part.FOLLOWUP.value, by=_point.c.structure_id),
        or_(
            _point.c.structure_id == bindparam("own_structure"),
            _point.c.state.in_([PointState.DONE.value, PointState.RESUMED.value]),
        ),
    )
    .order_by(_point.c.closed_at.desc(), _point.c.due_on.desc(), _point.c.id)
    .limit(_CLOSED_SHOWN)
)
# A structure's own tries, and the answers others may be told of.
_OWN = _contact.c.structure_id == bindparam("own_structure")
_TOLD = and_(
    _contact.c.result == ContactResult.REACHED.value,
    _contact.c.structure_id.not_in(select(_structure.c.id).where(_structure.c.is_sensitive)),
)
_TRIES = (
    select(_record.c.canonical_id, _contact.c.channel, _contact.c.result, _OWN.label("is_own"))
    .join(_record, _record.c.id == _contact.c.record_id)
    .where(
        _record.c.canonical_id.in_(bindparam("people", expanding=True)),
        or_(_OWN, _TOLD),
        _contact.c.undone_at.is_(None),
    )
    .order_by(_contact.c.made_on, _contact.c.recorded_at, _contact.c.id)
)
# Built once: every contact asks these two.
_CHANNELS = select(_contact.c.channel).where(
    of_person(_contact.c.record_id),
    _OWN,
    _contact.c.undone_at.is_(None),
    _contact.c.made_on >= bindparam("since", type_=_contact.c.made_on.type),
)
_RHYTHM = (
    select(_wish.c.rhythm)
    .where(of_person(_wish.c.record_id), _wish.c.until_at.is_(None))
    .order_by(_wish.c.from_at.desc(), _wish.c.id)
    .limit(1)
)


@dataclass(frozen=True, kw_only=True)
class ClosedLine:
    """A point de suivi that is open no more: what it asked, what became of it and on which day."""

    kind: PointKind
    state: PointState
    original_due_on: date
    closed_on: date
    structure_id: str


def closed_points(tx: Transaction, record_id: str) -> list[ClosedLine]:
    """The points of one person that are open no more, the last closed first, 50 at most; cancelled ones left out.

    Of other structures only what was done or resumed: nobody learns from them that something was not.
    """
    return [
        ClosedLine(
            kind=PointKind(row.kind),
            state=PointState(row.state),
            original_due_on=row.original_due_on,
            closed_on=local_day(row.closed_at),
            structure_id=row.structure_id,
        )
        for row in tx.execute(_CLOSED, {"record_id": record_id, **sight(tx)})
    ]


def channels_tried(tx: Transaction, record_id: str, *, since: date) -> frozenset[Channel]:
    """The channels by which the actor's structure tried to reach that person since that day."""
    asked = {"record_id": record_id, "own_structure": tx.actor.structure_id, "since": since}
    return frozenset(Channel(row.channel) for row in tx.execute(_CHANNELS, asked))


def lost_from_sight(tx: Transaction, accesses: Mapping[str, Access]) -> frozenset[str]:
    """Those that the actor's structure has lost from sight (`protocol.is_lost_from_sight`), by its own tries and every
    answer it may know of. `accesses`: what `accesses_of` gives for the people of a list."""
    open_to = [name for name, one in accesses.items() if one.opens(Part.FOLLOWUP)]
    if not open_to:
        return frozenset()
    tries: dict[str, list[Try]] = {}
    for row in tx.execute(_TRIES, {"people": open_to, "own_structure": tx.actor.structure_id}):
        if row.is_own or not accesses[row.canonical_id].is_own_only:
            one = Try(channel=Channel(row.channel), result=ContactResult(row.result))
            tries.setdefault(row.canonical_id, []).append(one)
    return frozenset(name for name, those in tries.items() if is_lost_from_sight(those))


def rhythm_of(tx: Transaction, record_id: str) -> Rhythm:
    """How often that person wishes to be called now; at the planned dates when she never said."""
    row = tx.execute(_RHYTHM, {"record_id": record_id}).first()
    return Rhythm(row.rhythm) if row else Rhythm.PLANNED
