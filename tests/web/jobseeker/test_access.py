import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from pathway.casework.records.rules import Identity
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.agreements.deciding import stop
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home

SAMIR = Identity(first_name="Samir", last_name="Belkacem", birth_date=date(1988, 2, 3))


def read(client: FlaskClient, path: str = "/qui-voit-quoi") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def share(
    town: Town, record_id: str, structure: str, *, sections: frozenset[str], days: int, cause: Cause = Cause.AGREEMENT
) -> None:
    with town.acting("bruno") as tx:
        open_grants(
            tx,
            record_ids=[record_id],
            structure_id=town.structures[structure],
            cause=cause,
            cause_id="",
            sections=sections,
            until_at=tx.now + timedelta(days=days),
        )
        tx.journal("share", records=[record_id])


def test_she_reads_which_structure_sees_what_why_and_until_when(town: Town) -> None:
    record_id = welcome(town)
    share(town, record_id, "mission-locale", sections=frozenset({Section.CONTACT, Section.PROJECT}), days=30)
    page = read(at_home(town, record_id))
    assert "Point Accueil Emploi Centre Votre dossier, sauf la partie santé" in page
    assert "Elle vous accompagne, depuis le 20 novembre 2026." in page
    assert "Mission locale du Bassin Ces parties : coordonnées et contact, projet professionnel" in page
    assert "jusqu’au 20 décembre 2026" in page


def test_a_structure_is_told_once_with_all_its_causes_and_their_latest_end(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    share(sqlite_town, record_id, "pae-centre", sections=frozenset({Section.HEALTH}), days=30)
    share(sqlite_town, record_id, "plie", sections=frozenset({Section.CONTACT}), days=30)
    share(sqlite_town, record_id, "plie", sections=frozenset({"pathway"}), days=60)
    page = read(at_home(sqlite_town, record_id)).split("Qui a regardé")[0]
    assert "Point Accueil Emploi Centre Tout votre dossier" in page
    assert "Elle vous accompagne, depuis" in page and "tant que dure cet accompagnement" in page
    assert "PLIE du Bassin Ces parties : coordonnées et contact, les étapes du parcours" in page
    assert "jusqu’au 19 janvier 2027" in page and "20 décembre" not in page


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_its_words(sqlite_town: Town, cause: Cause) -> None:
    record_id = welcome(sqlite_town)
    share(sqlite_town, record_id, "plie", sections=frozenset({"pathway", "followup", "alerts"}), days=1, cause=cause)
    page = read(at_home(sqlite_town, record_id))
    assert f"{cause.label}, depuis le 20 novembre 2026." in page
    assert "les étapes du parcours, les points de suivi et les contacts, les risques de rupture" in page


def test_she_reads_on_what_each_right_stands_and_that_she_may_object(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    share(sqlite_town, record_id, "ccas", sections=frozenset({Section.HEALTH}), days=1)
    page = read(at_home(sqlite_town, record_id))
    assert page.count("Pourquoi : mission d’intérêt public. Vous pouvez vous y opposer.") == 2
    assert "Pour la santé : votre accord explicite." in page


def test_an_access_that_ended_is_no_longer_there(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    share(sqlite_town, record_id, "plie", sections=frozenset({Section.CONTACT}), days=1)
    clock.move(timedelta(days=1))
    assert "PLIE du Bassin" not in read(at_home(sqlite_town, record_id))


@pytest.mark.parametrize("path", ["/mon-parcours", "/mes-informations", "/qui-voit-quoi", "/mon-compte"])
def test_she_sees_nothing_of_anybody_else(sqlite_town: Town, path: str) -> None:
    record_id = welcome(sqlite_town)
    other = welcome(sqlite_town, identity=SAMIR)
    page = read(at_home(sqlite_town, record_id), path)
    assert "Samir" not in page and "Belkacem" not in page and other not in page


def test_a_role_that_reads_nothing_of_hers_is_shut_out(sqlite_town: Town) -> None:
    for persona in ("bruno", "denis", "theo", "root", "ines"):
        assert signed_in(sqlite_town, persona).get("/qui-voit-quoi").status_code == 403


@pytest.mark.parametrize("path", ["/qui-voit-quoi/accord", "/qui-a-regarde", "/mes-questions"])
def test_the_pages_below_stand_under_the_same_entry_of_the_menu(sqlite_town: Town, path: str) -> None:
    page = at_home(sqlite_town, welcome(sqlite_town)).get(path).get_data(as_text=True)
    assert re.findall(r'href="([^"]+)" aria-current', page) == ["/qui-voit-quoi"]


@pytest.mark.parametrize("path", ["/mes-rendez-vous", "/mon-plan", "/mes-relais"])
def test_what_is_to_come_stands_under_her_pathway(sqlite_town: Town, path: str) -> None:
    page = at_home(sqlite_town, welcome(sqlite_town)).get(path).get_data(as_text=True)
    assert re.findall(r'href="([^"]+)" aria-current', page) == ["/mon-parcours"]


@pytest.mark.parametrize("path", ["/vos-droits", "/mes-demandes", "/mon-dossier", "/est-ce-vous"])
def test_what_she_does_about_her_own_record_stands_under_her_information(sqlite_town: Town, path: str) -> None:
    page = at_home(sqlite_town, welcome(sqlite_town)).get(path).get_data(as_text=True)
    assert re.findall(r'href="([^"]+)" aria-current', page) == ["/mes-informations"]


def test_a_structure_that_sees_nothing_any_more_is_folded_away(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    share(sqlite_town, record_id, "plie", sections=frozenset({Section.CONTACT}), days=30)
    stop(sqlite_town, record_id, "plie")
    page = read(at_home(sqlite_town, record_id))
    before, after = page.split("1 structure ne voit plus votre dossier")
    assert "PLIE du Bassin" not in before and "PLIE du Bassin Plus rien : vous avez arrêté le partage" in after
    assert "Partager à nouveau" in after


def test_her_rights_lead_back_to_the_entry_that_is_lit(sqlite_town: Town) -> None:
    page = at_home(sqlite_town, welcome(sqlite_town)).get("/vos-droits").get_data(as_text=True)
    back = page.partition("<main")[2].partition("<h1")[0]
    assert 'href="/mes-informations"' in back and "Mes infos" in back and "Qui voit quoi" not in back
