from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows
from tests.casework.resets.letters import letters, posted
from tests.town import web
from tests.web.account.doors import page_of

PATH = "/mot-de-passe-oublie"
KNOWN, UNKNOWN = "bruno@demo.carte.invalid", "inconnu@demo.carte.invalid"


def asked(client: FlaskClient, login: str = KNOWN) -> TestResponse:
    return client.post(PATH, data={"login": login})


def test_sign_in_leads_to_it(sqlite_town: Town) -> None:
    assert f'href="{PATH}"' in page_of(web(sqlite_town).get("/connexion"))
    assert web(sqlite_town).get(PATH).status_code == 200


@pytest.mark.parametrize("login", [KNOWN, UNKNOWN, "12345678901234", "x", "é\x00"])
def test_whatever_is_typed_the_answer_is_the_same(town: Town, login: str) -> None:
    answer = asked(web(town), login)
    assert answer.status_code == 200 and page_of(answer) == page_of(asked(web(town), "autre@exemple.fr"))
    assert login not in page_of(answer) or login == "x"


def test_the_letter_leaves_with_the_worker(town: Town) -> None:
    asked(web(town))
    asked(web(town), UNKNOWN)
    assert letters(town, "password_reset") == []
    assert posted(town) == 1
    assert [one.to for one in letters(town, "password_reset")] == [KNOWN]


def test_nothing_typed_is_asked_for(sqlite_town: Town) -> None:
    answer = asked(web(sqlite_town), " ")
    assert answer.status_code == 422 and "Écrivez votre e-mail ou votre numéro de carte." in page_of(answer)


@pytest.mark.parametrize("login", [KNOWN, UNKNOWN])
def test_a_letter_box_is_not_flooded(sqlite_town: Town, clock: FixedClock, login: str) -> None:
    client = web(sqlite_town)
    assert [asked(client, login).status_code for _ in range(6)] == [200] * 5 + [429]
    assert len(rows(sqlite_town.store, "reset_request")) == 5
    clock.move(timedelta(seconds=61))
    assert asked(client, login).status_code == 200


def test_asking_for_letters_does_not_shut_its_owner_out(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    for _ in range(6):
        asked(client)
    answer = client.post("/connexion", data={"login": KNOWN, "password": "quatre-lapins-verts-dansent"})
    assert answer.status_code == 303
