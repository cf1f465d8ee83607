"""Writing and reading sealed records, ours and as other libraries keep them, beside one AES-GCM blob a record."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from sqlalchemy import select

from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.names import Identity
from pathway.casework.records.rules import Way
from pathway.demo.answers import draw_answers
from pathway.demo.people import PEOPLE
from pathway.demo.person import DemoPerson
from pathway.demo.town import Town
from pathway.store.columns import table_of
from pathway.store.tables import SealedSection
from tools.benchmarks import seal
from tools.benchmarks.base import throw_away_town
from tools.benchmarks.measure import Comparison, Rounds, Say, Times, side_by_side
from tools.benchmarks.people import BY
from tools.benchmarks.sealers import WAYS, OneBlob, OurSection, Records, installed

RECORDS = 1_000
ROUNDS = Rounds(count=12, warm_up=2)
ONE = Rounds(count=200, warm_up=20, calls=5)
FLOOR = OneBlob.name
_section = table_of(SealedSection)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one way costs: to write all records in a new file, to read one, to read all, and the bytes of its file."""

    label: str
    write: Times
    read_one: Times
    read_all: Times
    disk: int


@dataclass(frozen=True, kw_only=True)
class Sealings:
    """Every way whose library is here, the floor first; `missing`: labels and libraries of the others.

    `memory`: sealing and opening one record without any base. `record_bytes`: the JSON of one, on average.
    """

    memory: Comparison
    records: int
    record_bytes: int
    costs: dict[str, Cost]
    missing: dict[str, str]


def run(say: Say, *, records: int = RECORDS, rounds: Rounds = ROUNDS, one: Rounds = ONE) -> Sealings:
    """Every way turn by turn, on the same records. `RuntimeError` unless each gives back what it was given."""
    memory = seal.run(say)
    kept = demonstration(records)
    ways = [way(kept) for way in WAYS if installed(way)]
    with TemporaryDirectory(prefix="carte-bench-") as folder:
        costs = _costs(ways, kept, Path(folder), say, rounds, one)
    return Sealings(
        memory=memory,
        records=len(kept),
        record_bytes=sum(len(orjson.dumps(sections)) for sections in kept.values()) // len(kept),
        costs=costs,
        missing={way.label: way.library for way in WAYS if not installed(way)},
    )


def demonstration(number: int) -> Records:
    """Records of the demonstration's people with all their answers, by id, as the product seals them; each person comes
    again under another id until there are that many."""
    with throw_away_town() as (town, _):
        people = [_person(who, place) for place, who in enumerate(islice(cycle(PEOPLE), number))]
        with town.acting(BY) as tx:
            ids = create_records(tx, people, way=Way.SAID, referent_id=None)
        return dict(_opened(town, ids))


def _person(who: DemoPerson, place: int) -> NewPerson:
    said = draw_answers(who, Random(f"{place} {who.code}"), number=place % 10_000)
    identity = Identity(
        first_name=who.first_name, last_name=who.last_name, birth_name=who.birth_name, birth_date=who.birth_date
    )
    return NewPerson(identity=identity, claims={key: value for key, value in said.items() if value is not None})


def _opened(town: Town, ids: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    with town.acting(BY, write=False) as tx:
        for record_id in sorted(ids):
            rows = tx.execute(select(_section.c.section).where(_section.c.subject_id == record_id))
            opened = tx.sealing.open(record_id, [row.section for row in rows])
            yield record_id, {name: one.payload for name, one in opened.items()}


def _costs(ways: list[OneBlob], kept: Records, folder: Path, say: Say, rounds: Rounds, one: Rounds) -> dict[str, Cost]:
    files = (folder / f"{number}.sqlite" for number in count())
    written = {way.name: _written(way, kept, next(files)) for way in ways}
    opened = {way.name: way.connected(written[way.name]) for way in ways}
    try:
        for way in ways:
            _check(way, opened[way.name], kept)
        writes = {way.name: _writing(way, kept, files) for way in ways}
        turns = {way.name: _reading_one(way, opened[way.name], list(kept)) for way in ways}
        wholes = {way.name: _reading_all(way, opened[way.name], len(kept)) for way in ways}
        return _told(
            ways,
            written,
            [
                side_by_side("écrire", writes, rounds=rounds, say=say),
                side_by_side("lire un dossier", turns, rounds=one, say=say),
                side_by_side("lire tous les dossiers", wholes, rounds=rounds, say=say),
            ],
        )
    finally:
        for connection in opened.values():
            connection.close()


def _told(ways: list[OneBlob], files: dict[str, Path], times: list[dict[str, Times]]) -> dict[str, Cost]:
    write, read_one, read_all = times
    return {
        way.name: Cost(
            label=way.label,
            write=write[way.name],
            read_one=read_one[way.name],
            read_all=read_all[way.name],
            disk=files[way.name].stat().st_size,
        )
        for way in ways
    }


def _written(way: OneBlob, kept: Records, path: Path) -> Path:
    with closing(way.connected(path)) as connection:
        way.create(connection)
        connection.execute("BEGIN IMMEDIATE")
        way.write(connection, kept)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def _check(way: OneBlob, connection: Any, kept: Records) -> None:
    expected = list(kept.values())
    if isinstance(way, OurSection):
        expected = [{way.section: sections[way.section]} for sections in expected]
    if list(way.read_many(connection, len(kept))) != expected or way.read(connection, next(iter(kept))) != expected[0]:
        raise RuntimeError(f"{way.name} does not give back what it was given")


def _writing(way: OneBlob, kept: Records, files: Iterator[Path]) -> Callable[[], object]:
    return lambda: _written(way, kept, next(files)).unlink()


def _reading_one(way: OneBlob, connection: Any, ids: list[str]) -> Callable[[], object]:
    turn = cycle(ids)
    return lambda: way.read(connection, next(turn))


def _reading_all(way: OneBlob, connection: Any, number: int) -> Callable[[], object]:
    # Nothing is kept of them: a heap of thousands of objects makes the collector, not the sealing, the longest.
    return lambda: deque(way.read_many(connection, number), maxlen=0)
