"""The demonstration town, lived once and served for real; and what a test says it shows, held to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pathway.demo.town import Town
from pathway.kernel.clock import SystemClock
from pathway.kernel.settings import Settings
from tests.browser.page import CHECKED, served
from tests.browser.pages import rule_of, shown_by
from tests.demo.living import live
from tests.stories.stage import free_port


@pytest.fixture(autouse=True)
def holds_what_it_shows(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that `shows` rules has weighed a page of each at every width."""
    CHECKED.clear()
    yield
    missing = set(shown_by(request.function)) - {rule_of(path) for path in CHECKED}
    assert not missing, f"said to be shown, and not weighed: {missing}"


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demonstration is kept."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def demo_town(demo_folder: Path) -> Town:
    """A freshly seeded demonstration, ending today; its clock goes on, as that of its server."""
    settings = Settings(CARTE_INSTANCE=demo_folder, DATABASE_URL="", CARTE_TERRITORY="valmer")
    town = live(settings, now=SystemClock().now()).town
    town.clock = SystemClock()
    town.store.engine.dispose()
    return town


@pytest.fixture(scope="session")
def demo_address(demo_town: Town, demo_folder: Path) -> Iterator[str]:
    """The address of that demonstration, served."""
    environment = {"CARTE_INSTANCE": str(demo_folder), "CARTE_TERRITORY": "valmer", "DATABASE_URL": ""}
    with served(environment, free_port()) as address:
        yield address
