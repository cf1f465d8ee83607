"""About whom something was recorded after a cut-off: what a night must know, since its facts stop there."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, bindparam, or_, select, union

from pathway.casework.agreements.tables import Agreement
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.encounters.tables import AppointmentChange
from pathway.casework.enrolments.tables import Enrolment, EnrolmentMove, SchemeExit
from pathway.casework.followup.tables import ContactAttempt, PointChange
from pathway.casework.links.tables import CardLink
from pathway.casework.partners.tables import Absence
from pathway.casework.records.tables import Referent
from pathway.casework.relays.tables import RelayChange
from pathway.casework.schemes.tables import SchemeChange
from pathway.casework.sharing.tables import Withdrawal
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_absence = table_of(Absence)
_alert = table_of(Alert)
_change = table_of(AlertChange)
_enrolment = table_of(Enrolment)
_link = table_of(CardLink)
_referent = table_of(Referent)
_scheme_change = table_of(SchemeChange)

_SINCE = bindparam("since", type_=_change.c.recorded_at.type)
# When each kind of row was written, and when what it said was taken back.
_WRITTEN: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (table_of(PointChange), ("recorded_at",)),
    (table_of(ContactAttempt), ("recorded_at", "undone_at")),
    (_enrolment, ("recorded_at",)),
    (table_of(SchemeExit), ("recorded_at", "cancelled_at")),
    (table_of(EnrolmentMove), ("moved_at",)),
    (table_of(AppointmentChange), ("recorded_at",)),
    (table_of(RelayChange), ("recorded_at",)),
    (_referent, ("from_at", "until_at")),
    (table_of(Agreement), ("given_at", "withdrawn_at")),
    (table_of(Withdrawal), ("from_at", "until_at")),
)


def touched_since(tx: Transaction, since: datetime, *, cards: Collection[str]) -> set[str]:
    """The cards, among those, about which something was recorded after that instant."""
    return set(tx.execute(_THOSE, {"since": since, "cards": sorted(cards)}).scalars())


def anybody_since(since: datetime) -> Select[Any]:
    """A select of every card (`record_id`) about which something was recorded after that instant."""
    return select(_ANYBODY.subquery()).params(since=since)


def _later(*columns: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(*(column > _SINCE for column in columns))


def _touched(*, is_narrowed: bool) -> CompoundSelect[Any]:
    def about(card: ColumnElement[str], later: ColumnElement[bool]) -> Select[Any]:
        return select(card.label("record_id")).where(and_(among(card, "cards"), later) if is_narrowed else later)

    linked = _later(_link.c.linked_at, _link.c.ended_at)
    away = and_(
        _absence.c.account_id == _referent.c.account_id,
        _absence.c.structure_id == _referent.c.structure_id,
        _later(_absence.c.recorded_at, _absence.c.cancelled_at),
    )
    return union(
        *(about(table.c.record_id, _later(*(table.c[name] for name in names))) for table, names in _WRITTEN),
        about(_link.c.record_id, linked),
        about(_link.c.other_id, linked),
        about(_alert.c.record_id, _later(_change.c.recorded_at)).join(_change, _change.c.alert_id == _alert.c.id),
        about(_referent.c.record_id, _referent.c.until_at.is_(None)).join(_absence, away),
        about(_enrolment.c.record_id, _later(_scheme_change.c.changed_at)).join(
            _scheme_change, _scheme_change.c.scheme_id == _enrolment.c.scheme_id
        ),
    )


_ANYBODY = _touched(is_narrowed=False)
_THOSE = _touched(is_narrowed=True)
