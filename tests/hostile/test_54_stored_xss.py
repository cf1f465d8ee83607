"""Check 54: whatever is written in whatever field, every page shows it as text; no page holds anything that could run
inline.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from pathway.casework.records.rules import Identity
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.hostile.walk import EVERYBODY, Form, Seen, browsers, elements, known_ids, lively, plausible, send, walk
from tests.store.hands import altered
from tests.town import AMINA, web
from tests.web.counsellor.scenes import entered

MARK = "zq0x89"  # digits no reference is written with: a drawn address never holds it
RUN = "{{7919*104729}}${7919*104729}"  # a product no drawn number is likely to hold
XSS = f"{MARK}'\"></textarea></title></script><svg/onload={MARK}()><img src=x onerror={MARK}()>{RUN}"
SHORT = f"{MARK}\"'><svg/onload={MARK}()>"
LINK = f"javascript:{MARK}()"
FORBIDDEN = {"style", "iframe", "object", "embed", "base", "applet", "frame", "portal", "math", "marquee"}
RUNS = ("javascript:", "data:", "vbscript:", "blob:")
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}


def dangers(html: str) -> Iterator[str]:
    """What in a page could run, or shows that a payload became markup."""
    for one in elements(html):
        attributes = {name.lower(): str(value or "") for name, value in one.attrs.items()}
        if one.name in FORBIDDEN:
            yield f"<{one.name}>"
        if one.name == "script" and (one.to_text().strip() or not attributes.get("src", "").startswith("/static/")):
            yield "a script in the page"
        if one.name == "meta" and "http-equiv" in attributes:
            yield "meta http-equiv"
        for name, value in attributes.items():
            yield from _attribute(one.name, name, value)
    if str(7919 * 104729) in html:
        yield "a template was run"


def _attribute(tag: str, name: str, value: str) -> Iterator[str]:
    if name.startswith("on") or name in ("style", "srcdoc") or MARK in name:
        yield f"<{tag} {name}>"
    if name in ("href", "src", "action", "formaction", "xlink:href", "poster", "data"):
        if re.sub(r"[\s\x00-\x1f]", "", value).lower().startswith(RUNS):
            yield f"<{tag} {name}={value[:20]}>"
        if MARK in value:
            yield f"a payload leads somewhere: <{tag} {name}>"


def check(pages: list[Seen]) -> int:
    """Look at every page; gives how many show a payload, as text."""
    for page in pages:
        assert list(dangers(page.html)) == [], page.path
        told = dict(
            part.strip().partition(" ")[::2] for part in page.answer.headers["Content-Security-Policy"].split(";")
        )
        assert {name: told.get(name) for name in POLICY} == POLICY and "unsafe" not in str(told), page.path
    return sum(MARK in page.html for page in pages)


def one_field_at_a_time(form: Form) -> Iterator[dict[str, Any]]:
    """The form sent once for each field one may type in, the payload in that one alone."""
    for name in form.typed:
        for payload in (SHORT, LINK):
            yield {**form.filled(plausible), name: [payload]}


def everywhere(town: Town) -> list[Seen]:
    """Every page of everybody, as the base stands now."""
    ids = known_ids(town)
    record = {"amina": rows(town.store, "record")[0]["id"]}
    return [page for _name, client in browsers(town, record, EVERYBODY[:-1]) for page in walk(client, ids=ids).shown]


def test_the_judge_knows_what_runs() -> None:
    for html in (
        f"<p onclick={MARK}()>",
        "<style>p{}</style>",
        "<a href=' java\tscript:x'>",
        "<script>x</script>",
        XSS,
    ):
        assert list(dangers(html)), html
    assert list(dangers("<p>javascript: onclick= &lt;script&gt;</p><script src=/static/a.js></script>")) == []


@pytest.mark.parametrize("persona", ["denis", "amina"])
def test_what_is_typed_in_any_field_is_shown_as_text_everywhere(sqlite_town: Town, persona: str) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, [persona])
    refused = stored = 0
    for form in walk(client, ids=known_ids(sqlite_town)).forms:
        for data in one_field_at_a_time(form):
            answer = send(client, form, data)
            assert answer.status_code < 500, (form.action, data)
            stored += answer.status_code == 303
            refused += answer.status_code == 422
            html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            assert list(dangers(html)) == [], (form.action, data)
    assert refused and (stored >= 10 or persona == "amina")
    assert check(everywhere(sqlite_town)) >= (5 if persona != "amina" else 0)


def test_names_that_came_by_another_way_are_text_on_every_page(sqlite_town: Town) -> None:
    hostile = Identity(first_name=f"A{XSS}"[:100], last_name=f"B{SHORT}", birth_date=AMINA.birth_date)
    record_id, _ = entered(sqlite_town, identity=hostile)
    altered(sqlite_town.store, "UPDATE structure SET name = :it", "UPDATE scheme SET name = :it", it=SHORT)
    ids = known_ids(sqlite_town)
    seen = [
        page
        for name, client in browsers(sqlite_town, {"amina": record_id}, ("bruno", "denis", "theo", "root"))
        for page in walk(client, ids=ids).shown
    ]
    assert check(seen) >= 15


def test_the_name_of_a_professional_is_text_too(sqlite_town: Town) -> None:
    with sqlite_town.acting("root") as tx:
        account = sqlite_town.accounts["bruno"]
        profile = tx.sealing.open(account, ["profile"])["profile"]
        tx.sealing.write(account, "profile", {**profile.payload, "first_name": SHORT}, seq=profile.seq)
        tx.journal("rename")
    known = lively(sqlite_town)
    seen = [p for _n, client in browsers(sqlite_town, known, ("bruno", "denis", "amina")) for p in walk(client).shown]
    assert check(seen) >= 15


@pytest.mark.parametrize(
    "path", ["/connexion", "/activation", "/rien", f"/{MARK}%22%3E%3Csvg%2Fonload=x%3E", "/dossiers/%3Csvg%3E"]
)
def test_the_doors_and_the_refusals_hold_nothing_that_runs(sqlite_town: Town, path: str) -> None:
    for query in ({}, {"suite": SHORT}, {"suite": LINK}, {"x": XSS}):
        answer = web(sqlite_town).get(path, query_string=query)
        assert list(dangers(answer.get_data(as_text=True))) == []
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
