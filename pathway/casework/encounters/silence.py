"""Of which appointments nothing is said: those of a structure she told that she wants no follow-up."""

from sqlalchemy import bindparam, select

from pathway.casework.encounters.tables import Appointment
from pathway.casework.enrolments.tables import SchemeExit
from pathway.casework.followup.rules import ExitKind
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.casework.sharing.queries import of_person, same_person
from pathway.casework.sharing.silence import has_died
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_appointment = table_of(Appointment)
_exit = table_of(SchemeExit)

_REFUSED = exit_reason("follow_up_refused")
_ENDS = (
    select(_exit.c.id, _exit.c.record_id, _exit.c.reason)
    .select_from(_exit.join(_appointment, _appointment.c.id == bindparam("appointment_id")))
    .where(
        of_person(_exit.c.record_id),
        _exit.c.cancelled_at.is_(None),
        _exit.c.kind == ExitKind.CLOSED.value,
        _exit.c.structure_id == _appointment.c.structure_id,
        _exit.c.recorded_at >= _appointment.c.recorded_at,
    )
)


def is_silent(tx: Transaction, record_id: str, appointment_id: str) -> bool:
    """Whether nothing is said of that appointment: she died, or told its own structure that she wants no follow-up,
    since it was planned. The reason is read for this alone, and shown to nobody."""
    if has_died(tx, same_person(tx, record_id)):
        return True
    for row in tx.execute(_ENDS, {"record_id": record_id, "appointment_id": appointment_id}).all():
        reason = tx.sealing.open_value(row.record_id, "scheme_exit", row.id, row.reason)["reason"]
        if reason == _REFUSED.code:
            return True
    return False
