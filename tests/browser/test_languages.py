"""Her pages in Arabic, from right to left, on a telephone: nothing overflows, axe finds nothing; and in one press."""

import pytest
from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, window

_HERS = (
    "/mon-parcours",
    "/mes-rendez-vous",
    "/mes-relais",
    "/mon-plan",
    "/ma-carte",
    "/mes-informations",
    "/mes-documents",
    "/qui-voit-quoi",
    "/qui-a-regarde",
    "/mes-demandes",
    "/mon-compte",
)


def speak(visit: Visit, language: str) -> None:
    """Read in that language, by this browser alone."""
    visit.page.context.add_cookies([{"name": "carte_langue", "value": language, "url": visit.address}])


def test_her_pages_are_accessible_from_right_to_left(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("amina@demo.carte.invalid", PASSWORD)
        speak(visit, "ar")
        for path in _HERS:
            visit.go(path)
            assert visit.page.evaluate("() => getComputedStyle(document.body).direction") == "rtl", path
            assert (visit.faults_at_every_width(), visit.wrong) == ({}, []), path


@pytest.mark.parametrize("language", ["en", "uk"])
def test_her_pages_fit_a_telephone_in_each_language(browser: Browser, demo_address: str, language: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("amina@demo.carte.invalid", PASSWORD)
        speak(visit, language)
        for path in _HERS:
            visit.go(path)
            assert visit.fits(320), path


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_press_before_sign_in_is_enough(browser: Browser, demo_address: str, scripts: bool) -> None:
    with window(browser, demo_address, "phone", scripts=scripts) as visit:
        visit.go("/activation")
        visit.page.get_by_role("button", name="العربية").click()
        visit.page.wait_for_load_state()
        assert visit.page.url.endswith("/activation")
        expect(visit.page.locator("html")).to_have_attribute("dir", "rtl")
        visit.page.get_by_role("button", name="Français").click()
        expect(visit.page.locator("h1")).to_contain_text("compte")


@pytest.mark.parametrize("path", ["/mon-parcours", "/mes-informations", "/qui-voit-quoi"])
def test_twice_the_size_of_letters_loses_nothing(browser: Browser, demo_address: str, path: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("amina@demo.carte.invalid", PASSWORD)
        visit.go(path)
        visit.page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        assert not visit.overflows()
