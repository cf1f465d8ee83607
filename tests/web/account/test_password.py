import pytest

from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.town import signed_in, web, welcome
from tests.web.account.doors import page_of, secret_of
from tests.web.jobseeker.lives import SECRET, at_home

PATH = "/mon-compte/mot-de-passe"
NEW = "cinq tortues traversent lentement"


def typed(**more: str) -> dict[str, str]:
    return {"current": PASSWORD, "password": NEW, "again": NEW, **more}


def test_the_new_password_signs_in_and_every_other_session_ends(town: Town) -> None:
    client, other = signed_in(town, "bruno"), signed_in(town, "bruno")
    before = secret_of(client)
    assert client.post(PATH, data=typed()).status_code == 303
    assert "Votre mot de passe est changé" in page_of(client.get("/mon-compte"))
    assert other.get("/mon-compte").status_code == 302
    assert secret_of(client) != before
    email = town.cast["bruno"].email
    tries = [web(town).post("/connexion", data={"login": email, "password": one}) for one in (PASSWORD, NEW)]
    assert [answer.status_code for answer in tries] == [422, 303]


def test_the_second_factor_stays(sqlite_town: Town) -> None:
    signed_in(sqlite_town, "bruno").post(PATH, data=typed())
    answer = web(sqlite_town).post("/connexion", data={"login": sqlite_town.cast["bruno"].email, "password": NEW})
    assert answer.location == "/connexion/deuxieme-etape"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"current": "autre chose"}, "Ce n’est pas votre mot de passe actuel"),
        ({"password": "court", "again": "court"}, "de 12 à 128 caractères"),
        ({"password": "lemaire du centre", "again": "lemaire du centre"}, "ne doit pas contenir votre nom"),
        ({"password": PASSWORD, "again": PASSWORD}, "C’est déjà votre mot de passe"),
        ({"again": "autre chose encore"}, "Les deux mots de passe sont différents"),
        ({"current": ""}, "Écrivez votre mot de passe actuel"),
    ],
)
def test_a_refusal_changes_nothing_and_says_why(sqlite_town: Town, wrong: dict[str, str], sentence: str) -> None:
    client, before = signed_in(sqlite_town, "bruno"), rows(sqlite_town.store, "account")
    answer = client.post(PATH, data=typed(**wrong))
    assert answer.status_code == 422 and sentence in page_of(answer)
    assert rows(sqlite_town.store, "account") == before
    assert NEW not in page_of(answer) and PASSWORD not in page_of(answer)


def test_guessing_the_present_password_is_slowed(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    guesses = [client.post(PATH, data=typed(current=f"essai numéro {number}")).status_code for number in range(6)]
    assert guesses == [422] * 5 + [429]


def test_a_person_changes_hers_and_is_not_allowed_her_name(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    hers = typed(current=SECRET)
    assert client.post(PATH, data={**hers, "password": "benkacem 1991 rennes", "again": "x"}).status_code == 422
    assert client.post(PATH, data=hers).status_code == 303


def test_its_owner_is_written_to(sqlite_town: Town) -> None:
    signed_in(sqlite_town, "bruno").post(PATH, data=typed())
    assert [row["kind"] for row in rows(sqlite_town.store, "letter")] == ["sign_in_notice"]
