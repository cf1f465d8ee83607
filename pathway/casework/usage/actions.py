"""Charging what a request used, telling the responsables, and noting that they looked into it."""

from collections import Counter
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
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import post
from pathway.store.transaction import Transaction

_count = table_of(UsageCount)
_seen = table_of(UsageSeen)
_notice = table_of(VolumeNotice)

Gain = tuple[Scope, str, Meter, int]

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
    marks = {one for who in held.values() for one in _marks(tx, who, use)}
    if held and use.opened and use.opened.isdisjoint(references):
        account = held[Scope.ACCOUNT]
        marks |= {(account, SeenAs.REFERENCE, mark(tx, account, one)) for one in references}
    new = _note_seen(tx, marks)
    _add(tx, [gain for scope, who in held.items() for gain in _gains(scope, who, use, new)], budgets)


def charge_rows(tx: Transaction, rows: int, *, budgets: Budgets = DEFAULT_BUDGETS) -> None:
    """Charge rows that are about to leave in a file; `QuotaReached` when they do not all fit, and none is charged.

    The door answers it with `record_reached` in a transaction of its own: that survives the rollback.
    """
    if rows < 0:
        raise Invalid("Un nombre de lignes ne peut pas être négatif.")
    over = rows_reading(tx, rows, budgets)
    if over is not None:
        raise QuotaReached(over)
    _add(tx, [(scope, who, Meter.ROWS_DAY, rows) for scope, who in owners(tx).items()], budgets)
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


def _gains(scope: Scope, who: str, use: Use, new: Counter[tuple[str, SeenAs]]) -> list[Gain]:
    return [
        (scope, who, Meter.SEARCHES_HOUR, use.searches),
        (scope, who, Meter.RECORDS_HOUR, new[who, SeenAs.OPENED]),
        (scope, who, Meter.RECORDS_DAY, new[who, SeenAs.OPENED]),
        (scope, who, Meter.NAMES_DAY, new[who, SeenAs.LISTED]),
        (scope, who, Meter.REFUSALS_HOUR, use.refusals),
    ]


def _marks(tx: Transaction, who: str, use: Use) -> Iterable[tuple[str, SeenAs, int]]:
    for seen_as, names in ((SeenAs.OPENED, use.opened), (SeenAs.LISTED, use.listed)):
        for name in names:
            yield who, seen_as, mark(tx, who, name)


def _note_seen(tx: Transaction, marks: Collection[tuple[str, SeenAs, int]]) -> Counter[tuple[str, SeenAs]]:
    """How many of those marks are seen for the first time today, by whom and how. Two requests at once never both
    count the same one."""
    new = sorted(set(marks) - marks_seen(tx, marks))
    if not new:
        return Counter()
    rows = [{"who": who, "day": tx.today, "seen_as": seen_as.value, "mark": number} for who, seen_as, number in new]
    statement = _upsert(tx, _seen).on_conflict_do_nothing().returning(_seen.c.who, _seen.c.seen_as)
    return Counter((row.who, SeenAs(row.seen_as)) for row in tx.execute(statement, rows))


def _add(tx: Transaction, gains: Iterable[Gain], budgets: Budgets) -> None:
    """Add to those counts, in one statement, and warn of each that reaches its warning level."""
    added = {(who, meter): (scope, gain) for scope, who, meter, gain in gains if gain}
    if not added:
        return
    rows = [
        {"who": who, "meter": meter.value, "began_at": began_at(meter, tx.now), "used": gain}
        for (who, meter), (_, gain) in added.items()
    ]
    statement = _upsert(tx, _count)
    keys = [_count.c.who, _count.c.meter, _count.c.began_at]
    statement = statement.on_conflict_do_update(
        index_elements=keys, set_={"used": _count.c.used + statement.excluded.used}
    )
    for row in tx.execute(statement.returning(_count.c.who, _count.c.meter, _count.c.used), rows).all():
        meter = Meter(row.meter)
        scope, gain = added[row.who, meter]
        _warn(tx, scope, row.who, meter, gain, row.used, budgets)


def _warn(tx: Transaction, scope: Scope, who: str, meter: Meter, gain: int, after: int, budgets: Budgets) -> None:
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
