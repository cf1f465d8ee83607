"""Building the demonstration: all or nothing, once, and never over real people."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pathway.demo import seed as seeding
from pathway.demo.agenda import Agenda
from pathway.demo.instance import BaseState, Ready, look_at, ready_demo
from pathway.demo.people import PEOPLE
from pathway.demo.town import settle
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Refused, Unavailable
from pathway.kernel.settings import Settings
from pathway.store.actor import SYSTEM
from pathway.store.opening import mark_as_demo, open_store, prepare_instance
from pathway.store.transaction import Transaction
from tests.demo.living import CHEAP_HASH
from tests.town import FRIDAY

# Of those who came lately, so that few nights are lived.
SOME = tuple(who for who in PEOPLE if who.steps[0].began < 100 and not who.is_imported)[:3]


@pytest.fixture(autouse=True)
def _hamlet(monkeypatch: pytest.MonkeyPatch) -> None:
    # How the base is put in place does not depend on how many people live there.
    monkeypatch.setattr(seeding, "PEOPLE", SOME)
    monkeypatch.setattr(seeding, "_SETTLED", 130)
    monkeypatch.setattr(seeding, "_bring_file", lambda _seeded: None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(CARTE_INSTANCE=tmp_path / "instance", DATABASE_URL="", CARTE_TERRITORY="valmer")


def ready(settings: Settings, *, days: int = 0, is_reseeded: bool = False, said: list[str] | None = None) -> Ready:
    return ready_demo(
        settings,
        now=FRIDAY + timedelta(days=days),
        report=lambda _done, _total: None,
        say=(said if said is not None else []).append,
        is_reseeded=is_reseeded,
        password_hash=CHEAP_HASH,
    )


def marked_as_demo(settings: Settings) -> None:
    """What a run cut short on PostgreSQL leaves: a mark, and no more."""
    prepare_instance(settings, now=FRIDAY)
    store = open_store(settings)
    with Transaction(store, actor=SYSTEM, clock=FixedClock(FRIDAY), door="demo") as tx:
        mark_as_demo(tx.connection)
        tx.journal("open_demo")
    store.engine.dispose()


def test_a_second_start_finds_the_town_as_it_was_left(settings: Settings) -> None:
    assert ready(settings) == Ready(seeded_on=date(2026, 11, 20), is_new=True)
    before = (settings.instance / "carte.sqlite").read_bytes()
    assert ready(settings, days=3) == Ready(seeded_on=date(2026, 11, 20), is_new=False)
    assert (settings.instance / "carte.sqlite").read_bytes() == before


def test_reseeding_brings_the_two_years_to_today(settings: Settings) -> None:
    ready(settings)
    assert ready(settings, days=3, is_reseeded=True) == Ready(seeded_on=date(2026, 11, 23), is_new=True)
    assert look_at(settings) == (BaseState.COMPLETE, date(2026, 11, 23))


def test_a_demonstration_somebody_has_open_is_not_replaced(settings: Settings) -> None:
    ready(settings)
    store = open_store(settings)
    with pytest.raises(Refused, match="Arrêtez-le"):
        ready(settings, days=3, is_reseeded=True)
    store.engine.dispose()
    assert look_at(settings) == (BaseState.COMPLETE, date(2026, 11, 20))
    assert ready(settings, days=3, is_reseeded=True).is_new


def test_only_the_base_and_its_keyring_are_left(settings: Settings) -> None:
    ready(settings)
    kept = {path.name for path in settings.instance.iterdir()}
    assert kept - {".demo.lock"} == {"carte.sqlite", "keyring"}


def test_a_run_cut_short_leaves_no_half_town(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Agenda, "live", _power_cut)
    with pytest.raises(KeyboardInterrupt):
        ready(settings)
    assert look_at(settings) == (BaseState.NOTHING, None)
    monkeypatch.undo()


def test_what_a_killed_run_left_beside_is_swept(settings: Settings) -> None:
    leftover = settings.instance / ".demo-killed"
    leftover.mkdir(parents=True)
    (leftover / "carte.sqlite").write_bytes(b"half a town")
    ready(settings)
    assert not leftover.exists()


def test_a_base_of_real_people_is_refused_and_untouched(settings: Settings) -> None:
    prepare_instance(settings, now=FRIDAY)
    store = open_store(settings)
    settle(store, FixedClock(FRIDAY), since=FRIDAY.date(), password_hash=CHEAP_HASH)
    store.engine.dispose()
    before = (settings.instance / "carte.sqlite").read_bytes()
    for is_reseeded in (False, True):
        with pytest.raises(Refused, match="n’est pas une démonstration"):
            ready(settings, is_reseeded=is_reseeded)
    assert (settings.instance / "carte.sqlite").read_bytes() == before


def test_a_base_in_which_nobody_wrote_may_become_a_demonstration(settings: Settings) -> None:
    prepare_instance(settings, now=FRIDAY)
    assert ready(settings).is_new


def test_a_lost_keyring_is_said_before_anything_is_served(settings: Settings) -> None:
    ready(settings)
    settings.keyring_path.unlink()
    with pytest.raises(Unavailable, match="trousseau"):
        ready(settings)


def test_an_unfinished_demonstration_is_built_again_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    settings = Settings(CARTE_INSTANCE=tmp_path, DATABASE_URL=postgresql_url, CARTE_TERRITORY="valmer")
    marked_as_demo(settings)
    assert look_at(settings) == (BaseState.UNFINISHED, None)
    said: list[str] = []
    assert ready(settings, said=said).is_new
    assert "interrompue" in said[0]
    assert look_at(settings)[0] is BaseState.COMPLETE
    assert not ready(settings).is_new


def _power_cut(*_: object) -> None:
    raise KeyboardInterrupt
