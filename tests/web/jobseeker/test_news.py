import re

from flask.testing import FlaskClient

from pathway.casework.agreements.actions import give_agreement, stop_sharing
from pathway.demo.town import Town
from tests.casework.cards.counter import presented, shown
from tests.casework.enrolments.steps import enter
from tests.town import welcome
from tests.web.jobseeker.lives import at_home
from tests.web.jobseeker.test_access import read

PAGES = ("/mon-parcours", "/qui-voit-quoi")
BEGUN = "Depuis le 20 novembre 2026, Mission locale du Bassin vous accompagne et lit votre dossier."
ASK = "Je n’ai rien demandé, ou ce n’est pas moi"


def supported_after_a_visit(town: Town) -> tuple[str, FlaskClient]:
    record_id = welcome(town)
    client = at_home(town, record_id)
    presented(town, shown(town, record_id))
    enter(town, record_id, by="elise", scheme="atelier")
    return record_id, client


def test_a_visit_that_became_a_support_is_read_on_both_pages_with_the_ways_to_stop_and_to_ask(town: Town) -> None:
    _, client = supported_after_a_visit(town)
    for path in PAGES:
        page = client.get(path).get_data(as_text=True)
        assert BEGUN in read(client, path) and ASK in page
        assert f"/qui-voit-quoi/{town.structures['mission-locale']}/arreter" in page
        (asking,) = set(re.findall(r'href="(/qui-a-regarde/\d+/record_entry)"', page))
        assert "a enregistré le début d’une étape" in read(client, asking)


def test_once_she_asked_the_page_leads_to_her_question(sqlite_town: Town) -> None:
    _, client = supported_after_a_visit(sqlite_town)
    (asking,) = re.findall(r'href="(/qui-a-regarde/\d+/record_entry)"', client.get(PAGES[0]).get_data(as_text=True))
    assert client.post(asking, data={"message": "Je n’ai rien demandé."}).status_code == 303
    page = read(client, PAGES[0])
    assert BEGUN in page and ASK not in page and "voir où elle en est" in page


def test_a_structure_she_stopped_is_no_news_any_more(sqlite_town: Town) -> None:
    _, client = supported_after_a_visit(sqlite_town)
    where = f"/qui-voit-quoi/{sqlite_town.structures['mission-locale']}/arreter"
    assert client.post(where).status_code == 303
    assert all(BEGUN not in read(client, path) for path in PAGES)


def test_a_choice_a_professional_recorded_is_read_on_both_pages_and_may_be_contested(town: Town) -> None:
    record_id = welcome(town)
    client = at_home(town, record_id)
    mission = town.structures["mission-locale"]
    with town.acting("bruno") as tx:
        give_agreement(tx, record_id=record_id, structure_id=mission, sections=["contact"])
    with town.acting("bruno") as tx:
        stop_sharing(tx, record_id=record_id, structure_id=mission)
    for path in PAGES:
        page = read(client, path)
        assert "Le 20 novembre 2026, Bruno Lemaire (Point Accueil Emploi Centre) a enregistré votre accord" in page
        assert "(Point Accueil Emploi Centre) a arrêté un partage de votre dossier." in page
        found = re.findall(r'href="/qui-a-regarde/\d+/(agreement_\w+)"', client.get(path).get_data(as_text=True))
        assert {"agreement_given", "agreement_withdrawn"} <= set(found)


def test_her_own_choices_and_whoever_made_her_card_are_no_news(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    client = at_home(sqlite_town, record_id)
    enter(sqlite_town, record_id)
    assert client.post(f"/qui-voit-quoi/{sqlite_town.structures['pae-centre']}/arreter").status_code == 303
    assert all("vous accompagne et lit" not in read(client, path) and ASK not in read(client, path) for path in PAGES)
