"""Seals sections under a record's own key, and that key under the keyring: what is moved or altered never opens."""

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from struct import error as PackingError
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pathway.kernel.errors import Invalid
from pathway.vault.breach import breach
from pathway.vault.keyring import Keyring

_FORMAT = 1
_AES_256_GCM = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_WRAP_HEADER = Struct(">BBI")
_SECTION_HEADER = Struct(">BBIQ")
_U32 = Struct(">I")
_U64 = Struct(">Q")
_TOKEN = Struct(">IQ")
_WRAPPED_BYTES = _WRAP_HEADER.size + _NONCE_BYTES + _KEY_BYTES + _TAG_BYTES
_SECTION_MIN_BYTES = _SECTION_HEADER.size + _NONCE_BYTES + _TAG_BYTES
_PAD_MARK = b"\x80"
_NOT_JSON = "Une valeur ne peut pas être enregistrée telle quelle. Vérifiez les caractères saisis."


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a sealed section lives; `subject` is the id of the record or account whose key seals it."""

    territory: str
    table: str
    section: str
    subject: str


def lp(*parts: bytes | str) -> bytes:
    """The parts one after the other, each behind its length (4 bytes, big-endian): no two lists read the same."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4) + part for part in encoded)


def new_dek() -> bytes:
    """A fresh data key: 32 random bytes from the system."""
    return os.urandom(_KEY_BYTES)


def wrap_dek(keyring: Keyring, dek: bytes, *, territory: str, subject: str, dek_version: int) -> bytes:
    """The data key sealed under the primary key of the keyring (66 bytes), bound to its subject and version."""
    return _wrap_with_nonce(_new_nonce(), keyring, dek, territory=territory, subject=subject, dek_version=dek_version)


def unwrap_dek(keyring: Keyring, wrapped: bytes, *, territory: str, subject: str, dek_version: int) -> bytes:
    """The data key, 32 bytes; `Sealed` when altered, of another subject or version, or of an unknown key."""
    key = keyring.kek(wrapped_kid(wrapped))
    aad = _wrap_aad(wrapped[: _WRAP_HEADER.size], territory=territory, subject=subject, dek_version=dek_version)
    return _decrypt(key, wrapped[_WRAP_HEADER.size :], aad)


def wrapped_kid(wrapped: bytes) -> int:
    """Which key of the keyring wraps it; `Sealed` unless it has the shape of a wrapped data key."""
    if len(wrapped) != _WRAPPED_BYTES:
        raise breach("wrapped key: wrong length")
    version, algorithm, kid = _WRAP_HEADER.unpack_from(wrapped)
    _check_format(version, algorithm)
    return int(kid)


def rewrap_dek(keyring: Keyring, wrapped: bytes, *, territory: str, subject: str, dek_version: int) -> bytes:
    """The same data key under today's primary key: what it seals is not touched. `Sealed` as `unwrap_dek`."""
    dek = unwrap_dek(keyring, wrapped, territory=territory, subject=subject, dek_version=dek_version)
    return wrap_dek(keyring, dek, territory=territory, subject=subject, dek_version=dek_version)


def sealed_version(blob: bytes) -> int:
    """Which version of the data key seals it; `Sealed` unless it has the shape of a sealed section."""
    if len(blob) < _SECTION_MIN_BYTES:
        raise breach("section: too short")
    version, algorithm, key_version, _ = _SECTION_HEADER.unpack_from(blob)
    _check_format(version, algorithm)
    return int(key_version)


def room_of(blob: bytes) -> int:
    """How many bytes its padded payload takes: sealed again with that as `bucket`, it is as long as it was."""
    return len(blob) - _SECTION_MIN_BYTES


def seal(
    dek: bytes,
    payload: object,
    *,
    place: Place,
    dek_version: int,
    seq: int,
    bucket: int = 64,
    replaces: bytes | None = None,
) -> bytes:
    """A payload of JSON types, sealed for its place, padded to a multiple of `bucket` bytes.

    `seq` grows at each write of the section. `replaces` is the blob it takes the place of: `Sealed` is raised if
    both have the same nonce, the sign of a broken random source. `Invalid` when the payload would not read back equal.
    """
    nonce = _new_nonce()
    if replaces is not None and hmac.compare_digest(_section_nonce(replaces), nonce):
        raise breach("section: the random source repeats itself")
    return _seal_with_nonce(
        nonce, dek, _padded(_canonical(payload), bucket), place=place, dek_version=dek_version, seq=seq
    )


def open_sealed(dek: bytes, blob: bytes, *, place: Place, dek_version: int, seq: int) -> Any:
    """The payload; `Sealed` when altered, moved, of another version of the key or of another write."""
    if len(blob) < _SECTION_MIN_BYTES:
        raise breach("section: too short")
    version, algorithm, key_version, write = _SECTION_HEADER.unpack_from(blob)
    _check_format(version, algorithm)
    if (key_version, write) != (dek_version, seq):
        raise breach("section: another key version or write")
    aad = _section_aad(blob[: _SECTION_HEADER.size], place)
    return _read(_decrypt(dek, blob[_SECTION_HEADER.size :], aad))


def record_seal(
    dek: bytes, *, subject: str, sections: Iterable[tuple[str, int, bytes]], tokens: Iterable[tuple[int, int]]
) -> bytes:
    """The 32-byte seal over all of a record: sections as (name, seq, blob), search tokens as (index, token).

    The order they come in does not matter. Any section put back from the past, or token added, changes it.
    """
    _check_key(dek)
    key = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=b"cve/seal/v1").derive(dek)
    named = sorted((name.encode(), _pack(_U64, seq), hashlib.sha256(blob).digest()) for name, seq, blob in sections)
    listed = b"".join(_pack(_TOKEN, index, token) for index, token in sorted(set(tokens)))
    message = lp(subject, lp(*(lp(*section) for section in named)), hashlib.sha256(listed).digest())
    return hmac.digest(key, message, "sha256")


def check_record_seal(
    dek: bytes,
    *,
    subject: str,
    sections: Iterable[tuple[str, int, bytes]],
    tokens: Iterable[tuple[int, int]],
    seal: bytes,
) -> None:
    """Raise `Sealed` unless that seal is the record's; compared in constant time."""
    if not hmac.compare_digest(record_seal(dek, subject=subject, sections=sections, tokens=tokens), seal):
        raise breach("record: its seal does not agree")


def _wrap_with_nonce(
    nonce: bytes, keyring: Keyring, dek: bytes, *, territory: str, subject: str, dek_version: int
) -> bytes:
    _check_key(dek)
    header = _pack(_WRAP_HEADER, _FORMAT, _AES_256_GCM, keyring.primary)
    aad = _wrap_aad(header, territory=territory, subject=subject, dek_version=dek_version)
    return header + nonce + AESGCM(keyring.kek(keyring.primary)).encrypt(nonce, dek, aad)


def _seal_with_nonce(nonce: bytes, dek: bytes, plain: bytes, *, place: Place, dek_version: int, seq: int) -> bytes:
    _check_key(dek)
    header = _pack(_SECTION_HEADER, _FORMAT, _AES_256_GCM, dek_version, seq)
    return header + nonce + AESGCM(dek).encrypt(nonce, plain, _section_aad(header, place))


def _new_nonce() -> bytes:
    # Straight from the system: a generator of our own would repeat itself in forked workers.
    return os.urandom(_NONCE_BYTES)


def _section_nonce(blob: bytes) -> bytes:
    return blob[_SECTION_HEADER.size : _SECTION_HEADER.size + _NONCE_BYTES]


def _wrap_aad(header: bytes, *, territory: str, subject: str, dek_version: int) -> bytes:
    return lp("cve/dek/v1", header, lp(territory, subject, _pack(_U32, dek_version)))


def _section_aad(header: bytes, place: Place) -> bytes:
    return lp("cve/sec/v1", header, lp(place.territory, place.table, place.section, place.subject))


def _check_format(version: int, algorithm: int) -> None:
    if version != _FORMAT:
        raise breach(f"unknown format {version}")
    if algorithm != _AES_256_GCM:
        raise breach(f"unknown algorithm {algorithm}")


def _check_key(dek: bytes) -> None:
    if len(dek) != _KEY_BYTES:
        raise breach("data key: wrong length")


def _decrypt(key: bytes, body: bytes, aad: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], aad)
    except (InvalidTag, ValueError):
        raise breach("altered, moved, or another key") from None


def _canonical(payload: object) -> bytes:
    # Reading it back refuses what JSON would change in silence: NaN, dates, tuples.
    try:
        text = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise Invalid(_NOT_JSON) from None
    if orjson.loads(text) != payload:
        raise Invalid(_NOT_JSON)
    return text


def _padded(text: bytes, bucket: int) -> bytes:
    marked = text + _PAD_MARK
    return marked.ljust(-(-len(marked) // bucket) * bucket, b"\0")


def _read(plain: bytes) -> Any:
    text = plain.rstrip(b"\0")
    if not text.endswith(_PAD_MARK):
        raise breach("section: padding")
    try:
        return orjson.loads(text[:-1])
    except orjson.JSONDecodeError:
        raise breach("section: content") from None


def _pack(layout: Struct, *numbers: int) -> bytes:
    try:
        return layout.pack(*numbers)
    except PackingError:
        raise breach("a number is out of its range") from None
