import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from pathway.casework.records.names import Query
from pathway.casework.records.queries import found, record_opened
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.tables import Record
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from tests.casework.oversight.scenes import ask, herself
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home, reach

LOG = "/qui-a-regarde"


def read(client: FlaskClient, path: str = LOG) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    seen = re.sub(r'<span class="visually-hidden">.*?</span>', "", page)
    return " ".join(re.sub(r"<[^>]+>", " ", seen).split())


def told(client: FlaskClient, path: str = LOG) -> str:
    """What the page says before her own visits."""
    return read(client, path).split("Vos propres visites")[0]


def do(town: Town, record_id: str, action: str, *, by: str = "fatou", times: int = 1) -> None:
    for _ in range(times):
        with town.acting(by) as tx:
            tx.journal(action, records=[record_id])
        town.clock.move(timedelta(minutes=3))  # type: ignore[attr-defined]  # the tests' clock moves


def test_each_access_says_who_in_which_role_what_and_why(town: Town) -> None:
    record_id = welcome(town)
    with town.acting("fatou") as tx:
        record_opened(tx, record_id, only=frozenset({Section.CONTACT, Section.SITUATION}))
        found(tx, Query(last_name="Benkacem", first_name="Amina", birth_date=date(1991, 4, 22)))
    page = told(at_home(town, record_id))
    assert "Point Accueil Emploi Centre a lu votre dossier. Conseiller·ère, pour suivre votre parcours." in page
    assert "Parties : vos coordonnées et votre situation." in page
    assert "Point Accueil Emploi Centre a cherché un nom et trouvé le vôtre" in page
    assert "Parties : votre nom et votre date de naissance." in page
    assert "vendredi 20 novembre" in page and "Heure 10 h 00" in page


def test_she_is_given_the_name_of_her_referent_and_of_nobody_else(town: Town) -> None:
    record_id = welcome(town)
    reach(town, record_id)
    do(town, record_id, "read_record")
    page = told(at_home(town, record_id))
    assert "Bruno Lemaire (Point Accueil Emploi Centre) a noté un contact avec vous" in page
    assert "Diallo" not in page and "Fatou" not in page


def test_two_professionals_of_one_structure_are_two_lines(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town, by="elise")
    for code in ("fatou", "denis"):
        do(sqlite_town, record_id, "read_record", by=code, times=2)
    page = told(at_home(sqlite_town, record_id, by="elise"))
    assert page.count("Point Accueil Emploi Centre a lu votre dossier (2 fois)") == 2
    assert "Responsable, pour suivre" in page


def test_repeats_are_one_line_with_their_hours(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    do(sqlite_town, record_id, "read_list", times=3)
    page = told(at_home(sqlite_town, record_id))
    assert "a vu votre nom dans une liste (3 fois)" in page
    assert "Heures 10 h 06, 10 h 03, 10 h 00" in page


def test_her_own_visits_are_folded_apart(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    client = at_home(sqlite_town, record_id)
    client.get("/mon-parcours")
    before, after = read(client).split("Vos propres visites", 1)
    assert "a lu votre dossier" not in before and "Vous avez lu votre dossier" in after
    assert "Changez votre mot de passe" in after and "Je ne comprends pas" not in after


def test_another_person_who_tried_is_told_as_a_stranger(sqlite_town: Town) -> None:
    record_id, other = welcome(sqlite_town), welcome(sqlite_town, by="elise")
    with herself(sqlite_town, other) as tx:
        tx.journal("refused", records=[record_id])
    page = told(at_home(sqlite_town, record_id))
    assert "Une personne sans structure a essayé d’ouvrir votre dossier, et l’accès a été refusé" in page


def test_all_the_cards_of_one_person_are_one_log(town: Town) -> None:
    record_id, second = welcome(town), welcome(town, by="elise")
    do(town, second, "read_record", by="karim")
    with town.store.engine.begin() as connection:
        record = table_of(Record)
        connection.execute(record.update().where(record.c.id == second).values(canonical_id=record_id))
    page = told(at_home(town, record_id))
    assert "Mission locale du Bassin a lu votre dossier" in page
    assert "Élise Moreau (Mission locale du Bassin) a créé votre carte" in page


def test_a_deed_of_tomorrow_gets_a_general_sentence(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    do(sqlite_town, record_id, "something_of_tomorrow")
    assert "Point Accueil Emploi Centre a utilisé votre dossier" in told(at_home(sqlite_town, record_id))


def test_seven_days_a_page_and_every_day_on_one(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town, by="elise")
    for _ in range(20):
        clock.move(timedelta(days=1))
        do(sqlite_town, record_id, "read_record")
    client = at_home(sqlite_town, record_id, by="elise")
    told(client)  # the notice of the opened account is shown once
    pages = [told(client, f"{LOG}?page={number}") for number in (1, 2, 3)]
    counts = [page.count("a lu votre dossier") for page in pages]
    assert counts[0] <= 7 and counts[1] == 7 and sum(counts) == 20
    assert "Page 1 sur 3" in pages[0] and "a créé votre carte" in pages[2]
    assert told(client, f"{LOG}?page=99") == pages[2] and told(client, f"{LOG}?page=-1") == pages[0]


def test_the_whole_log_is_printed_with_every_hour(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town, by="elise")
    for _ in range(20):
        clock.move(timedelta(days=1))
        do(sqlite_town, record_id, "read_record")
    page = read(at_home(sqlite_town, record_id, by="elise"), f"{LOG}/imprimer")
    assert page.count("Point Accueil Emploi Centre a lu votre dossier") == 20 and page.count("Heure : ") >= 20
    assert "Relevé du 10 décembre 2026" in page and "Vos propres visites" in page and "Je ne comprends" not in page


@pytest.mark.parametrize(("days", "is_there"), [(6, True), (7, False)])
def test_the_sharing_page_shows_the_last_seven_days(
    sqlite_town: Town, clock: FixedClock, days: int, is_there: bool
) -> None:
    record_id = welcome(sqlite_town, by="elise")
    do(sqlite_town, record_id, "read_record")
    clock.move(timedelta(days=days))
    client = at_home(sqlite_town, record_id, by="elise")
    assert ("a lu votre dossier" in read(client, "/qui-voit-quoi")) is is_there
    assert "a lu votre dossier" in told(client)


def test_a_line_asked_about_says_so(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    do(sqlite_town, record_id, "read_record")
    client = at_home(sqlite_town, record_id)
    assert "Je ne comprends pas cet accès" in told(client)
    ask(sqlite_town, record_id)
    assert "Explication demandée" in told(client) and "Votre question sur un accès" in told(client)


def test_the_log_of_one_is_shut_to_every_other_role(sqlite_town: Town) -> None:
    for persona in ("bruno", "denis", "theo", "root", "ines"):
        assert signed_in(sqlite_town, persona).get(LOG).status_code == 403
