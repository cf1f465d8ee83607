import re
from datetime import timedelta

import pytest

from pathway.demo.town import Town
from pathway.jobs.nightly import run_nights
from pathway.kernel.clock import FixedClock
from pathway.web.operator import nights
from tests.store.hands import altered
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import enter


def read(town: Town, path: str = "/instance/nuits", who: str = "root") -> str:
    answer = signed_in(town, who).get(path)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def lived(town: Town, clock: FixedClock) -> None:
    run_nights(town.store, on=None, report=lambda *_: None, clock=clock)


def test_each_night_says_what_its_steps_did_and_names_nobody(town: Town, clock: FixedClock) -> None:
    enter(town, welcome(town))
    clock.move(timedelta(days=31))
    lived(town, clock)
    page = read(town)
    assert "Nuit du lundi 21" in page and "faite" in page and "Durée :" in page
    assert "Alertes 1 parcours regardé, 1 ouverte" in page and "Départs rien à faire" in page
    assert "Amina" not in page and "échec" not in page


def test_before_the_first_night_the_page_says_what_will_come(sqlite_town: Town) -> None:
    assert "Aucune nuit n’a encore tourné." in read(sqlite_town)


def test_what_failed_is_told_with_why(sqlite_town: Town, clock: FixedClock) -> None:
    lived(sqlite_town, clock)
    altered(sqlite_town.store, "UPDATE night_step SET failed = 2, failure = 'Sealed' WHERE step = 'reminders'")
    altered(
        sqlite_town.store,
        "UPDATE night_step SET failed = 1, failure = 'KeyError', finished_at = NULL WHERE step = 'work'",
    )
    clock.move(timedelta(days=1))
    page = read(sqlite_town)
    assert "Rappels de rendez-vous : 2 éléments non traités (un contenu scellé ne s’ouvre pas)." in page
    assert "Qui travaille où : étape arrêtée (erreur « KeyError »)." in page
    assert "faite, avec des échecs" in page


def test_missed_nights_are_counted_then_told_as_caught_up(sqlite_town: Town, clock: FixedClock) -> None:
    lived(sqlite_town, clock)
    clock.move(timedelta(days=4))
    assert "3 nuits ont été manquées depuis la dernière." in read(sqlite_town)
    lived(sqlite_town, clock)
    assert "manquées" not in read(sqlite_town)


def test_a_long_history_is_read_page_by_page(
    sqlite_town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nights, "PER_PAGE", 2)
    for _ in range(2):
        lived(sqlite_town, clock)
        clock.move(timedelta(days=2))
    first, last = read(sqlite_town), read(sqlite_town, "/instance/nuits?page=9")
    assert "Page 1 sur 2" in first and "Nuit du dimanche 22 novembre" in first and "samedi 21" in first
    assert "Page 2 sur 2" in last and "Nuit du vendredi 20 novembre" in last


def test_a_gap_in_the_nights_is_told(sqlite_town: Town, clock: FixedClock) -> None:
    for _ in range(2):
        lived(sqlite_town, clock)
        clock.move(timedelta(days=3))
    altered(sqlite_town.store, "DELETE FROM night_step WHERE night IN ('2026-11-21', '2026-11-22')")
    assert "Les 2 nuits d’avant n’ont pas été faites." in read(sqlite_town)


def test_it_is_reached_from_the_instance_and_by_no_other_role(sqlite_town: Town, clock: FixedClock) -> None:
    lived(sqlite_town, clock)
    assert 'href="/instance/nuits"' in signed_in(sqlite_town, "root").get("/instance").get_data(as_text=True)
    for persona in ("bruno", "denis", "ines", "theo"):
        assert signed_in(sqlite_town, persona).get("/instance/nuits").status_code == 403
