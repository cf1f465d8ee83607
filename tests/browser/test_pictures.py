"""The pictures of the README and of the guides can be taken again: each shows a screen that is there today."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pathway.demo.personas import PASSWORD
from tests.browser.page import window
from tools.pictures import GUIDES, PHONE, Shot, take, weight

ROOT = Path(__file__).resolve().parents[2]
_SHOWN = re.compile(r"images/([a-z-]+)\.png")


def test_each_picture_that_is_shown_has_its_recipe_and_each_recipe_is_shown() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs" / "fr").glob("*.md")]
    shown = {name for page in pages for name in _SHOWN.findall(page.read_text())}
    assert shown == {shot.name for shot in GUIDES}
    assert {path.stem for path in (ROOT / "docs" / "images").glob("*.png")} == shown


@pytest.mark.parametrize("shot", GUIDES, ids=lambda shot: shot.name)
def test_a_picture_shows_a_screen_of_today(browser: Browser, demo_address: str, shot: Shot, tmp_path: Path) -> None:
    with window(browser, demo_address, shot.width) as visit:
        visit.sign_in(f"{shot.persona}@demo.carte.invalid", PASSWORD)
        take(visit.page, demo_address, shot, tmp_path)
        assert visit.page.locator("main h1").count() == 1 and visit.wrong == []
    assert (tmp_path / f"{shot.name}.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    "path", ["/mon-parcours", "/ma-carte", "/mes-informations", "/qui-voit-quoi", "/mes-documents"]
)
def test_her_pages_weigh_little_on_an_old_telephone(browser: Browser, demo_address: str, path: str) -> None:
    with window(browser, demo_address, PHONE) as visit:
        visit.sign_in("amina@demo.carte.invalid", PASSWORD)
        visit.go(path)
        visit.page.wait_for_load_state("networkidle")
        size, requests = weight(visit.page)
        assert 0 < size <= 100_000, size
        assert requests <= 12


def test_the_record_with_the_most_contacts_weighs_at_most_100_kb(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, PHONE) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/dossiers?filtre=tous")
        path = visit.listed("Amina Benkacem").get_attribute("href")
    with window(browser, demo_address, PHONE) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go(str(path))
        visit.page.wait_for_load_state("networkidle")
        assert visit.page.locator(".timeline-entry").count() > 50, "the heaviest record we have"
        size, _ = weight(visit.page)
        assert 0 < size <= 100_000, size
