"""Charging what a request used, telling the responsables, and noting that they looked into it."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import Table, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from pathway.casework.partners.queries import PROFILE
from pathway.casework.usage.queries import mark, marks_seen, owners, responsables, rows_reading, volume_seen
from pathway.casework.usage.rules import (
    COUNTS_LIFE,
    DEFAULT_BUDGETS,
    NOTICES_LIFE,
    Budgets,
    CheckReason,
    Level,
    Meter,
    QuotaReached,
    Reading,
    Scope,
    SeenAs,
    Use,
    began_at,
    crosses_warning,
    ends_at,
    use_of,
)
from pathway.casework.usage.tables import UsageCount, UsageSeen, VolumeNotice
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.outbox import LetterKind, post
from pathway.store.transaction import Transaction

_count = table_of(UsageCount)
_seen = table_of(UsageSeen)
_notice = table_of(VolumeNotice)

_ALERTS = "/alertes"
_OWN_NOTICE = "Ce volume est celui de votre compte : une autre personne responsable doit le vérifier."


def charge(tx: Transaction, *, references: Collection[str] = (), budgets: Budgets = DEFAULT_BUDGETS) -> None:
    """Charge what the transaction says in the journal to the actor and to her structure; warn at 80 %.

    Last thing before the commit, so that counts queue as briefly as the journal does. `references` are the ids in the
    page's address: when they name a step or a point, that page is free for the day once its record was paid for. It
    counts and never refuses: the check was made before reading, so a budget is passed by no more than the requests
    that were in flight when it was spent.
    """
    held = owners(tx)
    use = use_of((act.action, act.records) for act in tx.acts)
    if tx.actor.record_id:
        use = Use(refusals=use.refusals)  # her own record is hers
    for scope in Scope:
        if scope in held:
            _charge_one(tx, scope, held[scope], use, budgets)
    if held and use.opened and use.opened.isdisjoint(references):
        _note_seen(tx, held[Scope.ACCOUNT], SeenAs.REFERENCE, references)


def charge_rows(tx: Transaction, rows: int, *, budgets: Budgets = DEFAULT_BUDGETS) -> None:
    """Charge rows that are about to leave in a file; `QuotaReached` when they do not all fit, and none is charged.

    The door answers it with `record_reached` in a transaction of its own: that survives the rollback.
    """
    if rows < 0:
        raise Invalid("Un nombre de lignes ne peut pas être négatif.")
    over = rows_reading(tx, rows, budgets)
    if over is not None:
        raise QuotaReached(over)
    for scope, who in owners(tx).items():
        _add(tx, scope, who, Meter.ROWS_DAY, rows, budgets)
    # Two files asked at once both found room: the second waited for the first at the count above.
    over = rows_reading(tx, 0, budgets)
    if over is not None:
        raise QuotaReached(over)


def record_reached(tx: Transaction, reading: Reading) -> None:
    """Write down that a budget said no, and tell the responsables of the actor's structure."""
    tx.journal("quota_reached", meter=reading.meter.value, scope=reading.scope.value, count=reading.count)
    who = owners(tx).get(reading.scope)
    if who is not None:
        _tell(tx, who, reading, Level.REACHED)


def check_volume(tx: Transaction, *, notice_id: str, reason: CheckReason | None) -> None:
    """« J’ai vérifié »: a responsable says what she found. Nobody settles what her own account did."""
    if reason is None:
        raise Invalid("Dites ce que vous avez constaté.", field="reason")
    volume = volume_seen(tx, notice_id)
    if volume.account_id == tx.actor.account_id:
        raise Refused(_OWN_NOTICE)
    values = {"checked_at": tx.now, "checked_by": tx.actor.account_id, "reason": reason.value, "used": volume.count}
    tx.execute(update(_notice).where(_notice.c.id == notice_id, _notice.c.checked_at.is_(None)).values(**values))
    tx.journal("check_volume", notice=notice_id, reason=reason.value, account=volume.account_id)


def forget_old_usage(tx: Transaction) -> int:
    """Delete counts and marks over 8 days old and notices over 92; gives how many rows went. The journal remains."""
    counts_before = tx.now - COUNTS_LIFE
    rows = tx.execute(delete(_count).where(_count.c.began_at < counts_before)).rowcount
    rows += tx.execute(delete(_seen).where(_seen.c.day < local_day(counts_before))).rowcount
    return rows + tx.execute(delete(_notice).where(_notice.c.told_at < tx.now - NOTICES_LIFE)).rowcount


def _charge_one(tx: Transaction, scope: Scope, who: str, use: Use, budgets: Budgets) -> None:
    opened = _note_seen(tx, who, SeenAs.OPENED, use.opened)
    gains = {
        Meter.SEARCHES_HOUR: use.searches,
        Meter.RECORDS_HOUR: opened,
        Meter.RECORDS_DAY: opened,
        Meter.NAMES_DAY: _note_seen(tx, who, SeenAs.LISTED, use.listed),
        Meter.REFUSALS_HOUR: use.refusals,
    }
    for meter, gain in gains.items():
        _add(tx, scope, who, meter, gain, budgets)


def _note_seen(tx: Transaction, who: str, seen_as: SeenAs, names: Iterable[str]) -> int:
    """How many of those ids are seen for the first time today. Two requests at once never both count the same one."""
    wanted = {(who, seen_as, mark(tx, who, name)) for name in names}
    new = sorted(number for _, _, number in wanted - marks_seen(tx, wanted))
    if not new:
        return 0
    rows = [{"who": who, "day": tx.today, "seen_as": seen_as.value, "mark": number} for number in new]
    statement = _upsert(tx, _seen).on_conflict_do_nothing().returning(_seen.c.mark)
    return len(tx.execute(statement, rows).all())


def _add(tx: Transaction, scope: Scope, who: str, meter: Meter, gain: int, budgets: Budgets) -> None:
    if not gain:
        return
    values = {"who": who, "meter": meter.value, "began_at": began_at(meter, tx.now), "used": gain}
    statement = _upsert(tx, _count).values(**values)
    keys = [_count.c.who, _count.c.meter, _count.c.began_at]
    statement = statement.on_conflict_do_update(index_elements=keys, set_={"used": _count.c.used + gain})
    after: int = tx.execute(statement.returning(_count.c.used)).scalar_one()
    budget = budgets.of(meter, scope)
    if crosses_warning(before=after - gain, after=after, budget=budget):
        tx.journal("quota_warned", meter=meter.value, scope=scope.value, count=after)
        reading = Reading(meter=meter, scope=scope, count=after, budget=budget, ends_at=ends_at(meter, tx.now))
        _tell(tx, who, reading, Level.WARNED)


def _tell(tx: Transaction, who: str, reading: Reading, level: Level) -> None:
    if not tx.actor.structure_id:
        return  # a jobseeker has no responsable: the journal alone says it
    values = {
        "id": new_id(),
        "who": who,
        "scope": reading.scope.value,
        "structure_id": tx.actor.structure_id,
        "meter": reading.meter.value,
        "began_at": began_at(reading.meter, tx.now),
        "level": level.value,
        "used": reading.count,
        "budget": reading.budget,
        "told_at": tx.now,
    }
    keys = [_notice.c.who, _notice.c.structure_id, _notice.c.meter, _notice.c.began_at]
    # Looked into at 80 % is not looked into at 100 %: the notice comes back when the budget is spent.
    again = {"level": level.value, "used": reading.count, "told_at": tx.now, "checked_at": None, "checked_by": None}
    is_worse = (_notice.c.level == Level.WARNED.value) & (level is Level.REACHED)
    statement = _upsert(tx, _notice).values(**values)
    statement = statement.on_conflict_do_update(index_elements=keys, set_=again, where=is_worse)
    if tx.execute(statement.returning(_notice.c.id)).first() is not None:
        _write_to_responsables(tx, reading.scope)


def _write_to_responsables(tx: Transaction, scope: Scope) -> None:
    """A letter to each responsable, once a day, that says only where to look; not to the one whose account it is."""
    told = responsables(tx, tx.actor.structure_id)
    own = tx.actor.account_id if scope is Scope.ACCOUNT else ""
    for account_id, profile in tx.sealing.open_many((one for one in told if one != own), PROFILE).items():
        key = f"quota-{account_id}-{tx.today.isoformat()}"
        with suppress(Invalid):  # a bad address must not shut the door: the alerts page says it anyway
            post(tx, kind=LetterKind.QUOTA_WARNING, to=profile["email"], variables={"link": _ALERTS}, key=key)


def _upsert(tx: Transaction, table: Table) -> Any:
    """An insert that may say what happens to a row that is there already; each engine has its own class for it."""
    return sqlite.insert(table) if tx.connection.dialect.name == "sqlite" else postgresql.insert(table)
