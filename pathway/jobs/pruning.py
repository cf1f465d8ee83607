"""Pruning the journal lot by lot: how far it may go, who may, and until when others wait."""

from collections.abc import Callable
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import Connection

from pathway.kernel.clock import Clock, local_day
from pathway.kernel.errors import Refused
from pathway.kernel.wording import said_date
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.pruning import LOT, may_prune, oldest_at, prune
from pathway.store.transaction import Transaction

_TOO_RECENT = (
    "Le journal est gardé {months} mois (CARTE_JOURNAL_MONTHS) : rien ne s’élague à partir du {day}. Choisissez un "
    "jour plus ancien."
)
_NO_RIGHT = (
    "Ce compte de la base ne peut rien retirer du journal : c’est voulu. Lancez cette commande avec le rôle qui élague "
    "(« ./carte database roles »)."
)


def kept_from(clock: Clock, *, months: int, before: date | None = None) -> date:
    """The first day that is kept: that one, or the one those months say. `Refused` for a later one."""
    first = local_day(clock.now()) - relativedelta(months=months)
    if before is not None and before > first:
        raise Refused(_TOO_RECENT.format(months=months, day=said_date(first)))
    return before or first


def check_may_prune(connection: Connection) -> None:
    """`Refused` when this account of the base has no right to."""
    if not may_prune(connection):
        raise Refused(_NO_RIGHT)


def is_due(connection: Connection, before: datetime) -> bool:
    """Whether the oldest entry is older than that."""
    oldest = oldest_at(connection)
    return oldest is not None and oldest < before


def prune_all(
    store: Store, clock: Clock, *, before: datetime, total: int, report: Callable[[int, int], None], lot: int = LOT
) -> int:
    """Prune every entry older than that instant, a lot a transaction; gives how many. Safe to stop and run again."""
    done = 0
    while _is_due(store, clock, before):
        with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
            done += prune(tx, before=before, lot=lot).count
        report(min(done, total), total)
    return done


def _is_due(store: Store, clock: Clock, before: datetime) -> bool:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        return is_due(tx.connection, before)
