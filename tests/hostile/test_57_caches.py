"""Check 57: nothing of a session stays behind: no cache keeps a page, and going back after signing out shows
nothing.
"""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from tests.hostile.walk import EVERYBODY, browsers, known_ids, lively, plausible, rules, send, walk
from tests.town import web

KEPT_BY_CACHES = ("ETag", "Last-Modified", "Expires", "Age")


def is_forgotten(answer: TestResponse) -> bool:
    """Whether no cache may keep that answer, and no browser may ask if it changed."""
    said = answer.headers.getlist("Cache-Control")
    return said == ["no-store"] and not [name for name in KEPT_BY_CACHES if name in answer.headers]


@pytest.mark.parametrize("persona", EVERYBODY)
def test_no_page_and_no_answer_to_a_form_is_kept(sqlite_town: Town, persona: str) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), [persona])
    done = walk(client, ids=known_ids(sqlite_town))
    assert [path for path, page in done.pages.items() if not is_forgotten(page.answer)] == []
    answers = [send(client, form, form.filled(plausible)) for form in done.forms]
    assert [answer.request.path for answer in answers if not is_forgotten(answer)] == []


def test_no_refusal_nor_failure_is_kept(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["chloe"])
    answers = [
        client.get("/dossiers/" + "a" * 26),
        client.get("/rien"),
        client.get("/alertes"),
        client.put("/dossiers"),
    ]
    answers += [web(sqlite_town).get(path) for path in ("/dossiers", "/connexion", "/", "/rien")]
    answers += [client.post("/connexion", data={"login": "a" * 3_000_000})]
    assert {answer.status_code for answer in answers} >= {302, 403, 404, 405, 413}
    assert all(is_forgotten(answer) for answer in answers)


def test_only_files_that_hold_nobody_are_kept(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    with client.get("/static/bundle.css") as answer:
        assert "max-age" in answer.headers["Cache-Control"] and "Set-Cookie" not in answer.headers
    assert is_forgotten(client.get("/static/rien.css")) or client.get("/static/rien.css").status_code == 404


@pytest.mark.parametrize("persona", ["bruno", "amina", "root"])
def test_going_back_after_signing_out_shows_nothing(sqlite_town: Town, persona: str) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), [persona])
    pages = [
        page.path for page in walk(client, ids=known_ids(sqlite_town)).shown if page.endpoint not in public(client)
    ]
    kept = client.get_cookie("carte")
    answer = client.post("/deconnexion")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"' and kept and pages
    client.set_cookie("carte", kept.value)
    for path in pages:
        again = client.get(path)
        assert again.status_code == 302 and again.location.startswith("/connexion"), path


def public(client: FlaskClient) -> set[str]:
    app = client.application
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in rules(app)}
    return {name for name, view in views.items() if getattr(view, "permission", "") == "everybody"}
