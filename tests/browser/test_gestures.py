"""What is done every day costs few gestures, counted by a hand: a press, a choice, a word typed are one each."""

from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, window
from tests.browser.test_every_page import Hand, check


def opened(visit: Visit, persona: str, name: str) -> None:
    """That professional has the record of that person in front of her."""
    visit.sign_in(f"{persona}@demo.carte.invalid", PASSWORD)
    visit.go("/dossiers?filtre=tous")
    visit.listed(name).click()
    visit.page.wait_for_load_state()


def test_a_note_takes_three_gestures(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        opened(visit, "bruno", "Rachid Ouali")
        hand = Hand(visit)
        hand.press(visit.page.get_by_role("link", name="Note", exact=True))
        hand.fill(visit.page.get_by_label("Note", exact=True), "Préfère être appelé le matin.")
        hand.press(visit.page.get_by_role("button", name="Enregistrer la note"))
        expect(visit.page.get_by_text("Préfère être appelé le matin.")).to_be_visible()
        assert hand.gestures <= 3
        check(visit, "after a note")


def test_entering_somebody_known_takes_six_gestures(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        opened(visit, "bruno", "Moussa Traoré")
        hand = Hand(visit)
        hand.press(visit.page.get_by_role("link", name="Entrée", exact=True))
        hand.press(visit.page.locator("main a[href*='/entree/']").first)
        hand.press(visit.page.get_by_role("button", name="Enregistrer l’entrée"))
        expect(visit.page.get_by_text("Entrée enregistrée")).to_be_visible()
        assert hand.gestures <= 6
        check(visit, "after an entry")


def test_an_alert_is_given_in_two_gestures_from_home(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("denis@demo.carte.invalid", PASSWORD)
        visit.go("/")
        line = visit.page.locator("li.alert", has_text="Gülsüm").first
        hand = Hand(visit)
        hand.choose(
            line.get_by_role("combobox"),
            visit.page.locator("option", has_text="Bruno").first.get_attribute("value") or "",
        )
        hand.press(line.get_by_role("button", name="Confier"))
        expect(visit.page.get_by_text("Alerte confiée")).to_be_visible()
        assert hand.gestures <= 2
