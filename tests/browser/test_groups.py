"""Somebody at the desk is noted in two gestures; a group is planned with one press a person."""

from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import window
from tests.browser.pages import shows
from tests.browser.test_every_page import Hand, check


@shows("/passages/<ref>")
def test_a_passage_is_noted_in_two_gestures_and_corrected(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/passages")
        hand = Hand(visit)
        hand.press(visit.page.get_by_label("Information donnée"))
        hand.press(visit.page.get_by_role("button", name="Noter un passage"))
        assert hand.gestures == 2 and "C’est noté dans le registre." in visit.page.inner_text("main")
        check(visit, "the register")
        visit.page.locator("main a[href^='/passages/']").first.click()
        visit.page.wait_for_load_state()
        assert (visit.faults_at_every_width(), visit.wrong) == ({}, [])


def test_enter_does_what_the_form_is_for(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/passages")
        visit.page.get_by_label("Dossier ouvert").check()
        visit.page.get_by_label("Dossier ouvert").press("Enter")
        expect(visit.page.locator("main")).to_contain_text("C’est noté dans le registre.")
        visit.go("/ateliers/nouveau")
        visit.page.fill("#title", "Atelier LinkedIn")
        visit.page.fill("#hour", "21 h 30")
        visit.page.press("#hour", "Enter")
        expect(visit.page.locator("main")).to_contain_text("Atelier prévu")
        visit.go(visit.page.url.removeprefix(demo_address) + "/personnes")
        visit.page.locator("input[name=people]").first.check()
        visit.page.locator("input[name=people]").first.press("Enter")
        expect(visit.page.locator("main")).to_contain_text("1 personne ajoutée")


def test_a_group_is_planned_with_one_press_a_person(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/ateliers/nouveau")
        hand = Hand(visit)
        hand.fill(visit.page.locator("#title"), "Atelier CV")
        hand.fill(visit.page.locator("#hour"), "19 h")
        for place in range(4):
            hand.press(visit.page.locator("input[name=people]").nth(place))
        hand.press(visit.page.get_by_role("button", name="Prévoir cet atelier"))
        assert hand.gestures == 7 and "4 personnes" in visit.page.inner_text("main")
        check(visit, "a session")
