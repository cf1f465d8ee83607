"""One section and one data key sealed by the vault alone, and ways to open them or spoil their bytes."""

from datetime import UTC, datetime
from typing import Any

from pathway.vault.envelope import Place, new_dek, open_sealed, seal
from pathway.vault.keyring import new_keyring

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
RING = new_keyring(NOW)
DEK = new_dek()
PLACE = Place(territory="angers", table="record_section", section="identity", subject="a" * 26)
WRITE: dict[str, Any] = {"place": PLACE, "dek_version": 1, "seq": 4}
OWN: dict[str, Any] = {"territory": "angers", "subject": "a" * 26, "dek_version": 1}
SECTIONS = [("identity", 4, b"one"), ("contact", 2, b"two")]
TOKENS = [(1, 2**40), (2, 9)]


def sealed(payload: object = "Amina", **other: Any) -> bytes:
    """That payload, sealed at its place."""
    return seal(DEK, payload, **(WRITE | other))


def opened(blob: bytes, **other: Any) -> Any:
    """What those bytes hold at that place."""
    return open_sealed(DEK, blob, **(WRITE | other))


def bits_flipped(blob: bytes) -> list[bytes]:
    """The same bytes, once for each bit with that bit the other way round."""
    number, size = int.from_bytes(blob), len(blob)
    return [(number ^ (1 << bit)).to_bytes(size) for bit in range(size * 8)]
