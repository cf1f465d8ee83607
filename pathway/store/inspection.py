"""Looking through a whole base that was put somewhere: its file, its counts, its journal, the seals of everybody."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import Connection, select

from pathway.kernel.errors import Sealed
from pathway.store import heads, journal, migrate
from pathway.store.backups import Manifest, counts_of
from pathway.store.columns import table_of
from pathway.store.engine import connect
from pathway.store.opening import Store
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

Report = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was found in a base: rows by table, entries of the journal, sealed contents opened among those there are,
    what does not hold in French, and how long it took."""

    counts: dict[str, int]
    entries: int
    opened: int
    subjects: int
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

    `sample`: how many sealed contents are opened, drawn; all of them without it. Writes nothing.
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
        ]
        shut = _shut(store, connection, chosen, at, report)
    return Inspection(
        counts=counts,
        entries=verified.entries,
        opened=len(chosen) - len(shut),
        subjects=len(subjects),
        problems=(*problems, *(_SHUT.format(subject=one) for one in shut)),
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


def _shut(store: Store, connection: Connection, chosen: Sequence[str], at: datetime, report: Report) -> list[str]:
    shut: list[str] = []
    for first in range(0, len(chosen), _LOT):
        lot = chosen[first : first + _LOT]
        sealing = Sealing(connection, store.keys, store.territory, at, is_writing=False)
        names: dict[str, list[str]] = {}
        query = select(_section.c.subject_id, _section.c.section).where(_section.c.subject_id.in_(lot))
        for row in connection.execute(query):
            names.setdefault(row.subject_id, []).append(row.section)
        shut += [subject for subject in lot if not _opens(sealing, subject, names.get(subject, []))]
        report(min(first + _LOT, len(chosen)), len(chosen))
    return shut


def _opens(sealing: Sealing, subject: str, sections: list[str]) -> bool:
    try:
        sealing.open(subject, sections)
    except Sealed:
        return False
    return True
