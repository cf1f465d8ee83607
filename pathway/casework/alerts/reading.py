"""What was recorded of pathways at a cut-off, for the rules: once for all who follow a person, and once more for each
sensitive structure that wrote about her."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Row, and_, or_, select

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.alerts.facts import (
    ContactFact,
    EarlyExit,
    ExitFact,
    MissedAppointment,
    OpenPoint,
    PersonFacts,
    ReferentFact,
    RelayFact,
    SharingFact,
    Support,
)
from pathway.casework.alerts.rows import WITHOUT_SOLUTION, Rows, written
from pathway.casework.alerts.tables import WorkSeen
from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.casework.followup.rules import ExitKind
from pathway.casework.partners.rules import Role
from pathway.casework.partners.tables import Absence, Membership, Structure
from pathway.casework.relays.rules import RelayState
from pathway.casework.schemes.rules import Intensity
from pathway.casework.sharing.tables import Record
from pathway.kernel.clock import local_day
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_absence = table_of(Absence)
_account = table_of(Account)
_membership = table_of(Membership)
_record = table_of(Record)
_structure = table_of(Structure)
_work = table_of(WorkSeen)

_COMMON = ""
_THEIRS = select(_record.c.id, _record.c.canonical_id).where(among(_record.c.canonical_id, "people"))
_HELD = _THEIRS.order_by(_record.c.id).with_for_update(key_share=True)
_BEGAN = select(_record.c.id, _record.c.recorded_at).where(among(_record.c.id, "cards"))
_SECRET = select(_structure.c.id).where(_structure.c.is_sensitive)
_FOLLOWERS = (Role.COUNSELLOR.value, Role.SUPERVISOR.value)
_HER_OWN_STOP = frozenset({"abandoned", "trial_ended_by_person"})  # exact reasons that say that she stopped herself


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the rules know of the territory at the cut-off: its sensitive structures, who follows people where, and who
    is away for how long without stand-in."""

    at: datetime
    secret: frozenset[str]
    works: frozenset[tuple[str, str]]
    away: Mapping[tuple[str, str], tuple[date, date]]

    @cached_property
    def staffed(self) -> frozenset[str]:
        """The structures where somebody follows people."""
        return frozenset(structure_id for _, structure_id in self.works)


def seen_now(tx: Transaction) -> Seen:
    """The territory at the transaction's instant."""
    return _seen(tx, tx.now, works_now(tx))


def seen_at(tx: Transaction, cutoff: datetime) -> Seen:
    """The territory as the night of that instant saw it."""
    here = and_(_work.c.from_at <= cutoff, or_(_work.c.until_at.is_(None), _work.c.until_at > cutoff))
    rows = tx.execute(select(_work.c.account_id, _work.c.structure_id).where(here))
    return _seen(tx, cutoff, frozenset((row.account_id, row.structure_id) for row in rows))


def works_now(tx: Transaction) -> frozenset[tuple[str, str]]:
    """(account, structure) of everybody who follows people somewhere today."""
    query = (
        select(_membership.c.account_id, _membership.c.structure_id)
        .join(_account, _account.c.id == _membership.c.account_id)
        .where(
            _account.c.state == AccountState.ACTIVE.value,
            _membership.c.role.in_(_FOLLOWERS),
            _membership.c.from_on <= tx.today,
            or_(_membership.c.until_on.is_(None), _membership.c.until_on >= tx.today),
        )
    )
    return frozenset((row.account_id, row.structure_id) for row in tx.execute(query))


def sensitive_structures(tx: Transaction) -> frozenset[str]:
    """The structures whose rows count for themselves only."""
    return frozenset(row.id for row in tx.execute(_SECRET))


def facts_of(tx: Transaction, person: Mapping[str, str], seen: Seen) -> list[PersonFacts]:
    """What was recorded of those people at the cut-off, from append-only rows: any past instant can be asked.

    `person`: every card of theirs → the card that stands for them. First what all who follow each person may see, then
    the circle of each sensitive structure that wrote about her, and of each one she stopped from reading the others.
    """
    began = _began(tx, person)
    rows = written(tx, dict(person), seen.at)
    names = sorted(name for name in set(person.values()) if name in began)
    reader = _Reader(seen=seen, stopped_by_her=_stops(tx, rows, names))
    common = [reader.facts(name, began[name], _COMMON, rows[name]) for name in names]
    apart = [(name, circle) for name in names for circle in sorted(_apart(rows[name], seen.secret))]
    return common + [reader.facts(name, began[name], circle, rows[name]) for name, circle in apart]


def people_of(tx: Transaction, record_ids: Sequence[str], *, hold: bool = False) -> dict[str, str]:
    """card → the card that stands for that person, for every card of those people.

    `hold`: until the transaction ends, nobody else opens or clears alerts about them: an answer being written is waited
    for, or waits and then finds what the night opened.
    """
    query = _HELD if hold else _THEIRS
    return {row.id: row.canonical_id for row in tx.execute(query, {"people": list(record_ids)})}


def _seen(tx: Transaction, at: datetime, works: frozenset[tuple[str, str]]) -> Seen:
    day = local_day(at)
    query = select(_absence).where(
        _absence.c.recorded_at <= at,
        or_(_absence.c.cancelled_at.is_(None), _absence.c.cancelled_at > at),
        _absence.c.stand_in_id.is_(None),
        _absence.c.from_on <= day,
        _absence.c.until_on >= day,
    )
    longest_last = sorted(tx.execute(query), key=lambda row: (row.until_on - row.from_on, row.id))
    away = {(row.account_id, row.structure_id): (row.from_on, row.until_on) for row in longest_last}
    return Seen(at=at, secret=sensitive_structures(tx), works=works, away=away)


def _began(tx: Transaction, person: Mapping[str, str]) -> dict[str, datetime]:
    return {row.id: row.recorded_at for row in tx.execute(_BEGAN, {"cards": sorted(set(person.values()))})}


def _writers(rows: Rows) -> set[str]:
    """The structures behind what may make an alert of theirs."""
    own = (*rows.points, *rows.supports, *rows.exits, *rows.appointments, *rows.relays, *rows.agreements)
    return {row.structure_id for row in own}


def _stopped(rows: Rows) -> frozenset[str]:
    """The structures that she stopped from reading the others: those she named, or all that wrote."""
    named = frozenset(row.structure_id for row in rows.withdrawals)
    return frozenset(_writers(rows)) if "" in named else named


def _apart(rows: Rows, secret: frozenset[str]) -> set[str]:
    return _writers(rows) & (secret | _stopped(rows))


def _stops(tx: Transaction, rows: Mapping[str, Rows], names: Sequence[str]) -> frozenset[str]:
    """The exits she decided herself. Exact reasons are sealed: opened only where a structure wrote several exits."""
    found = []
    for name in names:
        ended = [row for row in rows[name].exits if row.kind in WITHOUT_SOLUTION and not row.is_short_activity]
        by_structure = [row.structure_id for row in ended]
        found += [row for row in ended if by_structure.count(row.structure_id) > 1]
    opened = (
        (row.id, tx.sealing.open_value(row.record_id, "scheme_exit", row.id, row.reason)["reason"]) for row in found
    )
    return frozenset(exit_id for exit_id, reason in opened if reason in _HER_OWN_STOP)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Makes the facts of one person for one circle out of the rows written about her."""

    seen: Seen
    stopped_by_her: frozenset[str]

    def facts(self, record_id: str, began: datetime, circle: str, everything: Rows) -> PersonFacts:
        stopped = _stopped(everything)
        rows = self._told(everything, circle, is_own_only=circle in stopped)
        ended = rows.exits[-1] if rows.exits else None
        last = rows.contacts[-1] if rows.contacts else None
        quiet_kind = ended.kind if ended is not None and not rows.supports else None
        heard = {row.structure_id: row.made_on for row in rows.contacts}
        return PersonFacts(
            record_id=record_id,
            circle=circle,
            apart=stopped if circle == _COMMON else frozenset(),
            is_own_only=circle in stopped,
            points=tuple(_point_fact(row) for row in rows.points),
            supports=tuple(_support(row) for row in rows.supports),
            last_contact=ContactFact(contact_id=last.id, on=last.made_on) if last is not None else None,
            last_exit=_exit_fact(ended) if ended is not None else None,
            is_paused=quiet_kind == ExitKind.PAUSED and bool(rows.points),
            is_exempt=quiet_kind == ExitKind.CLOSED,
            late_set_aside_on=_late_set_aside(rows.asides),
            follow_from=_follow_from(began, rows.supports, ended),
            missed=_missed(self._staffed(rows.appointments)),
            relays=tuple(_relay_fact(row, rows, is_told=self._tells(row, circle)) for row in rows.relays),
            early_exits=tuple(self._early(row) for row in self._staffed(rows.exits) if _may_be_early(row)),
            referent=self._referent(record_id, everything.referents, circle, is_own_only=circle in stopped),
            sharing=_sharing(rows),
            heard_on=tuple(sorted(heard.items())),
        )

    def _told(self, rows: Rows, circle: str, *, is_own_only: bool) -> Rows:
        """What those of that circle may see: nothing of another sensitive structure, nor of any other when she stopped
        them. A stop of all names no structure."""
        secret = self.seen.secret

        def told(kept: Sequence[Row[Any]]) -> list[Row[Any]]:
            if is_own_only:
                return [row for row in kept if row.structure_id in (circle, "")]
            return [row for row in kept if row.structure_id == circle or row.structure_id not in secret]

        # A structure sets its own alerts aside, never those of a sensitive one, nor the reverse.
        asides = [row for row in rows.asides if circle in (_COMMON, row.structure_id)]
        return replace(
            rows,
            points=told(rows.points),
            supports=told(rows.supports),
            contacts=told(rows.contacts),
            exits=told(rows.exits),
            appointments=told(rows.appointments),
            relays=told(rows.relays),
            agreements=told(rows.agreements),
            withdrawals=told(rows.withdrawals),
            asides=asides,
        )

    def _tells(self, relay: Row[Any], circle: str) -> bool:
        """Whether those of that circle know what the structure that received the relay did since."""
        there = relay.to_structure_id
        return there == circle or there not in self.seen.secret

    def _staffed(self, kept: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Those of structures where somebody works: nobody would read what one that has closed alone may know."""
        return [row for row in kept if row.structure_id in self.seen.staffed]

    def _referent(
        self, record_id: str, rows: Sequence[Row[Any]], circle: str, *, is_own_only: bool
    ) -> ReferentFact | None:
        """The référent of the card that stands, else of another card; one of a sensitive structure is known to the
        others only as somebody, and any other to whoever reads only what it wrote."""
        if not rows:
            return None
        row = next((one for one in rows if one.record_id == record_id), rows[0])
        key = (row.account_id, row.structure_id)
        since_on = local_day(row.from_at)
        if row.structure_id != circle and is_own_only:
            return ReferentFact(account_id="", structure_id="", since_on=since_on)
        if row.structure_id in self.seen.secret and row.structure_id != circle:
            return ReferentFact(account_id="", structure_id="", since_on=since_on) if key in self.seen.works else None
        away_from_on, away_until_on = self.seen.away.get(key, (None, None))
        return ReferentFact(
            account_id=row.account_id,
            structure_id=row.structure_id,
            since_on=since_on,
            works=key in self.seen.works,
            away_from_on=away_from_on,
            away_until_on=away_until_on,
        )

    def _early(self, row: Row[Any]) -> EarlyExit:
        return EarlyExit(
            exit_id=row.id,
            structure_id=row.structure_id,
            entered_on=row.entered_on,
            event_on=row.event_on,
            planned_end_on=row.planned_end_on,
            is_stopped_by_her=row.id in self.stopped_by_her,
        )


def _late_set_aside(asides: Sequence[Row[Any]]) -> tuple[tuple[str, date], ...]:
    """When each structure last did, whichever of her cards it was about."""
    last: dict[str, date] = {}
    for row in asides:
        last[row.structure_id] = max(last.get(row.structure_id, date.min), local_day(row.at))
    return tuple(sorted(last.items()))


def _may_be_early(row: Row[Any]) -> bool:
    return row.kind in WITHOUT_SOLUTION and not row.is_short_activity


def _missed(appointments: Sequence[Row[Any]]) -> tuple[MissedAppointment, ...]:
    """Those missed in each structure since the last one she kept there."""
    kept_at = {row.structure_id: row.starts_at for row in appointments if row.state == AppointmentState.ATTENDED.value}
    return tuple(
        MissedAppointment(appointment_id=row.id, on=local_day(row.starts_at), structure_id=row.structure_id)
        for row in appointments
        if row.state == AppointmentState.MISSED.value
        and (row.structure_id not in kept_at or row.starts_at > kept_at[row.structure_id])
    )


def _relay_fact(row: Row[Any], rows: Rows, *, is_told: bool) -> RelayFact:
    # What a sensitive structure did stays there: it is never said to be late.
    since_on = local_day(row.since_at)
    return RelayFact(
        relay_id=row.id,
        from_structure_id=row.structure_id,
        to_structure_id=row.to_structure_id,
        state=RelayState(row.state),
        since_on=since_on,
        next_on=row.appointment_on,
        was_held=not is_told or _was_held(rows, row.to_structure_id, since_on),
    )


def _was_held(rows: Rows, structure_id: str | None, since: date) -> bool:
    """Whether that structure met or reached her from that day on."""
    met = (local_day(row.starts_at) for row in rows.appointments if _is_kept(row) and row.structure_id == structure_id)
    reached = (row.made_on for row in rows.contacts if row.structure_id == structure_id)
    entered = (row.entered_on for row in rows.supports if row.structure_id == structure_id)
    return any(day >= since for days in (met, reached, entered) for day in days)


def _is_kept(row: Row[Any]) -> bool:
    return bool(row.state == AppointmentState.ATTENDED.value)


def _sharing(rows: Rows) -> tuple[SharingFact, ...]:
    """What ends of the sharing with the structures in which a step is open."""
    active = sorted({row.structure_id for row in rows.supports})
    last = {row.structure_id: row for row in rows.agreements}
    ends = [
        SharingFact(cause_id=last[name].id, structure_id=name, ends_on=local_day(last[name].until_at))
        for name in active
        if name in last
    ]
    stops = [
        SharingFact(cause_id=row.id, structure_id=name, stopped_on=local_day(row.from_at))
        for row in rows.withdrawals
        for name in active
        if row.structure_id in ("", name)
    ]
    return (*ends, *stops)


def _follow_from(began: datetime, supports: Sequence[Row[Any]], ended: Row[Any] | None) -> date:
    if supports:
        first: date = min(row.entered_on for row in supports)
        return first
    since: date = ended.event_on if ended is not None else local_day(began)
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
        ends_on=row.planned_end_on,
    )


def _exit_fact(row: Row[Any]) -> ExitFact:
    return ExitFact(
        exit_id=row.id,
        kind=ExitKind(row.kind),
        event_on=row.event_on,
        structure_id=row.structure_id,
        ends_on=row.ends_on,
    )
