from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from pathway.casework.accounts.actions import WRONG_CODE
from pathway.casework.accounts.tables import Activation
from pathway.casework.records.rules import Identity
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from pathway.store.journal import entries_about
from tests.casework.resets.letters import last_link
from tests.town import web, welcome
from tests.web.jobseeker.lives import SECRET, at_home, code_for

BORN = "22/04/1991"
SAMIR = Identity(first_name="Samir", last_name="Belkacem", birth_date=date(1988, 2, 3))


def first(client: FlaskClient, code: str, born: str = BORN) -> TestResponse:
    return client.post("/activation", data={"code": code, "birth_date": born})


def second(client: FlaskClient, code: str, born: str = BORN, **more: str) -> TestResponse:
    typed = {"code": code, "birth_date": born, "password": SECRET, "again": SECRET, "email": "", **more}
    return client.post("/activation/mot-de-passe", data=typed)


def said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def card_in(page: str) -> str:
    return page.split('class="number">')[1].split("</bdi>")[0].strip()


def test_the_code_and_the_birth_date_open_the_account(town: Town) -> None:
    record_id = welcome(town)
    client, code = web(town), code_for(town, record_id)
    step = first(client, f" {code[:4].lower()} {code[4:]} ")
    assert step.status_code == 200 and "Bonjour Amina" in said(step)
    answer = second(client, code, email="amina@exemple.fr")
    assert (answer.status_code, answer.location) == (303, "/mon-parcours")
    assert "Bonjour Amina" in said(client.get("/mon-parcours"))
    signed = web(town).post("/connexion", data={"login": card_in(said(step)), "password": SECRET})
    assert signed.location == "/mon-parcours"


def test_an_address_signs_in_once_its_letter_was_answered(town: Town) -> None:
    client = web(town)
    assert second(client, code_for(town, welcome(town)), email="amina@exemple.fr").status_code == 303
    typed = {"login": "Amina@Exemple.fr", "password": SECRET}
    assert web(town).post("/connexion", data=typed).status_code == 422
    assert "à confirmer" in said(client.get("/mon-compte/securite"))
    link = last_link(town, "check_email")
    assert web(town).get(link).status_code == 200
    assert web(town).post("/connexion", data=typed).status_code == 422  # opening the link changes nothing
    assert web(town).post(link).location == "/connexion"
    assert web(town).post("/connexion", data=typed).location == "/mon-parcours"
    assert web(town).post(link).status_code == 410


def test_every_wrong_pair_gets_the_one_sentence(town: Town) -> None:
    code = code_for(town, welcome(town))
    for typed, born in ((code, "23/04/1991"), ("ZZZZZZZZ", BORN)):
        answer = first(web(town), typed, born)
        assert answer.status_code == 422
        assert WRONG_CODE in said(answer) and "Amina" not in said(answer)


def test_the_code_of_one_person_does_not_open_with_the_birth_date_of_another(sqlite_town: Town) -> None:
    code = code_for(sqlite_town, welcome(sqlite_town))
    welcome(sqlite_town, identity=SAMIR)
    assert first(web(sqlite_town), code, "03/02/1988").status_code == 422


def test_five_wrong_birth_dates_spend_the_code(town: Town, clock: FixedClock) -> None:
    code = code_for(town, welcome(town))
    client = web(town)
    for day in range(1, 6):
        assert first(client, code, f"0{day}/01/1991").status_code == 422
    assert first(client, code).status_code == 429
    clock.move(timedelta(minutes=2))
    assert WRONG_CODE in said(first(client, code))


def test_the_second_step_counts_wrong_birth_dates_too(sqlite_town: Town) -> None:
    code = code_for(sqlite_town, welcome(sqlite_town))
    client = web(sqlite_town)
    for day in range(1, 6):
        assert second(client, code, f"0{day}/01/1991").status_code == 422
    activation = table_of(Activation)
    with sqlite_town.acting("root", write=False) as tx:
        assert tx.execute(select(activation.c.tries)).scalar_one() == 5


def test_a_code_expires_after_ten_minutes(town: Town, clock: FixedClock) -> None:
    code = code_for(town, welcome(town))
    client = web(town)
    assert first(client, code).status_code == 200
    clock.move(timedelta(minutes=10))
    assert WRONG_CODE in said(second(client, code))


def test_a_code_serves_once(town: Town) -> None:
    code = code_for(town, welcome(town))
    assert second(web(town), code).status_code == 303
    assert WRONG_CODE in said(second(web(town), code))


def test_a_network_that_tries_many_codes_waits(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    for number in range(30):
        assert first(client, f"ZZZZ{number:04d}").status_code == 422
    code = code_for(sqlite_town, welcome(sqlite_town))
    assert first(client, code).status_code == 429


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"password": "court", "again": "court"}, "de 12 à 128 caractères"),
        ({"password": "benkacem du 35000", "again": "benkacem du 35000"}, "ne doit pas contenir votre nom"),
        ({"again": "un autre mot de passe"}, "Les deux mots de passe sont différents"),
        ({"email": "amina"}, "Cette adresse e-mail n’est pas complète"),
    ],
)
def test_a_refused_choice_is_explained_and_the_code_still_holds(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    code = code_for(sqlite_town, welcome(sqlite_town))
    client = web(sqlite_town)
    answer = second(client, code, **typed)
    assert answer.status_code == 422 and sentence in said(answer)
    assert SECRET not in said(answer)
    assert second(client, code).status_code == 303


def test_an_address_already_used_is_taken_by_nobody_and_nothing_tells_so(town: Town) -> None:
    taken = "partagee@exemple.fr"
    samir = code_for(town, welcome(town, identity=SAMIR))
    assert second(web(town), samir, "03/02/1988", email=taken).status_code == 303
    assert web(town).post(last_link(town, "check_email")).status_code == 303
    client = web(town)
    answer = second(client, code_for(town, welcome(town)), email=taken)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mon-parcours")
    assert "Amina" in said(client.get("/mon-parcours"))
    refused = web(town).post(last_link(town, "check_email"))
    assert refused.status_code == 422 and "sert déjà à un autre compte" in said(refused)
    again = web(town)
    assert again.post("/connexion", data={"login": taken, "password": SECRET}).status_code == 303
    assert "Samir" in said(again.get("/mon-parcours"))


def test_a_missing_birth_date_is_asked_for(sqlite_town: Town) -> None:
    answer = first(web(sqlite_town), "ZZZZZZZZ", "31/02/1991")
    assert answer.status_code == 422 and WRONG_CODE not in said(answer)
    assert "Écrivez votre date de naissance." in said(first(web(sqlite_town), "", ""))


def test_a_forged_second_step_opens_nothing(sqlite_town: Town) -> None:
    code = code_for(sqlite_town, welcome(sqlite_town))
    for born in ("", "rien", "01/01/1991"):
        answer = second(web(sqlite_town), code, born)
        assert answer.status_code == 422 and "Amina" not in said(answer)


def test_opening_an_account_is_in_the_journal_of_the_record(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    at_home(sqlite_town, record_id)
    with sqlite_town.acting("root", write=False) as tx:
        entries = entries_about(tx.connection, record_id, limit=20)
    assert {"activate_account", "sign_in"} <= {act["do"] for entry in entries for act in entry["acts"]}


def test_opening_an_account_ends_the_session_of_the_counsellor_who_lent_the_computer(sqlite_town: Town) -> None:
    code = code_for(sqlite_town, welcome(sqlite_town))
    client = web(sqlite_town)
    client.post("/connexion", data={"login": "bruno@demo.carte.invalid", "password": "quatre-lapins-verts-dansent"})
    lent = client.get_cookie("carte")
    assert lent is not None and second(client, code).status_code == 303
    other = web(sqlite_town)
    other.set_cookie("carte", lent.value)
    assert other.get("/mon-compte").status_code == 302
