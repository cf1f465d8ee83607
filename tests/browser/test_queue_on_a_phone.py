"""The queue of alerts and how right it is, in a hand: under the floating confirmation, never scrolled sideways."""

from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import window
from tests.browser.test_every_page import check

_HEIGHTS = "links => links.map(link => link.getBoundingClientRect().height)"
_HIDDEN = "tables => tables.map(table => table.scrollWidth - table.clientWidth)"


def test_under_the_confirmation_every_target_stays_large_enough(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("denis@demo.carte.invalid", PASSWORD)
        visit.go("/alertes")
        visit.page.locator(".alert-give > form button").first.click()
        expect(visit.page.get_by_text("1 alerte confiée à")).to_be_visible()
        given = visit.page.locator("li.alert:has(.alert-give details)").first
        top = given.evaluate("line => line.getBoundingClientRect().top + scrollY")
        for past in (0, 90, 150, 210):  # the confirmation stays in sight while the line passes under it
            visit.page.evaluate("y => scrollTo({top: y, behavior: 'instant'})", top + past - 80)
            check(visit, f"/alertes, {past} pixels into a line")
        assert min(visit.page.locator(".alert-text > .small > a").evaluate_all(_HEIGHTS)) >= 24


def test_how_right_alerts_are_is_read_without_scrolling_sideways(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("denis@demo.carte.invalid", PASSWORD)
        visit.go("/alertes/precision")
        visit.page.get_by_text("Lire le tableau").click()
        tables = visit.page.locator(".table-scroll")
        assert tables.count() == 2 and tables.evaluate_all(_HIDDEN) == [0, 0]
        expect(visit.page.get_by_role("row").nth(1).get_by_role("cell")).to_have_count(5)
        expect(visit.page.get_by_role("row").nth(1)).to_contain_text("Suivies d’un geste en 7 jours")
        check(visit, "/alertes/precision, unfolded")
