"""Every page, with seeded rows, at a desk and on a phone: accessible, within its width, no fault in the console."""

import pytest
from playwright.sync_api import Browser

from pathway.demo.personas import PASSWORD
from tests.browser.page import Visit, window

# {dossier} and {etape} are the first person of the persona's day and her open step.
PAGES = {
    "bruno": [
        "/aujourd-hui",
        "/recherche",
        "/presenter-la-carte",
        "/dossiers",
        "/dossiers/nouveau",
        "{dossier}",
        "{dossier}/contact",
        "{dossier}/entree",
        "{dossier}/referent",
        "{dossier}/activation",
        "{dossier}/connexion",
        "{dossier}/carte-imprimee",
        "{dossier}/carte-perdue",
        "{dossier}/accord",
        "{dossier}/accord/papier",
        "{dossier}/accord/retirer",
        "{dossier}/demande",
        "{dossier}/informations/contact",
        "{dossier}/informations/project",
        "{sortie}",
        "/mon-compte",
        "/mon-compte/securite",
    ],
    "denis": [
        "/equipe",
        "/equipe/inviter",
        "/alertes",
        "/aujourd-hui",
        "/droits-des-personnes",
        "/acces-a-expliquer",
        "/acces-exceptionnel",
    ],
    "theo": ["/territoire"],
    "root": ["/demandes", "/instance"],
    "ines": ["/doublons", "/doublons?liste=reunies", "{comparaison}", "/acces-a-expliquer", "/mon-compte"],
    "amina": [
        "/mon-compte/securite",
        "/mon-compte/pas-moi",
        "/mon-parcours",
        "/ma-carte",
        "/ma-carte/perdue",
        "/mes-informations",
        "/est-ce-vous",
        "/qui-voit-quoi",
        "/qui-voit-quoi/accord",
        "/qui-voit-quoi/arreter",
        "/vos-droits",
        "/qui-a-regarde",
        "/qui-a-regarde/imprimer",
        "/mes-questions",
        "/mes-demandes",
        "/mes-demandes/correction",
        "/mes-informations/city/corriger",
        "/mes-informations/birth_date/corriger",
        "/mes-informations/city/limiter",
        "/mes-informations/limiter/contact",
        "/mon-dossier",
    ],
}
NOBODY = [
    "/connexion",
    "/mot-de-passe-oublie",
    "/mot-de-passe-oublie/code",
    "/invitation/inconnue",
    "/activation",
    "/dossiers/aaaaaaaaaaaaaaaaaaaaaaaaaa",
]


def check(visit: Visit, where: str) -> None:
    assert visit.faults() == [], where
    assert not visit.overflows(), where
    assert visit.wrong == [], where


def places(visit: Visit) -> dict[str, str]:
    """A person with an open step, found by the screens themselves."""
    visit.go("/dossiers")
    people = [link.get_attribute("href") or "" for link in visit.page.locator("main a[href^='/dossiers/']").all()]
    for dossier in [one for one in people if len(one) == len("/dossiers/") + 26]:
        visit.go(dossier)
        left = visit.page.locator("main a[href$='/sortie']")
        if left.count():
            return {"dossier": dossier, "sortie": left.first.get_attribute("href") or ""}
    raise AssertionError("the town has nobody with an open step")


def first_pair(visit: Visit) -> dict[str, str]:
    """The oldest pair of cards that look alike."""
    visit.go("/doublons")
    return {"comparaison": visit.page.locator("main li a[href^='/doublons/']").first.get_attribute("href") or ""}


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("persona", list(PAGES))
def test_every_page_of_a_persona_is_accessible(browser: Browser, demo_address: str, persona: str, width: str) -> None:
    with window(browser, demo_address, width) as visit:
        visit.sign_in(f"{persona}@demo.carte.invalid", PASSWORD)
        known = places(visit) if persona == "bruno" else first_pair(visit) if persona == "ines" else {}
        for path in PAGES[persona]:
            visit.go(path.format(**known))
            check(visit, path)


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_page_of_a_stranger_is_accessible(browser: Browser, demo_address: str, width: str) -> None:
    with window(browser, demo_address, width) as visit:
        for path in NOBODY:
            visit.go(path)
            check(visit, path)


def test_an_entry_form_and_its_errors_are_accessible(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("bruno@demo.carte.invalid", PASSWORD)
        visit.go(places(visit)["dossier"] + "/entree")
        visit.page.locator("main a[href*='/entree/']").first.click()
        check(visit, "entry")
        visit.page.fill("#entered_on", "31/02/2026")
        visit.page.get_by_role("button", name="Enregistrer l’entrée").click()
        visit.page.wait_for_load_state()
        assert visit.page.locator(".govuk-error-message, .govuk-error-summary").count()
        check(visit, "entry with an error")


def test_the_first_page_is_light(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        sizes: list[int] = []
        visit.page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", "0"))))
        visit.go("/connexion")
        visit.page.wait_for_load_state("networkidle")
        assert len(sizes) <= 10
        assert 0 < sum(sizes) <= 100_000
