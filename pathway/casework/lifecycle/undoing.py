"""Undoing an import: who was created by it and touched by nobody since is taken back; everybody else is kept."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row, select, update

from pathway.casework.intake.actions import LEASE, Begin, reader_of
from pathway.casework.intake.queries import one_import
from pathway.casework.intake.states import ImportState, RowKind
from pathway.casework.intake.tables import ImportBatch
from pathway.casework.intake.writing import destroy, rows_kept
from pathway.casework.lifecycle.forgetting import forget_records
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.casework.sharing.tables import Record
from pathway.kernel.errors import Conflict, Refused
from pathway.store.columns import table_of
from pathway.store.tables import JournalEntry, JournalSubject
from pathway.store.transaction import Transaction

_batch = table_of(ImportBatch)
_record = table_of(Record)
_entry = table_of(JournalEntry)
_subject = table_of(JournalSubject)

UNDO_LOT = 50  # people in one transaction: each leaves every room
_LOT_OF_NAMES = 400
_TOO_LATE = (
    "Cet import ne s’annule plus : il est annulé déjà, il n’est pas terminé, ou les sept jours sont passés. Les "
    "dossiers se suppriment alors un par un."
)
_MOVED = "Un autre poste annule déjà cet import."
# Who only looked has nothing to lose. Whatever is not said here was somebody's work, or hers.
_LOOKING = frozenset(
    {
        "compare_identities",
        "import_lot",
        "open_exceptional",
        "read_alerts",
        "read_answers",
        "read_engagement",
        "read_list",
        "read_plan",
        "read_record",
        "refused",
        "search",
        "try_import",
        "try_import_steps",
    }
)


@dataclass(frozen=True, kw_only=True)
class UndoWeight:
    """What undoing an import would do at this instant: people taken back, people kept because somebody touched them."""

    taken_back: int
    kept: int


def undo_weight(tx: Transaction, batch_id: str) -> UndoWeight:
    """What would be undone of that import. Nobody is told who."""
    created = [kept["record"] for _, kept in rows_kept(tx, batch_id, RowKind.CREATED)]
    still = len(_still_there(tx, created))
    kept = len(_touched(tx, created, batch_id=batch_id))
    return UndoWeight(taken_back=still - kept, kept=kept)


def ask_undo(tx: Transaction, batch_id: str) -> None:
    """Have that import undone. `Refused` once its seven days are over, or before it has ended."""
    line = one_import(tx, batch_id)
    here = (_batch.c.id == batch_id, _batch.c.state == line.state.value)
    undoing = {"state": ImportState.UNDOING.value, "read": 0, "leased_until": None, "problem": ""}
    if not line.may_be_undone or tx.execute(update(_batch).where(*here).values(**undoing)).rowcount != 1:
        raise Refused(_TOO_LATE)
    tx.journal("undo_import", batch=batch_id)


def go_on_undoing(
    begin: Begin,
    batch_id: str,
    *,
    may_go_on: Callable[[], bool] = lambda: True,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Take back the people of an import that is being undone, lot by lot, from where it was until the end; then what
    was kept of the file is deleted. `progress` is told how many were looked at."""
    done = 0
    while may_go_on():
        looked_at = _undo_lot(begin, batch_id)
        if not looked_at:
            return
        done += looked_at
        if progress:
            progress(done)
    with begin() as tx:
        tx.execute(update(_batch).where(_batch.c.id == batch_id).values(leased_until=None))
        tx.journal("leave_import", batch=batch_id)


def _undo_lot(begin: Begin, batch_id: str) -> int:
    """How many people of the import were looked at; 0 when it was the end."""
    with reader_of(begin) as tx:
        line = one_import(tx, batch_id)
        # `read` is the first row not looked at yet.
        lot = list(rows_kept(tx, batch_id, RowKind.CREATED, after=line.read - 1, limit=UNDO_LOT))
    with begin() as tx:
        if not lot:
            _end(tx, batch_id, line.read)
            return 0
        names = [kept["record"] for _, kept in lot]
        touched = _touched(tx, names, batch_id=batch_id)
        gone = [name for name in _still_there(tx, names) if name not in touched]
        if gone:
            forget_records(tx, gone, reason=ForgetReason.IMPORT_UNDONE)
        counts = {"taken_back": _batch.c.taken_back + len(gone), "kept": _batch.c.kept + len(touched)}
        _go(tx, batch_id, line.read, read=lot[-1][0] + 1, leased_until=tx.now + LEASE, **counts)
        tx.journal("undo_import_lot", batch=batch_id, taken_back=len(gone), kept=len(touched))
    return len(lot)


def _end(tx: Transaction, batch_id: str, before: int) -> None:
    over = {"state": ImportState.UNDONE.value, "undone_at": tx.now, "undo_until": None, "leased_until": None}
    _go(tx, batch_id, before, **over)
    destroy(tx, [batch_id])
    tx.journal("import_undone", batch=batch_id)


def _go(tx: Transaction, batch_id: str, before: int, **values: object) -> None:
    here = (_batch.c.id == batch_id, _batch.c.state == ImportState.UNDOING.value, _batch.c.read == before)
    if tx.execute(update(_batch).where(*here).values(**values)).rowcount != 1:
        raise Conflict(_MOVED)


def _still_there(tx: Transaction, names: Collection[str]) -> list[str]:
    """Those that were not erased meanwhile, in the order given."""
    found: set[str] = set()
    for some in _lots(names):
        found.update(tx.execute(select(_record.c.id).where(_record.c.id.in_(some))).scalars())
    return [name for name in names if name in found]


def _touched(tx: Transaction, names: Collection[str], *, batch_id: str) -> set[str]:
    """Those of whom somebody else wrote anything since the import, or that she used herself: the journal says so.

    Another file that brought nothing new touched nobody; the night neither, which works for all alike.
    """
    touched: set[str] = set()
    for some in _lots(names):
        rows = tx.execute(select(_subject.c.record_id, _subject.c.seq).where(_subject.c.record_id.in_(some)))
        named: dict[int, set[str]] = {}
        for row in rows:
            named.setdefault(row.seq, set()).add(row.record_id)
        for entry in _entries(tx, named):
            touched |= named[entry.seq] & _touched_by(orjson.loads(entry.payload), batch_id)
    return touched & set(_still_there(tx, touched))


def _touched_by(payload: Mapping[str, Any], batch_id: str) -> set[str]:
    """The cards that this line of the journal says were touched."""
    acts = payload["acts"]
    if payload["role"] == "system" or any(act.get("batch") == batch_id for act in acts):
        return set()
    by_acts = {name for act in acts if act["do"] not in _LOOKING for name in act["on"]}
    return by_acts | set(payload.get("seals", {}))


def _entries(tx: Transaction, seqs: Collection[int]) -> Iterator[Row[Any]]:
    for some in _lots(seqs):
        yield from tx.execute(select(_entry.c.seq, _entry.c.payload).where(_entry.c.seq.in_(some)))


def _lots(names: Collection[Any]) -> Iterator[list[Any]]:
    wanted = sorted(names)
    for start in range(0, len(wanted), _LOT_OF_NAMES):
        yield wanted[start : start + _LOT_OF_NAMES]
