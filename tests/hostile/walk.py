"""Walking every screen as its people do: pages are found by their links, forms are filled from their own fields."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from justhtml import JustHTML
from sqlmodel import SQLModel
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect, Rule
from werkzeug.test import TestResponse

from pathway.casework.alerts.actions import give_alert, sweep
from pathway.demo.town import Town
from tests.casework.enrolments.steps import call, rows, system
from tests.casework.relays import scenes as relays
from tests.town import signed_in
from tests.web.counsellor.scenes import ZOE, entered, left
from tests.web.jobseeker.lives import at_home

# One for each role; a responsable opens all that a counsellor does.
EVERYBODY = ("denis", "ines", "theo", "root", "amina")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
REFERENCE = re.compile(r"[a-z2-7]{26}")
# What moves by itself at each request: the journal, the session's clock, what brakes and budgets count.
MOVING = frozenset({"journal_entry", "journal_head", "journal_subject", "web_session", "usage_count", "usage_seen"})
_TYPED = frozenset({"", "text", "email", "tel", "search", "url", "number"})
_BY_NAME = {
    "birth_date": "22/04/1991",
    "children": "2",
    "desired_hours": "35",
    "email": "essai@exemple.fr",
    "login": "essai@exemple.fr",
    "mobility_zone": "30",
    "phone": "0639980001",
    "phones": "0639980001",
    "postcode": "35000",
    "rome_jobs": "N1104",
}
_MOST = 2

Filler = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form as a browser holds it: where it goes, what it sends when nothing is touched, what may be typed in."""

    page: str
    action: str
    sent: Mapping[str, list[str]]
    typed: tuple[str, ...]

    def filled(self, text: Filler, **more: str) -> dict[str, Any]:
        """What is sent once every empty field was typed in."""
        typed = {name: [text(name)] for name in self.typed if not any(self.sent.get(name, []))}
        return {**self.sent, **typed, **{name: [value] for name, value in more.items()}}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One page that answered, and what it holds."""

    path: str
    endpoint: str
    answer: TestResponse
    html: str
    forms: tuple[Form, ...]
    links: tuple[str, ...]


@dataclass
class Walk:
    """Every page one person reaches, and every form she may send, by the path it goes to."""

    client: FlaskClient
    pages: dict[str, Seen] = field(default_factory=dict)

    @property
    def shown(self) -> list[Seen]:
        """The pages that were really shown."""
        return [page for page in self.pages.values() if page.answer.status_code == 200]

    @property
    def forms(self) -> list[Form]:
        """One form of each kind: same page to answer it, same fields."""
        kinds = {
            (_kind(self.client, one.action), frozenset(one.sent)): one for page in self.shown for one in page.forms
        }
        return [one for one in kinds.values() if one.action != "/deconnexion"]

    @property
    def endpoints(self) -> set[str]:
        """The screens that were shown."""
        return {page.endpoint for page in self.shown}


def lively(town: Town) -> dict[str, str]:
    """A town where every screen has something to show: an exit, a contact with a note, an alert given, two people."""
    amina, step = left(town, days_ago=20)
    zoe, open_step = entered(town, identity=ZOE)
    with system(town.store, town.clock) as tx:
        sweep(tx, [amina], on=tx.today)
        tx.journal("sweep")
    alert = rows(town.store, "alert")[0]["id"]
    with town.acting("denis") as tx:
        give_alert(tx, alert_id=alert, account_id=town.accounts["bruno"])
    call(town, zoe, note="Elle rappelle lundi.")
    relays.send(town, zoe, "")
    return {"amina": amina, "zoe": zoe, "step": step, "open_step": open_step, "alert": alert}


def browsers(town: Town, known: Mapping[str, str], who: Iterable[str] = EVERYBODY) -> Iterator[tuple[str, FlaskClient]]:
    """A signed-in browser for each of them."""
    for name in who:
        yield name, at_home(town, known["amina"]) if name == "amina" else signed_in(town, name)


def walk(client: FlaskClient, *, ids: Iterable[str] = ()) -> Walk:
    """Every page reached from the paths without a name in them; `ids` are tried where no link led."""
    done, seen = Walk(client), Counter[object]()
    app = client.application
    follow(done, seen, [rule.rule for rule in rules(app) if "GET" in methods(rule) and not rule.arguments])
    for rule in rules(app):
        if "GET" in methods(rule) and rule.endpoint not in done.endpoints and len(rule.arguments) == 1:
            guess(done, seen, rule, ids)
    return done


def guess(done: Walk, seen: Counter[object], rule: Rule, ids: Iterable[str]) -> None:
    """Try every known id in that address, unless it is shut to that role."""
    for one in ids:
        path = address(rule, one)
        follow(done, seen, [path])
        if path in done.pages and done.pages[path].answer.status_code == 403:
            return


def follow(done: Walk, seen: Counter[object], paths: Iterable[str]) -> None:
    """Open those paths and all that their pages link to, a few of each kind."""
    waiting = deque(paths)
    while waiting:
        path = waiting.popleft()
        kind = _kind(done.client, path)
        if kind is None or path in done.pages or seen[kind] >= _MOST:
            continue
        page = opened(done.client, path)
        done.pages[path] = page
        seen[kind] += page.answer.status_code == 200
        waiting.extend(page.links)


def opened(client: FlaskClient, path: str) -> Seen:
    """That page, read."""
    answer = client.get(path)
    html = answer.get_data(as_text=True) if answer.status_code == 200 and answer.mimetype == "text/html" else ""
    kind = _kind(client, path)
    page = parsed(html) if html else None
    return Seen(
        path=path,
        endpoint=kind[0] if kind else "",
        answer=answer,
        html=html,
        forms=tuple(forms_in(page, path)) if page else (),
        links=tuple(_links(page)) if page else tuple(filter(None, [answer.location])),
    )


def forms_in(page: Any, path: str) -> Iterator[Form]:
    """The forms of a page that write."""
    for form in page.query("form"):
        if str(form.attrs.get("method") or "get").lower() != "post":
            continue
        sent, typed = _controls(form)
        yield Form(page=path, action=str(form.attrs.get("action") or path), sent=sent, typed=tuple(typed))


def send(client: FlaskClient, form: Form, data: Mapping[str, Any], **more: Any) -> TestResponse:
    """Send it as the browser does."""
    return client.post(form.action, data=data, **more)


def plausible(name: str) -> str:
    """What somebody types in a field of that name."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if "password" in name or name == "again":
        return "une grande phrase de passe"
    return "20/11/2026" if name.endswith(("_on", "_from", "_until", "_date")) else "Essai"


@lru_cache(maxsize=200)
def parsed(html: str) -> Any:
    """The page as an HTML5 browser builds it; nothing is cleaned. To be read, not changed: it is kept."""
    return JustHTML(html, sanitize=False)


def elements(html: str) -> Iterator[Any]:
    """Every element of a page, those of its templates included."""
    waiting = deque([parsed(html).root])
    while waiting:
        node = waiting.popleft()
        waiting.extend(node.children or ())
        if getattr(node, "template_content", None) is not None:
            waiting.append(node.template_content)
        if node.name and not node.name.startswith(("#", "!")):
            yield node


def rules(app: Flask) -> list[Rule]:
    """Every route but static files."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address(rule: Rule, reference: str = "a" * 26) -> str:
    """A path that route answers, with that reference wherever it asks for one."""
    return re.sub(r"<[^>]+>", reference, re.sub(r"<int[^>]*>", "7", rule.rule))


def methods(rule: Rule) -> set[str]:
    """What a route says it answers."""
    return set(rule.methods or ())


def known_ids(town: Town) -> list[str]:
    """One id of each table, the newest: an address for every kind of thing."""
    found = []
    for name, table in SQLModel.metadata.tables.items():
        if "id" in table.columns and (kept := rows(town.store, name)):
            found.append(str(kept[-1]["id"]))
    return [one for one in found if REFERENCE.fullmatch(one)]


def snapshot(town: Town, *, without: Iterable[str] = MOVING) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a reading or a refusal must leave alone."""
    left_out = set(without)
    return {
        name: sorted(tuple(str(value) for value in row.values()) for row in rows(town.store, name))
        for name in SQLModel.metadata.tables
        if name not in left_out
    }


def _links(page: Any) -> Iterator[str]:
    for one in page.query("a[href]"):
        href = str(one.attrs.get("href") or "").partition("#")[0]
        if href.startswith("/") and not href.startswith("/static/"):
            yield href


def _kind(client: FlaskClient, path: str) -> tuple[str, object] | None:
    """The screen of a path with what distinguishes it (a section, a filter), but for references; None when none."""
    parts = urlsplit(path)
    adapter: MapAdapter = client.application.url_map.bind("localhost")
    try:
        endpoint, found = adapter.match(parts.path, method=_answered(adapter, parts.path))
    except (HTTPException, RequestRedirect):
        return None
    told = frozenset(value for value in found.values() if not REFERENCE.fullmatch(str(value)))
    return (endpoint, (told, frozenset(parse_qs(parts.query)))) if endpoint != "static" else None


def _answered(adapter: MapAdapter, path: str) -> str:
    allowed = set(adapter.allowed_methods(path))
    return "GET" if "GET" in allowed or not allowed else sorted(allowed - {"OPTIONS", "HEAD"})[0]


def _controls(form: Any) -> tuple[dict[str, list[str]], list[str]]:
    sent: dict[str, list[str]] = {}
    typed: list[str] = []
    for one in form.query("input[name]"):
        _input(one, sent, typed)
    for one in form.query("textarea[name]"):
        sent.setdefault(one.attrs["name"], []).append(one.to_text().strip())
        typed.append(one.attrs["name"])
    for one in form.query("select[name]"):
        sent.setdefault(one.attrs["name"], []).append(_chosen(one))
    return sent, typed


def _input(one: Any, sent: dict[str, list[str]], typed: list[str]) -> None:
    name, kind, value = one.attrs["name"], str(one.attrs.get("type") or "").lower(), str(one.attrs.get("value") or "")
    if kind in _TYPED or kind == "password":
        typed.append(name)
        sent.setdefault(name, []).append(value)
    elif kind == "hidden" or "checked" in one.attrs:
        sent[name] = [value] if kind == "radio" else [*sent.get(name, []), value]
    elif kind == "radio":
        sent.setdefault(name, [value])


def _chosen(select: Any) -> str:
    options = select.query("option")
    chosen = [one for one in options if "selected" in one.attrs] or options
    values = [str(one.attrs.get("value") or "") for one in chosen]
    filled = [value for value in [*values, *(str(one.attrs.get("value") or "") for one in options)] if value]
    return filled[0] if filled else ""
