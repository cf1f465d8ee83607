"""The queue of alerts and how right it is, in a hand: under the floating confirmation, never scrolled sideways."""

from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import window
from tests.browser.test_every_page import check

_HEIGHTS = "links => links.map(link => link.getBoundingClientRect().height)"
# Those that do not get the press at their beginning or in their middle.
_COVERED = """links => links.filter(link => {
  link.scrollIntoView({block: "center", behavior: "instant"});
  const box = link.getClientRects()[0], y = box.top + box.height / 2;
  return [4, box.width / 2].some(x => !link.contains(document.elementFromPoint(box.left + x, y)));
}).map(link => link.textContent)"""
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


def test_nothing_lies_over_a_link_of_an_alert(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("denis@demo.carte.invalid", PASSWORD)
        visit.go("/alertes")
        links = visit.page.locator("li.alert a")
        assert links.count() > 2 and links.evaluate_all(_COVERED) == []
        links.nth(1).click(position={"x": 4, "y": 12})
        visit.page.wait_for_url("**/alertes/*")


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
