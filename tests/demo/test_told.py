"""The town can be lived whatever the day it ends on: weekends and holidays never turn a story upside down."""

import os
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from pathway.demo.exchanges import EXCHANGES
from pathway.demo.plans import WRITTEN
from pathway.demo.told import Told
from pathway.demo.watch import WATCHED
from pathway.kernel.clock import PARIS
from pathway.kernel.settings import Settings
from tests.demo.living import live

_FROM = date(2026, 1, 1)
# A day when questions on results were due and somebody said « non fait ».
_DAYS = [date(2026, 12, 3)]
# The days around New Year, where the time of a run is not counted.
_MANY = [date(2026, 12, 18) + timedelta(days=days) for days in range(21)]


@pytest.mark.parametrize("acts", [EXCHANGES, WRITTEN, WATCHED], ids=["exchanges", "written", "watched"])
def test_what_is_told_of_somebody_keeps_its_order_on_every_day_of_five_years(acts: tuple[Told, ...]) -> None:
    stories = [list(told) for _, told in groupby(sorted(acts, key=lambda one: one.whose), key=lambda one: one.whose)]
    for story in stories:
        story.sort(key=lambda one: -one.ago)
        for days in range(5 * 365):
            moments = [one.moment(_FROM + timedelta(days=days)) for one in story]
            assert all(before < after for before, after in pairwise(moments)), (story[0].whose, moments)


@pytest.mark.parametrize("day", _MANY if os.environ.get("CARTE_SLOW") else _DAYS, ids=str)
def test_the_town_is_lived_to_that_day(tmp_path: Path, day: date) -> None:
    now = datetime.combine(day, time(9), PARIS)
    seeded = live(Settings(CARTE_INSTANCE=tmp_path, DATABASE_URL="", CARTE_TERRITORY="valmer"), now=now)
    assert len(seeded.lives) >= 60
    seeded.town.store.engine.dispose()
