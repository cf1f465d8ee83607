"""Going through the two steps of signing in, as a browser does."""

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.casework.factors.actions import forget_factors, make_recovery_codes
from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.store.actor import SYSTEM
from pathway.store.transaction import Transaction
from tests.town import web

STEP = "/connexion/deuxieme-etape"
SAFE = "/mon-compte/securite"
RESUME = "/reprendre"
FOUND = "Rien n’est encore enregistré : relisez, puis envoyez."


def halfway(town: Town, persona: str = "bruno", client: FlaskClient | None = None) -> FlaskClient:
    """A browser whose password was right."""
    browser = client or web(town)
    answer = browser.post("/connexion", data={"login": town.cast[persona].email, "password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return browser


def coded(client: FlaskClient, code: str) -> TestResponse:
    """Give a code at the second step."""
    return client.post(STEP, data={"code": code})


def printed(town: Town, persona: str = "bruno") -> list[str]:
    """A fresh list of recovery codes of that professional."""
    with Transaction(town.store, actor=SYSTEM, clock=town.clock, door="cli") as tx:
        return make_recovery_codes(tx, town.accounts[persona])


def unprotected(town: Town, persona: str = "bruno") -> None:
    """That professional has no second factor any more, as after a reset."""
    with Transaction(town.store, actor=SYSTEM, clock=town.clock, door="cli") as tx:
        forget_factors(tx, town.accounts[persona])


def secret_of(client: FlaskClient) -> str:
    """What the browser's session cookie holds."""
    cookie = client.get_cookie("carte")
    return cookie.value if cookie else ""


def page_of(answer: TestResponse) -> str:
    """The page that was answered, without what changes at every request and the address it was asked at."""
    return re.sub(r'(name="(?:csrf_token|retour)" value=")[^"]*', r"\1", answer.get_data(as_text=True))


def given_back(client: FlaskClient) -> TestResponse:
    """The button of « Reprendre »: the form is sent again as the page holds it."""
    page = client.get(RESUME).get_data(as_text=True)
    action = re.search(rf'<form method="post" action="(?!{RESUME}")(/(?!deconnexion|langue)[^"]+)"', page)
    assert action
    form = page[action.end() : page.index("</form>", action.end())]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(unescape(value))
    return client.post(unescape(action[1]), data=sent)
