"""What stories drawn at random and stories told again share: ids that come in the same order each time."""

import secrets
from itertools import count
from types import SimpleNamespace

import pytest

from pathway.kernel import ids


def in_order(number: int) -> bytes:
    """16 bytes whose base32 grows with the number: one letter for each of its bits."""
    return sum(1 << 5 * bit + 3 for bit in range(25) if number >> bit & 1).to_bytes(16)


@pytest.fixture
def ids_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids that grow as they are drawn: ties are broken by id, and a sequence played again must be the same."""
    numbers = count(1)
    drawn = SimpleNamespace(token_bytes=lambda _size: in_order(next(numbers)), randbelow=secrets.randbelow)
    monkeypatch.setattr(ids, "secrets", drawn)
