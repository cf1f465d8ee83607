"""A form that holds words leaves once, whatever the network and the browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, window

# What asks whether the server is there takes that long, and is waited for ten times less; what leaves is counted, and
# stays.
_SLOW = """const ask = window.fetch, wait = AbortSignal.timeout.bind(AbortSignal); window.left = 0;
AbortSignal.timeout = ms => wait(ms / 10);
window.fetch = (what, how) => how?.method !== "HEAD" ? ask(what, how) : new Promise((yes, no) => {
  setTimeout(() => yes({ok: true}), %d);
  how.signal?.addEventListener("abort", () => no(new Error("late")));
});
window.addEventListener("submit", e => { if (!e.defaultPrevented) { window.left++; e.preventDefault(); } });"""


def filled(visit: Visit, script: str) -> Visit:
    visit.sign_in("amina@demo.carte.invalid", PASSWORD)
    visit.page.add_init_script(script)
    visit.go("/conservation")
    visit.page.get_by_label("Pourquoi ?").fill("Je pars.")
    return visit


def wait_left(page: Page) -> None:
    for _ in range(150):
        if page.evaluate("window.left") == 1:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the form never left")


def test_a_second_press_while_the_form_leaves_sends_nothing_twice(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        page = filled(visit, _SLOW % 300).page
        button = page.get_by_role("button", name="Demander l’effacement")
        button.click()
        wait_left(page)
        button.click()
        page.wait_for_timeout(1500)
        assert page.evaluate("window.left") == 1


def test_a_slow_network_is_waited_for_longer_at_the_second_press(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        page = filled(visit, _SLOW % 700).page
        button = page.get_by_role("button", name="Demander l’effacement")
        button.click()
        expect(page.get_by_text("Pas de connexion. Rien n’est perdu")).to_be_visible(timeout=8000)
        button.click()
        wait_left(page)


@pytest.mark.parametrize("missing", ["AbortSignal.timeout", "HTMLFormElement.prototype.requestSubmit"])
def test_a_form_with_words_leaves_from_an_old_browser(browser: Browser, demo_address: str, missing: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        page = filled(visit, f"{_SLOW % 0}; delete {missing};").page
        page.get_by_role("button", name="Demander l’effacement").click()
        wait_left(page)
        assert visit.wrong == []


def test_a_slow_answer_is_said_politely_and_taken_away_when_it_comes(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        page = filled(visit, _SLOW % 3000 + "; AbortSignal.timeout = wait;").page
        button = page.get_by_role("button", name="Demander l’effacement")
        said = page.get_by_role("status").filter(has_text="La connexion est lente. L’envoi continue")
        button.click()
        page.wait_for_timeout(500)
        expect(said).to_have_count(0)
        expect(said).to_be_visible()
        expect(button).to_be_enabled()
        page.get_by_label("Pourquoi ?").fill("Je pars demain.")
        assert (visit.faults_at_every_width(), visit.wrong) == ({}, [])
        wait_left(page)
        expect(said).to_have_count(0)


def test_a_slow_answer_and_a_cut_network_are_not_said_together(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        page = filled(visit, _SLOW % 9000 + "; AbortSignal.timeout = ms => wait(ms / 3);").page
        cut, slow = page.get_by_text("Pas de connexion. Rien n’est perdu"), page.get_by_text("La connexion est lente.")
        page.get_by_role("button", name="Demander l’effacement").click()
        expect(slow).to_be_visible()
        expect(cut).to_be_visible()
        expect(slow).to_have_count(0)
        page.get_by_role("button", name="Demander l’effacement").click()
        expect(slow).to_be_visible()
        expect(cut).to_have_count(0)
