"""Living a town on a Friday, and saying what was lived without the identifiers that are drawn."""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from pathway.demo.instance import hurry
from pathway.demo.personas import PASSWORD
from pathway.demo.seed import Seeded, seed
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import Settings
from pathway.store.opening import open_store, prepare_instance
from tests.town import CHEAP, FRIDAY

CHEAP_HASH = CHEAP.hash(PASSWORD)

_STEPS = """
    SELECT e.record_id, s.code, e.entered_on, x.kind, x.event_on FROM enrolment e
    JOIN scheme s ON s.id = e.scheme_id LEFT JOIN scheme_exit x ON x.enrolment_id = e.id
"""
_CONTACTS = "SELECT record_id, made_on, channel, result FROM contact_attempt"
_POINTS = "SELECT record_id, kind, due_on, state, replans FROM point"
_ALERTS = "SELECT record_id, rule, state, opened_on FROM alert"


def live(settings: Settings, *, now: datetime = FRIDAY) -> Seeded:
    """Seed that instance at that instant (the Friday unless told); its clock then stands there."""
    prepare_instance(settings, now=now)
    store = open_store(settings)
    if store.engine.dialect.name == "sqlite":
        hurry(store.engine)
    seeded = seed(store, now=now, report=lambda _done, _total: None, password_hash=CHEAP_HASH)
    seeded.town.clock = FixedClock(now)
    return seeded


def rows(seeded: Seeded, query: str) -> list[Any]:
    """What a plain query finds in the town's base."""
    with seeded.town.store.engine.connect() as connection:
        return list(connection.execute(text(query)))


def story(seeded: Seeded) -> list[tuple[str, ...]]:
    """All that happened, with people by name: two towns of one day tell the same."""
    names = {life.record_id: code for code, life in seeded.lives.items()}
    found = [row for query in (_STEPS, _CONTACTS, _POINTS, _ALERTS) for row in rows(seeded, query)]
    return sorted((names[row[0]], *(str(value) for value in row[1:])) for row in found)
