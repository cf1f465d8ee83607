"""Check 40: no form is obeyed without the token of the same browser: missing, forged, foreign, expired, on every
unsafe route.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from pathway.kernel.settings import Settings
from pathway.web.application import build
from tests.hostile.walk import (
    MOVING,
    UNSAFE,
    address,
    browsers,
    known_ids,
    lively,
    methods,
    plausible,
    rules,
    snapshot,
    walk,
)
from tests.town import web

EXPIRED = "ouverte trop longtemps"
HOURS = 3600
# A page that talks with a script sends the token in a header: the same rule holds for it.
HEADER = "X-CSRFToken"


def unsafe(app: Flask) -> Iterator[tuple[str, str]]:
    """A path and a verb for each route that may change something."""
    for rule in rules(app):
        for verb in sorted(methods(rule) & UNSAFE):
            yield address(rule), verb


def guarded(client: FlaskClient) -> FlaskClient:
    client.application.config["WTF_CSRF_ENABLED"] = True
    return client


def token(client: FlaskClient, path: str = "/connexion") -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found
    return found[1]


def is_refused(answer: TestResponse) -> bool:
    return answer.status_code == 400 and EXPIRED in answer.get_data(as_text=True)


def test_the_guard_is_up_as_the_program_is_built(sqlite_town: Town) -> None:
    client = build(Settings(CARTE_TERRITORY="valmer"), sqlite_town.store).test_client()
    answers = {path: client.open(path, method=verb) for path, verb in unsafe(client.application)}
    assert len(answers) >= 15 and is_refused(answers["/connexion"]) and is_refused(answers["/deconnexion"])
    assert [path for path, one in answers.items() if not (is_refused(one) or one.location == "/connexion")] == []


def forgeries(foreign: str) -> Iterator[dict[str, Any]]:
    """Every way to come without the token of this browser."""
    for said in ("", "forged", foreign):
        yield {"data": {"csrf_token": said}}
    yield {"headers": {HEADER: foreign}}
    yield {"json": {"csrf_token": foreign}}
    yield {"query_string": {"csrf_token": foreign}}
    yield {}


def test_every_unsafe_route_asks_for_the_token_of_the_same_browser(sqlite_town: Town) -> None:
    foreign, guarded_routes = token(guarded(web(sqlite_town))), set()
    for persona, client in browsers(sqlite_town, lively(sqlite_town)):
        guarded(client)
        before = snapshot(sqlite_town, without=MOVING)
        for path, verb in unsafe(client.application):
            for sent in list(forgeries(foreign))[0 if persona == "denis" else -2 :]:
                answer = client.open(path, method=verb, **sent)
                assert is_refused(answer) or answer.status_code == 403, (persona, path, sent)
            guarded_routes |= {(path, verb)} if is_refused(answer) else set()
        assert snapshot(sqlite_town, without=MOVING) == before, persona
    assert guarded_routes == set(unsafe(client.application)), "a route that nobody of the cast may even try"


def test_a_token_of_this_morning_is_refused_and_one_of_this_hour_is_not(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])
    guarded(client)
    now = TimestampSigner.get_timestamp
    for hours, expected in ((5, True), (1, False)):
        with monkeypatch.context() as patch:
            patch.setattr(TimestampSigner, "get_timestamp", lambda self, ago=hours: now(self) - ago * HOURS)
            old = token(client, "/recherche")
        answer = client.post("/recherche", data={"csrf_token": old, "last_name": "Benkacem", "first_name": "Amina"})
        assert is_refused(answer) is expected, hours


def test_a_token_does_not_outlive_the_session_it_was_given_in(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])
    guarded(client)
    kept = token(client, "/recherche")
    assert client.post("/deconnexion", data={"csrf_token": kept}).status_code == 303
    assert is_refused(client.post("/connexion", data={"csrf_token": kept}))


def test_every_form_carries_the_token_that_its_route_asks(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["denis"])
    guarded(client)
    for page in walk(client, ids=known_ids(sqlite_town)).shown:
        assert [form.action for form in page.forms if not form.sent.get("csrf_token", [""])[0]] == [], page.path
    form = next(one for one in walk(client).forms if one.action == "/recherche")
    assert not is_refused(client.post(form.action, data=form.filled(plausible)))


def test_over_https_another_site_is_refused_even_with_the_token(sqlite_town: Town) -> None:
    settings = Settings.model_validate({"CARTE_TERRITORY": "valmer", "CARTE_SECURE_COOKIES": True})
    client = build(settings, sqlite_town.store).test_client()
    page = client.get("/connexion", base_url="https://localhost").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found
    typed = {"csrf_token": found[1], "login": "personne@exemple.fr", "password": "faux"}
    for said, status in (("cross-site", 400), ("same-site", 400), ("odd", 400), ("same-origin", 422), ("", 422)):
        headers = {"Sec-Fetch-Site": said} if said else {}  # an old browser says nothing: the token holds it
        answer = client.post("/connexion", data=typed, headers=headers, base_url="https://localhost")
        assert answer.status_code == status, said


def test_no_page_may_be_asked_from_a_script_of_another_site(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])
    for path in ("/recherche", "/dossiers", "/connexion"):
        answer = client.get(path, headers={"Origin": "https://evil.example"})
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
