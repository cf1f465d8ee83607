"""What was recorded of pathways at a cut-off, for the rules: once for all who follow a person, and once more for each
sensitive structure that wrote about her."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, func, select

from pathway.casework.alerts.rules import AlertState, ContactFact, ExitFact, OpenPoint, PersonFacts, RuleId, Support
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import ContactResult, ExitKind, PointState
from pathway.casework.followup.tables import ContactAttempt, Point, PointChange
from pathway.casework.partners.tables import Structure
from pathway.casework.schemes.rules import Intensity
from pathway.casework.schemes.tables import Scheme
from pathway.casework.sharing.tables import Record
from pathway.kernel.clock import local_day
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_alert_change = table_of(AlertChange)
_contact = table_of(ContactAttempt)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_point = table_of(Point)
_change = table_of(PointChange)
_record = table_of(Record)
_scheme = table_of(Scheme)
_structure = table_of(Structure)

_COMMON = ""
_SECRET = select(_structure.c.id).where(_structure.c.is_sensitive)

# Built once: every contact, entry and exit reads them, and every lot of the night. Only the columns that are read: what
# happened to somebody only grows.
_CARDS: BindParameter[str] = bindparam("cards", expanding=True)
_CUTOFF = bindparam("cutoff", type_=_change.c.recorded_at.type)
_STOOD = _exit.c.cancelled_at.is_(None) | (_exit.c.cancelled_at > _CUTOFF)
_PEOPLE = select(_record.c.id, _record.c.canonical_id).where(_record.c.canonical_id.in_(_CARDS))
_BEGAN = select(_record.c.id, _record.c.recorded_at).where(_record.c.id.in_(_CARDS))
_LATEST = (
    select(_change.c.point_id, func.max(_change.c.number).label("number"))
    .where(_change.c.record_id.in_(_CARDS), _change.c.recorded_at <= _CUTOFF)
    .group_by(_change.c.point_id)
    .subquery()
)
_OPEN_POINTS = (
    select(
        _change.c.point_id, _change.c.record_id, _change.c.structure_id, _change.c.owner_id, _point.c.original_due_on
    )
    .join(_LATEST, (_LATEST.c.point_id == _change.c.point_id) & (_LATEST.c.number == _change.c.number))
    .join(_point, _point.c.id == _change.c.point_id)
    .where(_change.c.state == PointState.OPEN.value)
    .order_by(_point.c.original_due_on, _point.c.id)
)
_WAS_LEFT = (
    select(_exit.c.id).where(_exit.c.enrolment_id == _enrolment.c.id, _exit.c.recorded_at <= _CUTOFF, _STOOD).exists()
)
_SUPPORTS = (
    select(
        _enrolment.c.id,
        _enrolment.c.record_id,
        _enrolment.c.structure_id,
        _enrolment.c.entered_on,
        _scheme.c.intensity,
    )
    .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
    .where(_enrolment.c.record_id.in_(_CARDS), _enrolment.c.recorded_at <= _CUTOFF, ~_WAS_LEFT)
    .order_by(_enrolment.c.entered_on, _enrolment.c.id)
)
_REACHED = (
    select(_contact.c.id, _contact.c.record_id, _contact.c.structure_id, _contact.c.made_on)
    .where(
        _contact.c.record_id.in_(_CARDS),
        _contact.c.result == ContactResult.REACHED.value,
        _contact.c.recorded_at <= _CUTOFF,
    )
    .order_by(_contact.c.made_on, _contact.c.recorded_at, _contact.c.id)
)
_EXITS = (
    select(_exit.c.id, _exit.c.record_id, _exit.c.structure_id, _exit.c.kind, _exit.c.event_on)
    .where(_exit.c.record_id.in_(_CARDS), _exit.c.recorded_at <= _CUTOFF, _STOOD)
    .order_by(_exit.c.event_on, _exit.c.recorded_at, _exit.c.id)
)
# When R02 was last dismissed, by card and structure.
_ASIDES = (
    select(_alert.c.record_id, _alert.c.structure_id, func.max(_alert_change.c.recorded_at).label("at"))
    .join(_alert_change, _alert_change.c.alert_id == _alert.c.id)
    .where(
        _alert.c.record_id.in_(_CARDS),
        _alert.c.rule == RuleId.R02.value,
        _alert_change.c.change == AlertState.DISMISSED.value,
        _alert_change.c.recorded_at <= _CUTOFF,
    )
    .group_by(_alert.c.record_id, _alert.c.structure_id)
)


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """What was written about one person, whoever wrote it."""

    points: Sequence[Row[Any]]
    supports: Sequence[Row[Any]]
    contacts: Sequence[Row[Any]]
    exits: Sequence[Row[Any]]
    asides: Sequence[Row[Any]]

    def writers(self) -> set[str]:
        """The structures behind what may make an alert of theirs."""
        return {row.structure_id for row in (*self.points, *self.supports, *self.exits)}

    def told_to(self, circle: str, secret: frozenset[str]) -> "_Rows":
        """What those of that circle may see: nothing of another sensitive structure."""

        def told(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
            return [row for row in rows if row.structure_id == circle or row.structure_id not in secret]

        # A structure sets its own alerts aside, never those of a sensitive one, nor the reverse.
        asides = [row for row in self.asides if circle_of(row.structure_id, secret) == circle]
        return _Rows(
            points=told(self.points),
            supports=told(self.supports),
            contacts=told(self.contacts),
            exits=told(self.exits),
            asides=asides,
        )


def sensitive_structures(tx: Transaction) -> frozenset[str]:
    """The structures whose rows count for themselves only."""
    return frozenset(row.id for row in tx.execute(_SECRET))


def circle_of(structure_id: str, secret: frozenset[str]) -> str:
    """The circle whose facts make that structure's alerts: its own if it is sensitive, else the one of all."""
    return structure_id if structure_id in secret else _COMMON


def facts_of(tx: Transaction, record_ids: Sequence[str], *, cutoff: datetime) -> list[PersonFacts]:
    """What was recorded of those pathways at the cut-off, from append-only rows: any past instant can be asked.

    The ids are cards that stand for a person; what her other cards hold counts with them. First what all who follow
    each person may see, then the circle of each sensitive structure that wrote about her.
    """
    secret = sensitive_structures(tx)
    began = _began(tx, record_ids)
    written = _written(tx, people_of(tx, record_ids), cutoff)
    names = [name for name in record_ids if name in began]
    common = [_facts(name, began[name], _COMMON, written[name].told_to(_COMMON, secret)) for name in names]
    apart = [(name, circle) for name in names for circle in sorted(written[name].writers() & secret)]
    return common + [_facts(name, began[name], one, written[name].told_to(one, secret)) for name, one in apart]


def people_of(tx: Transaction, record_ids: Sequence[str]) -> dict[str, str]:
    """card → the card that stands for that person, for every card of those people."""
    return {row.id: row.canonical_id for row in tx.execute(_PEOPLE, {"cards": list(record_ids)})}


def _written(tx: Transaction, person: Mapping[str, str], cutoff: datetime) -> dict[str, _Rows]:
    asked = {"cards": list(person), "cutoff": cutoff}
    points, supports, contacts, exits, asides = (
        _grouped(tx.execute(query, asked), person) for query in (_OPEN_POINTS, _SUPPORTS, _REACHED, _EXITS, _ASIDES)
    )
    return {
        name: _Rows(
            points=points.get(name, []),
            supports=supports.get(name, []),
            contacts=contacts.get(name, []),
            exits=exits.get(name, []),
            asides=asides.get(name, []),
        )
        for name in set(person.values())
    }


def _began(tx: Transaction, record_ids: Sequence[str]) -> dict[str, datetime]:
    return {row.id: row.recorded_at for row in tx.execute(_BEGAN, {"cards": list(record_ids)})}


def _grouped(rows: Iterable[Row[Any]], person: Mapping[str, str]) -> dict[str, list[Row[Any]]]:
    groups: dict[str, list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault(person[row.record_id], []).append(row)
    return groups


def _facts(record_id: str, began: datetime, circle: str, rows: _Rows) -> PersonFacts:
    ended = rows.exits[-1] if rows.exits else None
    last = rows.contacts[-1] if rows.contacts else None
    quiet_kind = ended.kind if ended is not None and not rows.supports else None
    return PersonFacts(
        record_id=record_id,
        circle=circle,
        points=tuple(_point_fact(row) for row in rows.points),
        supports=tuple(_support(row) for row in rows.supports),
        last_contact=ContactFact(contact_id=last.id, on=last.made_on) if last is not None else None,
        last_exit=_exit_fact(ended) if ended is not None else None,
        is_paused=quiet_kind == ExitKind.PAUSED and bool(rows.points),
        is_exempt=quiet_kind == ExitKind.CLOSED,
        late_set_aside_on=max((local_day(row.at) for row in rows.asides), default=None),
        follow_from=_follow_from(began, rows.supports, ended),
    )


def _follow_from(began: datetime, supports: Sequence[Row[Any]], ended: Row[Any] | None) -> date:
    if supports:
        first: date = min(row.entered_on for row in supports)
        return first
    since: date = ended.event_on if ended is not None else began.date()
    return since


def _point_fact(row: Row[Any]) -> OpenPoint:
    # Lateness counts from the first due date: putting a point off never hides that it is late.
    return OpenPoint(
        point_id=row.point_id, due_on=row.original_due_on, structure_id=row.structure_id, owner_id=row.owner_id
    )


def _support(row: Row[Any]) -> Support:
    return Support(
        enrolment_id=row.id,
        structure_id=row.structure_id,
        intensity=Intensity(row.intensity),
        entered_on=row.entered_on,
    )


def _exit_fact(row: Row[Any]) -> ExitFact:
    return ExitFact(exit_id=row.id, kind=ExitKind(row.kind), event_on=row.event_on, structure_id=row.structure_id)
