"""Check 43: each cookie, wherever it is set: bound to this host, read by no script, sent by no other site, holding no
name.
"""

import base64
import zlib
from http.cookies import SimpleCookie

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from pathway.kernel.settings import Settings
from pathway.web.application import build
from tests.hostile.walk import browsers, known_ids, lively, plausible, send, walk
from tests.town import web

OVER = {"base_url": "https://localhost"}
NAMES = ("Amina", "Benkacem", "Zo\\u00e9", "Zoé", "Martin", "Bruno", "Lemaire", "@")
ATTRIBUTES = {"secure", "httponly", "samesite", "path"}


def moved(town: Town, client: FlaskClient) -> FlaskClient:
    """The same session on an instance served over HTTPS."""
    settings = Settings.model_validate(
        {"CARTE_TERRITORY": "valmer", "CARTE_SECURE_COOKIES": True, "CARTE_QUOTA_REFUSALS_PER_HOUR": 100_000}
    )
    app = build(settings, town.store)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.extensions["carte_clock"] = town.clock
    other = app.test_client()
    kept = client.get_cookie("carte")
    assert kept
    other.set_cookie("__Host-carte", kept.value, secure=True)
    return other


def set_by(answer: TestResponse) -> list[str]:
    return answer.headers.getlist("Set-Cookie")


def faults(line: str, *, is_secure: bool) -> list[str]:
    """What a Set-Cookie header lacks."""
    name, flags = line.partition("=")[0], {part.strip().lower() for part in line.split(";")[1:]}
    wanted = {"httponly", "path=/"} | ({"secure"} if is_secure else set())
    found = [f"{name}: no {flag}" for flag in wanted - flags]
    found += [f"{name}: not same-site"] if not {"samesite=lax", "samesite=strict"} & flags else []
    found += [f"{name}: has a domain"] if any(flag.startswith("domain") for flag in flags) else []
    return found + ([f"{name}: no __Host-"] if is_secure and not name.startswith("__Host-") else [])


def visited(client: FlaskClient, town: Town, **more: str) -> list[TestResponse]:
    """Every page and every form of that browser, to signing out."""
    done = walk(client, ids=known_ids(town))
    answers = (
        [client.get(path, **more) for path in done.pages] if more else [page.answer for page in done.pages.values()]
    )
    answers += [send(client, form, form.filled(plausible), **more) for form in done.forms]
    return [*answers, client.get("/rien", **more), client.post("/deconnexion", **more)]


@pytest.mark.parametrize("persona", ["bruno", "amina"])
def test_over_https_every_cookie_is_bound_to_the_host(sqlite_town: Town, persona: str) -> None:
    ((_, plain),) = browsers(sqlite_town, lively(sqlite_town), [persona])
    client = moved(sqlite_town, plain)
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["HTTP_REFERER"] = "https://localhost/"
    lines = [line for answer in visited(client, sqlite_town, **OVER) for line in set_by(answer)]
    assert len(lines) >= 2
    assert {name for line in lines for name in faults(line, is_secure=True)} == set()


def test_without_https_only_the_prefix_and_secure_are_missing(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])
    lines = [line for answer in visited(client, sqlite_town) for line in set_by(answer)]
    assert {name for line in lines for name in faults(line, is_secure=False)} == set()


def test_no_cookie_says_who_anybody_is(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])
    lines = [line for answer in visited(client, sqlite_town) for line in set_by(answer)]
    said = [unpacked(line) for line in lines]
    assert any("_flashes" in one for one in said), "no notice was carried: nothing was tried"
    assert not [one for one in said for name in NAMES if name in one]


def unpacked(line: str) -> str:
    """A cookie's value, opened when it is one of Flask's signed ones."""
    value = next(iter(SimpleCookie(line).values())).value
    body = value.strip(".").partition(".")[0]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)) if value.count(".") >= 2 else value.encode()
    return (zlib.decompress(raw) if value.startswith(".") else raw).decode("utf-8", "replace")


def test_a_plain_cookie_of_the_old_name_opens_nothing_over_https(sqlite_town: Town) -> None:
    ((_, plain),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])
    client = moved(sqlite_town, plain)
    assert client.get("/mon-compte", **OVER).status_code == 200
    kept = client.get_cookie("__Host-carte")
    assert kept
    other = client.application.test_client()
    other.set_cookie("carte", kept.value)
    assert other.get("/mon-compte", **OVER).status_code == 302


def test_signing_out_takes_every_session_cookie_back(sqlite_town: Town) -> None:
    ((_, plain),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])
    client = moved(sqlite_town, plain)
    answer = client.post("/deconnexion", headers={"Referer": "https://localhost/"}, **OVER)
    gone = [line for line in set_by(answer) if line.startswith("__Host-carte=;")]
    assert gone and "Max-Age=0" in gone[0]
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get_cookie("__Host-carte") is None


def test_a_stranger_gets_no_session_cookie(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    answers = [client.get(path) for path in ("/", "/connexion", "/activation", "/rien")]
    names = {line.partition("=")[0] for answer in answers for line in set_by(answer)}
    assert names <= {"carte_form"}
