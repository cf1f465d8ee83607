import re
from datetime import timedelta

from flask.testing import FlaskClient

from pathway.casework.followup.rules import ContactResult
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.encounters.scenes import plan
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home, enter, evaluate, leave, reach


def read(client: FlaskClient) -> str:
    """The words of the page, without its tags."""
    answer = client.get("/mon-parcours")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_pathway_that_begins_says_what_will_appear(town: Town) -> None:
    page = read(at_home(town, welcome(town)))
    assert "Bonjour Amina" in page and "Rien n’est prévu pour le moment." in page
    assert "Quand vous appeler Choisir quand être appelé·e" in page  # no day is told, so no call is announced
    assert "Bruno Lemaire , Point Accueil Emploi Centre." in page


def test_the_next_point_is_told_with_its_day_and_her_referent(town: Town) -> None:
    record_id = welcome(town)
    leave(town, enter(town, record_id))
    page = read(at_home(town, record_id))
    assert "Votre prochaine étape Nous prenons de vos nouvelles" in page
    assert "vendredi 27 novembre Bruno Lemaire" in page
    assert "Étape arrêtée" in page and "sans solution" not in page


def test_an_open_step_comes_next_when_no_point_is_open(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    enter(sqlite_town, record_id)
    page = read(at_home(sqlite_town, record_id))
    assert "Votre étape continue : Accompagnement Point Accueil Emploi" in page
    assert "prévue jusqu’au 20 novembre 2027" in page


def test_a_late_point_blames_nobody(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, record_id))
    clock.move(timedelta(days=20))
    page = read(at_home(sqlite_town, record_id))
    assert "C’était prévu vendredi 27 novembre. Nous vous contactons dès que possible." in page


def test_a_success_is_shown_as_a_success_and_no_gap_follows(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, record_id), reason="cdi")
    clock.move(timedelta(days=40))
    page = read(at_home(sqlite_town, record_id))
    assert "Vous avez trouvé un emploi durable" in page
    assert "sans étape" not in page


def test_a_gap_is_told_kindly(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, record_id))
    clock.move(timedelta(days=40))
    assert "40 jours sans étape. Nous cherchons la suite avec vous." in read(at_home(sqlite_town, record_id))
    enter(sqlite_town, record_id, scheme="atelier")
    clock.move(timedelta(days=1))
    client = signed_in(sqlite_town, "bruno")
    assert client.get("/mon-parcours").status_code == 403


def test_contacts_that_reached_her_are_told_and_no_other(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    enter(sqlite_town, record_id)
    reach(sqlite_town, record_id, result=ContactResult.NO_ANSWER)
    client = at_home(sqlite_town, record_id)
    assert "téléphone" not in read(client)
    reach(sqlite_town, record_id)
    assert "Vous avez parlé au téléphone vendredi 20 novembre · Bruno Lemaire" in read(client)


def test_a_professional_who_is_not_her_referent_is_not_named(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    reach(sqlite_town, record_id, by="fatou")
    page = read(at_home(sqlite_town, record_id))
    assert "Vous avez parlé au téléphone" in page and "Diallo" not in page


def test_an_alert_is_told_to_her_and_changes_nothing_of_her_rights(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, record_id))
    clock.move(timedelta(days=15))
    evaluate(sqlite_town, record_id)
    page = read(at_home(sqlite_town, record_id))
    assert "Nous devions prendre de vos nouvelles le 27 novembre 2026." in page
    assert "Cela ne change rien à vos droits." in page


def test_calls_that_a_new_step_replaces_are_told(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, record_id))
    clock.move(timedelta(days=40))
    enter(sqlite_town, record_id)
    assert "Votre nouvelle étape remplace" in read(at_home(sqlite_town, record_id))


def test_an_appointment_that_comes_first_leads(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, record_id))
    plan(sqlite_town, record_id, days=2)
    page = read(at_home(sqlite_town, record_id))
    assert page.index("Votre prochain rendez-vous") < page.index("Ensuite")
    assert "Votre prochaine étape" not in page
