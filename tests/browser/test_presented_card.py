"""The gesture of the card: shown on a phone, typed or scanned at a desk, stopped on the phone."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from pathway.casework.cards.rules import read_code
from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, window

COUNTER = "/presenter-la-carte"


@pytest.fixture
def phone(browser: Browser, demo_address: str) -> Iterator[Visit]:
    """Amina's phone."""
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("amina@demo.carte.invalid", PASSWORD)
        yield visit


@pytest.fixture
def desk(browser: Browser, demo_address: str) -> Iterator[Visit]:
    """The desk of a structure that knows nothing of her."""
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("chloe@demo.carte.invalid", PASSWORD)
        yield visit


def sound(visit: Visit) -> None:
    assert visit.faults() == []
    assert not visit.overflows()
    assert visit.wrong == []


def press(visit: Visit, label: str | re.Pattern[str]) -> None:
    visit.page.get_by_role("button", name=label).first.click()
    visit.page.wait_for_load_state()


def shown_on(phone: Visit) -> str:
    phone.go("/ma-carte")
    press(phone, re.compile("Montrer ma carte|Nouveau code"))
    return read_code(phone.page.inner_text(".own-card-said"))


def test_she_shows_her_card_a_desk_opens_her_record_and_she_stops_it(phone: Visit, desk: Visit) -> None:
    code = shown_on(phone)
    expect(phone.page.locator("[data-clock]")).to_have_text(re.compile("Encore 3\u00a0minutes"))
    sound(phone)
    desk.go(COUNTER)
    desk.page.get_by_label("Code affiché sur le téléphone").fill(code)
    press(desk, "Ouvrir son dossier")
    expect(desk.page.locator("h1")).to_contain_text("Amina")
    sound(desk)
    phone.page.get_by_role("link", name="J’ai montré ma carte").click()
    sound(phone)
    press(phone, re.compile("Arrêter"))
    expect(phone.page.get_by_text("C’est arrêté.")).to_be_visible()
    sound(phone)
    desk.page.reload()
    expect(desk.page.locator("h1")).not_to_contain_text("Amina")


def test_a_scanned_code_fills_the_form_and_leaves_the_address(phone: Visit, desk: Visit) -> None:
    code = shown_on(phone)
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(request.url))
    desk.go(f"{COUNTER}#{code}")
    expect(desk.page.locator("#code")).to_have_value(code)
    assert desk.page.url.endswith(COUNTER)
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/dossiers/*")
    assert not [url for url in sent if code in url.partition("#")[0]]
    desk.go(f"{COUNTER}#{code}")
    press(desk, "Ouvrir son dossier")
    expect(desk.page.locator(".govuk-error-message")).to_contain_text("ne marche pas, ou ne marche plus")
    sound(desk)


def test_the_code_leaves_the_screen_when_its_time_is_over(phone: Visit) -> None:
    phone.page.clock.install()
    shown_on(phone)
    phone.page.clock.run_for(181_000)
    expect(phone.page.get_by_text("Ce code ne marche plus.", exact=True)).to_be_visible()
    expect(phone.page.locator(".own-card-said")).to_have_count(0)
    sound(phone)


def test_without_scripts_the_code_says_until_which_hour(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone", scripts=False) as phone:
        phone.sign_in("amina@demo.carte.invalid", PASSWORD)
        shown_on(phone)
        expect(phone.page.locator("[data-clock]")).to_have_text(re.compile(r"Valable jusqu’à \d+\sh\s\d\d"))


def test_a_printed_card_is_one_page_with_number_and_code(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as desk:
        desk.sign_in("bruno@demo.carte.invalid", PASSWORD)
        desk.go("/dossiers")
        desk.page.locator(".people-name a").first.click()
        desk.page.get_by_text("Autres actions").click()
        desk.page.get_by_role("link", name="Carte imprimée").click()
        press(desk, "Préparer la carte")
        sound(desk)
        code = desk.page.inner_text(".given-code-value")
        desk.page.emulate_media(media="print")
        sheet = PdfReader(BytesIO(desk.page.pdf(format="A4")))
    assert len(sheet.pages) == 1
    text = sheet.pages[0].extract_text()
    assert code in text and re.search(r"\d{4} \d{4} \d{4} \d{2}", text)
    assert "Dossier" not in text
