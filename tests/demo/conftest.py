"""The town of a Friday, lived once for the whole session; tests read it, or undo what they write."""

from collections.abc import Iterator

import pytest

from pathway.demo.seed import Seeded
from pathway.kernel.settings import Settings
from tests.demo.living import live


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    folder = tmp_path_factory.mktemp("town")
    seeded = live(Settings(CARTE_INSTANCE=folder, DATABASE_URL="", CARTE_TERRITORY="valmer"))
    yield seeded
    seeded.town.store.engine.dispose()
