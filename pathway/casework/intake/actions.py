"""Bringing people in from a file, one transaction a lot: a refused row loses nothing of the others."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import update

from pathway.casework.intake.cells import without_nir
from pathway.casework.intake.queries import OUTCOME, PLAN, ImportPlan, SheetPlan, one_import, plan_of
from pathway.casework.intake.reading import Rows, bad_quotes, open_rows, raw_row
from pathway.casework.intake.receiving import add_batch, plan_payload
from pathway.casework.intake.rules import (
    ColumnMap,
    RawRow,
    ReadPerson,
    Refusal,
    Remark,
    choose_columns,
    column_remarks,
    read_person,
)
from pathway.casework.intake.states import ImportState, RowKind
from pathway.casework.intake.tables import ImportBatch
from pathway.casework.intake.writing import LOT, keep_rows, piece_of, unstage
from pathway.casework.records.actions import NewPerson, create_records, merge_claims, wait_for_other_creations
from pathway.casework.records.names import Identity, TokenIndex, token_parts
from pathway.casework.records.queries import certain_matches
from pathway.casework.records.rules import Way
from pathway.kernel.errors import Conflict
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_batch = table_of(ImportBatch)

LEASE = timedelta(minutes=2)
_LINES_TOLD = 20  # line numbers named for one reason; the file of refused rows has them all
_TAKEN_OVER = "Un autre poste a repris cet import, ou il a été arrêté."
Begin = Callable[[], Transaction]
_Key = tuple[str, ...]


@dataclass(kw_only=True)
class Imported:
    """What an import did: people created, people already known, rows refused, cells left out."""

    created: int = 0
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A row gone through: what it gives, and its cells by title (none when they could not be told apart)."""

    read: ReadPerson | Refusal
    cells: Mapping[str, str]


@dataclass(kw_only=True)
class _Sorted:
    """One lot once each row has found its person: an existing record, or a place among the new ones."""

    new: list[NewPerson] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    places: dict[_Key, int] = field(default_factory=dict)
    again: list[tuple[int, ReadPerson]] = field(default_factory=list)
    known: list[tuple[str, ReadPerson]] = field(default_factory=list)


def import_people(
    begin: Begin,
    *,
    path: Path,
    today: date,
    dry_run: bool = False,
    sheet: str = "",
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Bring the people of a file (CSV or workbook, `sheet` saying which table) into the actor's structure. Safe to run
    again: nobody is created twice.

    `begin` opens each transaction (a writer's); `progress` is told the number of rows read. With `dry_run` nothing is
    kept but the journal's line. `Invalid` in French when the file itself cannot be read.
    """
    rows = open_rows(path, sheet=sheet)
    batch_id = "" if dry_run else _start(begin, rows, path.name)
    done, seen, read = Imported(), set[_Key](), 0
    for lot in _lots(_gone_through(rows, rows.columns, today)):
        if dry_run:
            _count_lot(begin, lot, seen, done)
        else:
            _import_lot(begin, batch_id, lot, read, rows.headers, done)
        read += len(lot)
        if progress:
            progress(read)
    done.warnings = sorted([*rows.remarks(), *done.warnings], key=lambda remark: (remark.line, remark.column))
    if batch_id:
        _finish(begin, batch_id, done)
    return done


def check_import(begin: Begin, batch_id: str, *, may_go_on: Callable[[], bool] = lambda: True) -> None:
    """Go through a file that waits and keep what bringing it in would do; nobody is written. Cut, it begins again."""
    plan, columns, read = _opened(begin, batch_id, ImportState.CHECKING, from_start=True)
    done, seen = Imported(), set[_Key]()
    today = begin().today
    while may_go_on() and (lot := _staged_lot(begin, batch_id, plan, columns, read, today)):
        _count_lot(begin, lot, seen, done, batch_id=batch_id, read=read)
        read += len(lot)
    if not may_go_on():
        return _leave(begin, batch_id)
    done.warnings += column_remarks(columns, _filled(plan.table))
    with begin() as tx:
        over = {"state": ImportState.CHECKED.value, "leased_until": None}
        _go(tx, batch_id, ImportState.CHECKING, {**over, **_counts(done)})
        _keep_outcome(tx, batch_id, done)
        tx.journal("check_import", batch=batch_id, counts=_counts(done))
    return None


def go_on_importing(begin: Begin, batch_id: str, *, may_go_on: Callable[[], bool] = lambda: True) -> None:
    """Bring in the people of a file that waits, from the lot it had come to until its end."""
    plan, columns, read = _opened(begin, batch_id, ImportState.RUNNING)
    today = begin().today
    while may_go_on() and (lot := _staged_lot(begin, batch_id, plan, columns, read, today)):
        _import_lot(begin, batch_id, lot, read, plan.table.titles, Imported())
        read += len(lot)
    if not may_go_on():
        return _leave(begin, batch_id)
    with begin() as tx:
        warnings = _batch.c.warnings + len(column_remarks(columns, _filled(plan.table)))
        over = {"state": ImportState.DONE.value, "leased_until": None, "finished_at": tx.now, "warnings": warnings}
        _go(tx, batch_id, ImportState.RUNNING, over)
        unstage(tx, batch_id)
        tx.journal("finish_import", batch=batch_id)
    return None


def reader_of(begin: Begin) -> Transaction:
    """A snapshot for whoever `begin` opens a writer's transaction for."""
    asked = begin()
    return Transaction(asked.store, actor=asked.actor, clock=asked.clock, door=asked.door, write=False)


def lease_import(tx: Transaction, batch_id: str) -> bool:
    """Take that import for oneself for two minutes; False when somebody else goes on with it."""
    free = _batch.c.leased_until.is_(None) | (_batch.c.leased_until < tx.now)
    taken = update(_batch).where(_batch.c.id == batch_id, _batch.c.problem == "", free)
    is_taken = tx.execute(taken.values(leased_until=tx.now + LEASE)).rowcount == 1
    tx.journal("lease_import", batch=batch_id, taken=is_taken)
    return is_taken


def stop_import(tx: Transaction, batch_id: str, *, problem: str) -> None:
    """Write down that an import stopped on an error of that kind; somebody decides when it goes on."""
    tx.execute(update(_batch).where(_batch.c.id == batch_id).values(problem=problem[:40], leased_until=None))
    tx.journal("stop_import", batch=batch_id, problem=problem[:40])


def _opened(
    begin: Begin, batch_id: str, state: ImportState, *, from_start: bool = False
) -> tuple[ImportPlan, ColumnMap, int]:
    """How the file is read, and how many rows are done."""
    with begin() as tx:
        plan = plan_of(tx, batch_id)
        columns = choose_columns(plan.table.titles, plan.chosen or {})
        read = 0 if from_start else one_import(tx, batch_id).read
        _go(tx, batch_id, state, {"read": read})
        tx.journal("open_import", batch=batch_id)
    return plan, columns, read


def _leave(begin: Begin, batch_id: str) -> None:
    with begin() as tx:
        tx.execute(update(_batch).where(_batch.c.id == batch_id).values(leased_until=None))
        tx.journal("leave_import", batch=batch_id)


def _go(
    tx: Transaction, batch_id: str, state: ImportState, values: Mapping[str, Any], *, before: int | None = None
) -> None:
    """Move an import that stands there and has come to that row. Whoever comes second writes nothing."""
    here = [_batch.c.id == batch_id, _batch.c.state == state.value]
    if before is not None:
        here.append(_batch.c.read == before)
    if tx.execute(update(_batch).where(*here).values(**values)).rowcount != 1:
        raise Conflict(_TAKEN_OVER)


def _staged_lot(
    begin: Begin, batch_id: str, plan: ImportPlan, columns: ColumnMap, read: int, today: date
) -> list[_Row]:
    with reader_of(begin) as tx:
        found = piece_of(tx, batch_id, plan.sheet or 0, -(-read // LOT))  # the last one alone is short
    titles = plan.table.titles
    rows = (bad_quotes(line) if cells is None else raw_row(line, titles, cells) for line, cells in found)
    return list(_gone_through(rows, columns, today))


def _gone_through(rows: Iterable[RawRow | Refusal], columns: ColumnMap, today: date) -> Iterator[_Row]:
    for row in rows:
        if isinstance(row, Refusal):
            yield _Row(read=row, cells={})
        else:
            yield _Row(read=read_person(row, columns, today=today), cells=row.cells)


def _lots(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while lot := list(islice(rows, LOT)):
        yield lot


def _import_lot(
    begin: Begin, batch_id: str, lot: Sequence[_Row], before: int, titles: Sequence[str], done: Imported
) -> None:
    people = [(before + place, row.read) for place, row in enumerate(lot) if isinstance(row.read, ReadPerson)]
    one = Imported()
    _note(lot, one)
    with begin() as tx:
        wait_for_other_creations(tx)
        found = _sort(people, certain_matches(tx, [person.identity for _, person in people]))
        ids = create_records(tx, found.new, way=Way.IMPORTED, referent_id=None)
        for record_id, person in [(ids[place], person) for place, person in found.again] + found.known:
            merge_claims(tx, record_id, person.claims, way=Way.IMPORTED)
        one.created, one.known = len(found.new), len(found.again) + len(found.known)
        kept = {number: (RowKind.CREATED, {"record": ids[place]}) for place, number in enumerate(found.numbers)}
        keep_rows(tx, batch_id, {**kept, **_refused_rows(lot, before, titles)})
        added = {name: _batch.c[name] + count for name, count in _counts(one).items()}
        moved = {"read": before + len(lot), "leased_until": tx.now + LEASE, **added}
        _go(tx, batch_id, ImportState.RUNNING, moved, before=before)
        known = [record_id for record_id, _ in found.known]
        tx.journal("import_lot", records=known, created=len(ids), batch=batch_id)
    done.created += one.created
    done.known += one.known
    done.refused += one.refused
    done.warnings += one.warnings


def _refused_rows(lot: Sequence[_Row], before: int, titles: Sequence[str]) -> dict[int, tuple[RowKind, Any]]:
    """What is kept of the rows refused, for whoever gave the file to mend them."""
    found: dict[int, tuple[RowKind, Any]] = {}
    for number, row in enumerate(lot, before):
        if isinstance(row.read, Refusal):
            cells = without_nir(titles, [row.cells.get(title, "") for title in titles]) if row.cells else []
            said = {"line": row.read.line, "column": row.read.column, "reason": row.read.reason, "cells": cells}
            found[number] = (RowKind.REFUSED, said)
    return found


def _count_lot(
    begin: Begin, lot: Sequence[_Row], seen: set[_Key], done: Imported, *, batch_id: str = "", read: int = 0
) -> None:
    people = [row.read for row in lot if isinstance(row.read, ReadPerson)]
    _note(lot, done)
    with begin() as tx:
        matches = certain_matches(tx, [one.identity for one in people])
        if batch_id:
            moved = {"read": read + len(lot), "leased_until": tx.now + LEASE}
            _go(tx, batch_id, ImportState.CHECKING, moved, before=read)
        tx.journal("try_import", records=[match for match in matches if match])
    for one, match in zip(people, matches, strict=True):
        keys = _keys(one.identity)
        is_known = match is not None or any(key in seen for key in keys)
        seen.update(keys)
        done.known += is_known
        done.created += not is_known


def _note(lot: Sequence[_Row], done: Imported) -> None:
    done.refused += [row.read for row in lot if isinstance(row.read, Refusal)]
    done.warnings += [remark for row in lot if isinstance(row.read, ReadPerson) for remark in row.read.warnings]


def _sort(people: Sequence[tuple[int, ReadPerson]], matches: Sequence[str | None]) -> _Sorted:
    found = _Sorted()
    for (number, one), match in zip(people, matches, strict=True):
        keys = _keys(one.identity)
        place = next((found.places[key] for key in keys if key in found.places), None)
        if match is not None:
            found.known.append((match, one))
        elif place is not None:
            found.again.append((place, one))
            found.places.update({key: place for key in keys if key not in found.places})
        else:
            found.places.update(dict.fromkeys(keys, len(found.new)))
            found.new.append(NewPerson(identity=one.identity, claims=one.claims))
            found.numbers.append(number)
    return found


def _keys(identity: Identity) -> list[_Key]:
    return [part.parts for part in token_parts(identity) if part.index is TokenIndex.FULL]


def _start(begin: Begin, rows: Rows, name: str) -> str:
    batch_id = new_id()
    with begin() as tx:
        add_batch(tx, batch_id, structure_id=tx.actor.structure_id, state=ImportState.RUNNING, is_staged=False)
        _go(tx, batch_id, ImportState.RUNNING, {"leased_until": tx.now + LEASE})
        table = SheetPlan(name="", titles=rows.headers, filled=(), shapes=(), rows=0)
        tx.sealing.create(batch_id, {PLAN: plan_payload(name, [table], sheet=0)})
        tx.journal("start_import", batch=batch_id)
    return batch_id


def _finish(begin: Begin, batch_id: str, done: Imported) -> None:
    with begin() as tx:
        counts = _counts(done)
        over = {"state": ImportState.DONE.value, "finished_at": tx.now, "leased_until": None}
        rows = done.created + done.known + len(done.refused)
        _go(tx, batch_id, ImportState.RUNNING, {"rows": rows, **over, **counts})
        _keep_outcome(tx, batch_id, done)
        tx.journal("finish_import", batch=batch_id, counts=counts)


def _counts(done: Imported) -> dict[str, int]:
    return {
        "created": done.created,
        "known": done.known,
        "refused": len(done.refused),
        "warnings": len(done.warnings),
    }


def _keep_outcome(tx: Transaction, batch_id: str, done: Imported) -> None:
    payload = {"refused": _grouped(done.refused), "left": _grouped(done.warnings)}
    opened = tx.sealing.open(batch_id, [OUTCOME]).get(OUTCOME)
    tx.sealing.write(batch_id, OUTCOME, payload, seq=opened.seq if opened else 0)


def _grouped(said: Sequence[Refusal | Remark]) -> list[list[Any]]:
    """[column, reason, how many, the first lines], the most frequent first."""
    lines: dict[tuple[str, str], list[int]] = {}
    for one in said:
        lines.setdefault((one.column, one.reason), []).append(one.line)
    counts = Counter({key: len(found) for key, found in lines.items()})
    return [[*key, count, lines[key][:_LINES_TOLD]] for key, count in counts.most_common()]


def _filled(table: SheetPlan) -> frozenset[str]:
    return frozenset(title for title, count in zip(table.titles, table.filled, strict=True) if count)
