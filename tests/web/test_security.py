from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError

from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.kernel.clock import SystemClock
from pathway.kernel.settings import ROOT, Settings
from pathway.web.application import build
from tests.town import signed_in, web, welcome

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOWHERE = ["/rien", "/dossiers/a/b/c/d", "/static/rien.css", "/static/../app.py", "/static/%2e%2e/pyproject.toml"]


def hardened(town: Town) -> FlaskClient:
    """A browser on an instance served over HTTPS."""
    app = build(Settings.model_validate({"CARTE_TERRITORY": "valmer", "CARTE_SECURE_COOKIES": True}), town.store)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.extensions["carte_clock"] = town.clock
    return app.test_client()


@pytest.mark.parametrize("path", ["/", "/connexion", "/activation", "/mon-compte", "/static/bundle.css", *NOWHERE])
def test_every_answer_carries_the_headers(sqlite_town: Town, path: str) -> None:
    with signed_in(sqlite_town, "bruno").get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/mon-compte"), ("DELETE", "/connexion"), ("TRACE", "/connexion")]
)
def test_a_verb_that_is_not_served_is_refused_with_the_headers(sqlite_town: Town, method: str, path: str) -> None:
    answer = web(sqlite_town).open(path, method=method)
    assert answer.status_code == 405 and "Content-Security-Policy" in answer.headers


def test_only_static_files_may_be_kept_by_the_browser(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    assert client.get("/mon-compte").headers["Cache-Control"] == "no-store"
    assert client.get("/connexion").headers["Cache-Control"] == "no-store"
    with client.get("/static/bundle.css") as answer:
        assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", NOWHERE)
def test_an_unknown_page_says_nothing_of_the_machine(sqlite_town: Town, path: str) -> None:
    for client in (web(sqlite_town), signed_in(sqlite_town, "bruno")):
        answer = client.get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 404 and "Page introuvable" in page
        assert not any(word in page for word in ("Traceback", "werkzeug", "Flask", str(ROOT), "site-packages", path))


def test_a_record_that_exists_and_one_that_does_not_get_the_same_page(town: Town) -> None:
    record_id = welcome(town)
    client = signed_in(town, "chloe")
    real, unknown = client.get(f"/dossiers/{record_id}"), client.get(f"/dossiers/{'a' * 26}")
    assert (real.status_code, real.get_data()) == (unknown.status_code, unknown.get_data())
    assert real.status_code == 404


def test_a_failure_tells_nothing_but_that_it_failed(sqlite_town: Town, caplog: pytest.LogCaptureFixture) -> None:
    app = web(sqlite_town).application
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def broken() -> str:
        raise ValueError("Amina Benkacem 06 12 34 56 78")

    broken.permission = "everybody"  # type: ignore[attr-defined]  # as @public marks it
    app.view_functions["account.home"] = broken
    answer = app.test_client().get("/")
    assert answer.status_code == 500 and "Content-Security-Policy" in answer.headers
    assert "Amina" not in answer.get_data(as_text=True) and "Amina" not in caplog.text


def test_over_https_cookies_are_bound_to_the_host_and_browsers_told_to_stay_there(sqlite_town: Town) -> None:
    client = hardened(sqlite_town)
    typed = {"login": "bruno@demo.carte.invalid", "password": PASSWORD}
    answer = client.post("/connexion", data=typed, base_url="https://localhost")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("__Host-carte="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")) and "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert client.get("/connexion/deuxieme-etape", base_url="https://localhost").status_code == 200


def test_an_unknown_host_is_refused(sqlite_town: Town) -> None:
    settings = Settings.model_validate({"CARTE_TERRITORY": "valmer", "CARTE_TRUSTED_HOSTS": "carte.example"})
    app = build(settings, sqlite_town.store)
    client = app.test_client()
    assert client.get("/connexion", base_url="http://carte.example").status_code == 200
    answer = client.get("/connexion", base_url="http://evil.example")
    assert answer.status_code == 400 and "evil" not in answer.get_data(as_text=True)


def test_a_request_that_is_too_big_is_refused(sqlite_town: Town) -> None:
    answer = web(sqlite_town).post("/connexion", data={"login": "a" * (3 * 1024 * 1024)})
    assert answer.status_code == 413


def test_a_form_of_ten_thousand_parts_is_refused(sqlite_town: Town) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="field"\r\n\r\n1\r\n'
    body = (part * 10_000 + "--x--\r\n").encode()
    answer = web(sqlite_town).post("/connexion", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_head_shows_no_more_than_get(sqlite_town: Town) -> None:
    assert web(sqlite_town).head("/mon-compte").status_code == 302


def test_a_trailing_slash_changes_nothing(sqlite_town: Town) -> None:
    assert web(sqlite_town).get("/mon-compte/").status_code == 302


WHOM = "/.well-known/security.txt"


def told(town: Town, **settings: str) -> dict[str, str]:
    app = build(Settings.model_validate({"CARTE_TERRITORY": "valmer", **settings}), town.store)
    answer = app.test_client().get(WHOM)
    assert answer.status_code == 200 and answer.content_type == "text/plain; charset=utf-8"
    return dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())


def test_whom_to_warn_of_a_weakness_is_said_for_less_than_a_year(sqlite_town: Town) -> None:
    found = told(sqlite_town, CARTE_SECURITY_CONTACT="securite@carte.example", CARTE_PUBLIC_URL="https://carte.example")
    assert found["Contact"] == "mailto:securite@carte.example"
    assert found["Preferred-Languages"] == "fr"
    assert found["Canonical"] == f"https://carte.example{WHOM}"
    left = datetime.fromisoformat(found["Expires"]) - SystemClock().now()
    assert timedelta(days=30) < left < timedelta(days=365)


def test_an_address_to_warn_at_is_given_as_it_is_and_no_place_is_invented(sqlite_town: Town) -> None:
    found = told(sqlite_town, CARTE_SECURITY_CONTACT="https://carte.example/signaler")
    assert (found["Contact"], "Canonical" in found) == ("https://carte.example/signaler", False)


def test_without_a_contact_there_is_no_such_page(sqlite_town: Town) -> None:
    assert web(sqlite_town).get(WHOM).status_code == 404


@pytest.mark.parametrize("contact", ["a@b.fr\r\nExpires: 2099-01-01", "a b", "é@b.fr"])
def test_a_contact_that_would_add_a_line_is_refused(contact: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"CARTE_SECURITY_CONTACT": contact})
