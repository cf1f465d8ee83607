"""The state of the instance in counts, and its last nights. No name, no record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from pathway.casework.lifecycle.forgetting import tombstones
from pathway.casework.oversight.queries import late_counts
from pathway.casework.reports.queries import NightLine, instance_counts, last_nights
from pathway.casework.reports.vocabulary import said_step
from pathway.casework.retention.queries import RetentionState, retention_state
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.settings import Settings
from pathway.store.key_states import key_states, overdue
from pathway.store.outbox import QueueState, queue_state
from pathway.store.tables import Channel
from pathway.web.gate import allow, gate

_LATE_AFTER_DAYS = 1
_MAIL_LATE_AFTER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class InstancePage:
    """What the operator reads. `nights`: each with its unfinished steps, named. `last_night`: the last whole one.

    `oversight`: accesses to explain or to review that are late, or that nobody can handle.
    `keys`: what is to be done with the keys, that nothing does by itself.
    `queue`: the letters to send; late when the oldest has waited more than an hour.
    """

    counts: dict[str, int]
    oversight: dict[str, int]
    kept: RetentionState
    keys: tuple[str, ...]
    nights: tuple[tuple[NightLine, str], ...]
    last_night: date | None
    is_night_late: bool
    queue: QueueState
    is_mail_late: bool
    territory: str
    engine: str


@allow(Permission.INSTANCE_READ)
def view() -> ResponseReturnValue:
    """Show counts, health and the last nights."""
    here = gate()
    with here.reading() as tx:
        nights = last_nights(tx)
        last_night = _last_whole(nights)
        # Where messages have no way to leave, none of them is late.
        settings: Settings = current_app.extensions["carte_settings"]
        queue = queue_state(tx, None if settings.sends_sms else Channel.EMAIL)
        states = key_states(tx.connection, here.store.keyring, now=tx.now)
        page = InstancePage(
            counts=instance_counts(tx),
            oversight=late_counts(tx),
            kept=retention_state(tx, forgotten=len(tombstones(tx))),
            keys=tuple(overdue(states, now=tx.now, retention=timedelta(days=settings.backup_days))),
            nights=tuple((one, ", ".join(said_step(step) for step in one.unfinished)) for one in nights),
            last_night=last_night,
            is_night_late=last_night is None or (tx.today - last_night).days > _LATE_AFTER_DAYS,
            queue=queue,
            is_mail_late=queue.oldest_at is not None and tx.now - queue.oldest_at > _MAIL_LATE_AFTER,
            territory=here.store.territory,
            engine="PostgreSQL" if here.store.engine.dialect.name == "postgresql" else "SQLite",
        )
        tx.journal("read_instance")
    return render_template("operator/instance.html", page=page)


def _last_whole(nights: Sequence[NightLine]) -> date | None:
    return next((one.night for one in nights if not one.unfinished), None)
