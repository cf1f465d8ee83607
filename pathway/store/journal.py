"""The chained journal: every write and every read leaves one entry, each bound to the one before."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from pathway.store.actor import Actor
from pathway.store.columns import table_of
from pathway.store.tables import DataKey, JournalEntry, JournalHead, JournalSubject
from pathway.vault.chain import GENESIS, chain_mac, same_mac
from pathway.vault.keyring import Keyring

_entry = table_of(JournalEntry)
_head = table_of(JournalHead)
_subject = table_of(JournalSubject)
_key = table_of(DataKey)

_SUBJECTS = "les dossiers cités ne sont plus ceux de la ligne"

# Built once: every request passes here.
_READ_HEAD = select(_head).with_for_update()
_MOVE_HEAD = update(_head)
_ADD_ENTRY = insert(_entry)
_ADD_SUBJECTS = insert(_subject)


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing done or read. Ids and codes only: nothing here may say who a person is."""

    action: str
    records: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Broken:
    """One place where the journal does not hold: the entry's number and what is wrong, in French."""

    seq: int
    problem: str


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a verification found: how many entries were read, and the broken places."""

    entries: int
    broken: tuple[Broken, ...]


def begin(connection: Connection) -> None:
    """Put the head of an empty chain, so that even the first writers queue behind it."""
    connection.execute(insert(_head).values(id=1, seq=0, mac=GENESIS))


def append(
    connection: Connection,
    keyring: Keyring,
    *,
    actor: Actor,
    door: str,
    at: datetime,
    acts: list[Act],
    seals: dict[str, str],
) -> int:
    """Add one entry at the head of the chain; gives its number. Last act of a transaction: on PostgreSQL it queues."""
    head = connection.execute(_READ_HEAD).one()
    seq: int = head.seq + 1
    payload = orjson.dumps(_payload(actor, door, at, acts, seals), option=orjson.OPT_SORT_KEYS)
    epoch = keyring.journal_epoch
    mac = chain_mac(keyring, epoch=epoch, previous=head.mac, seq=seq, payload=payload)
    connection.execute(_ADD_ENTRY, {"seq": seq, "epoch": epoch, "payload": payload, "mac": mac})
    subjects = sorted({record for act in acts for record in act.records})
    if subjects:
        connection.execute(_ADD_SUBJECTS, [{"record_id": record, "seq": seq} for record in subjects])
    connection.execute(_MOVE_HEAD, {"seq": seq, "mac": mac})
    return seq


def entries_about(connection: Connection, record_id: str, *, limit: int) -> list[dict[str, Any]]:
    """The newest entries that speak of that record, newest first, as their payloads with `seq`."""
    query = (
        select(_entry.c.seq, _entry.c.payload)
        .join(_subject, _subject.c.seq == _entry.c.seq)
        .where(_subject.c.record_id == record_id)
        .order_by(_entry.c.seq.desc())
        .limit(limit)
    )
    return [{"seq": row.seq, **orjson.loads(row.payload)} for row in connection.execute(query)]


def entries_about_any(
    connection: Connection, record_ids: Collection[str], *, limit: int | None = None
) -> list[dict[str, Any]]:
    """The same for all the cards of one person, each entry once; every entry when there is no limit."""
    about = select(_subject.c.seq).where(_subject.c.record_id.in_(list(record_ids)))
    query = select(_entry.c.seq, _entry.c.payload).where(_entry.c.seq.in_(about))
    rows = connection.execute(query.order_by(_entry.c.seq.desc()).limit(limit))
    return [{"seq": row.seq, **orjson.loads(row.payload)} for row in rows]


def verify(connection: Connection, keyring: Keyring) -> Verified:
    """Walk the whole chain, then compare each subject's seal with the last one the journal saw."""
    broken: list[Broken] = []
    seals: dict[str, tuple[int, str]] = {}
    previous, expected = GENESIS, 1
    for row in _walk(connection):
        problem = _problem(keyring, row, previous, expected)
        if problem:
            broken.append(Broken(seq=row.seq, problem=problem))
        seals.update({name: (row.seq, seal) for name, seal in _seals_in(row.payload).items()})
        previous, expected = row.mac, row.seq + 1
    broken += _head_problem(connection, previous, expected - 1)
    broken += _subject_problems(connection)
    broken += _seal_problems(connection, seals)
    return Verified(entries=expected - 1, broken=tuple(broken))


def _payload(actor: Actor, door: str, at: datetime, acts: list[Act], seals: dict[str, str]) -> dict[str, Any]:
    return {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor.account_id,
        "role": actor.role,
        "structure": actor.structure_id,
        "session": actor.session,
        "door": door,
        "acts": [
            {"do": act.action, "on": list(act.records), "sections": list(act.sections), **act.detail} for act in acts
        ],
        "seals": seals,
    }


def _walk(connection: Connection) -> Iterator[Any]:
    query = select(_entry).order_by(_entry.c.seq).execution_options(yield_per=2000)
    yield from connection.execute(query)


def _problem(keyring: Keyring, row: Any, previous: bytes, expected: int) -> str:
    if row.seq != expected:
        return f"des lignes manquent avant celle-ci (attendu : {expected})"
    if row.epoch not in keyring.journal_keys:
        return "la clé du journal qui l’a signée est inconnue"
    mac = chain_mac(keyring, epoch=row.epoch, previous=previous, seq=row.seq, payload=row.payload)
    return "" if same_mac(mac, row.mac) else "le contenu ou l’ordre a été modifié"


def _seals_in(payload: bytes) -> dict[str, str]:
    try:
        return dict(orjson.loads(payload).get("seals", {}))
    except (orjson.JSONDecodeError, AttributeError, ValueError):
        return {}


def _head_problem(connection: Connection, mac: bytes, last: int) -> list[Broken]:
    head = connection.execute(select(_head)).one_or_none()
    if head is None or head.seq != last or not same_mac(head.mac, mac):
        return [Broken(seq=last, problem="la fin du journal a été coupée ou réécrite")]
    return []


def _subject_problems(connection: Connection) -> Iterable[Broken]:
    named: dict[int, set[str]] = {}
    for row in connection.execute(select(_subject)):
        named.setdefault(row.seq, set()).add(row.record_id)
    for row in _walk(connection):
        if _records_in(row.payload) != named.pop(row.seq, set()):
            yield Broken(seq=row.seq, problem=_SUBJECTS)
    yield from (Broken(seq=seq, problem=_SUBJECTS) for seq in sorted(named))


def _records_in(payload: bytes) -> set[str]:
    try:
        return {record for act in orjson.loads(payload)["acts"] for record in act["on"]}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return set()


def _seal_problems(connection: Connection, seals: dict[str, tuple[int, str]]) -> Iterable[Broken]:
    for row in connection.execute(select(_key.c.subject_id, _key.c.seal)):
        seq, seal = seals.get(row.subject_id, (0, ""))
        if row.seal.hex() != seal:
            yield Broken(seq=seq, problem=f"le dossier {row.subject_id} n’est plus celui que le journal a vu")
