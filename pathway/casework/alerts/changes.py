"""Keeping what happens to an alert: append only, by whom and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)

_LAST = (  # built once: every lot of a night asks it
    select(
        _change.c.alert_id,
        func.max(_change.c.version).label("version"),
        func.max(_change.c.recorded_at).label("recorded_at"),
    )
    .where(_change.c.alert_id.in_(bindparam("alerts", expanding=True)))
    .group_by(_change.c.alert_id)
)
# Giving an alert or putting it off says nothing of her answer to whoever will read it.
_READS = frozenset({AlertChangeKind.NOTED, AlertChangeKind.DISMISSED})


def hold_alert(tx: Transaction, alert_id: str) -> None:
    """Nobody else does anything with that alert until this is written: what is read of it next is how it stands."""
    tx.execute(select(_alert.c.id).where(_alert.c.id == alert_id).with_for_update())


def note_change(
    tx: Transaction, record_id: str, alert_id: str, change: AlertChangeKind, *, note: str = "", **more: Any
) -> None:
    """Keep one thing that happened to an alert of that card; the note, if any, is sealed under the card.

    An answer of the person waits to be read from then on, until it is noted as read or the alert is set aside.
    """
    last = tx.execute(select(func.max(_change.c.version)).where(_change.c.alert_id == alert_id)).scalar_one()
    version = (last or 0) + 1
    place = f"{alert_id}-{version}"
    values = {
        "alert_id": alert_id,
        "version": version,
        "change": change.value,
        "changed_by": tx.actor.account_id,
        "note": tx.sealing.seal_value(record_id, "alert_change", place, {"note": note}) if note else None,
        "recorded_at": tx.now,
        **more,
    }
    tx.execute(insert(_change).values(**values))
    if change is AlertChangeKind.ANSWERED or change in _READS:
        unread = tx.now if change is AlertChangeKind.ANSWERED else None
        tx.execute(update(_alert).where(_alert.c.id == alert_id).values(answered_at=unread))


def note_changes(
    tx: Transaction, change: AlertChangeKind, facts: Mapping[str, str | None], *, at: datetime | None = None
) -> None:
    """Keep the same thing of several alerts in two statements. `facts`: alert id → what it says from then on, if it
    says something else. `at`: the instant whose facts say so, that of the transaction when there is none."""
    if not facts:
        return
    last = {row.alert_id: row for row in tx.execute(_LAST, {"alerts": list(facts)})}
    rows = [
        {
            "alert_id": alert_id,
            "version": last[alert_id].version + 1 if alert_id in last else 1,
            "change": change.value,
            "changed_by": tx.actor.account_id,
            "facts": said,
            # A transaction begun before a night and written after it ends what the night opened, not the reverse.
            "recorded_at": at or (max(tx.now, last[alert_id].recorded_at) if alert_id in last else tx.now),
        }
        for alert_id, said in facts.items()
    ]
    tx.execute(insert(_change), rows)
