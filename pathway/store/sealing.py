"""Sealed contents of subjects: keys unwrapped once a transaction, sections opened on demand, one seal over all."""

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from pathway.kernel.errors import Conflict, NotFound, Sealed
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.key_counts import add_wraps
from pathway.store.keys import LiveKeys
from pathway.store.tables import DataKey, SealedSection, SearchToken
from pathway.vault.envelope import (
    Place,
    check_record_seal,
    new_dek,
    open_sealed,
    record_seal,
    seal,
    sealed_version,
    unwrap_dek,
    wrap_dek,
    wrapped_kid,
)

_key = table_of(DataKey)
_section = table_of(SealedSection)
_token = table_of(SearchToken)

# Built once: every page opens somebody.
_WHOLE = (
    select(
        _key.c.wrapped,
        _key.c.dek_version,
        _key.c.seal,
        _key.c.seals_used,
        _section.c.section,
        _section.c.seq,
        _section.c.blob,
    )
    .select_from(_key.outerjoin(_section, _section.c.subject_id == _key.c.subject_id))
    .where(_key.c.subject_id == bindparam("subject_id"))
)
_TOKENS = select(_token.c.kind, _token.c.token).where(_token.c.subject_id == bindparam("subject_id"))
_DEK = select(_key.c.wrapped, _key.c.dek_version).where(_key.c.subject_id == bindparam("subject_id"))
_CARDS = (
    select(_key.c.subject_id, _key.c.wrapped, _key.c.dek_version, _section.c.section, _section.c.seq, _section.c.blob)
    .select_from(_key.join(_section, _section.c.subject_id == _key.c.subject_id))
    .where(_key.c.subject_id.in_(bindparam("subject_ids", expanding=True)), _section.c.section == bindparam("section"))
)

EDITED_MEANWHILE = marked("Quelqu’un d’autre vient de modifier cette partie du dossier. Relisez-la, puis recommencez.")
# Random nonces of 96 bits: after so many seals the chance that two were the same is 2^-57, and the key is changed.
MOST_SEALS = 2**20
_FORMER_KEYS = "former_keys"  # the section where a subject keeps the keys of its earlier versions
_LOT = 400  # ids in one IN (…): well under both engines' limits on parameters


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One opened section and the number of its writing, to be given back when it is written again."""

    payload: Any
    seq: int


@dataclass(kw_only=True)
class _Subject:
    dek: bytes
    version: int
    seals_used: int
    sections: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    tokens: set[tuple[int, int]] = field(default_factory=set)
    is_new: bool = False


class Sealing:
    """Reads and writes sealed contents inside one transaction. Names no room: a subject is an id."""

    def __init__(
        self, connection: Connection, keys: LiveKeys, territory: str, now: datetime, *, is_writing: bool
    ) -> None:
        """Work on that connection with those keys; a writer keeps other writers off the subjects it loads."""
        self._connection = connection
        self._is_locking = is_writing and connection.dialect.name != "sqlite"
        self._keys = keys
        self._territory = territory
        self._now = now
        self._subjects: dict[str, _Subject] = {}
        self._changed: set[str] = set()
        self._deks: dict[str, tuple[bytes, int]] = {}

    def create(self, subject_id: str, sections: Mapping[str, Any], tokens: Iterable[tuple[int, int]] = ()) -> None:
        """Give a new subject its key, its first sections and its search tokens. Written at `flush`, in lots."""
        subject = _Subject(dek=new_dek(), version=1, seals_used=0, is_new=True)
        self._subjects[subject_id] = subject
        for name, payload in sections.items():
            self._put(subject_id, subject, name, payload, seq=1)
        subject.tokens = set(tokens)
        self._changed.add(subject_id)

    def open(self, subject_id: str, sections: Collection[str]) -> dict[str, Opened]:
        """The named sections that exist. The subject's seal is checked first; `Sealed` if anything was altered."""
        subject = self._load(subject_id)
        return {
            name: Opened(payload=self._open(subject_id, subject, name), seq=subject.sections[name][0])
            for name in sections
            if name in subject.sections
        }

    def open_many(self, subject_ids: Iterable[str], section: str) -> dict[str, Any]:
        """That one section of many subjects, for lists: two columns of one row each, without the whole seal."""
        self.flush()
        wanted = list(dict.fromkeys(subject_ids))
        found: dict[str, Any] = {}
        for start in range(0, len(wanted), _LOT):
            lot = {"subject_ids": wanted[start : start + _LOT], "section": section}
            for row in self._connection.execute(_CARDS, lot):
                found[row.subject_id] = self._open_row(row)
        return found

    def write(self, subject_id: str, section: str, payload: Any, *, seq: int) -> int:
        """Replace a section read at `seq` (0: it does not exist yet); gives its new number. `Conflict` if it moved."""
        subject = self._load(subject_id)
        if subject.sections.get(section, (0, b""))[0] != seq:
            raise Conflict(EDITED_MEANWHILE)
        if subject.seals_used >= MOST_SEALS and not subject.is_new:
            self._rekey(subject_id, subject)
        self._put(subject_id, subject, section, payload, seq=seq + 1)
        if not subject.is_new:
            self._store(subject_id, section, seq + 1, subject.sections[section][1])
        self._changed.add(subject_id)
        return seq + 1

    def set_tokens(self, subject_id: str, tokens: Iterable[tuple[int, int]]) -> None:
        """Replace all search tokens of the subject."""
        subject = self._load(subject_id)
        wanted = set(tokens)
        if subject.is_new or wanted == subject.tokens:
            subject.tokens = wanted
            return
        gone, new = subject.tokens - wanted, wanted - subject.tokens
        for kind, token in gone:
            where = (_token.c.kind == kind, _token.c.token == token, _token.c.subject_id == subject_id)
            self._connection.execute(delete(_token).where(*where))
        if new:
            self._connection.execute(insert(_token), _token_rows(subject_id, new))
        subject.tokens = wanted
        self._changed.add(subject_id)

    def seal_value(self, subject_id: str, table: str, row_id: str, payload: Any, *, bucket: int = 64) -> bytes:
        """Seal one value kept in a row of its own (an exit reason, a note), bound to that row. Never rewritten.

        `bucket`: its length shows in steps of so many bytes.
        """
        dek, version = self._dek(subject_id)
        place = self._place(subject_id, table, row_id)
        return seal(dek, payload, place=place, dek_version=version, seq=1, bucket=bucket)

    def open_value(self, subject_id: str, table: str, row_id: str, blob: bytes) -> Any:
        """Open what `seal_value` sealed for that row; `Sealed` if it was altered or moved."""
        dek, version = self._dek(subject_id)
        written = sealed_version(blob)
        if written != version:
            dek = self._former_dek(subject_id, written)
        return open_sealed(dek, blob, place=self._place(subject_id, table, row_id), dek_version=written, seq=1)

    def rekey(self, subject_id: str) -> None:
        """Give the subject a new data key now, and seal its sections again under it. Values in rows of their own still
        open: the former key is kept with them, sealed. `NotFound` for nobody, `Sealed` if anything was altered."""
        self.flush()
        self._rekey(subject_id, self._load(subject_id))

    def destroy(self, subject_ids: Sequence[str]) -> None:
        """Delete the keys of those subjects, with their sections and tokens: nothing opens them again."""
        self.flush()
        for start in range(0, len(subject_ids), _LOT):
            lot = subject_ids[start : start + _LOT]
            self._connection.execute(delete(_key).where(_key.c.subject_id.in_(lot)))
        for name in subject_ids:
            self._subjects.pop(name, None)
            self._deks.pop(name, None)
            self._changed.discard(name)

    def flush(self) -> None:
        """Write the new subjects, in lots."""
        new = {name: subject for name, subject in self._subjects.items() if subject.is_new}
        if not new:
            return
        self._connection.execute(insert(_key), [self._key_row(name, subject) for name, subject in new.items()])
        self._count_wraps(len(new))
        sections = [row for name, subject in new.items() for row in self._section_rows(name, subject)]
        if sections:
            self._connection.execute(insert(_section), sections)
        tokens = [row for name, subject in new.items() for row in _token_rows(name, subject.tokens)]
        if tokens:
            self._connection.execute(insert(_token), tokens)
        for subject in new.values():
            subject.is_new = False

    def seals(self) -> dict[str, str]:
        """Flush, renew the seal of every changed subject, and give them (hex) for the journal."""
        fresh = {name for name in self._changed if self._subjects[name].is_new}
        self.flush()
        result = {}
        for name in sorted(self._changed):
            subject = self._subjects[name]
            value = self._seal_of(name, subject)
            result[name] = value.hex()
            if name not in fresh:
                change = {"seal": value, "seals_used": subject.seals_used}
                self._connection.execute(update(_key).where(_key.c.subject_id == name).values(**change))
        self._changed.clear()
        return result

    def _rekey(self, subject_id: str, subject: _Subject) -> None:
        """Give the subject a new data key and seal its sections again. Values in rows of their own stay under the
        former one, kept in a section of its own."""
        former = self._open(subject_id, subject, _FORMER_KEYS) if _FORMER_KEYS in subject.sections else {}
        payloads = {name: self._open(subject_id, subject, name) for name in subject.sections if name != _FORMER_KEYS}
        former = {**former, str(subject.version): base64.b64encode(subject.dek).decode()}
        subject.dek, subject.version, subject.seals_used = new_dek(), subject.version + 1, 0
        for name, payload in payloads.items():
            seq = subject.sections[name][0]
            self._put(subject_id, subject, name, payload, seq=seq)
            self._reseal(subject_id, name, seq, subject.sections[name][1])
        seq = subject.sections.get(_FORMER_KEYS, (0, b""))[0] + 1
        self._put(subject_id, subject, _FORMER_KEYS, former, seq=seq)
        self._store(subject_id, _FORMER_KEYS, seq, subject.sections[_FORMER_KEYS][1])
        row = self._key_row(subject_id, subject)
        change = {name: row[name] for name in ("kid", "dek_version", "wrapped")}
        self._connection.execute(update(_key).where(_key.c.subject_id == subject_id).values(**change))
        self._count_wraps(1)
        self._deks.pop(subject_id, None)
        self._changed.add(subject_id)

    def _reseal(self, subject_id: str, section: str, seq: int, blob: bytes) -> None:
        here = (_section.c.subject_id == subject_id, _section.c.section == section, _section.c.seq == seq)
        if self._connection.execute(update(_section).where(*here).values(blob=blob)).rowcount != 1:
            raise Conflict(EDITED_MEANWHILE)

    def _former_dek(self, subject_id: str, version: int) -> bytes:
        subject = self._load(subject_id)
        former = self._open(subject_id, subject, _FORMER_KEYS) if _FORMER_KEYS in subject.sections else {}
        if str(version) not in former:
            raise Sealed
        return base64.b64decode(former[str(version)])

    def _count_wraps(self, more: int) -> None:
        due = self._keys.count_wraps(more)
        if due:
            add_wraps(self._connection, self._keys.keyring.primary, due)

    def _load(self, subject_id: str) -> _Subject:
        known = self._subjects.get(subject_id)
        if known:
            return known
        if self._is_locking:
            # The seal covers every section: two writers of different sections must not seal each other's past.
            self._connection.execute(select(_key.c.seal).where(_key.c.subject_id == subject_id).with_for_update())
        rows = self._connection.execute(_WHOLE, {"subject_id": subject_id}).all()
        if not rows:
            raise NotFound
        head = rows[0]
        dek = self._unwrap(subject_id, head.wrapped, head.dek_version)
        sections = {row.section: (row.seq, row.blob) for row in rows if row.section is not None}
        found = self._connection.execute(_TOKENS, {"subject_id": subject_id})
        tokens = {(row.kind, row.token) for row in found}
        subject = _Subject(
            dek=dek, version=head.dek_version, seals_used=head.seals_used, sections=sections, tokens=tokens
        )
        listed = ((name, seq, blob) for name, (seq, blob) in sections.items())
        check_record_seal(dek, subject=subject_id, sections=listed, tokens=tokens, seal=head.seal)
        self._subjects[subject_id] = subject
        return subject

    def _dek(self, subject_id: str) -> tuple[bytes, int]:
        known = self._subjects.get(subject_id)
        if known:
            return known.dek, known.version
        if subject_id not in self._deks:
            row = self._connection.execute(_DEK, {"subject_id": subject_id}).one_or_none()
            if row is None:
                raise Sealed
            self._deks[subject_id] = (self._unwrap(subject_id, row.wrapped, row.dek_version), row.dek_version)
        return self._deks[subject_id]

    def _unwrap(self, subject_id: str, wrapped: bytes, version: int) -> bytes:
        keyring = self._keys.holding(wrapped_kid(wrapped))
        return unwrap_dek(keyring, wrapped, territory=self._territory, subject=subject_id, dek_version=version)

    def _open_row(self, row: Any) -> Any:
        dek = self._unwrap(row.subject_id, row.wrapped, row.dek_version)
        place = self._place(row.subject_id, "sealed_section", row.section)
        return open_sealed(dek, row.blob, place=place, dek_version=row.dek_version, seq=row.seq)

    def _open(self, subject_id: str, subject: _Subject, name: str) -> Any:
        seq, blob = subject.sections[name]
        place = self._place(subject_id, "sealed_section", name)
        return open_sealed(subject.dek, blob, place=place, dek_version=subject.version, seq=seq)

    def _put(self, subject_id: str, subject: _Subject, name: str, payload: Any, *, seq: int) -> None:
        place = self._place(subject_id, "sealed_section", name)
        earlier = subject.sections.get(name, (0, b""))[1] or None
        blob = seal(subject.dek, payload, place=place, dek_version=subject.version, seq=seq, replaces=earlier)
        subject.sections[name] = (seq, blob)
        subject.seals_used += 1

    def _store(self, subject_id: str, section: str, seq: int, blob: bytes) -> None:
        values = {"seq": seq, "blob": blob, "written_at": self._now}
        if seq == 1:
            self._connection.execute(insert(_section).values(subject_id=subject_id, section=section, **values))
            return
        here = (_section.c.subject_id == subject_id, _section.c.section == section, _section.c.seq == seq - 1)
        if self._connection.execute(update(_section).where(*here).values(**values)).rowcount != 1:
            raise Conflict(EDITED_MEANWHILE)

    def _place(self, subject_id: str, table: str, section: str) -> Place:
        return Place(territory=self._territory, table=table, section=section, subject=subject_id)

    def _seal_of(self, name: str, subject: _Subject) -> bytes:
        listed = ((section, seq, blob) for section, (seq, blob) in subject.sections.items())
        return record_seal(subject.dek, subject=name, sections=listed, tokens=subject.tokens)

    def _key_row(self, name: str, subject: _Subject) -> dict[str, Any]:
        keyring = self._keys.keyring
        wrapped = wrap_dek(keyring, subject.dek, territory=self._territory, subject=name, dek_version=subject.version)
        return {
            "subject_id": name,
            "kid": wrapped_kid(wrapped),
            "dek_version": subject.version,
            "wrapped": wrapped,
            "seal": self._seal_of(name, subject),
            "seals_used": subject.seals_used,
            "created_at": self._now,
        }

    def _section_rows(self, name: str, subject: _Subject) -> list[dict[str, Any]]:
        return [
            {"subject_id": name, "section": section, "seq": seq, "blob": blob, "written_at": self._now}
            for section, (seq, blob) in subject.sections.items()
        ]


def _token_rows(subject_id: str, tokens: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    return [{"kind": kind, "token": token, "subject_id": subject_id} for kind, token in sorted(tokens)]
