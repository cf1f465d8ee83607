"""The floor's sealing: AES-256-GCM and JSON, nothing bound, nothing checked, but as many bytes as the product keeps."""

import os
import sqlite3
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEK = os.urandom(32)

_NONCE_BYTES = 12
_TAG_BYTES = 16
_DEK_BYTES = 32


def sealed(dek: bytes, payload: object, *, size: int = 0) -> bytes:
    """A payload sealed under that key, filled with spaces (which JSON ignores) up to `size` bytes."""
    nonce = os.urandom(_NONCE_BYTES)
    text = orjson.dumps(payload).ljust(size - _NONCE_BYTES - _TAG_BYTES)
    return nonce + AESGCM(dek).encrypt(nonce, text, None)


def opened(dek: bytes, blob: bytes) -> Any:
    """The payload."""
    return orjson.loads(AESGCM(dek).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], None))


def unwrapped(wrapped: bytes) -> bytes:
    """The data key that the floor's own wrapping key covers."""
    end = _NONCE_BYTES + _DEK_BYTES + _TAG_BYTES
    return AESGCM(KEK).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:end], None)


def rewrap(connection: sqlite3.Connection, subject_id: str) -> bytes:
    """Give a subject of the copy a fresh data key of the floor's, in the room of the product's own; gives it."""
    dek, nonce = os.urandom(_DEK_BYTES), os.urandom(_NONCE_BYTES)
    (size,) = connection.execute("SELECT length(wrapped) FROM data_key WHERE subject_id = ?", (subject_id,)).fetchone()
    wrapped = (nonce + AESGCM(KEK).encrypt(nonce, dek, None)).ljust(size, b"\0")
    connection.execute("UPDATE data_key SET wrapped = ? WHERE subject_id = ?", (wrapped, subject_id))
    return dek
