"""A Vault of our own that answers, and the provider that asks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pathway.vault.providers import Transit, TransitProvider
from tests.vault.transit_server import KEY, TOKEN, Engine, serving


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def provider(engine: Engine, tmp_path: Path) -> Iterator[TransitProvider]:
    """A provider whose Vault answers."""
    with serving(engine) as addr:
        transit = Transit(addr=addr, mount="transit", key=KEY, token=TOKEN)
        yield TransitProvider(path=tmp_path / "keyring", territory="valmer", transit=transit)
