"""Every page, with seeded rows, at a desk and on a phone: accessible, within its width, no fault in the console."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, window
from tests.browser.pages import FOUND, PAGES, SHUT, rule_of, shows, stands_for
from tools.pictures import through_the_list


def check(visit: Visit, where: str) -> None:
    assert visit.faults() == [], where
    assert not visit.overflows(), where
    assert visit.wrong == [], where


def found(visit: Visit, persona: str, *only: str) -> dict[str, str]:
    """The addresses that only the screens know: all that FOUND tells, or some, found without others."""
    known: dict[str, str] = {}
    here = ""
    for name, (_, page, link) in FOUND.get(persona, {}).items():
        if only and name not in only:
            continue
        path = page.format(**known)
        if path != here:
            visit.go(path)
        here = path
        known[name] = through_the_list(visit.page, visit.page.locator(link)).get_attribute("href") or ""
        if urlsplit(visit.page.url).query != urlsplit(path).query:
            here = ""  # the pages of the list were turned
    return known


@pytest.mark.parametrize("persona", list(PAGES))
def test_every_page_of_a_persona_is_accessible(browser: Browser, demo_address: str, persona: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        if persona != "nobody":
            visit.sign_in(f"{persona}@demo.carte.invalid", PASSWORD)
        known = found(visit, persona)
        for page in PAGES[persona]:
            status = visit.go(page.format(**known))
            assert (status, rule_of(visit.path)) == (200, stands_for(persona, page)), page
            assert (visit.faults_at_every_width(), visit.wrong) == ({}, []), page


def test_a_refusal_is_accessible(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        for path in SHUT:
            visit.go(path)
            assert (visit.faults_at_every_width(), visit.wrong) == ({}, []), path


def test_an_entry_form_and_its_errors_are_accessible(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go(found(visit, "bruno", "dossier")["dossier"] + "/entree")
        visit.page.locator("main a[href*='/entree/']").first.click()
        check(visit, "entry")
        visit.page.fill("#entered_on", "31/02/2026")
        visit.page.get_by_role("button", name="Enregistrer l’entrée").click()
        visit.page.wait_for_load_state()
        assert visit.page.locator(".govuk-error-message, .govuk-error-summary").count()
        check(visit, "entry with an error")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_search_and_what_it_finds_are_accessible(browser: Browser, demo_address: str, width: str) -> None:
    with window(browser, demo_address, width) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/recherche")
        visit.page.locator("main form input[type=text], main form input[type=search]").first.fill("benkasem amina")
        visit.page.locator("main form button[type=submit]").first.click()
        visit.page.wait_for_load_state()
        assert visit.page.get_by_role("link", name="Amina Benkacem").count()
        check(visit, "search")


@shows("/mon-parcours/preparer/<ref>")
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_preparing_an_entry_is_accessible(browser: Browser, demo_address: str, width: str) -> None:
    with window(browser, demo_address, width) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go(found(visit, "bruno", "amina")["amina"] + "/entree")
        visit.page.get_by_role("button", name="Inviter").last.click()
        visit.page.wait_for_load_state()
        check(visit, "invited")
    with window(browser, demo_address, width) as visit:
        visit.sign_in("amina@demo.carte.invalid", PASSWORD)
        visit.go("/mon-parcours")
        visit.page.get_by_role("link", name="Répondre maintenant").first.click()
        for fold in visit.page.locator("main summary").all():
            fold.click()
        assert (visit.faults_at_every_width(), visit.wrong) == ({}, [])


def test_the_first_page_is_light(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        sizes: list[int] = []
        visit.page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", "0"))))
        visit.go("/connexion")
        visit.page.wait_for_load_state("networkidle")
        assert len(sizes) <= 10
        assert 0 < sum(sizes) <= 100_000


class Hand:
    """A hand at work: each press, choice or word typed is one gesture."""

    def __init__(self, visit: Visit) -> None:
        """Nothing done yet."""
        self.page, self.gestures = visit.page, 0

    def press(self, there: Locator) -> None:
        """Press that, and let the page that follows come."""
        there.click()
        self.page.wait_for_load_state()
        self.gestures += 1

    def fill(self, there: Locator, text: str) -> None:
        """Type that."""
        there.fill(text)
        self.gestures += 1

    def choose(self, there: Locator, value: str) -> None:
        """Choose in a list."""
        there.select_option(value)
        self.gestures += 1


def test_a_contact_takes_three_gestures_from_today_and_an_exit_four(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/aujourd-hui")
        late = visit.page.locator("main .task", has_text="Céline Hervé")
        hand = Hand(visit)
        hand.press(late.locator("summary"))
        hand.press(late.get_by_role("button", name="Enregistrer"))
        expect(visit.page.get_by_text("Contact enregistré.")).to_be_visible()
        assert hand.gestures <= 3
        other = visit.page.locator("main .task", has_text="Sofia Pereira")
        hand = Hand(visit)
        hand.press(other.get_by_role("link", name="Autre…"))
        hand.press(visit.page.get_by_label("Personne jointe"))
        hand.press(visit.page.get_by_role("button", name="Enregistrer le contact"))
        expect(visit.page.get_by_text("Contact enregistré.")).to_be_visible()
        assert hand.gestures <= 3
        visit.go("/dossiers")
        visit.listed("Khadija Berrada").click()
        hand = Hand(visit)
        hand.press(visit.page.get_by_role("link", name="Sortie", exact=True))
        hand.choose(visit.page.locator("#reason"), "end_of_scheme")
        hand.press(visit.page.get_by_role("button", name="Enregistrer la sortie"))
        expect(visit.page.get_by_text("Sortie enregistrée.")).to_be_visible()
        assert hand.gestures <= 4
        check(visit, "after an exit")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_appointments_questions_and_absences_are_noted_in_few_gestures(
    browser: Browser, demo_address: str, width: str
) -> None:
    with window(browser, demo_address, width) as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/aujourd-hui")
        who = "Yanis" if width == "desk" else "Gülsüm"
        hand = Hand(visit)
        hand.press(visit.page.locator("main .task", has_text=who).get_by_role("button", name="Excusé·e"))
        check(visit, "excused")
        hand.press(visit.page.locator("main .task", has_text=who).get_by_role("link", name="Nouveau rendez-vous"))
        hand.fill(visit.page.get_by_label("Heure"), "14 h 30")
        hand.press(visit.page.get_by_role("button", name="Prévoir ce rendez-vous"))
        check(visit, "planned")
        assert hand.gestures <= 4
        visit.go("/absences")
        year = 2090 if width == "desk" else 2091  # nobody else is away then
        visit.page.get_by_label("Premier jour").fill(f"01/08/{year}")
        visit.page.get_by_label("Dernier jour").fill(f"01/07/{year}")
        visit.page.get_by_role("button", name="Enregistrer l’absence").click()
        expect(visit.page.get_by_role("alert")).to_contain_text("Le dernier jour est avant le premier")
        check(visit, "absence refused")
        visit.page.get_by_label("Dernier jour").fill(f"15/08/{year}")
        visit.page.get_by_role("button", name="Enregistrer l’absence").click()
        expect(visit.page.get_by_text(f"15 août {year}")).to_be_visible()
        check(visit, "absence declared")


@shows("/points/<ref>/questions")
def test_people_change_hands_and_results_are_told(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/aujourd-hui")
        visit.page.get_by_role("link", name=re.compile("^Poser les questions")).click()
        assert (visit.faults_at_every_width(), visit.wrong) == ({}, [])
        visit.page.get_by_role("button", name="Enregistrer").click()
        expect(visit.page.get_by_role("alert")).to_be_visible()
        check(visit, "questions left empty")
        visit.page.get_by_label("La personne ne souhaite pas répondre").check()
        visit.page.get_by_role("button", name="Enregistrer").click()
        visit.page.wait_for_load_state()
        check(visit, "questions answered")
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("denis@demo.carte.invalid", PASSWORD)
        visit.go(found(visit, "denis", "bruno")["bruno"] + "/personnes")
        visit.page.get_by_label("João Carvalho").check()
        visit.page.get_by_label("À qui les confier ?").select_option(label="Fatou Diallo")
        visit.page.get_by_role("button", name="Confier les personnes cochées").click()
        expect(visit.page.get_by_text("1 personne confiée")).to_be_visible()
        check(visit, "handed over")


def test_maud_finds_a_structure_for_somebody_who_has_none(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("maud@demo.carte.invalid", PASSWORD)
        visit.go("/a-confier")
        visit.listed("Rosalie Mbemba").click()
        expect(visit.page.get_by_label("Par téléphone ou en visio")).to_be_hidden()
        visit.page.get_by_label("Structure qui reprend le suivi").select_option(label="PLIE du Bassin")
        check(visit, "a structure that needs her yes")
        visit.page.get_by_role("button", name="Confier ce suivi").click()
        expect(visit.page.get_by_role("alert")).to_contain_text("accord")
        check(visit, "without her yes")
