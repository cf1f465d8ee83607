"""Check 59: the program as it is really served: no debugger, no stack, no file not meant, no verb that echoes, nothing
quoted.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import abort

from pathway.demo.town import Town
from pathway.kernel.settings import ROOT, Settings
from pathway.store.opening import prepare_instance
from pathway.web.application import build
from tests.hostile.walk import address, methods, rules
from tests.stories.stage import free_port
from tests.town import FRIDAY, web

PROBES = (
    "/console",
    "/debug",
    "/debug/default/view",
    "/_debug_toolbar/",
    "/?__debugger__=yes&cmd=resource&f=debugger.js",
    "/rien?__debugger__=yes&cmd=printpin&s=x",
    "/.git/HEAD",
    "/.git/config",
    "/.env",
    "/.well-known/",
    "/.well-known/openid-configuration",
    "/app.py",
    "/pyproject.toml",
    "/requirements.lock",
    "/instance/keyring",
    "/instance/carte.sqlite",
    "/keyring",
    "/carte.sqlite",
    "/static",
    "/static/",
    "/static/css/",
    "/static/.",
    "/static/..",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2fapp.py",
    "/static/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/static//etc/passwd",
    "/static/%00",
    "/templates/layouts/base.html",
    "/server-status",
    "/metrics",
    "/healthz",
    "/admin",
    "/phpinfo.php",
    "/wp-login.php",
    "/swagger.json",
    "/openapi.json",
    "/graphql",
    "/trace",
    "/actuator/env",
    "/robots.txt.bak",
    "/favicon.ico~",
)
OURS = (
    "Traceback",
    "werkzeug",
    "Werkzeug",
    "jinja2",
    "sqlalchemy",
    "site-packages",
    "debugger",
    "Index of",
    str(ROOT),
    ".py",
)
NAMES = "zqcanary"


@dataclass
class Served:
    """The program behind gunicorn, and what it wrote on standard error."""

    port: int
    log: Path

    def say(self, raw: bytes) -> bytes:
        """Send those bytes and give what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as wire:
            wire.sendall(raw)
            wire.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: wire.recv(65536), b""))

    def get(self, path: str, verb: str = "GET", headers: str = "") -> bytes:
        """One plain request."""
        return self.say(f"{verb} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n".encode())

    @property
    def said(self) -> list[dict[str, object]]:
        """Its log, each line of which must be JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """An empty instance behind the real server."""
    own = {"CARTE_INSTANCE": str(folder / "instance"), "CARTE_TERRITORY": "valmer", "DATABASE_URL": ""}
    prepare_instance(Settings.model_validate(own), now=FRIDAY)
    port, log = free_port(), folder / "log"
    with log.open("ab") as kept:
        server = subprocess.Popen(
            [sys.executable, "-m", "pathway.cli", "serve", "--port", str(port), "--workers", "1"],
            cwd=ROOT,
            env={**os.environ, **own, "FLASK_DEBUG": "1", "FLASK_ENV": "development", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.DEVNULL,
            stderr=kept,
        )
    try:
        wait_for(port)
        os.truncate(log, 0)  # what the command said before it became the server
        yield Served(port, log)
    finally:
        server.terminate()
        server.wait(20)


def wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as here:
        yield here


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("path", PROBES)
def test_nothing_but_the_pages_is_served(server: Served, path: str) -> None:
    answer = server.get(path)
    shown = answer.decode("utf-8", "replace").replace(path, "")
    assert status(answer) in (303, 308, 400, 404), path
    assert not [word for word in OURS if word in shown], path


@pytest.mark.parametrize("verb", ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND", "PUT", "DELETE"])
def test_no_verb_echoes_a_request(server: Served, verb: str) -> None:
    for path in ("/", "/connexion", "/rien", "/static/bundle.css"):
        answer = server.get(path, verb, headers=f"X-Said: {NAMES}\r\nCookie: carte={NAMES}\r\n")
        assert status(answer) in (400, 404, 405, 501) and NAMES.encode() not in answer, path


def test_the_environment_cannot_open_the_debugger(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = build(Settings(CARTE_TERRITORY="valmer"), sqlite_town.store)
    assert not app.debug and not app.testing and app.config["WTF_CSRF_ENABLED"] is not False
    assert app.config["PROPAGATE_EXCEPTIONS"] is None and not app.config["EXPLAIN_TEMPLATE_LOADING"]


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 415, 418, 422, 429, 500, 502, 503])
def test_every_failure_is_a_page_of_ours(sqlite_town: Town, code: int) -> None:
    app = web(sqlite_town).application
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def broken() -> str:
        abort(code, description=f"{NAMES} {ROOT}")

    broken.permission = "everybody"  # type: ignore[attr-defined]  # read by the gate
    app.view_functions["account.home"] = broken
    answer = app.test_client().get("/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == code and "<h1" in page and "Content-Security-Policy" in answer.headers
    assert not [word for word in (*OURS, NAMES) if word in page]


@pytest.mark.parametrize("failure", [KeyError, RecursionError, MemoryError, UnicodeDecodeError, OSError, SystemError])
def test_no_failure_of_any_page_shows_where_it_happened(sqlite_town: Town, failure: type[Exception]) -> None:
    app = web(sqlite_town).application
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    given = ("utf-8", NAMES.encode(), 0, 1, NAMES) if failure is UnicodeDecodeError else (NAMES,)

    def broken(**_arguments: str) -> str:
        raise failure(*given)

    broken.permission = "everybody"  # type: ignore[attr-defined]  # read by the gate
    client = app.test_client()
    for rule in rules(app):
        app.view_functions[rule.endpoint] = broken
    for rule in rules(app):
        if "GET" in methods(rule):
            answer = client.get(address(rule))
            assert answer.status_code == 500, rule
            assert not [word for word in (*OURS, NAMES) if word in answer.get_data(as_text=True)], rule


@pytest.mark.parametrize(
    "raw",
    [
        f"GET /{NAMES}{'a' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET /{NAMES} {NAMES} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"{NAMES}\x1b[2J / HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET / HTTP/9.{NAMES}\r\nHost: x\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\n{NAMES} : bad\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\nX: {NAMES * 2000}\r\n\r\n",
        f"POST /connexion HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {NAMES}\r\n\r\n",
        f"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: {NAMES}\r\n\r\n",
        f"\x16\x03\x01{NAMES}\r\n\r\n",
    ],
)
def test_what_cannot_be_read_is_refused_and_never_quoted_in_the_log(server: Served, raw: str) -> None:
    before = len(server.said)
    assert status(server.say(raw.encode("latin-1")) or b"HTTP/1.1 400 ") in (400, 414, 431, 501, 505)
    told = str(server.said[before:])
    assert NAMES not in told and "127.0.0.1" not in told and "\x1b" not in told


def test_the_real_server_logs_pages_and_nothing_of_who_asks(server: Served) -> None:
    before = len(server.said)
    server.get(f"/connexion?x={NAMES}", headers=f"User-Agent: {NAMES}\r\nReferer: http://{NAMES}/\r\n")
    server.get(f"/{NAMES}")
    found = server.said[before:]
    assert [(one["event"], one["endpoint"], one["status"]) for one in found] == [
        ("request", "account.sign_in", 200),
        ("request", "other", 404),
    ]
    assert NAMES not in str(found) and "127.0.0.1" not in str(found)


def test_the_real_server_does_not_believe_a_debug_variable(server: Served) -> None:
    answer = server.get("/console").decode("utf-8", "replace")
    assert " 404 " in answer.splitlines()[0] and "EVALEX" not in answer


def test_an_instance_that_does_not_open_says_so_in_one_line_of_log(tmp_path: Path) -> None:
    own = {"CARTE_INSTANCE": str(tmp_path), "DATABASE_URL": "", "PYTHONPATH": str(ROOT)}
    line = ["-P", "-m", "gunicorn", "--config", "python:pathway.cli.gunicorn", "--chdir", str(ROOT)]
    done = subprocess.run(
        [sys.executable, *line, "--bind", f"127.0.0.1:{free_port()}", "app:app"],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    told = [json.loads(one) for one in done.stderr.splitlines() if one.startswith("{")]
    assert done.returncode != 0 and any("n’existe pas encore" in str(one.get("said")) for one in told)
