"""A counsellor's reading of one record through the whole application, beside the same reading without any of it."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from pathway.casework.accounts.sessions import start_session
from pathway.casework.partners.rules import Role
from pathway.demo.town import Town
from pathway.kernel.settings import Settings
from pathway.web.application import build
from pathway.web.session_cookie import cookie_name
from tools.benchmarks.base import raw_copy, throw_away_town
from tools.benchmarks.measure import Comparison, Rounds, Say, compare
from tools.benchmarks.people import BY, long_followed
from tools.benchmarks.raw_page import raw_app, reseal

NAME = "record-page"
ROUNDS = Rounds(count=300, warm_up=30)
_NOTE = (
    "Page d’un dossier (25 informations, 30 événements), {queries} requêtes SQL ; le plancher : une page du même poids"
    " ({kilobytes} Ko) par Flask, sqlite3, AES-GCM et Jinja seuls."
)


class Page:
    """One address of one application, asked again and again in process, without a test client in between."""

    def __init__(self, app: Flask, path: str, cookies: dict[str, str]) -> None:
        """Prepare the request once."""
        header = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._app = app
        self._environ = {**EnvironBuilder(path=path).get_environ(), "HTTP_COOKIE": header}

    def __call__(self) -> bytes:
        """The page's bytes; an error unless it is answered 200."""
        statuses: list[str] = []
        answer = self._app(dict(self._environ), _starter(statuses))
        body = b"".join(answer)
        _close(answer)
        if not statuses[0].startswith("200"):
            raise RuntimeError(f"the page answered {statuses[0]}")
        return body


def run(say: Say, rounds: Rounds = ROUNDS) -> Comparison:
    """Both pages of the same person, turn by turn, brought to the same size in bytes."""
    with throw_away_town() as (town, settings):
        record_id = long_followed(town)
        ours = signed_in(town, settings, f"/dossiers/{record_id}")
        with raw_copy(town) as connection:
            reseal(town, connection, record_id)
            app = raw_app(connection)
            floor = Page(app, f"/dossiers/{record_id}", {})
            app.config["filler"] = " " * (len(ours()) - len(floor()))
            note = _NOTE.format(queries=queries(town, ours), kilobytes=len(floor()) // 1024)
            return compare(NAME, floor=floor, ours=ours, rounds=rounds, note=note, say=say)


def signed_in(town: Town, settings: Settings, path: str, *, by: str = BY, role: Role = Role.COUNSELLOR) -> Page:
    """That page of the product, asked by the counsellor of the measures, or by somebody else of the town."""
    app = build(settings, town.store)
    app.extensions["carte_clock"] = town.clock
    with town.acting(by) as tx:
        secret = start_session(
            tx,
            account_id=tx.actor.account_id,
            role=role,
            structure_id=tx.actor.structure_id,
            record_id="",
            tries_of="",
        )
    client = app.test_client()
    client.set_cookie(cookie_name(app), secret)
    client.get(path)  # gives the forms' cookie, as a browser's first page does
    form = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    cookies = {cookie_name(app): secret, **({form.key: form.value} if form else {})}
    return Page(app, path, cookies)


def queries(town: Town, page: Callable[[], object]) -> int:
    """How many SQL statements one page takes; pragmas and the beginnings of transactions are not counted."""
    seen: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    engines = (town.store.engine, town.store.readers)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", count)
    page()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", count)
    return len(seen)


def _starter(statuses: list[str]) -> Callable[..., Callable[[bytes], object]]:
    def start(status: str, _headers: list[tuple[str, str]], _info: object = None) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _text: None

    return start


def _close(answer: Iterable[bytes]) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()
