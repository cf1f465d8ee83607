"""The few statements that write appointments, each leaving its trace, and the letter that says their hour."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from pathway.casework.encounters.queries import AppointmentView
from pathway.casework.encounters.silence import is_silent
from pathway.casework.encounters.tables import Appointment, AppointmentChange
from pathway.casework.sharing.actions import tell_her
from pathway.kernel.errors import Conflict
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import Meeting
from pathway.store.transaction import Transaction

_appointment = table_of(Appointment)
_change = table_of(AppointmentChange)

HER_APPOINTMENTS_PATH = "/mes-rendez-vous"
CHANGED = marked("Ce rendez-vous vient d’être modifié par quelqu’un d’autre. Rechargez la page.")


def change_appointment(tx: Transaction, found: AppointmentView, **changes: Any) -> None:
    """Change an appointment as it was read and keep the trace; `Conflict` when somebody changed it in between."""
    here = (_appointment.c.id == found.id, _appointment.c.version == found.version)
    done = tx.execute(update(_appointment).where(*here).values(version=found.version + 1, **changes))
    if done.rowcount != 1:
        raise Conflict(CHANGED)
    before = {
        "id": found.id,
        "record_id": found.card_id,
        "account_id": found.account_id,
        "starts_at": found.starts_at,
        "minutes": found.minutes,
        "way": found.way.value,
        "state": found.state.value,
    }
    tx.execute(insert(_change), change_row(tx, {**before, **changes}, found.version + 1))


def change_row(tx: Transaction, row: dict[str, Any], number: int) -> dict[str, Any]:
    """The trace of an appointment as it stands from now on."""
    kept = ("record_id", "account_id", "starts_at", "minutes", "way", "state")
    return {
        "appointment_id": row["id"],
        "number": number,
        **{name: row[name] for name in kept},
        "changed_by": tx.actor.account_id,
        "recorded_at": tx.now,
    }


def tell_hour(
    tx: Transaction,
    record_id: str,
    kind: LetterKind,
    appointment_id: str,
    version: int,
    starts_at: datetime,
    minutes: int,
) -> None:
    """Tell her of one appointment, with its hour. The same change is told once; nothing is when she is `is_silent`."""
    if is_silent(tx, record_id, appointment_id):
        return
    meeting = Meeting(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes), ref=appointment_id)
    key = f"{kind.value}:{appointment_id}:{version}"
    tell_her(tx, record_id, kind, HER_APPOINTMENTS_PATH, key=key, meeting=meeting)


def tell_called_off(tx: Transaction, found: AppointmentView) -> None:
    """Tell her that one appointment is called off, by the hour she knows; `found`: as it was before."""
    kind, number = LetterKind.APPOINTMENT_CANCELLED, found.version + 1
    tell_hour(tx, found.card_id, kind, found.id, number, found.starts_at, found.minutes)
