import pytest

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.cockpit.test_queries import close, left, lively
from tests.town import signed_in
from tests.web.counsellor.scenes import reads_of, said, valid

LISTS = (
    "/pilotage/sorties",
    "/pilotage/sorties?etat=sans-suite",
    "/pilotage/points",
    "/pilotage/relais",
    "/pilotage/interruptions",
    "/pilotage/equipe",
    "/pilotage/equipe?quoi=personnes",
)


def test_a_list_says_who_what_which_day_and_whose_it_is(town: Town, clock: FixedClock) -> None:
    record_id = left(town, clock, 1)[0]
    page = valid(signed_in(town, "denis").get("/pilotage/sorties?etat=retard"))
    assert "Un point est en retard : 1 sortie." in page
    assert f'href="/dossiers/{record_id}">Amina Benkacem</a>' in page
    assert "Fin sans solution" in page and "sortie le" in page and "Bruno Lemaire" in page


def test_a_relay_of_the_list_opens_the_relay(town: Town, clock: FixedClock) -> None:
    lively(town, clock)
    page = valid(signed_in(town, "denis").get("/pilotage/relais?vers=accord&delai=7"))
    assert 'href="/relais/' in page and "Accepté" in page and "envoyé le" in page


def test_a_time_without_a_step_is_said_in_days(town: Town, clock: FixedClock) -> None:
    left(town, clock, 1)
    page = valid(signed_in(town, "denis").get("/pilotage/interruptions?duree=en-cours"))
    assert "30 jours sans étape, et cela dure" in page and "Encore en cours : 1 fois." in page


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_says_so_and_no_other_role_reads_it(sqlite_town: Town, path: str) -> None:
    assert "Personne dans cette liste." in valid(signed_in(sqlite_town, "denis").get(path))
    assert {signed_in(sqlite_town, who).get(path).status_code for who in ("bruno", "theo", "root")} == {403}


@pytest.mark.parametrize("path", LISTS)
def test_another_structure_reads_nobody_there(sqlite_town: Town, clock: FixedClock, path: str) -> None:
    lively(sqlite_town, clock)
    assert "Amina" not in said(signed_in(sqlite_town, "yvan").get(path))


def test_somebody_whose_record_closed_is_not_listed_and_who_is_shown_is_told(
    sqlite_town: Town, clock: FixedClock
) -> None:
    shown, closed = left(sqlite_town, clock, 2)
    close(sqlite_town, closed)
    before = reads_of(sqlite_town, shown), reads_of(sqlite_town, closed)
    page = said(signed_in(sqlite_town, "denis").get("/pilotage/sorties"))
    assert shown in page and closed not in page
    assert (reads_of(sqlite_town, shown), reads_of(sqlite_town, closed)) == (before[0] + 1, before[1])


def test_a_long_list_has_pages_that_keep_what_was_asked(sqlite_town: Town, clock: FixedClock) -> None:
    left(sqlite_town, clock, 21)
    client = signed_in(sqlite_town, "denis")
    first = client.get("/pilotage/sorties?etat=retard").get_data(as_text=True)
    assert first.count('<li class="people-line">') == 20 and "etat=retard&amp;page=2" in first
    second = client.get("/pilotage/sorties?etat=retard&page=2").get_data(as_text=True)
    assert second.count('<li class="people-line">') == 1 and "Page 2 sur 2" in second


@pytest.mark.parametrize(
    "odd",
    ["semaine=2026-02-31", "semaine=9999-12-31", "etat=autre", "page=-3", "page=x", "qui=abc", "semaine=0001-01-01"],
)
def test_an_odd_address_gives_a_list(sqlite_town: Town, odd: str) -> None:
    client = signed_in(sqlite_town, "denis")
    assert {client.get(f"{path.split('?')[0]}?{odd}").status_code for path in LISTS} == {200}
