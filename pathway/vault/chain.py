"""Chains journal entries: each carries the mark of the one before, so that none is changed, moved or removed unseen."""

import hmac
from struct import Struct
from struct import error as PackingError

from pathway.vault.breach import breach
from pathway.vault.keyring import Keyring

_MAC_BYTES = 32
_U64 = Struct(">Q")

GENESIS: bytes = bytes(_MAC_BYTES)
_EPOCH_USE = b"cve/journal-epoch/v1"
_HEAD_USE = b"cve/journal-head/v1"
_TOMBSTONE_USE = b"cve/tombstone/v1"
_CHECKPOINT_USE = b"cve/journal-checkpoint/v1"
_COPY_USE = b"cve/base-copy/v1"


def chain_mac(keyring: Keyring, *, epoch: int, previous: bytes, seq: int, payload: bytes) -> bytes:
    """The 32-byte mark of entry `seq`, after the mark `previous` (`GENESIS` for the first), under the epoch's key.

    `Sealed` when the epoch is unknown, `previous` is not 32 bytes or `seq` does not fit 64 bits.
    """
    key = keyring.journal_keys.get(epoch)
    if key is None:
        raise breach(f"unknown journal epoch {epoch}")
    if len(previous) != _MAC_BYTES:
        raise breach("journal: the previous mark has a wrong length")
    return hmac.digest(key, previous + _numbered(seq) + payload, "sha256")


def head_mac(keyring: Keyring, *, epoch: int, content: bytes) -> bytes:
    """The 32-byte mark of a head kept outside the base, under a key of its own: it is never the mark of an entry.

    `Sealed` when the epoch is unknown.
    """
    key = keyring.journal_keys.get(epoch)
    if key is None:
        raise breach(f"unknown journal epoch {epoch}")
    return hmac.digest(hmac.digest(key, _HEAD_USE, "sha256"), content, "sha256")


def epoch_mac(keyring: Keyring, *, epoch: int, previous: bytes, seq: int, newer: int) -> bytes:
    """The 32-byte mark by which the key of `epoch` hands over to that of `newer` at entry `seq`: never an entry's mark.

    `Sealed` when the epoch is unknown or a number does not fit.
    """
    key = keyring.journal_keys.get(epoch)
    if key is None:
        raise breach(f"unknown journal epoch {epoch}")
    handed = hmac.digest(key, _EPOCH_USE, "sha256")
    return hmac.digest(handed, previous + _numbered(seq) + _numbered(newer), "sha256")


def tombstone_mac(keyring: Keyring, *, epoch: int, content: bytes) -> bytes:
    """The 32-byte mark of a line of the log of what was forgotten, under a key of its own: never the mark of an entry.

    `Sealed` when the epoch is unknown.
    """
    key = keyring.journal_keys.get(epoch)
    if key is None:
        raise breach(f"unknown journal epoch {epoch}")
    return hmac.digest(hmac.digest(key, _TOMBSTONE_USE, "sha256"), content, "sha256")


def checkpoint_mac(keyring: Keyring, *, epoch: int, content: bytes) -> bytes:
    """The 32-byte mark of what replaces the pruned beginning of the journal, under a key of its own.

    `Sealed` when the epoch is unknown.
    """
    return _used(keyring, epoch, _CHECKPOINT_USE, content)


def copy_mac(keyring: Keyring, *, epoch: int, content: bytes) -> bytes:
    """The 32-byte mark of what a copy of the base says of itself, under a key of its own.

    `Sealed` when the epoch is unknown.
    """
    return _used(keyring, epoch, _COPY_USE, content)


def same_mac(a: bytes, b: bytes) -> bool:
    """Whether two marks are the same, compared in constant time."""
    return hmac.compare_digest(a, b)


def _used(keyring: Keyring, epoch: int, use: bytes, content: bytes) -> bytes:
    key = keyring.journal_keys.get(epoch)
    if key is None:
        raise breach(f"unknown journal epoch {epoch}")
    return hmac.digest(hmac.digest(key, use, "sha256"), content, "sha256")


def _numbered(seq: int) -> bytes:
    try:
        return _U64.pack(seq)
    except PackingError:
        raise breach("journal: the number is out of its range") from None
