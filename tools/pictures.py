"""Takes pictures of the screens in a real browser on an invented town: every screen, or those of the guides.

python -m tools.pictures FOLDER            every screen each persona reaches by its links, at both widths, and in
                                           poids.csv what each weighs on a first visit
python -m tools.pictures FOLDER --guides   those that the README and the guides show
"""

import csv
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from playwright.sync_api import Browser, Error, Locator, Page, Response, sync_playwright

from pathway.cli.testing import browser as chromium
from pathway.demo.instance import ready_demo
from pathway.demo.personas import AMINA_EMAIL, PASSWORD, sign_ins
from pathway.kernel.clock import SystemClock
from pathway.kernel.settings import ROOT, Settings

DESK, PHONE = "desk", "phone"
SIZES = {DESK: (1280, 900), PHONE: (390, 844)}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_REFERENCE = re.compile(r"[a-z2-7]{26}|\d{4}-\d{2}-\d{2}")
_TAKES_AWAY = ("/deconnexion", "/static/", "/fichier", ".csv", ".json", ".pdf", ".xlsx", "/telecharger")
_TRIES = 200
_HEAVIEST = 5  # said at the end; the others are in the file
_SIZES = """() => ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind))
  .map(entry => entry.encodedBodySize)"""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture: whose screen, from which page, after pressing which link (none: the page itself)."""

    name: str
    persona: str
    path: str
    width: str
    then: str = ""


GUIDES = (
    Shot(name="conseiller-aujourdhui", persona="bruno", path="/aujourd-hui", width=DESK),
    Shot(name="conseiller-dossier", persona="bruno", path="/dossiers", width=DESK, then="Amina Benkacem"),
    Shot(name="personne-parcours", persona="amina", path="/mon-parcours", width=PHONE),
    Shot(name="personne-carte", persona="amina", path="/ma-carte", width=PHONE),
    Shot(name="personne-qui-voit-quoi", persona="amina", path="/qui-voit-quoi", width=PHONE),
    Shot(name="responsable-alertes", persona="denis", path="/alertes", width=DESK),
    Shot(name="responsable-pilotage", persona="denis", path="/pilotage", width=DESK),
    Shot(name="exploitant-instance", persona="root", path="/instance", width=DESK),
)


def main(arguments: list[str]) -> int:
    """Take them; 2 when the folder is not said, 1 without a browser."""
    folders = [one for one in arguments if not one.startswith("--")]
    if len(folders) != 1 or set(arguments) - {*folders, "--guides"}:
        print(__doc__, file=sys.stderr)
        return 2
    found = chromium(install=True)
    if not found:
        print("Chromium n’a pas pu être obtenu sur cette machine.", file=sys.stderr)
        return 1
    folder = Path(folders[0])
    folder.mkdir(parents=True, exist_ok=True)
    with town() as address, sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        taken = guides(started, address, folder) if "--guides" in arguments else everything(started, address, folder)
        started.close()
    print(f"{taken} images dans {folder}.")
    return 0


def guides(browser: Browser, address: str, folder: Path) -> int:
    """The pictures of the README and of the guides, what a window shows of each; how many."""
    for (persona, width), shots in groupby(GUIDES, key=lambda shot: (shot.persona, shot.width)):
        with signed_in(browser, address, persona, width) as page:
            for shot in shots:
                take(page, address, shot, folder)
    return len(GUIDES)


def take(page: Page, address: str, shot: Shot, folder: Path) -> None:
    """That picture, of a window where its persona has signed in."""
    page.goto(address + shot.path)
    if shot.then:
        through_the_list(page, page.get_by_role("link", name=shot.then)).click()
        page.wait_for_load_state()
    page.screenshot(path=folder / f"{shot.name}.png")
    _told(shot.name)


def through_the_list(page: Page, link: Locator) -> Locator:
    """The first such link of a list, its pages turned until one bears it: who is due when decides on which one."""
    after = page.locator(".pagination a[rel=next]")
    while not link.count() and after.count():
        after.click()
        page.wait_for_load_state()
    return link.first


def everything(browser: Browser, address: str, folder: Path) -> int:
    """One picture of each kind of page that each persona reaches by its links, whole, at both widths; how many."""
    weights: list[tuple[str, str, str, int, int]] = []
    for one in sign_ins():
        for width in SIZES:
            with signed_in(browser, address, one.persona, width) as page:
                for name in _walked(page, address):
                    page.screenshot(path=folder / f"{one.persona}-{name}-{width}.png", full_page=True)
                    weights.append((one.persona, name, width, *weight(page)))
            _told(f"{one.persona}, {width}")
    with (folder / "poids.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([("qui", "écran", "largeur", "octets", "requêtes"), *weights])
    for persona, name, width, size, requests in sorted(weights, key=lambda line: -line[3])[:_HEAVIEST]:
        _told(f"{size / 1000:.0f} ko, {requests} requêtes : {persona}, {name}, {width}")
    return len(weights)


def weight(page: Page) -> tuple[int, int]:
    """What the page that is shown weighs on a first visit, as it travels: bytes, and how many requests."""
    sizes: list[int] = page.evaluate(_SIZES)
    return sum(sizes), len(sizes)


@contextmanager
def signed_in(browser: Browser, address: str, persona: str, width: str) -> Iterator[Page]:
    """A window of that width where that persona has signed in."""
    wide, high = SIZES[width]
    context = browser.new_context(viewport={"width": wide, "height": high}, locale="fr-FR")
    page = context.new_page()
    page.goto(address + "/connexion")
    page.fill("#login", AMINA_EMAIL if persona == "amina" else f"{persona}@demo.carte.invalid")
    page.fill("#password", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    _give_code(page)
    yield page
    context.close()


@contextmanager
def town() -> Iterator[str]:
    """A fresh demonstration, served on this machine until the end of the block; gives its address."""
    with tempfile.TemporaryDirectory(prefix="carte-pictures-") as name:
        settings = Settings(CARTE_INSTANCE=Path(name), DATABASE_URL="", CARTE_TERRITORY="demo")
        ready_demo(settings, now=SystemClock().now(), report=_silent, say=_told)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {**os.environ, "CARTE_INSTANCE": name, "DATABASE_URL": "", "CARTE_TERRITORY": "demo"}
        line = [sys.executable, "-m", "gunicorn", "app:app", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
        server = subprocess.Popen(line, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        try:
            yield _awaited(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(timeout=20)


def _walked(page: Page, address: str) -> Iterator[str]:
    """Open each kind of page once, from what the menus and pages lead to; gives its name while it is shown."""
    waiting, seen = deque(["/"]), {_kind("/")}
    while waiting:
        path = waiting.popleft()
        answer = _opened(page, address + path)
        if answer is None or not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield _kind(path).strip("/").replace("/", "_") or "accueil"
        for link in page.locator("a[href^='/']").all():
            there = (link.get_attribute("href") or "").partition("#")[0].partition("?")[0]
            if there and _kind(there) not in seen and not any(one in there for one in _TAKES_AWAY):
                seen.add(_kind(there))
                waiting.append(there)


def _opened(page: Page, there: str) -> Response | None:
    """What answers there; nothing where a file comes instead of a page."""
    try:
        return page.goto(there)
    except Error as told:
        if "Download is starting" not in str(told):
            raise
        return None


def _kind(path: str) -> str:
    return _REFERENCE.sub("x", path)


def _give_code(page: Page) -> None:
    """Send the code the demonstration shows; one that has just served is waited for."""
    button = page.get_by_role("button", name="Continuer avec ce code")
    while page.url.endswith("deuxieme-etape") and not button.count():
        time.sleep(1)
        page.reload()
    if button.count():
        button.click()
        page.wait_for_load_state()


def _awaited(address: str) -> str:
    for _ in range(_TRIES):
        try:
            urllib.request.urlopen(address + "/connexion", timeout=5).close()
            return address
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def _silent(_done: int, _total: int) -> None:
    """The town is made in half a minute."""


def _told(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
