"""What every test may ask for."""

import os

from hypothesis import settings

from tests.browser.page import browser
from tests.engines import (
    chromium_path,
    database_url,
    pg_engine,
    pg_template,
    pg_url,
    postgresql_url,
    sqlite_template,
    sqlite_url,
)
from tests.town import _cheap_passwords, clock, sqlite_store, sqlite_town, store, town

# The run that judges a change must end within twenty minutes on two cores; at a desk each rule is tried more often.
if os.environ.get("CI"):
    settings.register_profile("judged", settings.get_profile("ci"), max_examples=40)
    settings.load_profile("judged")

__all__ = [
    "_cheap_passwords",
    "browser",
    "chromium_path",
    "clock",
    "database_url",
    "pg_engine",
    "pg_template",
    "pg_url",
    "postgresql_url",
    "sqlite_store",
    "sqlite_template",
    "sqlite_town",
    "sqlite_url",
    "store",
    "town",
]
