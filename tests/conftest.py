"""What every test may ask for."""

import gc
import os

import pytest
from hypothesis import settings

from tests.browser.page import browser
from tests.engines import (
    chromium_path,
    database_url,
    engine_name,
    pg_engine,
    pg_template,
    pg_url,
    postgresql_url,
    sqlite_template,
    sqlite_url,
)
from tests.town import _cheap_passwords, clock, pg_settled, sqlite_settled, sqlite_store, sqlite_town, store, town

# The run that judges a change must end within twenty minutes on two cores; at a desk each rule is tried more often.
if os.environ.get("CI"):
    settings.register_profile("judged", settings.get_profile("ci"), max_examples=12)
    settings.load_profile("judged")

gc.set_threshold(20_000, 50, 100)  # a test leaves little behind: looked through rarely, and never the libraries

# Towns of two years, lived once for a whole run: with several processes, each belongs to one of them.
_LIVED_ONCE = ("lived", "demo_town")
# Made once for the tests of a file: a served town, a simulated one.
_MADE_ONCE = ("scene", "address", "server", "told", "growth", "sleeper")


@pytest.hookimpl(tryfirst=True)  # before the plugin that reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together the tests that read the same lived town, or what their file makes once."""
    for item in items:
        asked = getattr(item, "fixturenames", ())
        for name in _LIVED_ONCE:
            if name in asked:
                item.add_marker(pytest.mark.xdist_group(name))
        if any(name in asked for name in _MADE_ONCE):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_collection_finish() -> None:
    """Leave what is imported by now out of every later collection: a sixth of the run was spent looking at it."""
    gc.collect()
    gc.freeze()


__all__ = [
    "_cheap_passwords",
    "browser",
    "chromium_path",
    "clock",
    "database_url",
    "engine_name",
    "pg_engine",
    "pg_settled",
    "pg_template",
    "pg_url",
    "postgresql_url",
    "sqlite_settled",
    "sqlite_store",
    "sqlite_template",
    "sqlite_town",
    "sqlite_url",
    "store",
    "town",
]
