"""What every test may ask for."""

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
