"""« / » leads to the search from anywhere, and is a plain letter wherever one types."""

from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import window


def test_a_slash_opens_the_search_then_its_field_and_types_itself_there(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/dossiers")
        visit.page.keyboard.press("/")
        visit.page.wait_for_url("**/recherche")
        visit.page.keyboard.press("/")
        expect(visit.page.locator("#quick")).to_be_focused()
        expect(visit.page.locator("#quick")).to_have_value("")
        visit.page.keyboard.type("22/04")
        expect(visit.page.locator("#quick")).to_have_value("22/04")
        assert visit.faults() == []


def test_a_slash_typed_in_a_form_stays_there(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/ateliers/nouveau")
        visit.page.fill("#day", "")
        visit.page.locator("#day").press_sequentially("24/11/2026")
        expect(visit.page.locator("#day")).to_have_value("24/11/2026")
        visit.page.locator("#title").focus()
        visit.page.keyboard.press("Control+/")
        assert visit.page.url.endswith("/ateliers/nouveau")


def test_somebody_who_may_not_search_keeps_her_key(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("theo@demo.carte.invalid", PASSWORD)
        visit.go("/territoire")
        assert visit.page.locator("[data-find]").count() == 0
        visit.page.keyboard.press("/")
        assert visit.page.url.endswith("/territoire")


def test_without_scripts_the_field_says_what_the_menu_does(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/recherche")
        expect(visit.page.locator("#quick")).to_have_attribute("aria-keyshortcuts", "/")
        assert "la touche / ouvre cette recherche" in visit.page.inner_text("main")
