"""Bringing people in from a file, one transaction a lot: a refused row loses nothing of the others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from sqlalchemy import insert, update

from pathway.casework.intake.reading import open_rows
from pathway.casework.intake.rules import ReadPerson, Refusal, Remark
from pathway.casework.intake.tables import ImportBatch
from pathway.casework.records.actions import NewPerson, create_records, merge_claims, wait_for_other_creations
from pathway.casework.records.names import Identity, TokenIndex, token_parts
from pathway.casework.records.queries import certain_matches
from pathway.casework.records.rules import Way
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_batch = table_of(ImportBatch)

LOT = 200
Begin = Callable[[], Transaction]
_Key = tuple[str, ...]


@dataclass(kw_only=True)
class Imported:
    """What an import did: people created, people already known, rows refused, cells left out."""

    created: int = 0
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


@dataclass(kw_only=True)
class _Sorted:
    """One lot once each row has found its person: an existing record, or a place among the new ones."""

    new: list[NewPerson] = field(default_factory=list)
    places: dict[_Key, int] = field(default_factory=dict)
    again: list[tuple[int, ReadPerson]] = field(default_factory=list)
    known: list[tuple[str, ReadPerson]] = field(default_factory=list)


def import_people(
    begin: Begin, *, path: Path, today: date, dry_run: bool = False, progress: Callable[[int], None] | None = None
) -> Imported:
    """Bring the people of a CSV file into the actor's structure. Safe to run again: nobody is created twice.

    `begin` opens each transaction (a writer's); `progress` is told the number of rows read. With `dry_run` nothing is
    kept but the journal's line. `Invalid` in French when the file itself cannot be read.
    """
    rows = open_rows(path)
    batch_id = "" if dry_run else _start(begin)
    done = Imported()
    seen: set[_Key] = set()
    read = 0
    for lot in _lots(rows.people(today=today)):
        people = [one for one in lot if isinstance(one, ReadPerson)]
        done.refused += [one for one in lot if isinstance(one, Refusal)]
        done.warnings += [remark for one in people for remark in one.warnings]
        if dry_run:
            _count_lot(begin, people, seen, done)
        else:
            _import_lot(begin, people, done)
        read += len(lot)
        if progress:
            progress(read)
    done.warnings = sorted([*rows.remarks(), *done.warnings], key=lambda remark: (remark.line, remark.column))
    if batch_id:
        _finish(begin, batch_id, done)
    return done


def _lots(rows: Iterator[ReadPerson | Refusal]) -> Iterator[list[ReadPerson | Refusal]]:
    while lot := list(islice(rows, LOT)):
        yield lot


def _import_lot(begin: Begin, people: Sequence[ReadPerson], done: Imported) -> None:
    with begin() as tx:
        wait_for_other_creations(tx)
        found = _sort(people, certain_matches(tx, [one.identity for one in people]))
        ids = create_records(tx, found.new, way=Way.IMPORTED, referent_id=None)
        for record_id, one in [(ids[place], one) for place, one in found.again] + found.known:
            merge_claims(tx, record_id, one.claims, way=Way.IMPORTED)
        tx.journal("import_lot", records=[record_id for record_id, _ in found.known], created=len(ids))
    done.created += len(found.new)
    done.known += len(found.again) + len(found.known)


def _count_lot(begin: Begin, people: Sequence[ReadPerson], seen: set[_Key], done: Imported) -> None:
    with begin() as tx:
        matches = certain_matches(tx, [one.identity for one in people])
        tx.journal("try_import", records=[match for match in matches if match])
    for one, match in zip(people, matches, strict=True):
        keys = _keys(one.identity)
        is_known = match is not None or any(key in seen for key in keys)
        seen.update(keys)
        done.known += is_known
        done.created += not is_known


def _sort(people: Sequence[ReadPerson], matches: Sequence[str | None]) -> _Sorted:
    found = _Sorted()
    for one, match in zip(people, matches, strict=True):
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
    return found


def _keys(identity: Identity) -> list[_Key]:
    return [part.parts for part in token_parts(identity) if part.index is TokenIndex.FULL]


def _start(begin: Begin) -> str:
    batch_id = new_id()
    with begin() as tx:
        values = {
            "id": batch_id,
            "structure_id": tx.actor.structure_id,
            "account_id": tx.actor.account_id,
            "created": 0,
            "known": 0,
            "refused": 0,
            "warnings": 0,
            "started_at": tx.now,
        }
        tx.execute(insert(_batch).values(**values))
        tx.journal("start_import", batch=batch_id)
    return batch_id


def _finish(begin: Begin, batch_id: str, done: Imported) -> None:
    with begin() as tx:
        counts = {
            "created": done.created,
            "known": done.known,
            "refused": len(done.refused),
            "warnings": len(done.warnings),
        }
        tx.execute(update(_batch).where(_batch.c.id == batch_id).values(finished_at=tx.now, **counts))
        tx.journal("finish_import", batch=batch_id, counts=counts)
