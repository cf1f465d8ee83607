"""Ways of keeping whole records in a base so that its file alone says nothing: ours, the floor's, and other libraries'.

Each keeps the same records in a SQLite file of its own, under the same pragmas, in one transaction, with the same JSON.
Only what seals differs. What a library offers at no cost is used: a record's id is bound where it can be.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
from cryptography.fernet import Fernet
from sqlalchemy import Text
from sqlalchemy.dialects import sqlite

from pathway.vault.envelope import (
    Place,
    check_record_seal,
    new_dek,
    open_sealed,
    record_seal,
    seal,
    unwrap_dek,
    wrap_dek,
)
from pathway.vault.keyring import new_keyring
from tools.benchmarks import raw_sealing
from tools.benchmarks.base import NOW

Sections = Mapping[str, Any]
Records = Mapping[str, Sections]
Column = tuple[str, str, str]

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
_TERRITORY = "valmer"
_TABLE = "sealed_section"
_FACTS = "facts"


class OneBlob:
    """One AES-256-GCM blob a record, all under one key, bound to nothing: the floor."""

    name, label = "aes-gcm", "un bloc AES-GCM (plancher)"
    library, module = "cryptography", "cryptography"
    _insert = "INSERT INTO kept (id, blob) VALUES (?, ?)"

    def __init__(self, _records: Records) -> None:
        """For those records, with a fresh key."""
        self._key = os.urandom(32)

    def connected(self, path: Path) -> Any:
        """A connection to that file, made if need be."""
        return _with_pragmas(sqlite3.connect(path, isolation_level=None))

    def create(self, connection: Any) -> None:
        """Make the empty tables."""
        connection.execute("CREATE TABLE kept (id TEXT PRIMARY KEY, blob BLOB NOT NULL) STRICT, WITHOUT ROWID")

    def write(self, connection: Any, records: Records) -> None:
        """Seal and insert them all."""
        connection.executemany(self._insert, [(name, self._sealed(name, one)) for name, one in records.items()])

    def read(self, connection: Any, record_id: str) -> Sections:
        """One record, opened."""
        (blob,) = connection.execute("SELECT blob FROM kept WHERE id = ?", (record_id,)).fetchone()
        return self._opened(record_id, blob)

    def read_many(self, connection: Any, count: int) -> Iterator[Sections]:
        """The first of them by id, opened one after the other."""
        rows = connection.execute("SELECT id, blob FROM kept ORDER BY id LIMIT ?", (count,))
        return (self._opened(name, blob) for name, blob in rows)

    def _sealed(self, _record_id: str, sections: Sections) -> Any:
        return raw_sealing.sealed(self._key, sections)

    def _opened(self, _record_id: str, blob: Any) -> Sections:
        return dict(raw_sealing.opened(self._key, blob))


class Ours(OneBlob):
    """As the vault does it: a key a record, wrapped; each section padded and bound to its place; a seal over all."""

    name, label = "ours", "la carte, dossier entier"
    _keys = "INSERT INTO data_key (subject_id, kid, dek_version, wrapped, seal) VALUES (?, 1, 1, ?, ?)"
    _sections = "INSERT INTO sealed_section (subject_id, section, seq, blob) VALUES (?, ?, 1, ?)"
    _rows = "SELECT subject_id, wrapped, seal, section, seq, blob FROM data_key JOIN sealed_section USING (subject_id)"

    def __init__(self, records: Records) -> None:
        """With a fresh keyring."""
        super().__init__(records)
        self._ring = new_keyring(NOW)

    def create(self, connection: Any) -> None:
        """Make the empty tables, with the columns of the product's that sealing needs."""
        connection.execute(
            "CREATE TABLE data_key (subject_id TEXT PRIMARY KEY, kid INTEGER NOT NULL, dek_version INTEGER NOT NULL,"
            " wrapped BLOB NOT NULL, seal BLOB NOT NULL) STRICT"
        )
        connection.execute(
            "CREATE TABLE sealed_section (subject_id TEXT NOT NULL REFERENCES data_key ON DELETE CASCADE,"
            " section TEXT NOT NULL, seq INTEGER NOT NULL, blob BLOB NOT NULL,"
            " PRIMARY KEY (subject_id, section)) STRICT"
        )

    def write(self, connection: Any, records: Records) -> None:
        """Seal and insert them all."""
        keys: list[tuple[Any, ...]] = []
        sealed: list[tuple[Any, ...]] = []
        for name, sections in records.items():
            dek = new_dek()
            blobs = [(section, self._blob(dek, name, section, payload)) for section, payload in sections.items()]
            listed = [(section, 1, blob) for section, blob in blobs]
            wrapped = wrap_dek(self._ring, dek, territory=_TERRITORY, subject=name, dek_version=1)
            keys.append((name, wrapped, record_seal(dek, subject=name, sections=listed, tokens=())))
            sealed += [(name, section, blob) for section, blob in blobs]
        connection.executemany(self._keys, keys)
        connection.executemany(self._sections, sealed)

    def read(self, connection: Any, record_id: str) -> Sections:
        """One record, its seal checked, opened whole."""
        return self._whole(connection.execute(f"{self._rows} WHERE subject_id = ?", (record_id,)).fetchall())

    def read_many(self, connection: Any, count: int) -> Iterator[Sections]:
        """The first of them by id, each seal checked, opened whole."""
        first = "(SELECT subject_id FROM data_key ORDER BY subject_id LIMIT ?)"
        rows = connection.execute(f"{self._rows} WHERE subject_id IN {first} ORDER BY subject_id", (count,))
        return (self._whole(list(those)) for _, those in groupby(rows, key=lambda row: row[0]))

    def _whole(self, rows: list[Any]) -> Sections:
        name, wrapped, kept_seal, *_ = rows[0]
        dek = self._dek(name, wrapped)
        listed = [(section, seq, blob) for *_, section, seq, blob in rows]
        check_record_seal(dek, subject=name, sections=listed, tokens=(), seal=kept_seal)
        return {section: self._payload(dek, name, section, blob) for section, _, blob in listed}

    def _dek(self, name: str, wrapped: bytes) -> bytes:
        return unwrap_dek(self._ring, wrapped, territory=_TERRITORY, subject=name, dek_version=1)

    def _blob(self, dek: bytes, name: str, section: str, payload: Any) -> bytes:
        return seal(dek, payload, place=_place(name, section), dek_version=1, seq=1)

    def _payload(self, dek: bytes, name: str, section: str, blob: bytes) -> Any:
        return open_sealed(dek, blob, place=_place(name, section), dek_version=1, seq=1)


class OurSection(Ours):
    """The same, of which one section is opened, as lists do."""

    name, label = "section", "la carte, une partie lue"
    section = "card"

    def read(self, connection: Any, record_id: str) -> Sections:
        """One section of one record."""
        rows = connection.execute(f"{self._rows} WHERE subject_id = ? AND section = ?", (record_id, self.section))
        return self._one(*rows.fetchone())

    def read_many(self, connection: Any, count: int) -> Iterator[Sections]:
        """That section of the first of them by id."""
        rows = connection.execute(f"{self._rows} WHERE section = ? ORDER BY subject_id LIMIT ?", (self.section, count))
        return (self._one(*row) for row in rows)

    def _one(self, name: str, wrapped: bytes, _seal: bytes, section: str, _seq: int, blob: bytes) -> Sections:
        return {section: self._payload(self._dek(name, wrapped), name, section, blob)}


class FernetBlob(OneBlob):
    """One Fernet token a record (AES-128-CBC, HMAC, base64), all under one key."""

    name, label = "fernet", "Fernet"

    def __init__(self, records: Records) -> None:
        """With a fresh key."""
        super().__init__(records)
        self._fernet = Fernet(Fernet.generate_key())

    def _sealed(self, _record_id: str, sections: Sections) -> Any:
        return self._fernet.encrypt(orjson.dumps(sections))

    def _opened(self, _record_id: str, blob: Any) -> Sections:
        return dict(orjson.loads(self._fernet.decrypt(blob)))


class TinkBlob(OneBlob):
    """One AES-256-GCM ciphertext of Google Tink's a record, bound to its id, all under one keyset."""

    name, label = "tink", "Google Tink, un jeu de clés"
    library, module = "tink", "tink"

    def __init__(self, records: Records) -> None:
        """With a fresh keyset."""
        super().__init__(records)
        aead = import_module("tink.aead")
        aead.register()
        handle = import_module("tink").new_keyset_handle(aead.aead_key_templates.AES256_GCM)
        self._aead = self._primitive(aead, handle.primitive(aead.Aead))

    def _primitive(self, _aead: Any, primitive: Any) -> Any:
        return primitive

    def _sealed(self, record_id: str, sections: Sections) -> Any:
        return self._aead.encrypt(orjson.dumps(sections), record_id.encode())

    def _opened(self, record_id: str, blob: Any) -> Sections:
        return dict(orjson.loads(self._aead.decrypt(blob, record_id.encode())))


class TinkEnvelope(TinkBlob):
    """The same with a key a record, wrapped beside it: Tink's envelope, the remote key being here at hand."""

    name, label = "tink-envelope", "Google Tink, une clé par dossier"

    def _primitive(self, aead: Any, primitive: Any) -> Any:
        return aead.KmsEnvelopeAead(aead.aead_key_templates.AES256_GCM, primitive)


class PerField(OneBlob):
    """A column a fact, each sealed alone by SQLAlchemy-Utils (`StringEncryptedType`, `AesGcmEngine`), under one key."""

    name, label = "sqlalchemy-utils", "SQLAlchemy-Utils, champ par champ"
    library, module = "sqlalchemy-utils", "sqlalchemy_utils"

    def __init__(self, records: Records) -> None:
        """With a fresh key."""
        super().__init__(records)
        encrypted = import_module("sqlalchemy_utils.types.encrypted.encrypted_type")
        self._type = encrypted.StringEncryptedType(Text, self._key.hex(), encrypted.AesGcmEngine)
        self._dialect = sqlite.dialect()
        self._columns = sorted({column for sections in records.values() for column in _flat(sections)})

    def create(self, connection: Any) -> None:
        """Make the empty table, with a column for each fact that somebody has."""
        columns = ", ".join(f'"{section}.{group}.{field}" TEXT' for section, group, field in self._columns)
        connection.execute(f"CREATE TABLE kept (id TEXT PRIMARY KEY, {columns}) STRICT, WITHOUT ROWID")

    def write(self, connection: Any, records: Records) -> None:
        """Seal each fact alone and insert them all."""
        marks = ", ".join("?" * (len(self._columns) + 1))
        rows = [(name, *self._row(_flat(sections))) for name, sections in records.items()]
        connection.executemany(f"INSERT INTO kept VALUES ({marks})", rows)

    def read(self, connection: Any, record_id: str) -> Sections:
        """One record, each of its facts opened."""
        return self._whole(connection.execute("SELECT * FROM kept WHERE id = ?", (record_id,)).fetchone())

    def read_many(self, connection: Any, count: int) -> Iterator[Sections]:
        """The first of them by id, each fact opened."""
        rows = connection.execute("SELECT * FROM kept ORDER BY id LIMIT ?", (count,))
        return (self._whole(row) for row in rows)

    def _row(self, facts: Mapping[Column, Any]) -> list[str | None]:
        texts = (orjson.dumps(facts[one]).decode() if one in facts else None for one in self._columns)
        return [self._type.process_bind_param(text, self._dialect) for text in texts]

    def _whole(self, row: Any) -> Sections:
        found: dict[str, Any] = {}
        for (section, group, field), value in zip(self._columns, row[1:], strict=True):
            if value is not None:
                opened = orjson.loads(self._type.process_result_value(value, self._dialect))
                part = found.setdefault(section, {})
                (part.setdefault(group, {}) if group else part)[field] = opened
        return found


class Cipher(OneBlob):
    """The JSON in clear in a file that SQLCipher encrypts page by page, under one key given as bytes."""

    name, label = "sqlcipher", "SQLCipher, le fichier entier"
    library, module = "sqlcipher3-wheels", "sqlcipher3"

    def connected(self, path: Path) -> Any:
        """A connection to that file through SQLCipher."""
        connection = import_module("sqlcipher3").connect(path, isolation_level=None)
        connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
        return _with_pragmas(connection)

    def _sealed(self, _record_id: str, sections: Sections) -> Any:
        return orjson.dumps(sections)

    def _opened(self, _record_id: str, blob: Any) -> Sections:
        return dict(orjson.loads(blob))


WAYS: tuple[type[OneBlob], ...] = (OneBlob, Ours, OurSection, FernetBlob, TinkBlob, TinkEnvelope, PerField, Cipher)


def installed(way: type[OneBlob]) -> bool:
    """Whether its library is here."""
    return find_spec(way.module) is not None


def _flat(sections: Sections) -> dict[Column, Any]:
    """Every fact under its section and, where a section holds several kinds of things, its group."""
    found: dict[Column, Any] = {}
    for section, payload in sections.items():
        for field, value in payload.items():
            if field == _FACTS:
                found |= {(section, _FACTS, name): fact for name, fact in value.items()}
            else:
                found[section, "", field] = value
    return found


def _place(name: str, section: str) -> Place:
    return Place(territory=_TERRITORY, table=_TABLE, section=section, subject=name)


def _with_pragmas(connection: Any) -> Any:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection
