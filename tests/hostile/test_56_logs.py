"""Check 56: the logs: a line of JSON an event, whatever is sent; nobody's name, address nor words in them, nor in an
address.
"""

import json
import logging
import re
from urllib.parse import unquote

import pytest

from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from tests.hostile.walk import EVERYBODY, browsers, known_ids, lively, plausible, send, walk
from tests.town import web

REQUEST = {"event", "level", "at", "id", "method", "endpoint", "status", "ms"}
# Who Amina and Zoé are, in every writing an address or a line could hold; who works for them; what was typed.
PERSONAL = (
    "amina",
    "benkacem",
    "zoé",
    "zoe",
    "612345678",
    "6 12 34 56 78",
    "22/04/1991",
    "1991-04-22",
    "02/03/1985",
    "1985-03-02",
    "bruno",
    "lemaire",
    "@",
    "127.0.0.1",
    "rappelle lundi",
    PASSWORD,
    "zqcanary",
)
FORGED = (
    '\r\n{"event":"request","forged":true}',
    "\n\n",
    "\x1b[2J\x1b]0;zqcanary\x07",
    "\x9b31m",
    "\u2028\u2029\x85",
    "\u202ezqcanary",
    "\x00\x08\x7f",
    "%0d%0aforged",
)


def lines(text: str) -> list[dict[str, object]]:
    """Every line, each of which must be one object of JSON in plain ASCII."""
    assert all(sign == "\n" or " " <= sign <= "~" for sign in text), "a sign got through"
    return [json.loads(line) for line in text.splitlines()]


def personal(text: str) -> list[str]:
    read = unquote(text).lower()
    return [one for one in PERSONAL if is_in(one.lower(), read)]


def is_in(one: str, read: str) -> bool:
    # A short name may lie by chance in the letters of an id: it is somebody's where it stands alone.
    return bool(re.search(rf"\b{one}\b", read)) if one.isalpha() and len(one) < 6 else one in read


@pytest.mark.parametrize("persona", EVERYBODY)
def test_a_whole_walk_leaves_nothing_of_anybody_in_the_logs(
    sqlite_town: Town, persona: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, [persona])
    done = walk(client, ids=known_ids(sqlite_town))
    for form in done.forms:
        send(client, form, form.filled(lambda name: f"{plausible(name)} zqcanary"))
        send(client, form, form.filled(plausible))
    said = capsys.readouterr().err
    found = lines(said)
    assert len(found) >= len(done.pages) and {one["event"] for one in found} == {"request"}
    assert all(set(one) == REQUEST for one in found)
    assert personal(said) == [] and personal(caplog.text) == []


@pytest.mark.parametrize("persona", EVERYBODY)
def test_no_address_of_a_whole_walk_says_who_anybody_is(sqlite_town: Town, persona: str) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, [persona])
    done = walk(client, ids=known_ids(sqlite_town))
    asked = [*done.pages, *(link for page in done.pages.values() for link in page.links)]
    asked += [form.action for form in done.forms]
    asked += [str(send(client, form, form.filled(plausible)).location or "") for form in done.forms]
    assert [path for path in asked if personal(path)] == []


@pytest.mark.parametrize("forged", FORGED)
def test_nothing_sent_can_forge_a_line_nor_speak_to_a_terminal(
    sqlite_town: Town, forged: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = web(sqlite_town)
    header = re.sub(r"[\r\n\x00]", " ", forged).encode("utf-8").decode("latin-1")
    for path in ("/", "/connexion", "/rien/" + forged, "/dossiers/" + forged):
        client.get(path, query_string={"x": forged}, headers={"User-Agent": header, "X-Request-Id": header})
    client.post("/connexion", data={"login": forged, "password": forged, forged: forged})
    client.open("/connexion", method="GET" + re.sub(r"\s", "", forged))
    said = capsys.readouterr().err
    found = lines(said)
    assert len(found) == 6 and "forged" not in said and "zqcanary" not in said
    assert {one["method"] for one in found} <= {"GET", "POST", "other"}


def test_a_failure_leaves_its_kind_and_place_not_its_words(
    sqlite_town: Town, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    app = web(sqlite_town).application
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def broken() -> str:
        zqcanary = "zqcanary"
        raise ValueError(f"{zqcanary} amina@exemple.fr")

    broken.permission = "everybody"  # type: ignore[attr-defined]  # read by the gate
    app.view_functions["account.home"] = broken
    answer = app.test_client().get("/?x=zqcanary")
    failed, request = lines(capsys.readouterr().err)
    assert (failed["event"], failed["type"], failed["endpoint"]) == ("failed", "builtins.ValueError", "account.home")
    assert str(failed["where"]).count("test_56_logs.py") == 1 and failed["id"] == request["id"]
    assert (request["status"], request["level"]) == (500, "error")
    assert answer.headers["X-Request-Id"] == request["id"]
    assert "zqcanary" not in str(failed) + caplog.text and "amina" not in caplog.text


def test_the_number_of_a_request_is_ours_and_never_the_same(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    numbers = [
        client.get("/connexion", headers={"X-Request-Id": "zqcanary"}).headers["X-Request-Id"] for _ in range(20)
    ]
    assert len({*numbers}) == 20 and all(re.fullmatch("[0-9a-f]{16}", one) for one in numbers)


def test_an_address_nobody_serves_is_logged_without_itself(
    sqlite_town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    client = web(sqlite_town)
    for path in ("/amina-benkacem", "/recherche?last_name=benkacem", "/dossiers/amina", "/static/amina.css"):
        client.get(path)
    said = capsys.readouterr().err
    assert personal(said) == [] and {one["endpoint"] for one in lines(said)} >= {"other", "counsellor.search"}
