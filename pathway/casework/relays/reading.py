"""Relays as they are kept, opened into what the two sides and the person read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from pathway.casework.relays.rules import (
    PENDING,
    AgreedWay,
    RefusalReason,
    RelayPurpose,
    RelayResult,
    RelayState,
    Side,
)
from pathway.casework.sharing.rules import unpack_sections
from pathway.store.transaction import Transaction

_AS_THEY_ARE = (
    "id",
    "record_id",
    "from_structure_id",
    "sent_by",
    "to_structure_id",
    "plan_id",
    "hands_over",
    "due_on",
    "reminded_on",
    "first_appointment_on",
    "recorded_at",
    "sent_at",
    "acknowledged_at",
    "ended_at",
    "version",
)


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A receiver outside the platform, as the sender wrote it: empty texts for what is not known."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class RelayView:
    """One relay, opened for one of its sides. `message` is read by the two structures and by her; `outside` is None for
    a structure of the platform."""

    id: str
    record_id: str
    from_structure_id: str
    sent_by: str
    to_structure_id: str | None
    plan_id: str | None
    purpose: RelayPurpose
    agreed_way: AgreedWay | None
    sections: frozenset[str]
    hands_over: bool
    state: RelayState
    message: str
    outside: Outside | None
    due_on: date | None
    reminded_on: date | None
    first_appointment_on: date | None
    refusal: RefusalReason | None
    result: RelayResult | None
    recorded_at: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    ended_at: datetime | None
    version: int

    @property
    def is_outside(self) -> bool:
        """Whether its receiver is outside the platform."""
        return self.to_structure_id is None

    @property
    def is_pending(self) -> bool:
        """Whether something is still expected."""
        return self.state in PENDING


@dataclass(frozen=True, kw_only=True)
class ChangeView:
    """One step of its life: where it led, from which side, when, what was noted (sealed; empty texts if nothing)."""

    state: RelayState
    side: Side
    structure_id: str
    account_id: str
    note: Mapping[str, str]
    at: datetime


def view_of(tx: Transaction, row: Row[Any]) -> RelayView:
    """A row of the table, opened. Who may read it is for the caller to say."""
    content = opened(tx, row.record_id, "relay", row.id, row.content)
    names = ("name", "email", "phone", "address")
    outside = Outside(**{name: content.get(name, "") for name in names}) if row.to_structure_id is None else None
    kept = {name: getattr(row, name) for name in _AS_THEY_ARE}
    return RelayView(
        **kept,
        purpose=RelayPurpose(row.purpose),
        agreed_way=AgreedWay(row.agreed_way) if row.agreed_way else None,
        sections=unpack_sections(row.sections),
        state=RelayState(row.state),
        message=content.get("message", ""),
        outside=outside,
        refusal=RefusalReason(row.refusal) if row.refusal else None,
        result=RelayResult(row.result) if row.result else None,
    )


def opened(tx: Transaction, record_id: str, table: str, row_id: str, blob: bytes | None) -> dict[str, str]:
    """What was sealed with a row; nothing when nothing was."""
    return dict(tx.sealing.open_value(record_id, table, row_id, blob)) if blob else {}
