import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from orjson import dumps
from sqlalchemy import update
from werkzeug.test import TestResponse

from pathway.casework.accounts import passwords
from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from pathway.store.opening import set_mark
from tests.town import CHEAP, code_of_now, signed_in, web

EMAIL = "bruno@demo.carte.invalid"
HOME = "/aujourd-hui"
UNKNOWN = "inconnu@demo.carte.invalid"


def tried(client: FlaskClient, login: str = EMAIL, password: str = "faux", **more: str) -> TestResponse:
    return client.post("/connexion", data={"login": login, "password": password, **more})


def through(client: FlaskClient, town: Town, suite: str = "") -> TestResponse:
    """Both steps, Bruno's code included."""
    half = tried(client, password=PASSWORD, suite=suite)
    assert half.status_code == 303, half.get_data(as_text=True)
    page = client.get(half.location).get_data(as_text=True)
    kept = re.search(r'name="suite" value="([^"]*)"', page)
    typed = {"code": code_of_now(town, "bruno"), "suite": unescape(kept[1]) if kept else ""}
    return client.post("/connexion/deuxieme-etape", data=typed)


def said(answer: TestResponse, login: str) -> str:
    """The page without what was typed and without its form token."""
    page = answer.get_data(as_text=True).replace(login, "")
    return re.sub(r'name="csrf_token"( type="hidden")? value="[^"]+"', "", page)


def test_the_right_password_leads_to_the_first_page_of_the_role(town: Town) -> None:
    client = web(town)
    answer = through(client, town)
    assert (answer.status_code, answer.location) == (303, HOME)
    assert client.get("/").location == HOME
    assert tried(web(town), " Bruno@Demo.carte.invalid ", PASSWORD).status_code == 303


@pytest.mark.parametrize(("login", "password"), [(EMAIL, "faux"), (UNKNOWN, PASSWORD), (UNKNOWN, "faux")])
def test_every_failure_says_the_same(town: Town, login: str, password: str) -> None:
    answer = tried(web(town), login, password)
    other = tried(web(town), "autre@demo.carte.invalid", "autre")
    assert (answer.status_code, other.status_code) == (422, 422)
    assert said(answer, login) == said(other, "autre@demo.carte.invalid")
    assert "Identifiant ou mot de passe inconnu" in said(answer, login)
    assert not any(value.startswith("carte=") for value in answer.headers.getlist("Set-Cookie"))


def test_an_unknown_login_costs_the_same_work(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(PasswordHasher):
        verified = 0

        def verify(self, *given: str) -> bool:  # type: ignore[override]  # counts whatever it is given
            Counting.verified += 1
            return bool(CHEAP.verify(*given))

    monkeypatch.setattr(passwords, "HASHER", Counting())
    tried(web(sqlite_town), UNKNOWN)
    assert Counting.verified == 1


def test_a_disabled_account_is_an_unknown_one(sqlite_town: Town) -> None:
    account = table_of(Account)
    with sqlite_town.acting("root") as tx:
        off = update(account).where(account.c.id == sqlite_town.accounts["bruno"])
        tx.execute(off.values(state=AccountState.DISABLED.value))
        tx.journal("disable_account")
    assert tried(web(sqlite_town), password=PASSWORD).status_code == 422


@pytest.mark.parametrize("login", [EMAIL, UNKNOWN])
def test_the_sixth_try_waits_whether_the_account_exists_or_not(town: Town, clock: FixedClock, login: str) -> None:
    client = web(town)
    assert [tried(client, login).status_code for _ in range(5)] == [422] * 5
    blocked = tried(client, login, PASSWORD)
    assert blocked.status_code == 429
    assert "Trop d’essais ont échoué. Réessayez dans 1 minute." in blocked.get_data(as_text=True)
    assert int(blocked.headers["Retry-After"]) <= 60
    clock.move(timedelta(seconds=61))
    assert tried(client, login, PASSWORD).status_code == (303 if login == EMAIL else 422)


def test_waiting_says_the_same_for_a_known_and_an_unknown_login(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    known, unknown = (said([tried(client, login) for _ in range(6)][-1], login) for login in (EMAIL, UNKNOWN))
    assert known == unknown


def test_an_address_that_tries_many_logins_waits_too(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    for number in range(30):
        assert tried(client, f"essai{number}@demo.carte.invalid").status_code == 422
    assert tried(client, EMAIL, PASSWORD).status_code == 429


def test_a_success_forgets_the_failures_of_that_login(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    for _ in range(4):
        tried(client)
    assert tried(client, password=PASSWORD).status_code == 303
    assert [tried(web(sqlite_town)).status_code for _ in range(4)] == [422] * 4


def test_a_new_session_replaces_the_one_before(town: Town) -> None:
    client = signed_in(town, "bruno")
    first = client.get_cookie("carte")
    client.get("/mon-compte")
    tried(client, "denis@demo.carte.invalid", PASSWORD)
    second = client.get_cookie("carte")
    assert first and second and first.value != second.value
    thief = web(town)
    thief.set_cookie("carte", first.value)
    assert thief.get("/mon-compte").location == "/connexion?suite=/mon-compte"


def test_form_tokens_are_renewed_at_sign_in(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    client.get("/activation")
    with client.session_transaction() as before:
        before["csrf_token"] = "planted"
    tried(client, password=PASSWORD)
    with client.session_transaction() as after:
        assert after.get("csrf_token") != "planted"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(sqlite_town: Town) -> None:
    answer = tried(web(sqlite_town), password=PASSWORD)
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie" and value.startswith("carte="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Expires" not in cookie and "Max-Age" not in cookie


@pytest.mark.parametrize(
    "suite",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/alertes",
        "https://carte@evil.example",
        "/\r\nLocation: https://evil.example",
        "/%0d%0aLocation:evil",
        "/%2f/evil.example",
        "/\t/evil.example",
        "/。evil.example",
        "javascript:alert(1)",
        "/connexion",
        "/deconnexion",
        "/inconnu",
        "/alertes",
    ],
)
def test_sign_in_leads_nowhere_but_to_a_page_of_that_role(sqlite_town: Town, suite: str) -> None:
    answer = through(web(sqlite_town), sqlite_town, suite)
    assert (answer.status_code, answer.location) == (303, HOME)


def test_sign_in_leads_back_to_the_page_asked_for(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    asked = client.get("/mon-compte")
    assert asked.location == "/connexion?suite=/mon-compte"
    assert 'name="suite" type="hidden" value="/mon-compte"' in client.get(asked.location).get_data(as_text=True)
    assert through(client, sqlite_town, "/mon-compte").location == "/mon-compte"


def test_an_ended_session_is_explained(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "bruno")
    clock.move(timedelta(minutes=21))
    page = client.get("/mon-compte", follow_redirects=True).get_data(as_text=True)
    assert "Votre session est terminée" in page


def test_empty_fields_are_named(sqlite_town: Town) -> None:
    answer = tried(web(sqlite_town), "", "")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Écrivez votre e-mail ou votre numéro de carte." in page and "Écrivez votre mot de passe." in page


def test_what_was_typed_is_kept_but_never_the_password(sqlite_town: Town) -> None:
    page = tried(web(sqlite_town), EMAIL, "un secret trop lisible").get_data(as_text=True)
    assert EMAIL in page and "un secret trop lisible" not in page


def test_only_a_demonstration_shows_its_personas(sqlite_town: Town) -> None:
    assert "Essayer la démonstration" not in web(sqlite_town).get("/connexion").get_data(as_text=True)


def test_a_demonstration_offers_to_enter_as_each_persona(sqlite_town: Town) -> None:
    persona = {"persona": "bruno", "name": "Bruno Lemaire", "role": "Conseiller·ère", "wants": "Voir sa journée"}
    with sqlite_town.acting("root") as tx:
        set_mark(tx.connection, "demo-personas", dumps([{**persona, "login": EMAIL, "password": PASSWORD}]).decode())
        tx.journal("seed")
    client = web(sqlite_town)
    demo = replace(sqlite_town.store, is_demo=True)
    client.application.extensions["carte_store"] = demo
    page = client.get("/connexion").get_data(as_text=True)
    assert "Bruno Lemaire" in page and "Voir sa journée" in page
    assert f'name="password" value="{PASSWORD}"' in page
    assert "toutes les personnes sont inventées" in page


def test_a_probe_of_the_page_is_no_failed_try(sqlite_town: Town) -> None:
    assert web(sqlite_town).head("/connexion").status_code == 200
