"""What is known of how long each record is kept, and what the nights to come will do. For the night and the operator,
but where a responsable is named."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, select, union_all

from pathway.casework.encounters.rules import AppointmentState
from pathway.casework.encounters.tables import Appointment
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ContactResult, PointState
from pathway.casework.followup.tables import ContactAttempt, Point
from pathway.casework.relays.rules import PENDING
from pathway.casework.relays.tables import Relay
from pathway.casework.retention.rules import Delays, Kept, Step, archive_on, erase_on, gone_on, next_step
from pathway.casework.retention.tables import ArchivedRecord, LastGesture, RetentionHold, StepEvidence
from pathway.casework.sharing.tables import Record
from pathway.casework.territory.queries import settings_held
from pathway.casework.territory.rules import Setting
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import local_day, start_of_day
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_record = table_of(Record)
_contact = table_of(ContactAttempt)
_appointment = table_of(Appointment)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_point = table_of(Point)
_relay = table_of(Relay)
_archived = table_of(ArchivedRecord)
_gesture = table_of(LastGesture)
_hold = table_of(RetentionHold)
_evidence = table_of(StepEvidence)

_SPOKEN = (_contact.c.result == ContactResult.REACHED.value, _contact.c.undone_at.is_(None))
_MET = (_appointment.c.state == AppointmentState.ATTENDED.value,)
_LEFT = (_exit.c.cancelled_at.is_(None),)
_OF = {name: among(table.c.record_id, "cards") for name, table in (
    ("contact", _contact), ("appointment", _appointment), ("enrolment", _enrolment), ("exit", _exit),
    ("gesture", _gesture), ("point", _point), ("relay", _relay), ("hold", _hold), ("archived", _archived),
)}  # fmt: skip
_LAST: tuple[Select[Any], ...] = (
    select(_contact.c.record_id, func.max(_contact.c.made_on).label("last")).where(_OF["contact"], *_SPOKEN),
    select(_appointment.c.record_id, func.max(_appointment.c.starts_at).label("last")).where(_OF["appointment"], *_MET),
    select(_enrolment.c.record_id, func.max(_enrolment.c.entered_on).label("last")).where(_OF["enrolment"]),
    select(_exit.c.record_id, func.max(_exit.c.event_on).label("last")).where(_OF["exit"], *_LEFT),
    select(_gesture.c.record_id, func.max(_gesture.c.seen_on).label("last")).where(_OF["gesture"]),
)
_LAST_OF = tuple(query.group_by(query.selected_columns.record_id) for query in _LAST)
_BUSY = union_all(
    select(_point.c.record_id).where(_OF["point"], _point.c.state == PointState.OPEN.value),
    select(_enrolment.c.record_id).where(_OF["enrolment"], _enrolment.c.exited_at.is_(None)),
    select(_appointment.c.record_id).where(
        _OF["appointment"],
        _appointment.c.state == AppointmentState.PLANNED.value,
        _appointment.c.starts_at >= bindparam("now", type_=_appointment.c.starts_at.type),
    ),
    select(_relay.c.record_id).where(_OF["relay"], _relay.c.state.in_([one.value for one in PENDING])),
)
_CARDS = select(_record.c.id, _record.c.canonical_id, _record.c.recorded_at).where(
    among(_record.c.canonical_id, "people")
)
_LOT = 400


@dataclass(frozen=True, kw_only=True)
class Due:
    """One person and what is to be done of her record that day: `on` is the day on which it became due."""

    record_id: str
    cards: tuple[str, ...]
    step: Step
    kept: Kept
    on: date


@dataclass(frozen=True, kw_only=True)
class RetentionState:
    """How many people's records are active, archived, told of their erasure, held; how many cards were forgotten."""

    active: int
    archived: int
    told: int
    held: int
    forgotten: int


def delays(tx: Transaction) -> Delays:
    """The delays of the territory: those of the law where it decided nothing."""
    held = settings_held(tx)
    default = Delays()
    said = {
        name: held[setting][-1].value if setting in held else ""
        for name, setting in (
            ("active_months", Setting.RETENTION_ACTIVE),
            ("archive_months", Setting.RETENTION_ARCHIVE),
            ("notice_days", Setting.RETENTION_NOTICE),
        )
    }
    return Delays(**{name: int(value) if value else getattr(default, name) for name, value in said.items()})


def due(tx: Transaction, *, on: date) -> list[Due]:
    """What is to be done that day in the whole base, person by person; nothing for whoever is left as she is."""
    found = delays(tx)
    people = _candidates(tx, found, on)
    return [one for one in due_among(tx, people, delays=found, on=on) if one.step is not Step.NONE]


def due_among(tx: Transaction, people: Sequence[str], *, delays: Delays, on: date) -> list[Due]:
    """The same of those people (cards that stand for a person), whatever is to be done."""
    result = []
    for start in range(0, len(people), _LOT):
        for record_id, (cards, kept) in _kept(tx, people[start : start + _LOT]).items():
            step = next_step(kept, delays, on=on)
            day = erase_on(kept, delays) or archive_on(kept, delays)
            result.append(Due(record_id=record_id, cards=cards, step=step, kept=kept, on=day))
    return result


def kept_of(tx: Transaction, record_id: str) -> Kept:
    """What is known of that person (any of her cards)."""
    stands = tx.execute(select(_record.c.canonical_id).where(_record.c.id == record_id)).scalar_one()
    return _kept(tx, [stands])[stands][1]


def told_erasure(tx: Transaction) -> date | None:
    """The day on which the actor's own record is erased, once she was told; None otherwise."""
    card = (_archived.c.record_id == tx.actor.record_id, _archived.c.told_on.is_not(None))
    if not tx.actor.record_id or tx.execute(select(_archived.c.record_id).where(*card)).first() is None:
        return None
    kept = kept_of(tx, tx.actor.record_id)
    return gone_on(kept, delays(tx)) if kept.told_on else None


def silent_since(on: date, active_months: int) -> tuple[ColumnElement[bool], ...]:
    """What keeps the cards that may be due for the archive that day, and a few more: the rule decides."""
    # Months are not of one length: a few days more than the rule may ask, never fewer.
    after = add_months(on, -active_months) + timedelta(days=4)
    recent = [
        select(literal(1)).where(_contact.c.record_id == _record.c.id, _contact.c.made_on > after, *_SPOKEN).exists(),
        select(literal(1)).where(_enrolment.c.record_id == _record.c.id, _enrolment.c.entered_on > after).exists(),
        select(literal(1)).where(_exit.c.record_id == _record.c.id, _exit.c.event_on > after, *_LEFT).exists(),
    ]
    return (_record.c.recorded_at < start_of_day(after), *[~one for one in recent])


def is_held(tx: Transaction, cards: Collection[str]) -> bool:
    """Whether a hold for a litigation forbids to erase those cards today."""
    query = select(_hold.c.id).where(_hold.c.record_id.in_(list(cards)), _stands(tx.today)).limit(1)
    return tx.execute(query).first() is not None


def retention_state(tx: Transaction, *, forgotten: int) -> RetentionState:
    """How the whole base stands."""
    people = select(func.count(func.distinct(_record.c.canonical_id)))
    total: int = tx.execute(people).scalar_one()
    archived = func.count(func.distinct(_record.c.canonical_id))
    joined = select(archived).select_from(_record.join(_archived, _archived.c.record_id == _record.c.id))
    closed: int = tx.execute(joined).scalar_one()
    told: int = tx.execute(joined.where(_archived.c.told_on.is_not(None))).scalar_one()
    held: int = tx.execute(select(func.count(func.distinct(_hold.c.record_id))).where(_stands(tx.today))).scalar_one()
    return RetentionState(active=total - closed, archived=closed, told=told, held=held, forgotten=forgotten)


def evidence_kept(tx: Transaction, scheme_id: str) -> tuple[int, date | None]:
    """How many steps of people forgotten since are kept for the audit of that scheme, and until which day the last."""
    asked = select(func.count().label("number"), func.max(_evidence.c.kept_until).label("until")).where(
        _evidence.c.scheme_id == scheme_id
    )
    row: Any = tx.execute(asked).one()
    return row.number, row.until


def _stands(on: date) -> ColumnElement[bool]:
    return _hold.c.lifted_at.is_(None) & (_hold.c.until_on >= on)


def _candidates(tx: Transaction, delays: Delays, on: date) -> list[str]:
    """More people than those of whom something is to be done: the rule decides."""
    silent = select(_record.c.canonical_id).where(*silent_since(on, delays.active_months))
    archived = select(_record.c.canonical_id).join(_archived, _archived.c.record_id == _record.c.id)
    found = silent.union(archived).subquery()
    rows = tx.execute(select(found.c.canonical_id).order_by(found.c.canonical_id))
    return [row.canonical_id for row in rows]


def _kept(tx: Transaction, people: Sequence[str]) -> dict[str, tuple[tuple[str, ...], Kept]]:
    cards = tx.execute(_CARDS, {"people": list(people)}).all()
    whose = {row.id: row.canonical_id for row in cards}
    asked = {"cards": list(whose), "now": tx.now}
    last: dict[str, date] = {}
    for row in cards:
        made = local_day(row.recorded_at)
        last[row.canonical_id] = max(last.get(row.canonical_id, made), made)
    for query in _LAST_OF:
        for row in tx.execute(query, asked):
            last[whose[row.record_id]] = max(last[whose[row.record_id]], _day(row.last))
    busy = {whose[row.record_id] for row in tx.execute(_BUSY, asked)}
    archived = _latest(tx, select(_archived).where(_OF["archived"]), asked, whose)
    held = _holds(tx, asked, whose)
    return {
        person: (
            tuple(sorted(card for card, stands in whose.items() if stands == person)),
            Kept(
                last_on=day,
                is_busy=person in busy,
                archived_on=archived[person][0] if person in archived else None,
                told_on=archived[person][1] if person in archived else None,
                held_until=held.get(person),
            ),
        )
        for person, day in last.items()
    }


def _latest(
    tx: Transaction, query: Select[Any], asked: Mapping[str, Any], whose: Mapping[str, str]
) -> dict[str, tuple[date, date | None]]:
    """person → since when she is archived and told: all her cards must be, the last one counts."""
    rows = list(tx.execute(query, asked))
    closed = {row.record_id: row for row in rows}
    result = {}
    for person in set(whose.values()):
        cards = [card for card, stands in whose.items() if stands == person]
        if all(card in closed for card in cards):
            told = [closed[card].told_on for card in cards]
            result[person] = (
                max(closed[card].archived_on for card in cards),
                max(told) if all(told) else None,
            )
    return result


def _holds(tx: Transaction, asked: Mapping[str, Any], whose: Mapping[str, str]) -> dict[str, date]:
    found: dict[str, date] = {}
    query = select(_hold.c.record_id, _hold.c.until_on).where(_OF["hold"], _hold.c.lifted_at.is_(None))
    for row in tx.execute(query, asked):
        person = whose[row.record_id]
        found[person] = max(found.get(person, row.until_on), row.until_on)
    return found


def _day(value: Any) -> date:
    return local_day(value) if hasattr(value, "hour") else value


@dataclass(frozen=True, kw_only=True)
class StandingHold:
    """One hold that stands, for the operator: never why. `structure_id` is empty for the operator's own."""

    id: str
    record_id: str
    structure_id: str
    until_on: date


def standing_holds(tx: Transaction) -> list[StandingHold]:
    """Every hold that stands today, whoever laid it, the first to end first. Who may is for the caller to say."""
    columns = (_hold.c.id, _hold.c.record_id, _hold.c.structure_id, _hold.c.until_on)
    rows = tx.execute(select(*columns).where(_stands(tx.today)).order_by(_hold.c.until_on, _hold.c.id))
    return [StandingHold(**row._mapping) for row in rows]
