"""The demonstration town, lived once and served for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pathway.kernel.clock import SystemClock
from pathway.kernel.settings import Settings
from tests.browser.page import served
from tests.demo.living import live
from tests.stories.stage import free_port


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a freshly seeded demonstration, ending today, is kept."""
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(CARTE_INSTANCE=folder, DATABASE_URL="", CARTE_TERRITORY="valmer")
    live(settings, now=SystemClock().now()).town.store.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def demo_address(demo_folder: Path) -> Iterator[str]:
    """The address of that demonstration, served."""
    environment = {"CARTE_INSTANCE": str(demo_folder), "CARTE_TERRITORY": "valmer", "DATABASE_URL": ""}
    with served(environment, free_port()) as address:
        yield address
