"""Rows of the tables that a night reads, as the actions write them, for invented people by the thousand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, insert

from pathway.casework.accounts.tables import Account
from pathway.casework.agreements.rules import AgreementWay, Purpose
from pathway.casework.agreements.tables import Agreement
from pathway.casework.encounters.tables import Appointment, AppointmentChange
from pathway.casework.encounters.vocabulary import AppointmentState, AppointmentWay
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.rules import DEFAULT_POLICY, Channel, ContactResult, ExitKind, PointKind, PointState
from pathway.casework.followup.tables import ContactAttempt, Plan, Point, PointChange
from pathway.casework.links.tables import CardLink
from pathway.casework.partners.tables import Membership
from pathway.casework.records.tables import Referent
from pathway.casework.relays.rules import AgreedWay, RelayPurpose, RelayState, Side
from pathway.casework.relays.tables import Relay, RelayChange
from pathway.casework.sharing.tables import Record, Withdrawal
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

IN_ORDER = tuple(
    table_of(one)
    for one in (
        Account,
        Membership,
        Record,
        Referent,
        Enrolment,
        Plan,
        SchemeExit,
        ContactAttempt,
        Point,
        PointChange,
        Appointment,
        AppointmentChange,
        Relay,
        RelayChange,
        Agreement,
        Withdrawal,
        CardLink,
    )
)


@dataclass(kw_only=True)
class Lot:
    """The rows of some people, by table."""

    tx: Transaction
    draw: Random
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day before whose night they are written."""
        return self.tx.today

    def at(self, days: float) -> datetime:
        """The instant so many days ago."""
        return self.tx.now - timedelta(days=days)

    def day(self, days: int) -> date:
        """The day so many days ago."""
        return self.today - timedelta(days=days)

    def add(self, table: str, **values: Any) -> str:
        """One row; gives its id."""
        kept = {"id": new_id(), **values}
        self.rows.setdefault(table, []).append(kept)
        return str(kept["id"])

    def change(self, table: str, **values: Any) -> None:
        """One row of a history, which has no id of its own."""
        self.rows.setdefault(table, []).append(values)


@dataclass(frozen=True, kw_only=True)
class Her:
    """Whom a life is written about, who follows her, where."""

    record_id: str
    account_id: str
    structure_id: str
    scheme_id: str


def write(lot: Lot) -> None:
    """Write the rows of that lot, in an order that foreign keys allow."""
    lot.tx.sealing.flush()
    for table in IN_ORDER:
        _load(lot.tx.connection, table, lot.rows.get(table.name, []))


def _load(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Those rows in that table by the fastest way each engine has; rows may leave out what may be empty."""
    if not rows:
        return
    columns = [column.name for column in table.columns if any(column.name in row for row in rows)]
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), [{name: row.get(name) for name in columns} for row in rows])
        return
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row.get(name) for name in columns])


def enter(lot: Lot, her: Her, days: int, *, planned: int = -165, exited: int | None = None) -> str:
    return lot.add(
        "enrolment",
        record_id=her.record_id,
        scheme_id=her.scheme_id,
        structure_id=her.structure_id,
        account_id=her.account_id,
        entered_on=lot.day(days),
        planned_end_on=lot.day(planned),
        exited_at=None if exited is None else lot.at(exited),
        recorded_at=lot.at(days),
    )


def leave(
    lot: Lot,
    her: Her,
    days: int,
    kind: ExitKind,
    *,
    open_due: Sequence[int] = (),
    entered: int = 190,
    reason: str = "",
) -> None:
    """An exit so many days ago, the points of its plan done before that, those still open due `open_due` days ago."""
    exit_id, enrolment_id = new_id(), enter(lot, her, entered, exited=days)
    about = {"record_id": her.record_id, "recorded_at": lot.at(days)}
    plan_id = lot.add("plan", **about, kind=kind.value, policy_version=DEFAULT_POLICY.version, event_on=lot.day(days))
    sealed = lot.tx.sealing.seal_value(her.record_id, "scheme_exit", exit_id, {"reason": reason}) if reason else b"-"
    values = {"kind": kind.value, "event_on": lot.day(days), "reason": sealed, "recorded_by": her.account_id}
    here = {"enrolment_id": enrolment_id, "structure_id": her.structure_id, "plan_id": plan_id}
    lot.add("scheme_exit", **{**about, **values, **here, "id": exit_id})
    for due in [days - 7, days - 14, *open_due]:
        point(lot, her, plan_id, due, recorded=days, is_open=due in open_due)


def point(lot: Lot, her: Her, plan_id: str, due: int, *, recorded: int, is_open: bool) -> None:
    state = (PointState.OPEN if is_open else PointState.DONE).value
    common = {"record_id": her.record_id, "structure_id": her.structure_id, "owner_id": her.account_id}
    point_id = lot.add(
        "point",
        **common,
        plan_id=plan_id,
        kind=PointKind.CONTACT.value,
        original_due_on=lot.day(due),
        due_on=lot.day(due),
        is_last=False,
        state=state,
        replans=0,
        to_responsable=False,
        version=1 if is_open else 2,
        closed_at=None if is_open else lot.at(max(due, 0)),
        recorded_at=lot.at(recorded),
    )
    changes = [(PointState.OPEN.value, recorded), *([] if is_open else [(state, max(due, 0))])]
    for number, (stood, days) in enumerate(changes, start=1):
        said = {"point_id": point_id, "number": number, "due_on": lot.day(due), "state": stood, "reason": ""}
        lot.change("point_change", **common, **said, changed_by=her.account_id, recorded_at=lot.at(days))


def spoken(lot: Lot, her: Her, days: int, result: ContactResult = ContactResult.REACHED) -> None:
    lot.add(
        "contact_attempt",
        record_id=her.record_id,
        structure_id=her.structure_id,
        account_id=her.account_id,
        channel=Channel.PHONE.value,
        result=result.value,
        made_on=lot.day(days),
        recorded_at=lot.at(days),
    )


def met(lot: Lot, her: Her, days: int, state: AppointmentState) -> None:
    common = {"record_id": her.record_id, "account_id": her.account_id, "starts_at": lot.at(days)}
    common |= {"minutes": 45, "way": AppointmentWay.IN_PERSON.value}
    appointment_id = lot.add(
        "appointment",
        **common,
        structure_id=her.structure_id,
        state=state.value,
        number=1,
        version=2,
        recorded_at=lot.at(days + 7),
        settled_at=lot.at(days),
        settled_by=her.account_id,
    )
    for number, (stood, ago) in enumerate(((AppointmentState.PLANNED, days + 7), (state, days)), start=1):
        said = {"appointment_id": appointment_id, "number": number, "state": stood.value}
        lot.change("appointment_change", **common, **said, changed_by=her.account_id, recorded_at=lot.at(ago))


def relayed(lot: Lot, her: Her, days: int, state: RelayState) -> None:
    is_pending = state is not RelayState.BOUNCED
    relay_id = lot.add(
        "relay",
        record_id=her.record_id,
        from_structure_id=her.structure_id,
        sent_by=her.account_id,
        to_structure_id=None,
        purpose=RelayPurpose.SUPPORT.value,
        agreed_way=AgreedWay.IN_PERSON.value,
        sections="identity",
        hands_over=False,
        state=state.value,
        content=b"-",
        due_on=lot.day(-20) if is_pending else None,
        recorded_at=lot.at(days + 8),
        sent_at=lot.at(days + 8),
        ended_at=None if is_pending else lot.at(days),
        version=2,
    )
    for number, (stood, ago) in enumerate(((RelayState.SENT, days + 8), (state, days)), start=1):
        said = {"relay_id": relay_id, "number": number, "state": stood.value, "side": Side.SENDER.value}
        here = {"structure_id": her.structure_id, "changed_by": her.account_id}
        lot.change("relay_change", record_id=her.record_id, recorded_at=lot.at(ago), **said, **here)


def agreed(lot: Lot, her: Her, days: int) -> None:
    """An agreement that ends so many days ago."""
    lot.add(
        "agreement",
        record_id=her.record_id,
        structure_id=her.structure_id,
        by_structure_id=her.structure_id,
        recorded_by=her.account_id,
        purpose=Purpose.PATHWAY.value,
        way=AgreementWay.IN_PERSON.value,
        sections="identity",
        recorded_at=lot.at(200),
        given_at=lot.at(200),
        until_at=lot.at(days),
    )


def withdrawn(lot: Lot, her: Her, days: int) -> None:
    """She stopped sharing with that structure so many days ago."""
    lot.add("withdrawal", record_id=her.record_id, structure_id=her.structure_id, from_at=lot.at(days))
