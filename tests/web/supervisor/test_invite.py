import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows
from tests.casework.resets.letters import letters
from tests.town import signed_in

FORM = {
    "first_name": "Claire",
    "last_name": "Nguyen",
    "email": "Claire.Nguyen@Exemple.fr",
    "role": "counsellor",
    "until_on": "20/11/2027",
}


def sent(client: FlaskClient, **more: str) -> TestResponse:
    return client.post("/equipe/inviter", data={**FORM, **more})


def test_the_form_proposes_a_year(sqlite_town: Town) -> None:
    page = signed_in(sqlite_town, "denis").get("/equipe/inviter").get_data(as_text=True)
    assert 'value="20/11/2027"' in page


def test_an_invitation_leaves_and_the_list_shows_it(town: Town) -> None:
    client = signed_in(town, "denis")
    assert sent(client).location == "/equipe"
    (letter,) = letters(town, "invitation")
    assert letter.to == "claire.nguyen@exemple.fr"
    page = client.get("/equipe").get_data(as_text=True)
    assert "L’invitation est partie" in page and "Claire Nguyen" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "claire"}, "Cette adresse e-mail n’est pas complète"),
        ({"until_on": "19/11/2026"}, "Cette date est passée"),
        ({"until_on": "21/11/2029"}, "trois ans au plus"),
        ({"first_name": " "}, "Écrivez le prénom."),
        ({"role": ""}, "Choisissez un rôle."),
    ],
)
def test_a_refused_invitation_is_explained_and_keeps_what_was_typed(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    answer = sent(signed_in(sqlite_town, "denis"), **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in page and 'value="Nguyen"' in page
    assert rows(sqlite_town.store, "invitation") == []


@pytest.mark.parametrize("role", ["operator", "reviewer", "coordinator", "jobseeker"])
def test_a_role_of_the_territory_is_not_in_the_form_and_is_refused(sqlite_town: Town, role: str) -> None:
    assert sent(signed_in(sqlite_town, "denis"), role=role).status_code == 422
    assert rows(sqlite_town.store, "invitation") == []


def shown(answer: TestResponse) -> tuple[int, str | None, str]:
    return answer.status_code, answer.location, re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))


def test_the_answer_is_the_same_whether_the_address_has_an_account_or_not(town: Town) -> None:
    client = signed_in(town, "denis")
    unknown, known = sent(client), sent(client, email="quelquun@exemple.fr")
    with town.store.engine.begin() as connection:  # the second one now belongs to somebody elsewhere
        connection.exec_driver_sql(
            "UPDATE account_login SET token = (SELECT email_token FROM invitation ORDER BY invited_at DESC LIMIT 1) "
            f"WHERE account_id = '{town.accounts['chloe']}'"
        )
    again = sent(client, email="quelquun@exemple.fr")
    assert shown(unknown) == shown(known) == shown(again)


def test_after_ten_minutes_she_proves_again_who_she_is(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "denis")
    clock.move(timedelta(minutes=11))
    assert client.get("/equipe/inviter").location == "/mon-compte/confirmer?suite=/equipe/inviter"
    assert sent(client).location == "/mon-compte/confirmer?suite=/reprendre"
    assert rows(sqlite_town.store, "invitation") == []
