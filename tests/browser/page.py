"""A real browser on a real server: Chromium under the strict policy, every violation and console error kept."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tools.pictures import through_the_list

ROOT = Path(__file__).resolve().parents[2]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
SECOND_STEP = "/connexion/deuxieme-etape"
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
ALL_WIDTHS = (1280, 390, 320)
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"]
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_FRESH = 240  # seconds: before a page asks again who she is
CHECKED: list[str] = []  # the path of each page weighed at every width, in order
# Address of a server, login → when she signed in there (monotonic seconds), and the cookies she got.
_SESSIONS: dict[tuple[str, str], tuple[float, list[Any]]] = {}
_LISTEN = """document.addEventListener("securitypolicyviolation", e =>
  console.error("policy: " + e.violatedDirective + " " + e.blockedURI))"""
_RUN_AXE = """async tags => (await axe.run(document,
  {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})).violations
  .map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | "))"""


@dataclass
class Visit:
    """One browser window and what went wrong in it."""

    page: Page
    address: str
    has_scripts: bool = True
    wrong: list[str] = field(default_factory=list)
    has_axe: bool = False

    @property
    def path(self) -> str:
        """The path of the page as it stands, without its query."""
        return urlsplit(self.page.url).path

    def go(self, path: str) -> int:
        """Open that page of the application; gives the status of the answer, once led where it leads."""
        answer = self.page.goto(self.address + path)
        assert answer is not None, path
        return answer.status

    def listed(self, name: str) -> Locator:
        """The link that bears that name in the list shown, whichever page of it she is on that day."""
        return through_the_list(self.page, self.page.get_by_role("link", name=name))

    def sign_in(self, login: str, password: str) -> None:
        """Sign in through the form, and through the second step with the code a demonstration shows.

        A code serves once in thirty seconds, and a password is slow on purpose: who has signed in there a few minutes
        before comes back with the session she had.
        """
        if self._comes_back(login):
            return
        self.type_password(login, password)
        if self.path == SECOND_STEP:
            self.give_demo_code()
        _SESSIONS[self.address, login] = (time.monotonic(), list(self.page.context.cookies(self.address)))

    def type_password(self, login: str, password: str) -> None:
        """The first step of signing in."""
        self.go("/connexion")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.click("main form.sign-in button[type=submit], main form button[type=submit]")
        self.page.wait_for_load_state()

    def give_demo_code(self) -> None:
        """Send the code the page shows; when it has just served, wait for the next one as anybody would."""
        for _ in range(40):
            if self._demo_code().count():
                break
            process_wait(1)
            self.page.reload()
        self._demo_code().click()
        self.page.wait_for_load_state()

    def _demo_code(self) -> Locator:
        return self.page.get_by_role("button", name="Continuer avec ce code")

    def _comes_back(self, login: str) -> bool:
        since, kept = _SESSIONS.get((self.address, login), (0.0, []))
        if not kept or time.monotonic() - since > _FRESH:
            return False
        self.page.context.add_cookies(kept)
        self.go("/")
        if self.path != "/connexion":
            return True
        del _SESSIONS[self.address, login]  # she signed out, or her time there is over
        self.page.context.clear_cookies()
        return False

    def sign_out(self) -> None:
        """Sign out through the button."""
        self.page.click("text=Se déconnecter")
        self.page.wait_for_load_state()

    def faults(self) -> list[str]:
        """What axe finds on the page once it stands (WCAG 2.2 AA and RGAA 4)."""
        self.page.wait_for_load_state()
        if not self.has_axe:  # given to the window once: sent again for each page, it took as long as the page
            self.page.add_init_script(AXE)
            self.has_axe = True
        if self.page.evaluate("() => typeof axe === 'undefined'"):
            self.page.evaluate(AXE)
        found: list[str] = self.page.evaluate(_RUN_AXE, _TAGS)
        return found

    def overflows(self) -> bool:
        """Whether the page must be scrolled sideways."""
        wide: bool = self.page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth + 1")
        return wide

    def faults_at_every_width(self) -> dict[int, list[str]]:
        """What axe finds on the page at 1280, 390 and 320 px, and whether it must be scrolled sideways there: width →
        faults, none where all is well. The page is the same for every width: only the window changes, and takes its
        size back."""
        kept = self.page.viewport_size
        assert kept is not None
        found = {wide: found for wide in ALL_WIDTHS if (found := self._faults_at(wide))}
        self.page.set_viewport_size(kept)
        CHECKED.append(self.path)
        return found

    def _faults_at(self, wide: int) -> list[str]:
        self.page.set_viewport_size({"width": wide, "height": WIDTHS["desk" if wide > 390 else "phone"][1]})
        return self.faults() + (["scrolled sideways"] if self.overflows() else [])

    def fits(self, wide: int) -> bool:
        """Whether nothing overflows in a window of that width, as one zooms in on; the window takes its size back."""
        kept = self.page.viewport_size
        assert kept is not None
        self.page.set_viewport_size({"width": wide, "height": kept["height"]})
        is_fitting = not self.overflows()
        self.page.set_viewport_size(kept)
        return is_fitting


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Chromium, one for the whole run: Playwright's loop can only be started once."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=_FLAGS)
        yield started
        started.close()


@contextmanager
def window(browser: Browser, address: str, width: str, *, scripts: bool = True) -> Iterator[Visit]:
    """A fresh window of that width, in French; `scripts=False` is a browser without JavaScript."""
    wide, high = WIDTHS[width]
    context: BrowserContext = browser.new_context(
        viewport={"width": wide, "height": high}, locale="fr-FR", java_script_enabled=scripts
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    visit = Visit(page=page, address=address, has_scripts=scripts)
    page.on("console", lambda message: _keep(visit, message))
    page.on("pageerror", lambda error: visit.wrong.append(f"script: {error}"))
    page.add_init_script(_LISTEN)
    yield visit
    context.close()


@contextmanager
def served(environment: dict[str, str], port: int) -> Iterator[str]:
    """The application as it is served for real, on that instance; gives its address."""
    command = [sys.executable, "-m", "gunicorn", "app:app", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError("the server stopped at once")
        try:
            urllib.request.urlopen(address + "/connexion", timeout=5).close()
            return
        except OSError:
            process_wait(0.1)
    raise RuntimeError("the server does not answer")


def forget_sessions() -> None:
    """Everybody signs in anew from now on."""
    _SESSIONS.clear()


def process_wait(seconds: float) -> None:
    """Let the server start."""
    time.sleep(seconds)


def _keep(visit: Visit, message: Any) -> None:
    # A page that answers 4xx on purpose is reported by the browser as a failed load: not a fault of the page.
    if message.type == "error" and "Failed to load resource" not in message.text:
        visit.wrong.append(message.text)
