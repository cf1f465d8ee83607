"""The chained journal: every write and every read leaves one entry, each bound to the one before."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from pathway.store.actor import Actor
from pathway.store.checkpoints import Checkpoint, PutBack, read_checkpoint
from pathway.store.columns import table_of
from pathway.store.keys import LiveKeys
from pathway.store.tables import DataKey, JournalEntry, JournalHead, JournalSubject
from pathway.vault.chain import GENESIS, chain_mac, epoch_mac, same_mac
from pathway.vault.keyring import Keyring

_entry = table_of(JournalEntry)
_head = table_of(JournalHead)
_subject = table_of(JournalSubject)
_key = table_of(DataKey)

_NEW_EPOCH = "begin_journal_epoch"
_PUT_BACK = "restore_base"
_TOUCHED = "le point de départ du journal, signé au dernier élagage, a été modifié"
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
    keys: LiveKeys,
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
    # The base says which key marks: a process that has not read the new keyring yet reads it now.
    epoch: int = head.epoch
    mac = chain_mac(keys.knowing(epoch), epoch=epoch, previous=head.mac, seq=seq, payload=payload)
    connection.execute(_ADD_ENTRY, {"seq": seq, "epoch": epoch, "payload": payload, "mac": mac})
    subjects = sorted({record for act in acts for record in act.records})
    if subjects:
        connection.execute(_ADD_SUBJECTS, [{"record_id": record, "seq": seq} for record in subjects])
    connection.execute(_MOVE_HEAD, {"seq": seq, "mac": mac})
    return seq


def begin_epoch(connection: Connection, keyring: Keyring, *, epoch: int) -> tuple[int, Act]:
    """Let that journal key of the keyring mark what follows; gives the former one, and the act to journal with it.

    That act holds a mark under the former key: the change of keys is vouched for by both.
    """
    head = connection.execute(_READ_HEAD).one()
    proof = epoch_mac(keyring, epoch=head.epoch, previous=head.mac, seq=head.seq + 1, newer=epoch)
    connection.execute(_MOVE_HEAD, {"epoch": epoch})
    return head.epoch, Act(action=_NEW_EPOCH, detail={"from": head.epoch, "to": epoch, "proof": proof.hex()})


def last_seq(connection: Connection) -> int:
    """The number of the last entry; 0 before the first."""
    return int(connection.execute(select(_head.c.seq)).scalar_one())


def acts_since(connection: Connection, seq: int) -> list[Act]:
    """What the entries after that one say was done and about whom, without its details."""
    rows = connection.execute(select(_entry.c.payload).where(_entry.c.seq > seq).order_by(_entry.c.seq))
    said = (act for row in rows for act in orjson.loads(row.payload)["acts"])
    return [Act(action=act["do"], records=tuple(act["on"])) for act in said]


def current_epoch(connection: Connection) -> int:
    """Which journal key marks the next entry."""
    return int(connection.execute(select(_head.c.epoch)).scalar_one())


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
    start, is_sure = read_checkpoint(connection, keyring)
    broken: list[Broken] = [] if is_sure else [Broken(seq=0, problem=_TOUCHED)]
    seals = dict(start.seals)
    previous, expected, epoch = start.mac, start.seq + 1, start.epoch
    for row in walk(connection):
        problem = problem_of(keyring, row, previous, expected, epoch)
        if problem:
            broken.append(Broken(seq=row.seq, problem=problem))
        seals.update({name: (row.seq, seal) for name, seal in seals_in(row.payload).items()})
        previous, expected = row.mac, row.seq + 1
        epoch = row.epoch if row.epoch in keyring.journal_keys else epoch
    broken += _head_problem(connection, previous, expected - 1)
    broken += _subject_problems(connection)
    broken += _seal_problems(connection, seals)
    return Verified(entries=expected - 1, broken=tuple(broken))


def put_back(connection: Connection, start: Checkpoint) -> list[PutBack]:
    """Every time that base was put back on purpose, as its own entries and its checkpoint say, oldest first."""
    found = (put_back_in(row.payload) for row in walk(connection))
    return [*start.put_back, *(one for one in found if one)]


def put_back_in(payload: bytes) -> PutBack | None:
    """What an entry says of a base put back, if that is what it says."""
    if _PUT_BACK.encode() not in payload:
        return None
    try:
        said = orjson.loads(payload)
        to = next((act["to"] for act in said["acts"] if act["do"] == _PUT_BACK), None)
        return None if to is None else PutBack(at=datetime.fromisoformat(said["at"]), to=to)
    except (KeyError, TypeError, ValueError):
        return None


def restored(*, to: int, copy: str) -> Act:
    """The act of a base put back to the entry `to`, from that copy (empty when by other means)."""
    return Act(action=_PUT_BACK, detail={"to": to, "copy": copy})


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


def walk(connection: Connection) -> Iterator[Any]:
    """Every entry that is there, in the order of the chain."""
    query = select(_entry).order_by(_entry.c.seq).execution_options(yield_per=2000)
    yield from connection.execute(query)


def problem_of(keyring: Keyring, row: Any, previous: bytes, expected: int, epoch: int | None) -> str:
    """Why that entry does not hold after the one before it, in French; empty when it does."""
    return _problem(keyring, row, previous, expected) or _epoch_problem(keyring, row, previous, epoch)


def _problem(keyring: Keyring, row: Any, previous: bytes, expected: int) -> str:
    if row.seq != expected:
        return f"des lignes manquent avant celle-ci (attendu : {expected})"
    if row.epoch not in keyring.journal_keys:
        return "la clé du journal qui l’a signée est inconnue"
    mac = chain_mac(keyring, epoch=row.epoch, previous=previous, seq=row.seq, payload=row.payload)
    return "" if same_mac(mac, row.mac) else "le contenu ou l’ordre a été modifié"


def _epoch_problem(keyring: Keyring, row: Any, previous: bytes, epoch: int | None) -> str:
    if epoch is None or row.epoch == epoch:
        return ""
    proof = _proof_in(row.payload)
    known = row.epoch > epoch and epoch in keyring.journal_keys
    if known and same_mac(epoch_mac(keyring, epoch=epoch, previous=previous, seq=row.seq, newer=row.epoch), proof):
        return ""
    return "la clé du journal change ici sans que l’ancienne l’atteste"


def _proof_in(payload: bytes) -> bytes:
    try:
        acts = orjson.loads(payload)["acts"]
        return next((bytes.fromhex(act["proof"]) for act in acts if act["do"] == _NEW_EPOCH), b"")
    except (KeyError, TypeError, ValueError):
        return b""


def seals_in(payload: bytes) -> dict[str, str]:
    """The seals that an entry saw, by subject; none when it does not read."""
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
    for row in walk(connection):
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
