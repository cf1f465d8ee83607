from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.casework.resets.letters import last_link
from tests.casework.team.scenes import ADDRESS, invited
from tests.town import code_of_now, signed_in, web, welcome
from tests.web.account.doors import coded, page_of
from tests.web.jobseeker.lives import SECRET, code_for

NEW = "quatre girafes bleues nagent"


def accepted(client: FlaskClient, path: str, password: str = NEW) -> TestResponse:
    return client.post(path, data={"password": password, "again": password})


def test_the_invited_chooses_a_password_then_must_install_a_second_factor(town: Town) -> None:
    path, client = invited(town).path, web(town)
    page = page_of(client.get(path))
    assert "Bonjour Claire" in page and "Point Accueil Emploi Centre" in page and "20\u00a0novembre\u00a02027" in page
    assert accepted(client, path).location == "/connexion/protection"
    for shut in ("/aujourd-hui", "/dossiers", "/mon-compte"):
        assert client.get(shut).location == "/connexion/protection"
    again = web(town)
    half = again.post("/connexion", data={"login": ADDRESS, "password": NEW})
    assert half.location == "/connexion/protection"
    assert client.get(path).status_code == accepted(client, path).status_code == 410


def test_opening_the_link_spends_nothing(sqlite_town: Town) -> None:
    path = invited(sqlite_town).path
    for _ in range(3):
        assert web(sqlite_town).get(path).status_code == 200
    assert len(rows(sqlite_town.store, "invitation", "WHERE state = 'pending'")) == 1


def test_a_password_that_holds_her_name_is_refused_and_the_link_still_holds(sqlite_town: Town) -> None:
    path = invited(sqlite_town).path
    answer = accepted(web(sqlite_town), path, "claire-nguyen-2027")
    assert answer.status_code == 422 and "ne doit pas contenir votre nom" in page_of(answer)
    assert accepted(web(sqlite_town), path).status_code == 303


def test_a_known_address_gets_one_button_and_keeps_its_password(town: Town) -> None:
    path, client = invited(town, email=town.cast["chloe"].email).path, web(town)
    page = page_of(client.get(path))
    assert "Vous avez déjà un compte" in page and 'name="password"' not in page
    assert client.post(path).location == "/connexion"
    client.post("/connexion", data={"login": town.cast["chloe"].email, "password": PASSWORD})
    assert coded(client, code_of_now(town, "chloe")).status_code == 303
    assert "Point Accueil Emploi Centre" in page_of(client.get("/mon-compte"))


def test_a_jobseekers_own_address_receives_no_habilitation(sqlite_town: Town) -> None:
    typed = {"code": code_for(sqlite_town, welcome(sqlite_town)), "birth_date": "22/04/1991", "email": ADDRESS}
    web(sqlite_town).post("/activation/mot-de-passe", data={**typed, "password": SECRET, "again": SECRET})
    web(sqlite_town).post(last_link(sqlite_town, "check_email"))
    path = invited(sqlite_town).path
    for answer in (web(sqlite_town).get(path), web(sqlite_town).post(path)):
        assert answer.status_code == 422 and "adresse professionnelle" in page_of(answer)


def test_answering_on_a_colleagues_computer_ends_the_colleagues_session(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    before = client.get_cookie("carte")
    assert before and accepted(client, invited(sqlite_town).path).status_code == 303
    thief = web(sqlite_town)
    thief.set_cookie("carte", before.value)
    assert thief.get("/aujourd-hui").status_code == 302
