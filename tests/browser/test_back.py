"""Back never stops on the browser's own page: a page that answered a form is opened again by its address."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, window

TITLE = "Contact – Carte emploi"


@pytest.fixture
def visit(browser: Browser, demo_address: str) -> Iterator[Visit]:
    """Bruno at his desk, one contact form open."""
    with window(browser, demo_address, "desk") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go("/recherche")
        find(visit, "Amina Benkacem")
        visit.page.get_by_role("link", name="Amina Benkacem").first.click()
        visit.page.wait_for_url("**/dossiers/*")
        visit.go(f"{visit.path}/contact")
        yield visit
        assert visit.wrong == []


def find(visit: Visit, who: str) -> None:
    visit.page.fill("#quick", who)
    visit.page.press("#quick", "Enter")
    expect(visit.page.get_by_role("link", name=who).first).to_be_visible()


def refused(visit: Visit) -> None:
    """Send what is missing an answer; the page comes back with its errors."""
    visit.page.wait_for_timeout(1100)  # pressed twice within a second, it is sent once
    with visit.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        visit.page.get_by_role("button", name="Enregistrer le contact").click()
    assert sent.value.status == 422
    visit.page.wait_for_load_state()
    expect(visit.page).to_have_title(f"Erreur\N{NO-BREAK SPACE}: {TITLE}")


def back(visit: Visit) -> str:
    visit.page.go_back(wait_until="load")
    return visit.page.title()


def test_back_after_two_refusals_opens_the_form_then_what_was_before(visit: Visit) -> None:
    refused(visit)
    refused(visit)
    assert [back(visit), back(visit), back(visit)] == [TITLE, TITLE, "Dossier – Carte emploi"]


def test_back_to_a_refused_form_left_by_a_link_or_forwards_opens_it_empty(visit: Visit) -> None:
    refused(visit)
    visit.page.get_by_role("link", name="Dossier d’Amina").first.click()
    visit.page.wait_for_url("**/dossiers/*")
    assert [back(visit), back(visit)] == [TITLE, TITLE]
    visit.page.go_forward(wait_until="load")
    assert visit.page.title() == TITLE


def test_back_from_a_record_leads_to_the_search(visit: Visit) -> None:
    visit.go("/recherche")
    find(visit, "Amina Benkacem")
    visit.page.get_by_role("link", name="Amina Benkacem").first.click()
    visit.page.wait_for_url("**/dossiers/*")
    assert back(visit) == "Chercher une personne – Carte emploi"


def test_back_from_a_form_that_stood_on_another_page_opens_that_page(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("denis@demo.carte.invalid", PASSWORD)
        visit.go("/alertes")
        visit.page.get_by_role("link", name="Voir cette alerte").first.click()
        visit.page.wait_for_url("**/alertes/*")
        alert = visit.path
        for _ in range(2):
            visit.page.wait_for_timeout(1100)
            if not visit.page.get_by_role("button", name="Écarter l’alerte").is_visible():
                visit.page.get_by_text("Écarter cette alerte").click()
            visit.page.get_by_role("button", name="Écarter l’alerte").click()
            visit.page.wait_for_url("**/ecartee*")
            expect(visit.page).to_have_title(re.compile("^Erreur"))
        assert [(back(visit), visit.path)[1] for _ in range(3)] == [alert, alert, "/alertes"]


def test_a_refused_form_reloaded_still_gives_back_what_was_typed(visit: Visit) -> None:
    visit.page.get_by_text("Une autre date, une note").click()
    visit.page.fill("#note", "Rappeler jeudi")
    refused(visit)
    for _ in range(2):
        visit.page.reload()
        expect(visit.page).to_have_title(f"Erreur\N{NO-BREAK SPACE}: {TITLE}")
        expect(visit.page.locator("#note")).to_have_value("Rappeler jeudi")
