"""Looking through a whole base that was put somewhere: its file, its counts, its journal, the seals of everybody."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from sqlalchemy import Connection, select

from pathway.kernel.errors import Sealed
from pathway.kernel.wording import counted
from pathway.store import heads, journal, migrate
from pathway.store.backups import Manifest, counts_of
from pathway.store.columns import table_of
from pathway.store.engine import connect
from pathway.store.opening import Store
from pathway.store.sealed_values import ownerless, sealed_columns, sealed_counts, values_of
from pathway.store.sealing import Sealing
from pathway.store.tables import DataKey, SealedSection

_LOT = 200
_key = table_of(DataKey)
_section = table_of(SealedSection)
_draw = random.SystemRandom()

_DAMAGED = "la base est abîmée : {said}"
_MISCOUNTED = "la table {name} a {there} lignes, {said} étaient annoncées"
_JOURNAL = "journal, ligne {seq} : {problem}"
_SHUT = "le contenu scellé {subject} ne s’ouvre pas"
_SHUT_VALUES = "table {name} : {count}, sceau qui ne tient pas ({subject})"
_OWNERLESS = "table {name} : {count} sans la clé qui ouvre"

Report = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was found in a base: rows by table, entries of the journal, sealed contents opened among those there are,
    values sealed in rows of their own opened among those there are, by table, what does not hold in French, and how
    long it took."""

    counts: dict[str, int]
    entries: int
    opened: int
    subjects: int
    values_opened: dict[str, int]
    values: dict[str, int]
    problems: tuple[str, ...]
    seconds: float

    @property
    def is_well(self) -> bool:
        """Whether everything holds."""
        return not self.problems


def inspect_base(
    store: Store, *, manifest: Manifest | None, at: datetime, sample: int | None = None, report: Report
) -> Inspection:
    """Look through that base, held against what its copy said of itself if there is one.

    `sample`: how many people's sealed contents are opened, drawn, with all the values sealed by their keys; all of
    them without it. Writes nothing.
    """
    began = monotonic()
    with connect(store.engine, write=False) as connection:
        counts = counts_of(connection)
        verified = journal.verify(connection, store.keyring)
        subjects = list(connection.execute(select(_key.c.subject_id).order_by(_key.c.subject_id)).scalars())
        chosen = subjects if sample is None else _draw.sample(subjects, min(sample, len(subjects)))
        problems = [
            *_damage(connection),
            *_miscounts(counts, manifest),
            *(_JOURNAL.format(seq=one.seq, problem=one.problem) for one in verified.broken),
            *_contradictions(store, connection, manifest),
            *(
                _OWNERLESS.format(name=name, count=counted(left, "valeur scellée", "valeurs scellées"))
                for name, left in ownerless(connection).items()
            ),
        ]
        seen = _Seen()
        _open_all(store, connection, chosen, at, seen, report)
        there = sealed_counts(connection)
    return Inspection(
        counts=counts,
        entries=verified.entries,
        opened=len(chosen) - len(seen.shut),
        subjects=len(subjects),
        values_opened={name: seen.values[name] for name in there},
        values=there,
        problems=(*problems, *seen.problems()),
        seconds=monotonic() - began,
    )


def _damage(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []  # pg_restore read every row and made every index and constraint again
    said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    found = [str(one) for one in said if one != "ok"] + [f"lien rompu dans {row[0]}" for row in orphans[:1]]
    return [_DAMAGED.format(said=one) for one in found]


def _miscounts(counts: dict[str, int], manifest: Manifest | None) -> list[str]:
    said = manifest.counts if manifest else counts
    # Putting it somewhere wrote marks in it; and tables that another version had, or has not yet, are not compared.
    is_same = manifest is None or manifest.revision == migrate.newest_revision()
    names = sorted(({*said, *counts} if is_same else said.keys() & counts.keys()) - {"mark"})
    found = ((name, counts.get(name, 0), said.get(name, 0)) for name in names)
    return [_MISCOUNTED.format(name=name, there=there, said=told) for name, there, told in found if there != told]


def _contradictions(store: Store, connection: Connection, manifest: Manifest | None) -> list[str]:
    if manifest is None:
        return []
    compared = heads.compare(store, connection, [manifest.head.encode()])
    return [_JOURNAL.format(seq=one.seq, problem=one.problem) for one in compared.contradicted]


@dataclass
class _Seen:
    """What opening found: who does not open, values opened by table, and those that do not, by table and by whom."""

    shut: list[str] = field(default_factory=list)
    values: Counter[str] = field(default_factory=Counter)
    shut_values: Counter[tuple[str, str]] = field(default_factory=Counter)

    def problems(self) -> Iterator[str]:
        """What does not hold, in French."""
        yield from (_SHUT.format(subject=one) for one in self.shut)
        for (name, subject), left in self.shut_values.items():
            count = counted(left, "valeur scellée", "valeurs scellées")
            yield _SHUT_VALUES.format(name=name, subject=subject, count=count)


def _open_all(
    store: Store, connection: Connection, chosen: Sequence[str], at: datetime, seen: _Seen, report: Report
) -> None:
    for first in range(0, len(chosen), _LOT):
        lot = chosen[first : first + _LOT]
        sealing = Sealing(connection, store.keys, store.territory, at, is_writing=False)
        names: dict[str, list[str]] = {}
        query = select(_section.c.subject_id, _section.c.section).where(_section.c.subject_id.in_(lot))
        for row in connection.execute(query):
            names.setdefault(row.subject_id, []).append(row.section)
        seen.shut += [subject for subject in lot if not _opens(sealing, subject, names.get(subject, []))]
        _open_values(connection, sealing, lot, seen)
        report(min(first + _LOT, len(chosen)), len(chosen))


def _open_values(connection: Connection, sealing: Sealing, lot: Sequence[str], seen: _Seen) -> None:
    for column in sealed_columns():
        for one in values_of(connection, column, lot):
            try:
                sealing.open_value(one.subject, one.name, one.row, one.blob)
            except Sealed:
                seen.shut_values[column.table.name, one.subject] += 1
            else:
                seen.values[column.table.name] += 1


def _opens(sealing: Sealing, subject: str, sections: list[str]) -> bool:
    try:
        sealing.open(subject, sections)
    except Sealed:
        return False
    return True
