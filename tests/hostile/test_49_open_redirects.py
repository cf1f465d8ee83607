"""Check 49: no parameter leads out of the service, however the address is written."""

import re
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from tests.hostile.walk import browsers, elements, lively, plausible, send, walk
from tests.town import web
from tests.web.jobseeker.lives import SECRET

EVIL = "evil.example"
LEADS = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "javascript:alert(1)//evil.example",
    "data:text/html,evil.example",
    "%0d%0aLocation:%20https://evil.example",
    "/connexion%0d%0aSet-Cookie:evil.example",
    "/connexion\r\nSet-Cookie: evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "https://localhost@evil.example",
    "https://localhost:80@evil.example/",
    "//localhost@evil.example",
    "https://evil。example",
    "//evil․example",
    "//evil%E3%80%82example",
    "/..//evil.example",
    "/.evil.example",
    "/dossiers/../../evil.example",
    "?next=//evil.example",
    "/mon-compte?x=//evil.example",
    "/mon-compte#//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "ftp://evil.example",
    "/𝐞vil.example",
)
NAMES = ("suite", "next", "back", "url", "redirect", "return_to", "retour", "r", "u", "dest", "destination", "continue")


def leads_out(location: str | None) -> bool:
    """Whether a browser on http://localhost/x would leave localhost, or be told something it would run."""
    if not location:
        return False
    read = re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/")
    place = urlsplit(urljoin("http://localhost/x", read))
    if place.scheme in ("tel", "mailto") and "evil" not in read.lower():
        return False  # a number to call, an address to write to
    return place.scheme not in ("http", "https") or place.netloc != "localhost" or "evil" in read.lower()


def outward(answer: TestResponse) -> list[str]:
    """Every way out that an answer offers: its Location, its links, where its forms go."""
    found = [str(answer.headers.get(name) or "") for name in ("Location", "Refresh", "Link")]
    if answer.mimetype == "text/html" and answer.status_code != 204:
        for one in elements(answer.get_data(as_text=True)):
            found += [str(one.attrs.get(name) or "") for name in ("href", "action", "formaction", "src")]
    return [one for one in found if one and leads_out(one)]


def test_the_judge_knows_a_way_out() -> None:
    assert all(
        leads_out(lead) for lead in ("//evil.example", "/\\evil.example", "https:evil.example", "/\t/evil.example")
    )
    assert not leads_out("/mon-compte?suite=x") and not leads_out("/dossiers")


@pytest.mark.parametrize("persona", ["bruno", "amina"])
def test_no_parameter_of_any_page_leads_out(sqlite_town: Town, persona: str) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), [persona])
    for one in (client, web(sqlite_town)):
        for page in walk(client).shown:
            lead = LEADS[len(page.path) % len(LEADS)]
            query = "&".join(f"{name}={quote(lead)}" for name in NAMES)
            answer = one.get(f"{page.path.partition('?')[0]}?{query}", headers={"Referer": "https://evil.example/"})
            assert answer.status_code < 500 and not outward(answer), page.path


@pytest.mark.parametrize("lead", LEADS)
def test_no_page_asked_before_signing_in_leads_out(sqlite_town: Town, lead: str) -> None:
    for path in ("/connexion", "/", "/mon-compte", "/activation"):
        answer = web(sqlite_town).get(path, query_string={name: lead for name in NAMES})
        assert answer.status_code in (200, 302, 303), path
        assert not outward(answer), path


def test_signing_in_leads_in_whatever_was_asked(sqlite_town: Town) -> None:
    known = lively(sqlite_town)
    list(browsers(sqlite_town, known, ["amina"]))  # her account is open
    card = card_of(sqlite_town, known["amina"])
    for lead in LEADS:
        answer = signing_in(web(sqlite_town), card, lead)
        assert answer.status_code in (200, 303), lead
        assert not outward(answer), lead
    assert signing_in(web(sqlite_town), card, "/qui-voit-quoi").location == "/qui-voit-quoi"


def card_of(town: Town, record_id: str) -> str:
    with town.acting("bruno", write=False) as tx:
        return str(tx.sealing.open(record_id, ["card"])["card"].payload["card_number"])


def signing_in(client: FlaskClient, login: str, lead: str) -> TestResponse:
    return client.post("/connexion", data={"login": login, "password": SECRET, "suite": lead})


def test_no_field_of_any_form_leads_out(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["denis"])
    sent = 0
    for form in walk(client).forms:
        lead = LEADS[sent % len(LEADS)]
        answer = send(client, form, form.filled(plausible, **dict.fromkeys(NAMES, lead)))
        assert answer.status_code < 500 and not outward(answer), form.action
        sent += 1
    assert sent >= 10


def test_no_header_of_the_browser_leads_out(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])
    headers = {"X-Forwarded-Host": EVIL, "X-Forwarded-Prefix": "//" + EVIL, "X-Original-URL": "//" + EVIL}
    headers |= {"X-Rewrite-URL": "https://" + EVIL, "Forwarded": f"host={EVIL}", "Referer": f"https://{EVIL}/"}
    for path in ("/", "/mon-compte", "/dossiers", "/rien"):
        for one in (client, web(sqlite_town)):
            answer = one.get(path, headers=headers)
            assert answer.status_code < 500 and not outward(answer), path
