"""To whom nothing is sent any more: a telephone that rings for somebody who died is not forgotten."""

from collections.abc import Sequence

from sqlalchemy import BindParameter, LargeBinary, bindparam, column, exists, select, table

from pathway.store.transaction import Transaction

# Entries and exits are written above, in `enrolments`; who tells her stands below, and reads these words of them.
ENTRY, EXIT, REASON, CLOSED, DEATH = "enrolment", "scheme_exit", "reason", "closed", "death"

_exit = table(
    EXIT,
    column("id"),
    column("record_id"),
    column("kind"),
    column(REASON, LargeBinary),
    column("recorded_at"),
    column("cancelled_at"),
)
_enrolment = table(ENTRY, column("record_id"), column("recorded_at"), column("exited_at"))
_CARDS: BindParameter[str] = bindparam("cards", expanding=True)
_CAME_SINCE = exists().where(
    _enrolment.c.record_id.in_(_CARDS),
    _enrolment.c.recorded_at > _exit.c.recorded_at,
    _enrolment.c.exited_at.is_(None),
)
_CLOSED = select(_exit.c.id, _exit.c.record_id, _exit.c.reason).where(
    _exit.c.record_id.in_(_CARDS),
    _exit.c.kind == CLOSED,
    _exit.c.cancelled_at.is_(None),
    ~_CAME_SINCE,
)


def has_died(tx: Transaction, cards: Sequence[str]) -> bool:
    """Whether any structure recorded the death of the person of those cards, in an exit that stands.

    Somebody who entered anywhere since is alive: it was an error. It is read for this alone, and shown to nobody.
    """
    for row in tx.execute(_CLOSED, {"cards": list(cards)}).all():
        if tx.sealing.open_value(row.record_id, EXIT, row.id, row.reason)[REASON] == DEATH:
            return True
    return False
