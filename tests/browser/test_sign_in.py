"""Signing in as people do: two steps, a passkey made and used under the strict policy, at a desk and on a phone."""

import re

import pytest
from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import SECOND_STEP, Visit, window
from tests.browser.pages import shows

PERSONAS = {"desk": "elise", "phone": "denis"}  # one each: what one adds to her account is not seen by the other
OTHERS = {"desk": "theo", "phone": "ines"}
SAFE = "/mon-compte/securite"


def check(visit: Visit, where: str) -> None:
    assert visit.faults() == [], where
    assert not visit.overflows(), where
    assert visit.wrong == [], where


def plug_authenticator(visit: Visit) -> None:
    """A device that recognises its user, inside the browser."""
    devtools = visit.page.context.new_cdp_session(visit.page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})


def add_passkey(visit: Visit) -> None:
    visit.go(SAFE)
    check(visit, "security")
    visit.page.get_by_role("link", name="Ajouter une clé d’accès").click()
    visit.page.fill("#name", "ordinateur du bureau")
    check(visit, "passkey")
    visit.page.get_by_role("button", name="Créer la clé d’accès").click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Mes codes de secours")
    check(visit, "recovery codes")
    visit.page.get_by_role("link", name="J’ai noté mes codes").click()
    expect(visit.page.get_by_text("ordinateur du bureau", exact=True)).to_be_visible()


@shows(SECOND_STEP)
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_passkey_is_made_then_signs_in(browser: Browser, demo_address: str, width: str) -> None:
    email = f"{PERSONAS[width]}@demo.carte.invalid"
    with window(browser, demo_address.replace("127.0.0.1", "localhost"), width) as visit:
        plug_authenticator(visit)
        visit.sign_in(email, PASSWORD)
        add_passkey(visit)
        visit.sign_out()
        visit.type_password(email, PASSWORD)
        expect(visit.page).to_have_url(re.compile(SECOND_STEP))
        assert (visit.faults_at_every_width(), visit.wrong) == ({}, [])
        visit.page.get_by_role("button", name="Utiliser ma clé d’accès").click()
        expect(visit.page).to_have_url(re.compile("/(aujourd-hui|alertes)$"))
        visit.go(SAFE)
        expect(visit.page.get_by_text("utilisée le")).to_be_visible()
        check(visit, "security with a passkey")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_wrong_code_and_the_drawing_of_an_application_are_accessible(
    browser: Browser, demo_address: str, width: str
) -> None:
    with window(browser, demo_address, width) as visit:
        visit.type_password(f"{OTHERS[width]}@demo.carte.invalid", PASSWORD)
        visit.page.fill("#code", "000000")
        visit.page.get_by_role("button", name="Continuer", exact=True).click()
        expect(visit.page.locator(".govuk-error-summary")).to_be_visible()
        check(visit, "wrong code")
        visit.give_demo_code()
        visit.go(f"{SAFE}/application")
        visit.page.get_by_role("button", name="Commencer").click()
        expect(visit.page.get_by_role("img", name="Dessin à scanner")).to_be_visible()
        check(visit, "drawing")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_person_prints_a_list_of_codes_on_her_phone(browser: Browser, demo_address: str, scripts: bool) -> None:
    with window(browser, demo_address, "phone", scripts=scripts) as visit:
        visit.type_password("amina@demo.carte.invalid", PASSWORD)
        if visit.page.url.partition("?")[0].endswith(SECOND_STEP):
            raise AssertionError("the list of the other run was not taken away")
        visit.go(SAFE)
        visit.page.get_by_role("button", name="Imprimer une liste de codes").click()
        expect(visit.page.locator(".code-columns li")).to_have_count(10)
        if scripts:
            check(visit, "recovery codes")
        visit.page.get_by_role("link", name="J’ai noté mes codes").click()
        if scripts:
            check(visit, "security")
        visit.page.get_by_role("button", name="Ne plus m’en servir").click()
        expect(visit.page.get_by_text("La liste de codes ne sert plus.")).to_be_visible()
