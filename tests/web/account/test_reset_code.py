from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.web.account.reset_code import WRONG
from tests.casework.resets.test_actions import coded
from tests.town import web, welcome
from tests.web.account.doors import page_of
from tests.web.jobseeker.lives import at_home

PATH = "/mot-de-passe-oublie/code"
BORN = "22/04/1991"
NEW = "quatre girafes bleues nagent"


def code_of(town: Town) -> str:
    record_id = welcome(town)
    at_home(town, record_id)
    return coded(town, record_id)


def tried(client: FlaskClient, code: str, born: str = BORN, **more: str) -> TestResponse:
    return client.post(PATH, data={"code": code, "birth_date": born, "password": NEW, "again": NEW, **more})


def test_every_wrong_pair_gets_the_one_sentence(town: Town) -> None:
    code = code_of(town)
    for typed, born in ((code, "23/04/1991"), ("ZZZZZZZZ", BORN)):
        answer = tried(web(town), typed, born)
        assert answer.status_code == 422 and WRONG in page_of(answer)


def test_five_wrong_birth_dates_spend_the_code(town: Town, clock: FixedClock) -> None:
    code, client = code_of(town), web(town)
    for day in range(1, 6):
        assert tried(client, code, f"0{day}/01/1991").status_code == 422
    assert tried(client, code).status_code == 429
    clock.move(timedelta(minutes=2))
    assert WRONG in page_of(tried(client, code))


def test_a_code_serves_once_and_ten_minutes(town: Town, clock: FixedClock) -> None:
    code = code_of(town)
    assert tried(web(town), code).location == "/connexion"
    assert WRONG in page_of(tried(web(town), code))
    late = code_of(town)
    clock.move(timedelta(minutes=10))
    assert WRONG in page_of(tried(web(town), late))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"password": "court", "again": "court"}, "de 12 à 128 caractères"),
        ({"password": "benkacem du 35000", "again": "benkacem du 35000"}, "ne doit pas contenir votre nom"),
        ({"again": "un autre mot"}, "Les deux mots de passe sont différents"),
    ],
)
def test_a_refused_password_is_explained_and_the_code_still_holds(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    code, client = code_of(sqlite_town), web(sqlite_town)
    answer = tried(client, code, **typed)
    assert answer.status_code == 422 and sentence in page_of(answer)
    assert tried(client, code).status_code == 303


def test_a_weak_password_says_nothing_of_a_wrong_code(sqlite_town: Town) -> None:
    answer = tried(web(sqlite_town), "ZZZZZZZZ", password="court", again="court")
    assert WRONG in page_of(answer) and "12 à 128" not in page_of(answer)
